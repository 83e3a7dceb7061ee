"""The last decisions about a record in words (spec V11)."""

from collections.abc import Mapping, Sequence

from bot.domain.errors import NotAllowed, NotFound
from bot.domain.formatting import canonical_value, format_value, is_digest
from bot.domain.notifications.decide import Outcome
from bot.domain.notifications.history import Closing, DecidedColumn, StoredDecision
from bot.domain.public_names import Dialog
from bot.domain.tables import LOOKUPS, Column, ColumnValue, Row
from bot.domain.values import Connection
from bot.features.notifications.context import RECORD, load_context
from bot.features.shared.access import AuthorizedUser
from bot.features.shared.action_data import ActionData
from bot.features.shared.answers import display_name
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from cards.dialog import Page
from cards.inputs import Choice
from cards.notifications.form import ChoiceField, FormView, Line, Part, form
from cards.text import EMPTY
from cards.words import and_list

MAX_DECISIONS = 10
_MAX_RECORDS = 60
_CLOSINGS = {
    Closing.POSTED: "later posted",
    Closing.CANCELED_OUT: "later canceled out",
    Closing.DROPPED: "later dropped because of a setting",
    Closing.CONNECTION_ENDED: "dropped because the connection ended",
}


async def start(services: Services, turn: Turn, data: ActionData) -> Page:
    """Return the page with the last decisions of the chosen record."""
    context = await load_context(services, turn, data)
    lines = await decision_lines(services, context.chosen, context.actor, at_most=MAX_DECISIONS)
    nothing = Line(text="No change of this record has been decided yet.")
    shown = [context.chosen, *(each for each in context.connections if each.id != context.chosen.id)]
    choices = tuple(Choice(title=display_name(each), value=each.public_id) for each in shown[:_MAX_RECORDS])
    parts: list[Part] = [*(lines or [nothing])]
    parts.append(ChoiceField(name=RECORD, label="Record", choices=choices, chosen=(context.chosen.public_id,)))
    buttons = (context.button("Show record", Dialog.NOTIFICATIONS_WHY), context.back)
    return form(FormView(title="Why", place=context.name, parts=parts, buttons=buttons, height="large"))


async def decision_lines(
    services: Services, connection: Connection, actor: AuthorizedUser, *, at_most: int
) -> Sequence[Line]:
    """Return the decisions, newest first, with the values that the person can read now."""
    async with services.store.reading() as work:
        decisions = await work.decisions.latest(connection.id, at_most=at_most)
    if not decisions:
        return ()
    record = connection.record
    table = await services.records.table(record.environment, record.table, reader=actor.user.id)
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
    changes = [_change(each, columns.get(each.name), row) for each in decision.columns]
    outcome = f"{decision.outcome}: {decision.reason}"
    if decision.closed_as:
        outcome = f"{outcome}, {_CLOSINGS[decision.closed_as]}"
    is_waiting = decision.outcome is Outcome.HELD and decision.closed_as is None
    text = f"{and_list(changes) or 'News'}, {outcome}"
    return Line(
        text=f"{text}." if is_waiting and decision.due_at else text,
        at=decision.at,
        until=decision.due_at if is_waiting else None,
    )


def _change(decided: DecidedColumn, column: Column | None, row: Row | None) -> str:
    if column is None:
        return f"{decided.name} changed"
    if not (decided.has_values and row and _is_visible(decided, column, row)):
        return f"{column.label} changed"
    new = _text(column, decided.new)
    return f"{column.label} {_text(column, decided.old)} → {new}" if decided.old_is_known else f"{column.label} {new}"


def _is_visible(decided: DecidedColumn, column: Column, row: Row) -> bool:
    """Check whether the person can see the values. A secured column looks empty to people without access."""
    if column.type in LOOKUPS or is_digest(decided.old) or is_digest(decided.new):
        return False
    if not column.secured:
        return True
    return decided.new is not None and canonical_value(column, row.value(column.name).raw) == decided.new


def _text(column: Column, raw: object) -> str:
    return format_value(column, ColumnValue(raw=raw)) or EMPTY  # type: ignore[arg-type]
