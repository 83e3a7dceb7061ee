"""The last decisions about a record in words (spec V11)."""

from collections.abc import Mapping, Sequence

from bot.domain.errors import NotAllowed, NotFound
from bot.domain.formatting import canonical_value, format_value, is_digest
from bot.domain.notifications.decide import Outcome
from bot.domain.notifications.history import DecidedColumn, StoredDecision
from bot.domain.public_names import Dialog
from bot.domain.tables import LOOKUPS, Column, ColumnValue, Row
from bot.domain.texts import Text, and_list, text
from bot.domain.values import Connection
from bot.features.notifications.context import RECORD, load_context
from bot.features.notifications.decision_texts import describe_decision, describe_waiting
from bot.features.shared.access import AuthorizedUser
from bot.features.shared.action_data import ActionData
from bot.features.shared.answers import display_name
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from cards.dialog import Page
from cards.inputs import Choice
from cards.notifications.form import ChoiceField, FormView, Line, Part, form
from cards.text import EMPTY

MAX_DECISIONS = 10
_MAX_RECORDS = 60


async def start(services: Services, turn: Turn, data: ActionData) -> Page:
    """Return the page with the last decisions of the chosen record."""
    context = await load_context(services, turn, data)
    lines = await decision_lines(services, context.chosen, context.actor, at_most=MAX_DECISIONS)
    nothing = Line(text=text("No change of this record has been decided yet."))
    shown = [context.chosen, *(each for each in context.connections if each.id != context.chosen.id)]
    choices = tuple(Choice(title=display_name(each), value=each.public_id) for each in shown[:_MAX_RECORDS])
    parts: list[Part] = [*(lines or [nothing])]
    parts.append(ChoiceField(name=RECORD, label=text("Record"), choices=choices, chosen=(context.chosen.public_id,)))
    buttons = (context.button(text("Show record"), Dialog.NOTIFICATIONS_WHY), context.back)
    return form(FormView(title=text("Why"), place=context.name, parts=parts, buttons=buttons, height="large"))


async def decision_lines(
    services: Services, connection: Connection, actor: AuthorizedUser, *, at_most: int
) -> Sequence[Line]:
    """Return the decisions, newest first, with the values that the person can read now."""
    async with services.store.reading() as work:
        decisions = await work.decisions.latest(connection.id, at_most=at_most)
    if not decisions:
        return ()
    record = connection.record
    table = await services.records.table(record.environment, record.table)
    named = dict.fromkeys(each.name for decision in decisions for each in decision.columns if each.has_values)
    row = await _row(services, connection, actor, [table.columns[name] for name in named if name in table.columns])
    return [_line(each, table.columns, row) for each in decisions]


async def _row(
    services: Services, connection: Connection, actor: AuthorizedUser, columns: Sequence[Column]
) -> Row | None:
    """Return the row as the person reads it, or None if they cannot read it."""
    try:
        return await services.records.read(connection.record, columns, caller=actor.object_id) if columns else None
    except (NotFound, NotAllowed):
        return None


def _line(decision: StoredDecision, columns: Mapping[str, Column], row: Row | None) -> Line:
    changes = and_list(_change(each, columns.get(each.name), row) for each in decision.columns) or text("News")
    is_waiting = decision.outcome is Outcome.HELD and decision.closed_as is None
    until = decision.due_at if is_waiting else None
    said = describe_waiting(decision, changes) if until else describe_decision(decision, changes)
    return Line(text=said, at=decision.at, until=until)


def _change(decided: DecidedColumn, column: Column | None, row: Row | None) -> Text:
    if column is None:
        return text("{column} changed", column=decided.name)
    if not (decided.has_values and row and _is_visible(decided, column, row)):
        return text("{column} changed", column=column.label)
    new = _text(column, decided.new)
    if not decided.old_is_known:
        return text("{column} {new}", column=column.label, new=new)
    return text("{column} {old} → {new}", column=column.label, old=_text(column, decided.old), new=new)


def _is_visible(decided: DecidedColumn, column: Column, row: Row) -> bool:
    """Check whether the person can see the values. A secured column looks empty to people without access."""
    if column.type in LOOKUPS or is_digest(decided.old) or is_digest(decided.new):
        return False
    if not column.secured:
        return True
    return decided.new is not None and canonical_value(column, row.value(column.name).raw) == decided.new


def _text(column: Column, raw: object) -> str:
    return format_value(column, ColumnValue(raw=raw)) or EMPTY  # type: ignore[arg-type]
