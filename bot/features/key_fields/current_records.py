"""Read the connected records of a chat as they are now, to compare them with what the chat knows (spec K9)."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from bot.domain.errors import ChatSyncError
from bot.domain.key_fields import ReportedValue
from bot.domain.record_lifecycle import MASTER, MERGED, merge_target
from bot.domain.record_types import RecordType, key_field_columns
from bot.domain.tables import Column, Row, Table
from bot.domain.values import Connection, EnvironmentId
from bot.domain.watching import Watch, watch_of, watched_columns
from bot.features.shared.access import enabled_record_type
from bot.features.shared.answers import name_columns
from bot.features.shared.services import Services
from bot.logs import get_logger
from bot.logs.tracebacks import describe_error

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentRecord:
    """A connected record as the app reads it now."""

    connection: Connection
    table: Table
    record_type: RecordType
    key_fields: tuple[Column, ...]
    watch: Watch
    watched: Mapping[str, Column]
    """The columns whose values are stored, by the name under which they are stored."""
    known: Mapping[str, ReportedValue]
    """The values that the chat knew before the record was read."""
    row: Row | None
    """None if the record no longer exists."""
    read_at: datetime
    """Time at which the read began."""

    @property
    def is_merged(self) -> bool:
        """True if the record was merged into another one. A merge has its own card."""
        environment = self.connection.record.environment
        return self.row is not None and merge_target(environment, self.table, self.row) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFailure:
    """A connected record that cannot be read."""

    connection: Connection
    error: ChatSyncError


async def read_current_records(
    services: Services, connections: Sequence[Connection]
) -> tuple[Sequence[CurrentRecord], Sequence[ReadFailure]]:
    """Read the records, one query for each table. Records that the app may not read are left out."""

    def table_of(each: Connection) -> tuple[EnvironmentId, str]:
        return each.record.environment, each.record.table

    groups = [(key, list(group)) for key, group in groupby(sorted(connections, key=table_of), key=table_of)]
    found = await asyncio.gather(*(_try_table(services, *key, group) for key, group in groups))
    results = [each for group in found for each in group]
    failures = [each for each in results if isinstance(each, ReadFailure)]
    for each in failures:
        record, error = each.connection.record, each.error
        _log.warning("catch_up.record_unreadable", table=record.table, row=record.row_id, reason=describe_error(error))
    return [each for each in results if isinstance(each, CurrentRecord)], failures


async def _try_table(
    services: Services, environment: EnvironmentId, name: str, connections: Sequence[Connection]
) -> Sequence[CurrentRecord | ReadFailure]:
    try:
        return await _read_table(services, environment, name, connections)
    except ChatSyncError as error:
        return [ReadFailure(connection=each, error=error) for each in connections]


async def _read_table(
    services: Services, environment: EnvironmentId, name: str, connections: Sequence[Connection]
) -> Sequence[CurrentRecord | ReadFailure]:
    record_type = await enabled_record_type(services, environment, name)
    if record_type is None:
        return ()
    settings = await services.administration.settings(environment)
    table = await services.records.table(environment, name)
    watch, watched = watch_of(settings, name), watched_columns(settings, table)
    async with services.store.reading() as work:
        known = await work.reported_values.for_connections([each.id for each in connections])
    read_at = services.clock.now()
    rows = await services.records.read_many(
        environment, table, [each.record.row_id for each in connections], _columns(table, watched)
    )

    def current(connection: Connection, row: Row | ChatSyncError | None) -> CurrentRecord | ReadFailure:
        if isinstance(row, ChatSyncError):
            return ReadFailure(connection=connection, error=row)
        return CurrentRecord(
            connection=connection,
            table=table,
            record_type=record_type,
            key_fields=key_field_columns(record_type, table),
            watch=watch,
            watched=watched,
            known=watch.known(known.get(connection.id, {})),
            row=row,
            read_at=read_at,
        )

    return [current(each, rows[each.record.row_id]) for each in connections if each.record.row_id in rows]


def _columns(table: Table, watched: Mapping[str, Column]) -> Sequence[Column]:
    merge_columns = [table.columns[each] for each in (MASTER, MERGED) if each in table.columns]
    columns = {column.name: column for column in (*name_columns(table), *watched.values(), *merge_columns)}
    return list(columns.values())
