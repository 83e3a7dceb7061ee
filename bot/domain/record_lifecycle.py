"""Lifecycle of a record: changes that are reported even if they are not key fields (spec K12). Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.formatting import canonical_value
from bot.domain.key_fields import ColumnChange, RecordEvent, ReportedValue, is_in_value
from bot.domain.tables import OWNER, STATE, Column, Raw, Row, Table
from bot.domain.values import EnvironmentId, RecordRef, UserId

MASTER = "masterid"
MERGED = "merged"
WATCHED_COLUMNS = (OWNER, STATE, MASTER, MERGED)
"""Columns that show a new owner, a closed record, or a merge: Dataverse reports and the inbox stores their changes."""

LIFECYCLE_COLUMNS = (OWNER, STATE)
"""Columns whose values are stored for each connection, so that a chat hears later what it missed."""

_CLOSED = frozenset({1, 2})
"""Closed states of most tables: case 1 Resolved, 2 Canceled; opportunity Won, Lost; activities Completed, Canceled."""
_CLOSED_OF: Mapping[str, frozenset[int]] = {
    "contract": frozenset({4, 5}),
    "invoice": frozenset({1, 2, 3}),
    "knowledgearticle": frozenset({4, 5, 6}),
    "msdyn_workorder": frozenset({1}),
    "quote": frozenset({2, 3}),
    "salesorder": frozenset({2, 3, 4}),
}
"""Closed states of tables that differ ("Table/entity reference", column `statecode`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLifecycle:
    """Lifecycle changes that events report."""

    closed_state: int | None = None
    """The state in which an open record was closed."""
    new_owner: UserId | None = None
    """The new owner, if it is another person than before. A team is left out, because it cannot join a chat."""


def lifecycle_of(table: str, events: Sequence[RecordEvent]) -> RecordLifecycle:
    """Return the net lifecycle change of the events, sorted by their own time.

    An unknown old value counts as different. Events stripped for size report no lifecycle change.
    """
    ordered = sorted(events, key=lambda event: event.at)
    return RecordLifecycle(
        closed_state=_closed(table, _changes(ordered, STATE)), new_owner=_new_owner(_changes(ordered, OWNER))
    )


def confirmed(lifecycle: RecordLifecycle, table: str, row: Row) -> RecordLifecycle:
    """Return the changes that the row confirms, with its current state. Events can be forged or out of date."""
    state, owner = row.value(STATE).raw, lifecycle.new_owner
    closed = lifecycle.closed_state is not None and is_closed(table, state)
    return RecordLifecycle(
        closed_state=state if closed and isinstance(state, int) else None,
        new_owner=owner if row.value(OWNER).raw == f"systemuser:{owner}" else None,
    )


def confirmed_values(table: Table, events: Sequence[RecordEvent], row: Row) -> Mapping[str, ReportedValue]:
    """Return the lifecycle values that the events report and the row confirms, by the name under which they are stored.

    If the row has another value, another event reports it.
    """
    ordered = sorted(events, key=lambda event: event.at)
    found = {}
    for column in (table.columns[name] for name in LIFECYCLE_COLUMNS if name in table.columns):
        touching = [(event.at, each.new) for event in ordered for each in event.changes if each.column == column.name]
        if touching:
            at, new = touching[-1]
            value = lifecycle_value(column, row, at)
            if value.raw == canonical_value(column, new.raw):
                found[stored_name(column.name)] = value
    return found


def is_news(value: ReportedValue | None, known: ReportedValue | None) -> bool:
    """Check whether a lifecycle value differs from the one that the chat knows."""
    if value is None or known is None or is_in_value(value.at, known):
        return True
    return value.at >= known.at and value.raw != known.raw


def lifecycle_before(
    name: str, events: Sequence[RecordEvent], known: Mapping[str, ReportedValue]
) -> ReportedValue | None:
    """Return the value that the chat knew before the events; None if it is not known."""
    ordered = sorted(events, key=lambda event: event.at)
    changes = [(event.at, each) for event in ordered for each in event.changes if stored_name(each.column) == name]
    if not changes:
        return known.get(name)
    at, first = changes[0]
    if name in known and not is_in_value(at, known[name]):
        return known[name]
    return ReportedValue(raw=first.old.raw, text=None, at=at) if first.old else None


def merge_target(environment: EnvironmentId, table: Table, row: Row) -> RecordRef | None:
    """Return the record that the row was merged into, or None."""
    kind, _, row_id = str(row.value(MASTER).raw or "").partition(":")
    if not row_id or kind != table.name or (MERGED in table.columns and row.value(MERGED).raw is not True):
        return None
    return RecordRef(environment=environment, table=kind, row_id=row_id) if row_id != row.id else None


def _changes(events: Sequence[RecordEvent], column: str) -> Sequence[ColumnChange]:
    return [change for event in events for change in event.changes if change.column == column]


def _closed(table: str, changes: Sequence[ColumnChange]) -> int | None:
    if not changes:
        return None
    before, now = _old(changes[0]), changes[-1].new.raw
    return now if isinstance(now, int) and is_closed(table, now) and not is_closed(table, before) else None


def is_closed(table: str, state: Raw) -> bool:
    """Check whether records of the table in this state are closed."""
    return state in _CLOSED_OF.get(table, _CLOSED)


def _new_owner(changes: Sequence[ColumnChange]) -> UserId | None:
    if not changes or _old(changes[0]) == changes[-1].new.raw:
        return None
    kind, _, owner = str(changes[-1].new.raw).partition(":")
    return UserId(owner) if kind == "systemuser" and owner else None


def _old(change: ColumnChange) -> Raw:
    return change.old.raw if change.old else None


def stored_name(column: str) -> str:
    """Return the name under which the value of a lifecycle column is stored. Key fields use the name of the column."""
    return f"lifecycle.{column}"


def lifecycle_value(column: Column, row: Row, at: datetime) -> ReportedValue:
    """Return the row's value of a lifecycle column as known at this time."""
    return ReportedValue(raw=canonical_value(column, row.value(column.name).raw), text=None, at=at)
