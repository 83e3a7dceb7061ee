"""Start the sync of chats that were connected while sync was off (spec Y3)."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.audit import AuditEntry
from bot.domain.chat_sync import is_sync_on
from bot.domain.errors import NotSupported
from bot.domain.values import Connection, ConnectionId, EnvironmentId, ObjectId, Person
from bot.features.chat_sync.start_and_end import new_activity
from bot.features.shared import access
from bot.features.shared.services import Services
from bot.store.unit_of_work import UnitOfWork

_BATCH_SIZE = 500
"""Connections in one transaction."""


async def sync_existing_chats(services: Services, environment: EnvironmentId, person: Person) -> int:
    """Start the sync of all unsynced connections of the environment, and return their number.

    Raises `NotAllowed`, `NotSupported`, or `Unavailable`.
    """
    actor = await access.require_administrator(services, environment, person)
    if not is_sync_on(await services.administration.settings(environment)):
        raise NotSupported(
            "Chat sync is turned off in this environment.", "A Global Administrator can turn it on in the settings."
        )
    count, after = 0, None
    while batch := await _unsynced(services, environment, after):
        count, after = count + len(batch), batch[-1].id
        async with services.store.writing() as work:
            await _start(services, work, batch, maker=actor.object_id, by_name=actor.user.name)
    return count


async def _unsynced(services: Services, environment: EnvironmentId, after: ConnectionId | None) -> Sequence[Connection]:
    async with services.store.reading() as work:
        return await work.chat_sync.unsynced_connections(environment, after=after, at_most=_BATCH_SIZE)


async def _start(
    services: Services, work: UnitOfWork, connections: Sequence[Connection], *, maker: ObjectId, by_name: str
) -> None:
    now: datetime = services.clock.now()
    for each in connections:
        await work.chat_sync.start(each.id, new_activity(maker, now))
        await work.audit.add(AuditEntry.for_connection("sync existing", each, at=now, by=maker, by_name=by_name))
    await work.chat_sync.enqueue([each.chat_id for each in connections], fetch=True, at=now, due_at=now)
