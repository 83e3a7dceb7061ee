"""Bringing a record's new owner into a chat that is connected to it (spec K12)."""

import asyncio
from dataclasses import dataclass

from bot.domain.errors import NotFound
from bot.domain.record_lifecycle import OWNER
from bot.domain.values import Chat, Connection, ObjectId, Person, UserId
from bot.features.members.change_members import ChangeMembers
from bot.features.shared.access import Actor, Gates
from bot.features.shared.answers import Answer, called
from bot.ports.dataverse import Records


@dataclass(frozen=True, slots=True, kw_only=True)
class AddOwner:
    """Adds whoever owns the record now: the button names nobody, for much may have happened since."""

    records: Records
    gates: Gates
    change_members: ChangeMembers

    async def __call__(self, chat: Chat, person: Person, connection: Connection) -> Answer:
        """The word of who added whom, kept for the chat.

        Raises `NotAllowed` for those who may not read the record, `NotFound` where no person owns it, and what adding
        anybody raises.
        """
        environment = connection.record.environment
        await self.gates.record_type(environment, connection.record.table)
        actor, _ = await asyncio.gather(self.gates.actor(environment, person), self.gates.member(chat, person))
        return await self.change_members.add(chat, person, await self._owner(connection, actor))

    async def _owner(self, connection: Connection, actor: Actor) -> ObjectId:
        """The owner as the person who asks sees them."""
        record = connection.record
        table = await self.records.table(record.environment, record.table)
        column = table.columns.get(OWNER)
        if column:
            row = await self.gates.row(record, table, [column], actor)
            kind, _, user = str(row.value(column.name).raw).partition(":")
            owner = await self.records.object_id(record.environment, UserId(user)) if kind == "systemuser" else None
            if owner:
                return owner
        raise NotFound(
            f"{called(connection)} belongs to nobody who could be in a chat.", "See who owns it in Dynamics 365."
        )
