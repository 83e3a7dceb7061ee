"""The page with the history of the settings: who changed what, and when (spec M1, P6)."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.domain.errors import ChatSyncError
from bot.domain.notifications.defaults import RULE_SETTINGS
from bot.domain.public_names import Dialog
from bot.domain.settings import SettingChange, SettingValue
from bot.domain.settings_history import SavedSettings
from bot.features.settings.context import SettingsContext, load_context, read_table, require_administered
from bot.features.settings.pages import concurrent_changes
from bot.features.shared.action_data import ActionData, parse_number, parse_offset
from bot.features.shared.people_details import look_up_people
from bot.features.shared.routes import PageHandler
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from bot.logs import get_logger
from bot.logs.tracebacks import describe_error
from cards.buttons import SubmitButton
from cards.dialog import Page
from cards.paging import BEGIN
from cards.settings.history import MAX_LINES, HistoryView, history_page

_SKIP = "skip"
"""Name in a button's data for the number of changes of the first save that earlier pages showed."""
_OF_COLUMNS = frozenset({"key_fields", "change_fields"})
_NAMING = _OF_COLUMNS | {"note_view", *RULE_SETTINGS}
"""Settings that name columns or views."""

_log = get_logger(__name__)


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
    context, names = await asyncio.gather(
        load_context(services, environment),
        look_up_people(services, named=(each.person_id for each in saves), present=()),
    )
    shown, following = _fill(saves, begin)
    context, columns = await _current_names(services, context, shown)
    named = [replace(each, person_name=names.name(each.person_id) or each.person_name) for each in shown]
    view = HistoryView(
        place=context.id,
        saves=concurrent_changes(context, (_with_labels(each, columns) for each in named)),
        back=context.back,
        newest=_button(context, "Newest changes", _Position(save=0, change=0)) if begin.save or begin.change else None,
        older=_button(context, "Older changes", following) if following else None,
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


Columns = Mapping[str, Mapping[str, str]]
"""The labels of columns by table and name."""


async def _current_names(
    services: Services, context: SettingsContext, saves: Iterable[SavedSettings]
) -> tuple[SettingsContext, Columns]:
    """Return the context with the views and the columns, and the labels of the columns that the changes name."""
    changes = [change for each in saves for change in each.changes if change.table]
    tables = {each.table for each in changes if each.setting in _NAMING and each.table}
    columns: dict[str, Mapping[str, str]] = {}
    for name in sorted(tables):
        try:
            table, views = await read_table(services, context.id, name)
        except ChatSyncError as error:
            _log.warning("settings.names_missing", table=name, reason=describe_error(error))
            continue
        context = context.with_views(views).with_table(table)
        columns[name] = {column.name: column.label for column in table.columns.values()}
    return context, columns


def _with_labels(saved: SavedSettings, columns: Columns) -> SavedSettings:
    return replace(saved, changes=tuple(_labelled(each, columns.get(each.table or "", {})) for each in saved.changes))


def _labelled(change: SettingChange, labels: Mapping[str, str]) -> SettingChange:
    """Return the change with the labels of columns instead of their names."""
    if change.setting not in _OF_COLUMNS:
        return change

    def named(value: SettingValue) -> SettingValue:
        return tuple(labels.get(each, each) for each in value) if isinstance(value, tuple) else value

    return replace(change, was=named(change.was), now=named(change.now))


PAGES: Mapping[str, PageHandler] = {Dialog.SETTINGS_HISTORY: _history}
