"""Bringing a record's new owner into a chat that is connected to it (spec K12, A5)."""

import asyncio
from dataclasses import dataclass

from bot.domain.errors import NotFound
from bot.domain.values import Chat, Connection, ObjectId, Person, UserId
from bot.ports import ChatDirectory, Clock, Records, Roster, Store
from bot.usecases.answers import Answer, called
from bot.usecases.audited import audited
from bot.usecases.gates import Actor, Gates
from cards.message import Message
from cards.notice import NoticeView, notice


@dataclass(frozen=True, slots=True, kw_only=True)
class AddOwner:
    """Adds whoever owns the record now: the button names nobody, for much may have happened since."""

    store: Store
    records: Records
    gates: Gates
    roster: Roster
    chats: ChatDirectory
    clock: Clock

    async def __call__(self, chat: Chat, person: Person, connection: Connection) -> Answer:
        """The word that the owner is in the chat.

        Raises `NotAllowed` for those who are not in the chat, who may not read the record, or where the app lacks a
        permission, `NotFound` where no person owns the record, `NotSupported` where the chat is full, `BotAbsent` or
        `Unavailable`.
        """
        actor = await self._allowed(chat, person, connection)
        owner, name = await self._owner(connection, actor)
        if owner in await self.roster.members(chat):
            return Answer(message=_said(f"{name} is in this chat already."))
        await self.chats.add_member(chat.id, owner)
        now = self.clock.now()
        async with self.store.writing() as work:
            by, by_name = actor.object_id, actor.user.name
            await work.audit.add(audited("add owner", connection, at=now, by=by, by_name=by_name))
        # Teams itself tells the chat of new members.
        return Answer(message=_said(f"{name}, who owns {called(connection)}, is in this chat now."))

    async def _allowed(self, chat: Chat, person: Person, connection: Connection) -> Actor:
        record = connection.record
        await self.gates.record_type(record.environment, record.table)
        actor, _ = await asyncio.gather(self.gates.actor(record.environment, person), self.gates.member(chat, person))
        return actor

    async def _owner(self, connection: Connection, actor: Actor) -> tuple[ObjectId, str]:
        """The owner as the person who asks sees them."""
        record = connection.record
        table = await self.records.table(record.environment, record.table)
        column = table.columns.get("ownerid")
        if column:
            row = await self.gates.row(record, table, [column], actor)
            kind, _, user = str(row.value(column.name).raw).partition(":")
            owner = await self.records.object_id(record.environment, UserId(user)) if kind == "systemuser" else None
            if owner:
                return owner, row.value(column.name).text or "The owner"
        raise NotFound(
            f"{called(connection)} belongs to nobody who could be in a chat.", "See who owns it in Dynamics 365."
        )


def _said(text: str) -> Message:
    return notice(NoticeView(text=text))
