"""People who are tied to a record, to be asked into a chat about it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.domain.directory import ChatMember, DirectoryPerson
from bot.domain.errors import ChatSyncError
from bot.domain.values import ChatId, Connection, ObjectId, RecordRef, UserId
from bot.ports import ChatDirectory, Directory, Records, Store

SUGGESTED = 8
CHATS_LOOKED_INTO = 3
"""Connected chats whose members are looked up: each costs a call while somebody waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """Somebody, and why."""

    person: DirectoryPerson
    reason: str


class SuggestPeople(Protocol):
    """Whom to ask into a chat about a record."""

    async def __call__(self, record: RecordRef, asking: ObjectId) -> Sequence[Suggested]:
        """People who can use Teams, the most likely first, without the one who asks."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestTiedPeople:
    """By rule: who owns the record, who connected it, and who is in its chats; see `SuggestPeople`."""

    store: Store
    records: Records
    directory: Directory
    chats: ChatDirectory

    async def __call__(self, record: RecordRef, asking: ObjectId) -> Sequence[Suggested]:
        """The owner, then connectors, then members of those connected chats that the asking person is in too."""
        async with self.store.reading() as work:
            connections = await work.connections.of_record(record)
        looked_into = asyncio.gather(*(self._members(chat) for chat in _newest(connections)))
        owner, rosters = await asyncio.gather(self._owner(record), looked_into)
        reasons: dict[ObjectId, str] = {owner: "owner"} if owner else {}
        for connection in connections:
            reasons.setdefault(connection.connector_id, "connected a chat")
        for members in rosters:
            people = [each.object_id for each in members if each.object_id]
            # Who is in a chat is told to its members alone (spec A1).
            for person in people if asking in people else []:
                reasons.setdefault(person, "in a connected chat")
        reasons.pop(asking, None)
        return await self._known(reasons)

    async def _known(self, reasons: dict[ObjectId, str]) -> Sequence[Suggested]:
        """Those who are in the directory and can use Teams."""
        ids = list(reasons)[: 2 * SUGGESTED]
        people, licensed = await asyncio.gather(self.directory.people(ids), self.directory.with_teams(ids))
        return [
            Suggested(person=people[each], reason=reasons[each])
            for each in ids
            if each in people and people[each].enabled and each in licensed
        ][:SUGGESTED]

    async def _owner(self, record: RecordRef) -> ObjectId | None:
        table = await self.records.table(record.environment, record.table)
        column = table.columns.get("ownerid")
        if column is None:
            return None
        try:
            row = await self.records.read(record, [column], caller=None)
        except ChatSyncError:
            return None
        kind, _, owner = str(row.value(column.name).raw).partition(":")
        return await self.records.object_id(record.environment, UserId(owner)) if kind == "systemuser" else None

    async def _members(self, chat: ChatId) -> Sequence[ChatMember]:
        try:
            return await self.chats.members(chat)
        except ChatSyncError:
            return ()  # a chat that cannot be looked into suggests nobody


def _newest(connections: Sequence[Connection]) -> Sequence[ChatId]:
    return list(dict.fromkeys(each.chat_id for each in reversed(connections)))[:CHATS_LOOKED_INTO]
