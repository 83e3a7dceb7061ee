"""The chats that are connected to a record (spec A1)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.directory import DirectoryChat
from bot.domain.errors import ChatSyncError
from bot.domain.joining import Joining
from bot.domain.record_links import Links
from bot.domain.surface import Verb
from bot.domain.values import ChatId, Connection, Person, RecordRef
from bot.ports import ChatDirectory, Directory, Records, Store
from bot.usecases.answers import Answer, head_of, name_columns, new_chat_button, record_claim
from bot.usecases.gates import Actor, Gates
from bot.usecases.join_chat import whom_to_ask
from cards.buttons import Open, Press
from cards.chat_list import ROWS_AT_MOST, ChatListView, ChatRow, Connected, chat_list

LOOKED_AT = 50
"""Chats of a record among which names are looked for, the newest connections first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """A connected chat as the person may see it."""

    connection: Connection
    chat: DirectoryChat | None
    """None where the directory does not tell of it."""
    is_member: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListChats:
    """Lists a record's chats for somebody who may read the record: who is in one opens it, others join or ask."""

    store: Store
    records: Records
    gates: Gates
    directory: Directory
    chats: ChatDirectory
    links: Links

    async def __call__(self, person: Person, record: RecordRef, *, words: str = "", begin: int = 0) -> Answer:
        """One page of the chats whose name holds the words; raises `NotAllowed`, `NotSupported` or `Unavailable`."""
        record_type = await self.gates.record_type(record.environment, record.table)
        actor = await self.gates.actor(record.environment, person)
        table = await self.records.table(record.environment, record.table)
        row = await self.gates.row(record, table, name_columns(table), actor)
        async with self.store.reading() as work:
            connections = list(reversed(await work.connections.of_record(record)))
        seen, may_write = await asyncio.gather(
            self._look(connections[:LOOKED_AT], actor), self.records.may_write(record, actor.user.id)
        )
        named = [each for each in seen if words.lower() in _name(each).lower()]
        joining = Joining(joining_is_on=record_type.join, may_write=may_write)
        page = named[begin : begin + ROWS_AT_MOST]
        view = ChatListView(
            title="Chats about",
            record=head_of(self.links, table, record, row),
            rows=tuple([await self._row(each, joining) for each in page]),
            found=len(named),
            begin=begin,
            words=words,
            none="No chat is connected to this record.",
            turn=Press(title="", verb=Verb.CHATS, payload=record_claim(record)),
            further=(
                new_chat_button(record),
                Press(title="My other chats", verb=Verb.MY_CHATS, payload=record_claim(record)),
            ),
        )
        return Answer(message=chat_list(view))

    async def _look(self, connections: Sequence[Connection], actor: Actor) -> Sequence[_Seen]:
        return await asyncio.gather(*(self._look_at(each, actor) for each in connections))

    async def _look_at(self, connection: Connection, actor: Actor) -> _Seen:
        chat, members = await asyncio.gather(
            self._chat(connection.chat_id), self.chats.members(connection.chat_id), return_exceptions=True
        )
        is_member = not isinstance(members, BaseException) and any(
            each.object_id == actor.object_id for each in members
        )
        return _Seen(connection=connection, chat=None if isinstance(chat, BaseException) else chat, is_member=is_member)

    async def _chat(self, chat: ChatId) -> DirectoryChat | None:
        try:
            return await self.chats.chat(chat)
        except ChatSyncError:
            return None  # without a name it can still be joined

    async def _row(self, seen: _Seen, joining: Joining) -> ChatRow:
        connection = seen.connection
        presence = await self.directory.presence([connection.connector_id])
        return ChatRow(
            name=_name(seen),
            connected=Connected(
                by=connection.connector_name,
                presence=presence[connection.connector_id],
                at=connection.connected_at,
                paused_at=connection.paused_at,
            ),
            state=_state(seen, joining),
            button=_button(seen, joining),
        )


def _name(seen: _Seen) -> str:
    """What the chat is called; without a name Teams calls it by its members, which is not for everybody."""
    return (seen.chat.topic if seen.chat else None) or f"Chat of {seen.connection.connector_name}"


def _state(seen: _Seen, joining: Joining) -> str:
    if seen.is_member:
        return "You are in this chat."
    if joining.allowed:
        return "You can join this chat and see all that was said."
    return f"Locked. {joining.problem} {whom_to_ask(seen.connection)}"


def _button(seen: _Seen, joining: Joining) -> Press | Open | None:
    if seen.is_member:
        return Open(title="Open chat", url=seen.chat.url) if seen.chat and seen.chat.url else None
    if not joining.allowed:
        return None
    return Press(title="Join", verb=Verb.JOIN, payload={"connection": str(seen.connection.id)})
