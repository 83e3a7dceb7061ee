"""Showing chats on timelines that were connected while sync was off (spec Y3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.domain.chat_sync import is_sync_on
from bot.domain.errors import NotSupported
from bot.domain.values import Connection, ConnectionId, EnvironmentId, ObjectId, Person
from bot.features.chat_sync.start_and_end import new_activity
from bot.features.shared.access import Gates
from bot.features.shared.audited import audited
from bot.store.unit_of_work import Store, UnitOfWork

_AT_ONCE = 500
"""Connections of one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncExisting:
    """Has them shown from now on. Nothing is made up of the time before: their rows are the administrator's."""

    store: Store
    gates: Gates
    clock: Clock

    async def __call__(self, environment: EnvironmentId, person: Person) -> int:
        """How many connections are shown from now on; raises `NotAllowed`, `NotSupported` or `Unavailable`."""
        actor = await self.gates.administrator(environment, person)
        if not is_sync_on(await self.gates.administration.settings(environment)):
            raise NotSupported("Chat sync is off there.", "A Global Administrator turns it on in the settings.")
        count, after = 0, None
        while some := await self._some(environment, after):
            count, after = count + len(some), some[-1].id
            async with self.store.writing() as work:
                await self._begin(work, some, maker=actor.object_id, by_name=actor.user.name)
        return count

    async def _some(self, environment: EnvironmentId, after: ConnectionId | None) -> Sequence[Connection]:
        async with self.store.reading() as work:
            return await work.chat_sync.unsynced_connections(environment, after=after, at_most=_AT_ONCE)

    async def _begin(self, work: UnitOfWork, some: Sequence[Connection], *, maker: ObjectId, by_name: str) -> None:
        now: datetime = self.clock.now()
        for each in some:
            await work.chat_sync.start(each.id, new_activity(maker, now))
            await work.audit.add(audited("sync existing", each, at=now, by=maker, by_name=by_name))
        await work.chat_sync.enqueue([each.chat_id for each in some], fetch=True, at=now, due_at=now)
