"""Update the rows that show a chat on the timelines of its records (spec Y1-Y4)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from bot.domain.chat_sync import TABLE_PROBLEMS, SyncedRow, SyncProblem, is_sync_on, sync_state
from bot.domain.errors import ChatSyncError
from bot.domain.jobs import SyncJob
from bot.domain.synced_chats import SyncedChat, SyncedConnection
from bot.domain.values import ConnectionId
from bot.features.chat_sync.fetch_chat import ChatSnapshot, fetch_chat
from bot.features.chat_sync.mirror_chat import mirror_chat
from bot.features.chat_sync.start_and_end import activity_times, with_sync_on
from bot.features.chat_sync.write_row import ChatToWrite, complete_row, write_row
from bot.features.shared.services import Services

_SYNCABLE = frozenset({None, SyncProblem.IDLE, SyncProblem.COMPLETED, SyncProblem.CANCELLED, SyncProblem.SCHEDULED})
"""Problems with which a row is still read. An idle row may lack earlier changes, and a closed one may be reopened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Connections:
    """The connections to update, by how they are updated."""

    ended: list[SyncedConnection] = field(default_factory=list)
    """Connections that ended, whose rows are completed."""
    active: list[SyncedConnection] = field(default_factory=list)
    idle: list[SyncedConnection] = field(default_factory=list)
    """Idle connections fetched after their last activity. Their rows are updated from stored data only."""


async def sync_chat(services: Services, job: SyncJob) -> datetime | None:
    """Update all rows of the chat and complete the job; return None, or the time at which to try again.

    An error with one row does not stop the others. The first error is raised at the end.
    """
    async with services.store.reading() as work:
        known = await work.chat_sync.get_chat(job.chat_id)
    if known:
        not_before = _not_before(services, known)
        if not_before > services.clock.now():
            return not_before
        errors = [*await _sync_rows(services, known, job), *await _mirror(services, known)]
        if errors:
            raise errors[0]
    async with services.store.writing() as work:
        await work.chat_sync.complete(job, at=services.clock.now())
    return None


def _not_before(services: Services, known: SyncedChat) -> datetime:
    """Return the earliest time of the next write, which limits how often the rows of a chat are written.

    A process with a wrong clock may have stored a time in the future. Nothing waits for it.
    """
    now, interval = services.clock.now(), services.limits.row_interval
    written = (each.synced.written_at for each in known.connections)
    return max((at + interval for at in written if at and at - now <= interval), default=now)


async def _sync_rows(services: Services, known: SyncedChat, job: SyncJob) -> Sequence[ChatSyncError]:
    """Update the rows, and return the errors."""
    connections = await _connections(services, known, job)
    snapshot, error = await _fetch(services, known, connections.active, job)
    active = connections.active
    if error and snapshot is None:
        # A new row needs the fetched members. Existing rows are updated without them.
        active = [each for each in active if each.synced.row]
    chat = ChatToWrite(known=known, snapshot=snapshot)
    stored_only = replace(chat, snapshot=None)
    updates = [
        *((each, partial(complete_row, services, each)) for each in connections.ended),
        *((each, partial(write_row, services, chat, each)) for each in active),
        *((each, partial(write_row, services, stored_only, each)) for each in connections.idle),
    ]
    return [*([error] if error else []), *await _run_updates(services, updates)]


async def _run_updates(
    services: Services, updates: Sequence[tuple[SyncedConnection, Callable[[], Awaitable[SyncedRow]]]]
) -> Sequence[ChatSyncError]:
    errors: list[ChatSyncError] = []
    for each, update in updates:
        try:
            row = await update()
        except ChatSyncError as error:
            errors.append(error)
            continue
        async with services.store.writing() as work:
            await work.chat_sync.save_row(each.connection.id, row)
    return errors


async def _mirror(services: Services, known: SyncedChat) -> Sequence[ChatSyncError]:
    try:
        await mirror_chat(services, known.chat.id)
    except ChatSyncError as error:
        return [error]
    return []


async def _connections(services: Services, known: SyncedChat, job: SyncJob) -> _Connections:
    """Return the connections to update. Connections with other problems are left out."""
    result = _Connections()
    for each in known.connections:
        settings = await services.administration.settings(each.connection.record.environment)
        state = sync_state(settings, known.chat.kind, each.synced, ended=False, now=services.clock.now())
        if each.ended_at:
            result.ended.extend([each] if is_sync_on(settings) else [])
        elif state.problem is SyncProblem.IDLE and _fetched_after_activity(known, each):
            result.idle.append(each)
        elif state.problem in _SYNCABLE or (job.fetch and state.problem in TABLE_PROBLEMS):
            result.active.append(each)
    return result


def _fetched_after_activity(known: SyncedChat, each: SyncedConnection) -> bool:
    return known.checked_at is not None and known.checked_at >= each.synced.last_activity_at


async def _fetch(
    services: Services, known: SyncedChat, active: Sequence[SyncedConnection], job: SyncJob
) -> tuple[ChatSnapshot | None, ChatSyncError | None]:
    """Fetch the chat if the job or a row needs it; return the snapshot and the error, each if there is one."""
    is_needed = job.fetch or any(each.synced.row is None or _lacks_writer(known, each) for each in active)
    fetched_at = services.clock.now()
    try:
        snapshot = await fetch_chat(services, known) if active and is_needed else None
    except ChatSyncError as error:
        return None, error
    if snapshot:
        is_new = _has_changed(known, active, snapshot)
        await _save_snapshot(services, known, snapshot, at=fetched_at, is_new=is_new)
    elif job.fetch:
        async with services.store.writing() as work:
            await work.chat_sync.mark_checked(known.chat.id, at=fetched_at)
    return snapshot, snapshot.error if snapshot else None


async def _save_snapshot(
    services: Services, known: SyncedChat, snapshot: ChatSnapshot, *, at: datetime, is_new: bool
) -> None:
    """Store the snapshot. A change that no event reported counts as activity like a reported one (spec Y3)."""
    active = await _activity(services, known, at) if is_new else {}
    async with services.store.writing() as work:
        await work.chat_sync.save_snapshot(known, snapshot.fetched, at=at)
        await work.chat_sync.touch(active)


async def _activity(services: Services, known: SyncedChat, at: datetime) -> Mapping[ConnectionId, datetime]:
    active = [each for each in known.connections if each.ended_at is None]
    synced = await with_sync_on(services.administration, active)
    return await activity_times(services.administration, synced, {known.chat.id: at})


def _has_changed(known: SyncedChat, active: Sequence[SyncedConnection], snapshot: ChatSnapshot) -> bool:
    """Check whether topic or members changed since the last fetch; return False if there was none."""
    people = {each for each in snapshot.fetched.accounts.values() if each}
    previous = [set(each.synced.users) for each in active if each.synced.users]
    if known.checked_at is None or not previous:
        return False
    return snapshot.fetched.topic != known.topic or any(each != people for each in previous)


def _lacks_writer(known: SyncedChat, each: SyncedConnection) -> bool:
    """Check whether the last writer joined after the last fetch, so that the row's members are out of date."""
    writer, at = known.last_writer_id, known.last_written_at
    if writer is None or at is None or writer in each.synced.users:
        return False
    return known.checked_at is None or known.checked_at < at
