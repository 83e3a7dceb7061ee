"""The first page: the rules in words, and the pages that change them."""

from bot.domain.notifications.condition_rules import condition_columns
from bot.domain.notifications.descriptions import describe_chat, describe_connection
from bot.domain.notifications.rules import Mute
from bot.domain.public_names import Dialog
from bot.features.notifications.context import RECORD, RulesContext, load_context
from bot.features.notifications.rights import can_change
from bot.features.shared.action_data import ActionData
from bot.features.shared.answers import display_name
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from cards.buttons import SubmitButton
from cards.dialog import Page
from cards.inputs import Choice
from cards.notifications.form import ChoiceField, FormView, Line, Part, Row, SavedByOther, form
from cards.words import and_list

TITLE = "Notifications"
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
    parts += _mutes(services, context)
    if not is_allowed:
        parts.append(Line(text="You can mute. To change rules, you need the right to disconnect.", small=True))
    parts += [_records(context), Row(buttons=(context.button("Show record", Dialog.NOTIFICATIONS),))]
    parts += [Row(buttons=pair) for pair in _steps(context)]
    view = FormView(title=TITLE, place=context.name, parts=parts, message=message, saved_by_others=others)
    return form(view)


def _records(context: RulesContext) -> ChoiceField:
    shown = [context.chosen, *(each for each in reversed(context.connections) if each.id != context.chosen.id)]
    choices = [Choice(title=display_name(each), value=each.public_id) for each in shown[:_MAX_RECORDS]]
    return ChoiceField(name=RECORD, label="Record", choices=tuple(choices), chosen=(context.chosen.public_id,))


def _steps(context: RulesContext) -> tuple[tuple[SubmitButton, ...], ...]:
    pages = (
        (("Mute", Dialog.NOTIFICATIONS_MUTE), ("Quiet hours", Dialog.NOTIFICATIONS_HOURS)),
        (("Record rules", Dialog.NOTIFICATIONS_RECORD), ("Skip authors", Dialog.NOTIFICATIONS_AUTHORS)),
        (("Limits", Dialog.NOTIFICATIONS_LIMITS), ("Mentions", Dialog.NOTIFICATIONS_MENTIONS)),
        (("Why", Dialog.NOTIFICATIONS_WHY),),
    )
    return tuple(tuple(context.button(title, dialog) for title, dialog in row) for row in pages)


async def summary(services: Services, context: RulesContext) -> tuple[str, ...]:
    """Return the sentences about the chosen record and the chat."""
    record = context.chosen.record
    table = await services.records.table(record.environment, record.table)
    labels = [each.label for each in condition_columns(context.record_type, table) if context.record_type.notify]
    fields = and_list(labels) or "a new owner and closing"
    said = f"This chat hears about {context.name}: {fields}."
    rules = describe_connection(context.rules, table.columns)
    return (said, *describe_chat(context.chat.rules), *rules)


def _mutes(services: Services, context: RulesContext) -> list[Line]:
    now = services.clock.now()
    named = (("This chat is muted", context.chat.rules.mute), (f"{context.name} is muted", context.rules.mute))
    return [_mute_line(what, mute) for what, mute in named if mute and mute.is_active(now)]


def _mute_line(what: str, mute: Mute) -> Line:
    if mute.until is None:
        return Line(text=f"{what} by {mute.by_name} until someone turns it off.", bold=True)
    return Line(text=f"{what} by {mute.by_name}.", bold=True, until=mute.until)
