"""The first page: the rules in words, and the pages that change them."""

from collections.abc import Sequence

from bot.domain.notifications.condition_rules import condition_columns
from bot.domain.notifications.descriptions import describe_chat, describe_connection
from bot.domain.notifications.rules import Mute
from bot.domain.public_names import Dialog
from bot.domain.texts import Text, and_list, text
from bot.features.notifications.context import RECORD, RulesContext, load_context
from bot.features.notifications.rights import can_change
from bot.features.shared.action_data import ActionData
from bot.features.shared.answers import display_name
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from bot.languages.tags import LANGUAGE_NAMES
from cards.buttons import SubmitButton
from cards.dialog import Page
from cards.inputs import Choice
from cards.notifications.form import ChoiceField, FormView, Line, Part, Row, SavedByOther, form

TITLE = text("Notifications")
_MAX_RECORDS = 60


async def start(services: Services, turn: Turn, data: ActionData) -> Page:
    """Return the page for the chosen record."""
    return await overview(services, await load_context(services, turn, data))


async def overview(
    services: Services, context: RulesContext, message: str = "", others: tuple[SavedByOther, ...] = ()
) -> Page:
    """Return the page, with the result of the last step."""
    is_allowed = await can_change(services, context.turn.chat, context.turn.person, [context.chosen])
    parts: list[Part] = [Line(text=each) for each in await summary(services, context)]
    parts += mute_lines(services, context)
    if not is_allowed:
        parts.append(Line(text=text("You can mute. To change rules, you need the right to disconnect."), small=True))
    parts += [_records(context), Row(buttons=(context.button(text("Show record"), Dialog.NOTIFICATIONS),))]
    parts += [Row(buttons=pair) for pair in _steps(context)]
    view = FormView(title=TITLE, place=context.name, parts=parts, message=message, saved_by_others=others)
    return form(view)


def _records(context: RulesContext) -> ChoiceField:
    shown = [context.chosen, *(each for each in reversed(context.connections) if each.id != context.chosen.id)]
    choices = [Choice(title=display_name(each), value=each.public_id) for each in shown[:_MAX_RECORDS]]
    return ChoiceField(name=RECORD, label=text("Record"), choices=tuple(choices), chosen=(context.chosen.public_id,))


def _steps(context: RulesContext) -> tuple[tuple[SubmitButton, ...], ...]:
    pages = (
        ((text("Mute"), Dialog.NOTIFICATIONS_MUTE), (text("Quiet hours"), Dialog.NOTIFICATIONS_HOURS)),
        ((text("Record rules"), Dialog.NOTIFICATIONS_RECORD), (text("Skip authors"), Dialog.NOTIFICATIONS_AUTHORS)),
        ((text("Limits"), Dialog.NOTIFICATIONS_LIMITS), (text("Mentions"), Dialog.NOTIFICATIONS_MENTIONS)),
        ((text("Language"), Dialog.NOTIFICATIONS_LANGUAGE), (text("Why"), Dialog.NOTIFICATIONS_WHY)),
    )
    return tuple(tuple(context.button(title, dialog) for title, dialog in row) for row in pages)


async def summary(services: Services, context: RulesContext) -> tuple[str, ...]:
    """Return the sentences about the chosen record and the chat."""
    record = context.chosen.record
    table = await services.records.table(record.environment, record.table)
    labels = [each.label for each in condition_columns(context.record_type, table) if context.record_type.notify]
    rules = describe_connection(context.rules, table.columns)
    language = LANGUAGE_NAMES.get(context.chat.rules.language or "")
    chosen = [text("Cards for everyone are in {language}.", language=language)] if language else []
    return (_heard(context.name, labels), *chosen, *describe_chat(context.chat.rules), *rules)


def _heard(record: str, labels: Sequence[str]) -> Text:
    if labels:
        return text("This chat hears about {record}: {fields}.", record=record, fields=and_list(labels))
    return text("This chat hears about {record}: a new owner and closing.", record=record)


def mute_lines(services: Services, context: RulesContext) -> list[Line]:
    """Return a line for each mute of the chat and of the chosen record."""
    now = services.clock.now()
    named = (("", context.chat.rules.mute), (context.name, context.rules.mute))
    return [_mute_line(record, mute) for record, mute in named if mute and mute.is_active(now)]


def _mute_line(record: str, mute: Mute) -> Line:
    """Return the line about a mute. `record`: its name; empty for the whole chat."""
    by, is_endless = mute.by_name, mute.until is None
    if record and is_endless:
        said = text("{record} is muted by {person} until someone turns it off.", record=record, person=by)
    elif record:
        said = text("{record} is muted by {person}.", record=record, person=by)
    elif is_endless:
        said = text("This chat is muted by {person} until someone turns it off.", person=by)
    else:
        said = text("This chat is muted by {person}.", person=by)
    return Line(text=said, bold=True, until=mute.until)
