"""Find changes in Dataverse whose events were lost (spec K9).

Events are lost if the process is down for longer than Dataverse retries, or if the webhook is turned off.
Change tracking lists the rows that changed, and each chat connected to one of them gets a catch-up job.
Without change tracking, changed rows are found by their modification time. Deleted rows are then found only by
checking every connected row.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import timedelta

from bot.domain.errors import ChatSyncError, NotFound
from bot.domain.jobs import ChatJob, EnvironmentJob, JobKind
from bot.domain.tables import Table
from bot.domain.values import ChatId, EnvironmentId
from bot.features.shared.services import Services
from bot.logs import get_logger
from bot.logs.tracebacks import describe_error
from bot.ports.dataverse import TableChanges

BATCH_SIZE = 200
"""Rows or chats in one query."""

_log = get_logger(__name__)


async def find_missed_changes(services: Services, *, delay: timedelta, full_scan: bool) -> bool:
    """Check all tables with connected chats, and enqueue catch-up jobs; return whether all could be checked.

    The jobs are due after the delay, so that late events can still arrive. A full scan checks every connected row of
    tables that do not report deletions, and takes values that could not be read before. A table that cannot be checked
    does not stop the others. Raises the error if no table can be checked.
    """
    if full_scan:
        await _take_missing_values(services)
    checks, errors = 0, []
    for environment, name in await _connected_tables(services):
        checks += 1
        try:
            await _check_table(services, environment, name, delay, full_scan=full_scan)
        except ChatSyncError as error:
            errors.append(error)
            _log.warning("missed_changes.table_failed", table=name, reason=describe_error(error))
    if errors and len(errors) == checks:
        raise errors[0]
    return not errors


async def _take_missing_values(services: Services) -> None:
    now = services.clock.now()
    async with services.store.writing() as work:
        for environment in services.links.environments:
            job = EnvironmentJob(kind=JobKind.TAKE_VALUES, environment=environment.id)
            await work.inbox.enqueue(job, at=now, due_at=now)


async def _connected_tables(services: Services) -> Sequence[tuple[EnvironmentId, str]]:
    """Return the enabled tables with connected chats.

    Those without key fields are included, because their records can be deleted or merged.
    """
    return [
        (environment.id, record_type.table)
        for environment in services.links.environments
        if await services.administration.chats_on(environment.id)
        for record_type in (await services.administration.record_types(environment.id)).values()
        if record_type.enabled and await _is_connected(services, environment.id, record_type.table)
    ]


async def _check_table(
    services: Services, environment: EnvironmentId, name: str, delay: timedelta, *, full_scan: bool
) -> None:
    table = await _table(services, environment, name)
    if table is None:
        return
    changes = await _changes(services, environment, table, full_scan=full_scan)
    if changes is not None and changes.is_complete:
        rows = sorted(changes.changed | changes.deleted)
        for start in range(0, len(rows), BATCH_SIZE):
            batch = rows[start : start + BATCH_SIZE]
            await _enqueue_catch_up(services, await _chats_of_rows(services, environment, name, batch), delay)
    elif full_scan or changes is not None:
        async for chats in _all_chats(services, environment, name):
            await _enqueue_catch_up(services, chats, delay)
    if changes is not None:
        # The new link is saved last: after a crash before this line, the same changes are found again.
        async with services.store.writing() as work:
            await work.change_tracking.save_delta_link(environment, name, changes.delta_link, at=services.clock.now())


async def _changes(
    services: Services, environment: EnvironmentId, table: Table, *, full_scan: bool
) -> TableChanges | None:
    """Return the changes since the last check, or None if the table has no change tracking."""
    async with services.store.reading() as work:
        link = await work.change_tracking.get_delta_link(environment, table.name)
    changes = await services.records.changes_since(environment, table, link)
    if full_scan and link and changes and not changes.includes_deletions:
        # Restart tracking, because an administrator may have turned on tracking of deletions.
        return await services.records.changes_since(environment, table, None)
    return changes


async def _is_connected(services: Services, environment: EnvironmentId, name: str) -> bool:
    async with services.store.reading() as work:
        return bool(await work.connections.chats_for_table(environment, name, after=None, at_most=1))


async def _table(services: Services, environment: EnvironmentId, name: str) -> Table | None:
    try:
        return await services.records.table(environment, name)
    except NotFound:
        return None  # The table was deleted or never installed there. The other tables are still checked.


async def _chats_of_rows(
    services: Services, environment: EnvironmentId, name: str, row_ids: Sequence[str]
) -> frozenset[ChatId]:
    async with services.store.reading() as work:
        return await work.connections.chats_for_rows(environment, name, row_ids)


async def _all_chats(services: Services, environment: EnvironmentId, name: str) -> AsyncIterator[Sequence[ChatId]]:
    """Yield the chats connected to records of the table, in batches."""
    after: ChatId | None = None
    while True:
        async with services.store.reading() as work:
            chats = await work.connections.chats_for_table(environment, name, after=after, at_most=BATCH_SIZE)
        if not chats:
            return
        yield chats
        after = chats[-1]


async def _enqueue_catch_up(services: Services, chats: Iterable[ChatId], delay: timedelta) -> None:
    now = services.clock.now()
    async with services.store.writing() as work:
        for chat in sorted(chats):
            job = ChatJob(kind=JobKind.CATCH_UP, chat_id=chat)
            await work.inbox.enqueue(job, at=now, due_at=now + delay)
