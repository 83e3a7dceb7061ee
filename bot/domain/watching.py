"""When columns of connected records begin and cease to be watched, and which values chats then know. Pure.

A change is reported only while its column is watched. Each time that a column begins to be watched, it gets a new
watch with its own number. Values that were stored in an earlier watch do not count as known, so nothing that changed
in between is reported. The value at the beginning is read soon afterward, and no later than at the next read.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.key_fields import RecordEvent, ReportedValue, reported_value
from bot.domain.record_lifecycle import LIFECYCLE_COLUMNS, lifecycle_value, stored_name
from bot.domain.record_types import key_field_columns
from bot.domain.settings import EnvironmentSettings, WatchStart
from bot.domain.tables import Column, Row, Table
from bot.domain.values import Connection, ConnectionId

WATCH_SETTINGS = frozenset({"chats_on", "enabled", "notify", "key_fields"})
"""Settings that decide which columns are watched."""

_FIRST = WatchStart(number=0, at=None)
"""The watch of a column that was never turned off and on again."""

_LIFECYCLE = {name: stored_name(name) for name in LIFECYCLE_COLUMNS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """The watched columns of a record type, by the name under which their values are stored, with their starts."""

    starts: Mapping[str, WatchStart]

    def known(self, stored: Mapping[str, ReportedValue]) -> Mapping[str, ReportedValue]:
        """Return the stored values that count as known: those of watched columns from the present watch."""
        return {name: value for name, value in stored.items() if self._is_known(name, value)}

    def _is_known(self, name: str, value: ReportedValue) -> bool:
        return name in self.starts and self.starts[name].number == value.watch

    def has_begun(self, name: str, at: datetime) -> bool:
        """Check whether the column is watched now, and was in its present watch at this time."""
        return self._covers(name, at)

    def first_number(self, name: str, otherwise: int) -> int:
        """Return the number of the column's present watch; `otherwise` for a column that is not watched."""
        return self.starts[name].number if name in self.starts else otherwise

    def numbered(self, name: str, value: ReportedValue) -> ReportedValue:
        """Return the value with the number of the column's present watch."""
        return replace(value, watch=self.starts.get(name, _FIRST).number)

    def key_field_events(self, events: Sequence[RecordEvent]) -> tuple[RecordEvent, ...]:
        """Return the events, only with changes of key fields that were watched when they happened."""
        return tuple(self._only(event, lambda column: column) for event in events)

    def lifecycle_events(self, events: Sequence[RecordEvent]) -> tuple[RecordEvent, ...]:
        """Return the events, only with changes of lifecycle columns that were watched when they happened."""
        return tuple(self._only(event, stored_name) for event in events)

    def _only(self, event: RecordEvent, name_of: Callable[[str], str]) -> RecordEvent:
        watched = (each for each in event.changes if self._covers(name_of(each.column), event.at))
        return replace(event, changes=tuple(watched))

    def _covers(self, name: str, at: datetime) -> bool:
        return name in self.starts and is_since(at, self.starts[name].at)

    def missing(self, stored: Mapping[str, ReportedValue], columns: Mapping[str, Column]) -> Mapping[str, Column]:
        """Return the watched ones of these columns whose values are not known."""
        known = self.known(stored)
        return {name: column for name, column in columns.items() if name in self.starts and name not in known}

    def read(self, columns: Mapping[str, Column], row: Row, read_at: datetime) -> Mapping[str, ReportedValue]:
        """Return the row's values as known since a read, when a chat is connected to the record."""
        at = whole_second(read_at)
        return {name: self.numbered(name, watched_value(name, column, row, at)) for name, column in columns.items()}

    def take(
        self, connection: Connection, columns: Mapping[str, Column], row: Row, read_at: datetime
    ) -> Mapping[str, ReportedValue]:
        """Return the row's values as known since the beginning of the watch, or of the connection if that is later.

        The row may already contain later changes. Their events are still reported, because they are not older.
        """
        return {name: self._taken(connection, name, column, row, read_at) for name, column in columns.items()}

    def _taken(self, connection: Connection, name: str, column: Column, row: Row, read_at: datetime) -> ReportedValue:
        start = self.starts[name]
        began_at = max(start.at or connection.connected_at, connection.connected_at)
        value = watched_value(name, column, row, whole_second(began_at))
        return replace(value, taken_at=read_at, watch=start.number)


def watch_of(settings: EnvironmentSettings, table: str) -> Watch:
    """Return the watched columns of the table; none if chats or the record type are off (spec S1, T2)."""
    starts = settings.watches.get(table, {})
    return Watch(starts={name: starts.get(name, _FIRST) for name in _watched_names(settings, table)})


def watches_after(
    before: EnvironmentSettings, after: EnvironmentSettings, *, at: datetime
) -> Mapping[str, Mapping[str, WatchStart]]:
    """Return the watches of each table after a change of settings. Columns that begin to be watched get a new one."""
    tables = {*before.watches, *before.record_types, *after.record_types}
    return {table: _starts_after(before, after, table, at) for table in sorted(tables)}


def _starts_after(
    before: EnvironmentSettings, after: EnvironmentSettings, table: str, at: datetime
) -> Mapping[str, WatchStart]:
    old, starts = _watched_names(before, table), before.watches.get(table, {})
    new = WatchStart(number=after.version, at=at)
    found = {name: starts.get(name) if name in old else new for name in sorted(_watched_names(after, table))}
    return {name: start for name, start in found.items() if start}


def _watched_names(settings: EnvironmentSettings, table: str) -> frozenset[str]:
    record_type = settings.record_types.get(table)
    if not settings.organization.chats_on or record_type is None or not record_type.enabled:
        return frozenset()
    return frozenset(_LIFECYCLE.values()) | frozenset(record_type.key_fields if record_type.notify else ())


def watched_columns(settings: EnvironmentSettings, table: Table) -> Mapping[str, Column]:
    """Return the columns whose values are stored, by the name under which they are stored."""
    if not _watched_names(settings, table.name):
        return {}
    key_fields = key_field_columns(settings.record_types[table.name], table)
    lifecycle = {stored: table.columns[name] for name, stored in _LIFECYCLE.items() if name in table.columns}
    return {**{column.name: column for column in key_fields}, **lifecycle}


def unique_columns(columns: Mapping[str, Column]) -> Sequence[Column]:
    """Return each of the columns once. A column can be stored both as a key field and for the lifecycle."""
    return list({column.name: column for column in columns.values()}.values())


def watched_value(name: str, column: Column, row: Row, at: datetime) -> ReportedValue:
    """Return the row's value of the column as stored under this name. The text of lifecycle values is not needed."""
    return reported_value(column, row, at) if name == column.name else lifecycle_value(column, row, at)


def is_since(at: datetime, start: datetime | None) -> bool:
    """Check whether an event happened since then. Dataverse may report only the second of an event."""
    return start is None or at >= whole_second(start)


def whole_second(at: datetime) -> datetime:
    """Return the beginning of the second."""
    return at.replace(microsecond=0)


def unheard(connection: Connection) -> Mapping[tuple[ConnectionId, str], None]:
    """Return the reported values of a message about the end of a connection: if it is lost, nothing is known."""
    return {(connection.id, name): None for name in _LIFECYCLE.values()}
