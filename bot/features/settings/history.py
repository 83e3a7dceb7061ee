"""The page with the history of the settings: who changed what, and when (spec M1, P6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.domain.public_names import Dialog
from bot.domain.settings_history import SavedSettings
from bot.domain.texts import text
from bot.features.settings.context import SettingsContext, load_context, require_administered
from bot.features.settings.current_names import name_saves
from bot.features.shared.action_data import ActionData, parse_number, parse_offset
from bot.features.shared.routes import PageHandler
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from cards.buttons import SubmitButton
from cards.dialog import Page
from cards.paging import BEGIN
from cards.settings.history import MAX_LINES, HistoryView, history_page

_SKIP = "skip"
"""Name in a button's data for the number of changes of the first save that earlier pages showed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Position:
    """The beginning of a page: the index of a save, the newest first, and the index of one of its changes."""

    save: int
    change: int


async def _history(services: Services, turn: Turn, data: ActionData) -> Page:
    """Return a page of the history; raise `NotAllowed` if the person does not administer the environment."""
    environment, _ = await require_administered(services, turn.person, data.get("environment", ""))
    begin = _Position(save=parse_offset(data), change=parse_number(data, _SKIP))
    async with services.store.reading() as work:
        saves = await work.settings.history_page(environment.id, offset=begin.save, at_most=MAX_LINES + 1)
    context = await load_context(services, environment)
    shown, following = _fill(saves, begin)
    view = HistoryView(
        place=context.id,
        saves=await name_saves(services, context, shown),
        back=context.back,
        newest=_button(context, text("Newest changes"), _Position(save=0, change=0))
        if begin.save or begin.change
        else None,
        older=_button(context, text("Older changes"), following) if following else None,
    )
    return history_page(view)


def _button(context: SettingsContext, title: str, at: _Position) -> SubmitButton:
    data = {BEGIN: str(at.save), _SKIP: str(at.change)}
    return context.button(title, Dialog.SETTINGS_HISTORY, **data)


def _fill(saves: Sequence[SavedSettings], begin: _Position) -> tuple[Sequence[SavedSettings], _Position | None]:
    """Return the saves with the changes that fit on the page, and the beginning of the next page."""
    shown: list[SavedSettings] = []
    room, skip = MAX_LINES, begin.change
    for index, saved in enumerate(saves, start=begin.save):
        if not room:
            return shown, _Position(save=index, change=0)
        changes = saved.changes[skip : skip + room]
        shown.append(replace(saved, changes=changes))
        if skip + len(changes) < len(saved.changes):
            return shown, _Position(save=index, change=skip + len(changes))
        room, skip = room - len(changes), 0
    return shown, None


PAGES: Mapping[str, PageHandler] = {Dialog.SETTINGS_HISTORY: _history}
