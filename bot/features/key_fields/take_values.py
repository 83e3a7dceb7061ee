"""Read the values of columns that began to be watched, and forget those of columns that ceased to be (spec K9, S1).

Values that are known already are skipped, so a job that was interrupted continues where it was.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.errors import ChatSyncError, NotFound
from bot.domain.jobs import ChatJob, JobKind
from bot.domain.key_fields import ReportedValue
from bot.domain.record_lifecycle import MASTER, MERGED, merge_target
from bot.domain.settings import EnvironmentSettings
from bot.domain.tables import Column, Row, Table
from bot.domain.values import ChatId, Connection, ConnectionId, EnvironmentId
from bot.domain.watching import Watch, watch_of, watched_columns
from bot.features.shared.services import Services
from bot.logs import get_logger
from bot.logs.tracebacks import describe_error

BATCH_SIZE = 200
"""Connections whose records are read together."""

_log = get_logger(__name__)

Stored = Mapping[ConnectionId, Mapping[str, ReportedValue]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Watched:
    """A record type and its watched columns."""

    environment: EnvironmentId
    name: str
    watch: Watch
    version: int
    """The version of the settings."""


async def take_values(services: Services, environment: EnvironmentId, jobs: Sequence[str]) -> None:
    """Store the values of all connected records that are not known yet, and complete the jobs.

    A table that cannot be read does not stop the others. Raises the first error at the end.
    """
    async with services.store.reading() as work:
        settings = await work.settings.get(environment)
    errors = []
    for name in sorted(settings.record_types):
        try:
            await _take_table(services, environment, settings, name)
        except ChatSyncError as error:
            errors.append(error)
            _log.warning("known_values.table_failed", table=name, reason=describe_error(error))
    if errors:
        raise errors[0]
    async with services.store.writing() as work:
        await work.inbox.complete(jobs, at=services.clock.now())


async def _take_table(services: Services, environment: EnvironmentId, settings: EnvironmentSettings, name: str) -> None:
    watched = _Watched(environment=environment, name=name, watch=watch_of(settings, name), version=settings.version)
    async for connections in _batches(services, environment, name):
        async with services.store.reading() as work:
            stored = await work.reported_values.for_connections([each.id for each in connections])
        await _forget_unwatched(services, watched, stored)
        if watched.watch.starts:
            await _take_batch(services, settings, watched, connections, stored)


async def _batches(services: Services, environment: EnvironmentId, name: str) -> AsyncIterator[Sequence[Connection]]:
    """Yield the active connections to records of the table, paused ones included."""
    after: ConnectionId | None = None
    while True:
        async with services.store.reading() as work:
            found = await work.connections.for_table(environment, name, after=after, at_most=BATCH_SIZE)
        if not found:
            return
        yield found
        after = found[-1].id


async def _forget_unwatched(services: Services, watched: _Watched, stored: Stored) -> None:
    """Delete values that no longer count, but none that were stored under later settings."""
    columns = {name for values in stored.values() for name in values}
    earlier = {name: watched.watch.first_number(name, watched.version + 1) for name in columns}
    old = {name for values in stored.values() for name, each in values.items() if each.watch < earlier[name]}
    if not old:
        return
    async with services.store.writing() as work:
        for name in sorted(old):
            await work.reported_values.forget_earlier(list(stored), name, before=earlier[name])


async def _take_batch(
    services: Services,
    settings: EnvironmentSettings,
    watched: _Watched,
    connections: Sequence[Connection],
    stored: Stored,
) -> None:
    table = await _table(services, watched)
    columns = watched_columns(settings, table) if table else {}
    missing = {each: watched.watch.missing(stored.get(each.id, {}), columns) for each in connections}
    missing = {each: names for each, names in missing.items() if names}
    if table is None or not missing:
        return
    row_ids = sorted({each.record.row_id for each in missing})
    merge_columns = [table.columns[each] for each in (MASTER, MERGED) if each in table.columns]
    needed = [*(column for names in missing.values() for column in names.values()), *merge_columns]
    unique = list({column.name: column for column in needed}.values())
    rows = await services.records.read_many(watched.environment, table, row_ids, unique)
    await _save(services, watched.watch, table, missing, rows)


async def _table(services: Services, watched: _Watched) -> Table | None:
    try:
        return await services.records.table(watched.environment, watched.name)
    except NotFound:
        return None  # The table was deleted or never installed there.


async def _save(
    services: Services,
    watch: Watch,
    table: Table,
    missing: Mapping[Connection, Mapping[str, Column]],
    rows: Mapping[str, Row | ChatSyncError | None],
) -> None:
    """Store the values. The chats of records that no longer exist, or that were merged, are told so."""
    now = services.clock.now()
    taken: dict[tuple[ConnectionId, str], ReportedValue] = {}
    chats: set[ChatId] = set()
    for connection, columns in missing.items():
        row_id = connection.record.row_id
        row = rows.get(row_id)
        if isinstance(row, Row):
            values = watch.take(connection, columns, row, now)
            taken.update({(connection.id, name): value for name, value in values.items()})
        is_gone = row_id in rows and row is None
        is_merged = isinstance(row, Row) and merge_target(connection.record.environment, table, row) is not None
        if (is_gone or is_merged) and connection.paused_at is None:
            chats.add(connection.chat_id)
    async with services.store.writing() as work:
        await work.reported_values.add(taken)
        for chat in sorted(chats):
            await work.inbox.enqueue(ChatJob(kind=JobKind.CATCH_UP, chat_id=chat), at=now, due_at=now)
