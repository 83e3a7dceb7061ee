"""Which connections are shown on the timelines of their records, from when on and until when (spec S2, Y1)."""

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
    """The connection is shown from now on, if sync is on; whatever was idle in the chat goes on (spec Y3)."""
    settings = await services.administration.settings(connection.record.environment)
    if chat.kind is ChatKind.GROUP and is_sync_on(settings):
        await work.chat_sync.start(connection.id, new_activity(maker, at))
    await resume_idle(work, chat.id, at=at)


def new_activity(maker: ObjectId, at: datetime) -> SyncedRow:
    """A row that is to be created as the maker."""
    return SyncedRow(activity_id=str(uuid4()), created_by=maker, last_activity_at=at)


async def resume_idle(work: UnitOfWork, chat: ChatId, *, at: datetime) -> None:
    """Somebody has connected or resumed the chat: it is not idle any more, and looked at anew."""
    live = await work.chat_sync.active_connections([chat])
    await work.chat_sync.touch({each.connection.id: at for each in live})
    await work.chat_sync.enqueue([chat], fetch=bool(live), at=at, due_at=at)


async def end_sync(work: UnitOfWork, connections: Sequence[Connection], *, at: datetime) -> None:
    """The connections have ended: their rows are completed."""
    await work.chat_sync.enqueue([each.chat_id for each in connections], fetch=False, at=at, due_at=at)


async def transfer_sync(work: UnitOfWork, old: Connection, new: Connection, *, at: datetime) -> None:
    """The new connection is shown by the row of the old one, which is about another record now."""
    await work.chat_sync.transfer(old.id, new.id)
    synced = await work.chat_sync.get_rows([new.id])
    for each in synced.values():
        # Which record a row is about is not kept: that it is another one now shows when it is looked at.
        row = replace(each.row, version="") if each.row else None
        await work.chat_sync.save_row(new.id, replace(each, row=row))
    await work.chat_sync.enqueue([new.chat_id], fetch=bool(synced), at=at, due_at=at)


async def with_sync_on(
    administration: Administration, connections: Sequence[SyncedConnection]
) -> Sequence[SyncedConnection]:
    """Those whose environment is synced just now."""
    settings = [await administration.settings(each.connection.record.environment) for each in connections]
    return [each for each, set_ in zip(connections, settings, strict=True) if is_sync_on(set_)]


async def activity_times(
    administration: Administration, synced: Sequence[SyncedConnection], at: Mapping[ChatId, datetime]
) -> Mapping[ConnectionId, datetime]:
    """When something last happened; connections that were idle by then stay so and are left out (spec Y3)."""
    found: dict[ConnectionId, datetime] = {}
    for each in synced:
        settings = await administration.settings(each.connection.record.environment)
        moment = at[each.connection.chat_id]
        if not is_idle(each.synced.last_activity_at, moment, settings.organization.sync_idle_days):
            found[each.connection.id] = moment
    return found


def clear_problem(activity: SyncedRow) -> SyncedRow:
    """What is kept of a row without what was found to be in its way; one that somebody deleted is created again."""
    if activity.problem is None:
        return activity
    return replace(activity, problem=None, row=None, activity_id=str(uuid4()))
