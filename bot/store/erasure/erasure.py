"""Erase a person or a tenant in one transaction."""

from collections.abc import Collection, Mapping

from sqlalchemy import func, select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.erasure import Erased, PersonToForget
from bot.domain.values import EnvironmentId
from bot.store.administration import add_defaults
from bot.store.chats import Chats
from bot.store.erasure.chats import ChatEraser
from bot.store.erasure.person import PersonEraser
from bot.store.tables import chat, connection, environment, setting_change


class Erasure:
    """Erases everything about a person or a tenant (spec O6)."""

    def __init__(self, database: AsyncConnection, chats: Chats) -> None:
        self._database = database
        self._chats = chats

    async def forget_person(self, person: PersonToForget) -> Erased:
        """Erase the person from all tables, and chats whose ID contains the ID of the person: those of two people."""
        eraser = ChatEraser(self._database, lambda column: func.lower(column).contains(person.object_id))
        self._chats.left_chats |= set(await eraser.erase())
        others = PersonEraser(self._database, person)
        await others.erase()
        return _sum(eraser.erased, others.erased)

    async def forget_tenant(
        self, tenant: str, environments: Collection[EnvironmentId], *, defaults: Mapping[EnvironmentId, bool]
    ) -> Erased:
        """Erase the chats of the tenant and these environments; everything if no other tenant has data.

        `defaults`: whether chats are on in each configured environment if it has no settings.
        """
        known = select(chat.c.id).where(chat.c.tenant_id == tenant)
        is_only = {tenant} == set((await self._database.execute(select(chat.c.tenant_id).distinct())).scalars())
        eraser = ChatEraser(
            self._database,
            lambda column: column.in_(known),
            tenant=tenant,
            environments=await self.environments() if is_only else environments,
            everything=is_only,
        )
        self._chats.left_chats |= set(await eraser.erase())
        for each, on in defaults.items():
            # Running processes expect that each environment has settings.
            await add_defaults(self._database, each, on=on)
        return eraser.erased

    async def environments(self) -> set[EnvironmentId]:
        """Return all environments that the database knows."""
        named = union(select(environment.c.id), select(connection.c.environment))
        return {EnvironmentId(each) for each in (await self._database.execute(named)).scalars()}

    async def tenants_by_environment(self) -> Mapping[EnvironmentId, set[str]]:
        """Return the tenants whose chats were connected to records of each environment, or changed its settings."""
        connected = select(connection.c.environment, chat.c.tenant_id).join_from(connection, chat)
        of_chat = setting_change.c.chat_id == chat.c.id
        changed = select(setting_change.c.environment, chat.c.tenant_id).join_from(setting_change, chat, of_chat)
        tenants: dict[EnvironmentId, set[str]] = {}
        for name, tenant in await self._database.execute(union(connected, changed)):
            tenants.setdefault(EnvironmentId(name), set()).add(tenant)
        return tenants


def _sum(first: Erased, second: Erased) -> Erased:
    return Erased(deleted=first.deleted + second.deleted, changed=first.changed + second.changed)
