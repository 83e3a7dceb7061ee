"""Start, resume, transfer, and end the sync of connections with the timelines of their records (spec S2, Y1)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from bot.domain.chat_sync import SyncedRow, is_idle, is_sync_on
from bot.domain.synced_chats import SyncedConnection
from bot.domain.values import Chat, ChatId, ChatKind, Connection, ConnectionId, ObjectId
from bot.features.shared.services import Services
from bot.store.administration import Administration
from bot.store.unit_of_work import UnitOfWork


async def start_sync(
    services: Services, work: UnitOfWork, chat: Chat, connection: Connection, *, maker: ObjectId, at: datetime
) -> None:
    """Start the sync of a new connection if sync is on, and resume idle connections of the chat (spec Y3)."""
    settings = await services.administration.settings(connection.record.environment)
    if chat.kind is ChatKind.GROUP and is_sync_on(settings):
        await work.chat_sync.start(connection.id, new_activity(maker, at))
    await resume_idle(work, chat.id, at=at)


def new_activity(maker: ObjectId, at: datetime) -> SyncedRow:
    """Return the state of a row that will be created as the maker."""
    return SyncedRow(activity_id=str(uuid4()), created_by=maker, last_activity_at=at)


async def resume_idle(work: UnitOfWork, chat: ChatId, *, at: datetime) -> None:
    """Count this time as activity of the chat, so that it is not idle, and enqueue its update."""
    active = await work.chat_sync.active_connections([chat])
    await work.chat_sync.touch({each.connection.id: at for each in active})
    await work.chat_sync.enqueue([chat], fetch=bool(active), at=at, due_at=at)


async def end_sync(work: UnitOfWork, connections: Sequence[Connection], *, at: datetime) -> None:
    """Enqueue the completion of the rows of ended connections."""
    await work.chat_sync.enqueue([each.chat_id for each in connections], fetch=False, at=at, due_at=at)


async def transfer_sync(work: UnitOfWork, old: Connection, new: Connection, *, at: datetime) -> None:
    """Transfer the row of the old connection to the new one, and enqueue the update of its record."""
    await work.chat_sync.transfer(old.id, new.id)
    synced = await work.chat_sync.get_rows([new.id])
    for each in synced.values():
        # The row's record is not stored. Without a version, the row is read again, and the old record is replaced.
        row = replace(each.row, version="") if each.row else None
        await work.chat_sync.save_row(new.id, replace(each, row=row))
    await work.chat_sync.enqueue([new.chat_id], fetch=bool(synced), at=at, due_at=at)


async def with_sync_on(
    administration: Administration, connections: Sequence[SyncedConnection]
) -> Sequence[SyncedConnection]:
    """Return the connections in environments with sync on."""
    settings = [await administration.settings(each.connection.record.environment) for each in connections]
    return [each for each, setting in zip(connections, settings, strict=True) if is_sync_on(setting)]


async def activity_times(
    administration: Administration, synced: Sequence[SyncedConnection], at: Mapping[ChatId, datetime]
) -> Mapping[ConnectionId, datetime]:
    """Return the new time of the last activity of each connection.

    Connections that were already idle at that time are left out, and stay idle (spec Y3).
    """
    times: dict[ConnectionId, datetime] = {}
    for each in synced:
        settings = await administration.settings(each.connection.record.environment)
        active_at = at[each.connection.chat_id]
        if not is_idle(each.synced.last_activity_at, active_at, settings.organization.sync_idle_days):
            times[each.connection.id] = active_at
    return times


def clear_problem(row: SyncedRow) -> SyncedRow:
    """Return the state without its problem. A row that had a problem is created again with a new id."""
    if row.problem is None:
        return row
    return replace(row, problem=None, row=None, activity_id=str(uuid4()))
