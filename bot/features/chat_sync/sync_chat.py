"""Bringing the rows that show a chat on the timelines of its records up to date (spec Y1-Y4)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
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
"""An idle row still gets what came before; one that a person has closed may have been opened again."""


async def sync_chat(services: Services, job: SyncJob) -> datetime | None:
    """None when the job is done and settled; else when it may be gone on with.

    What can be done is done and kept, also where something else fails. Raises the first error then.
    """
    async with services.store.reading() as work:
        known = await work.chat_sync.get_chat(job.chat_id)
    if known:
        not_before = _not_before(services, known)
        if not_before > services.clock.now():
            return not_before
        troubles = [*await _sync_rows(services, known, job), *await _mirrored(services, known)]
        if troubles:
            raise troubles[0]
    async with services.store.writing() as work:
        await work.chat_sync.complete(job, at=services.clock.now())
    return None


def _not_before(services: Services, known: SyncedChat) -> datetime:
    written = (each.synced.written_at for each in known.connections)
    return max((at + services.limits.row_interval for at in written if at), default=services.clock.now())


async def _sync_rows(services: Services, known: SyncedChat, job: SyncJob) -> Sequence[ChatSyncError]:
    """What failed."""
    ended, live, still = await _due(services, known, job)
    seen, trouble = await _fetch(services, known, live, job)
    if trouble and seen is None:
        # A new row is made of what Teams says; others get later what they lack of it.
        live = [each for each in live if each.synced.row]
    chat = ChatToWrite(known=known, snapshot=seen)
    works = [
        *((each, partial(complete_row, services, each)) for each in ended),
        *((each, partial(write_row, services, chat, each)) for each in live),
        *((each, partial(write_row, services, replace(chat, snapshot=None), each)) for each in still),
    ]
    return [*([trouble] if trouble else []), *await _work_off(services, works)]


async def _work_off(
    services: Services, works: Sequence[tuple[SyncedConnection, Callable[[], Awaitable[SyncedRow]]]]
) -> Sequence[ChatSyncError]:
    troubles: list[ChatSyncError] = []
    for each, work_on_it in works:
        try:
            activity = await work_on_it()
        except ChatSyncError as error:
            troubles.append(error)
            continue
        async with services.store.writing() as work:
            await work.chat_sync.save_row(each.connection.id, activity)
    return troubles


async def _mirrored(services: Services, known: SyncedChat) -> Sequence[ChatSyncError]:
    try:
        await mirror_chat(services, known.chat.id)
    except ChatSyncError as error:
        return [error]
    return []


async def _due(
    services: Services, known: SyncedChat, job: SyncJob
) -> tuple[Sequence[SyncedConnection], Sequence[SyncedConnection], Sequence[SyncedConnection]]:
    """Connections that have ended, that are live, and that are idle, so that Teams is not asked for them."""
    ended, live, still = [], [], []
    for each in known.connections:
        settings = await services.administration.settings(each.connection.record.environment)
        state = sync_state(settings, known.chat.kind, each.synced, ended=False, now=services.clock.now())
        if each.ended_at:
            ended += [each] if is_sync_on(settings) else []
        elif (
            state.problem is SyncProblem.IDLE and known.checked_at and known.checked_at >= each.synced.last_activity_at
        ):
            still.append(each)
        elif state.problem in _SYNCABLE or (job.fetch and state.problem in TABLE_PROBLEMS):
            live.append(each)
    return ended, live, still


async def _fetch(
    services: Services, known: SyncedChat, live: Sequence[SyncedConnection], job: SyncJob
) -> tuple[ChatSnapshot | None, ChatSyncError | None]:
    """What Teams says, where it is asked, and why that is not all."""
    wanted = job.fetch or any(each.synced.row is None or _misses_writer(known, each) for each in live)
    asked_at = services.clock.now()
    try:
        seen = await fetch_chat(services, known) if live and wanted else None
    except ChatSyncError as error:
        return None, error
    if seen:
        await _save_snapshot(services, known, seen, at=asked_at, is_new=_is_new(known, live, seen))
    elif job.fetch:
        async with services.store.writing() as work:
            await work.chat_sync.mark_checked(known.chat.id, at=asked_at)
    return seen, seen.error if seen else None


async def _save_snapshot(
    services: Services, known: SyncedChat, seen: ChatSnapshot, *, at: datetime, is_new: bool
) -> None:
    """Keeps what Teams says; what is new in it and nobody told of counts as much as what was told (spec Y3)."""
    active = await _touch(services, known, at) if is_new else {}
    async with services.store.writing() as work:
        await work.chat_sync.save_snapshot(known, seen.fetched, at=at)
        await work.chat_sync.touch(active)


async def _touch(services: Services, known: SyncedChat, at: datetime) -> Mapping[ConnectionId, datetime]:
    live = [each for each in known.connections if each.ended_at is None]
    effective = await with_sync_on(services.administration, live)
    return await activity_times(services.administration, effective, {known.chat.id: at})


def _is_new(known: SyncedChat, live: Sequence[SyncedConnection], seen: ChatSnapshot) -> bool:
    """Whether Teams says something else than when it was last asked, as far as that is known."""
    people = {each for each in seen.fetched.accounts.values() if each}
    before = [set(each.synced.users) for each in live if each.synced.users]
    if known.checked_at is None or not before:
        return False
    return seen.fetched.topic != known.topic or any(each != people for each in before)


def _misses_writer(known: SyncedChat, each: SyncedConnection) -> bool:
    """Whether somebody wrote who was not in the chat when Teams was last asked: it did not tell of them."""
    writer, at = known.last_writer_id, known.last_written_at
    if writer is None or at is None or writer in each.synced.users:
        return False
    return known.checked_at is None or known.checked_at < at
