"""The life of a record: what is told of it though no administrator chose it as a key field (spec K12). Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.key_fields import ColumnChange, RecordEvent
from bot.domain.tables import Raw, Row, Table
from bot.domain.values import EnvironmentId, RecordRef, UserId

OWNER = "ownerid"
STATE = "statecode"
MASTER = "masterid"
MERGED = "merged"
WATCHED_COLUMNS = (OWNER, STATE, MASTER, MERGED)

_CLOSED = frozenset({1, 2})
"""Of nearly every table: case 1 Resolved, 2 Canceled; opportunity Won, Lost; activities Completed, Canceled."""
_CLOSED_OF: Mapping[str, frozenset[int]] = {
    "contract": frozenset({4, 5}),
    "invoice": frozenset({1, 2, 3}),
    "knowledgearticle": frozenset({4, 5, 6}),
    "msdyn_workorder": frozenset({1}),
    "quote": frozenset({2, 3}),
    "salesorder": frozenset({2, 3, 4}),
}
"""Tables whose states say it otherwise ("Table/entity reference", column `statecode`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLifecycle:
    """What events tell of a record's life."""

    closed_state: int | None = None
    """The state in which it is closed now, where it was open before."""
    new_owner: UserId | None = None
    """The person who owns it now, where somebody else did before; a team is nobody who could join."""


def lifecycle_of(table: str, events: Sequence[RecordEvent]) -> RecordLifecycle:
    """The difference that the events make as a whole, in the order of their own time.

    An old value that is not known counts as another one; events that were stripped for size tell nothing of it.
    """
    ordered = sorted(events, key=lambda event: event.at)
    return RecordLifecycle(
        closed_state=_closed(table, _changes(ordered, STATE)), new_owner=_new_owner(_changes(ordered, OWNER))
    )


def merge_target(environment: EnvironmentId, table: Table, row: Row) -> RecordRef | None:
    """The record that the row was merged into; None where it was not."""
    kind, _, row_id = str(row.value(MASTER).raw or "").partition(":")
    if not row_id or kind != table.name or (MERGED in table.columns and row.value(MERGED).raw is not True):
        return None
    return RecordRef(environment=environment, table=kind, row_id=row_id) if row_id != row.id else None


def _changes(events: Sequence[RecordEvent], column: str) -> Sequence[ColumnChange]:
    return [change for event in events for change in event.changes if change.column == column]


def _closed(table: str, changes: Sequence[ColumnChange]) -> int | None:
    if not changes:
        return None
    closed = _CLOSED_OF.get(table, _CLOSED)
    before, now = _old(changes[0]), changes[-1].new.raw
    return now if isinstance(now, int) and now in closed and before not in closed else None


def _new_owner(changes: Sequence[ColumnChange]) -> UserId | None:
    if not changes or _old(changes[0]) == changes[-1].new.raw:
        return None
    kind, _, owner = str(changes[-1].new.raw).partition(":")
    return UserId(owner) if kind == "systemuser" and owner else None


def _old(change: ColumnChange) -> Raw:
    return change.old.raw if change.old else None
