"""The chats of a person, and which of them are connected to a record (spec A1, S7)."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.directory import DirectoryChat
from bot.domain.errors import ChatSyncError
from bot.domain.texts import plural, text
from bot.domain.values import ChatId, Connection, ObjectId, RecordRef
from bot.features.shared.services import Services

MAX_CHATS, FIRST_CHATS = 200, 50
"""Chats to fetch, those with the newest messages first, and the number that one request returns."""
_MAX_UNCONNECTED = 50
"""Listed chats that are not connected to any record."""
MAX_NAMES = 3
"""People in the name of a chat without a topic."""

LEFT_OUT = text("Only your most recent chats are listed. To connect another one, write connect in that chat.")
"""Hint for a list that does not contain all chats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MyChats:
    """The group and meeting chats of a person, those with the newest messages first."""

    chats: Sequence[DirectoryChat]

    @property
    def is_cut(self) -> bool:
        """True if the person may have more chats."""
        return len(self.chats) in {FIRST_CHATS, MAX_CHATS}

    @property
    def by_id(self) -> Mapping[ChatId, DirectoryChat]:
        """The chats by ID."""
        return {each.id: each for each in self.chats}


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherChats:
    """The chats that are not connected to a record, and can be."""

    connected: Sequence[DirectoryChat]
    """Chats that are connected to other records."""
    unconnected: Sequence[DirectoryChat]
    total: int
    """Number of all chats without a record, listed or not."""
    is_cut: bool
    """True if some chats are left out."""


async def fetch_my_chats(services: Services, person: ObjectId) -> MyChats:
    """Return the chats of the person, or only the first ones if it takes too long to fetch all; raise `Unavailable`."""
    first, more = await asyncio.gather(
        services.chats.list_chats(person, at_most=FIRST_CHATS), _fetch_more(services, person)
    )
    return MyChats(chats=more or first)


async def _fetch_more(services: Services, person: ObjectId) -> Sequence[DirectoryChat]:
    try:
        async with asyncio.timeout(services.limits.answer_within_s / 3):
            return await services.chats.list_chats(person, at_most=MAX_CHATS)
    except (TimeoutError, ChatSyncError):
        return ()


def select_other_chats(
    mine: MyChats,
    connections: Mapping[ChatId, Sequence[Connection]],
    record: RecordRef,
    words: str,
    *,
    at_most: int = _MAX_UNCONNECTED,
) -> OtherChats:
    """Return the chats with the words in their names that are not connected to the record.

    `at_most`: the number of chats without any record.
    """
    free = [chat for chat in mine.chats if not _is_connected(connections.get(chat.id, ()), record)]
    matches = [chat for chat in free if words.lower() in chat_name(chat).lower()]
    unconnected = [chat for chat in matches if chat.id not in connections]
    return OtherChats(
        connected=[chat for chat in matches if chat.id in connections],
        unconnected=unconnected[:at_most],
        total=len(unconnected),
        is_cut=len(unconnected) > at_most or mine.is_cut,
    )


def _is_connected(connections: Sequence[Connection], record: RecordRef) -> bool:
    return any(connection.record == record for connection in connections)


def count_records(records: int) -> str:
    """Return the number of connected records, but not which, because the person may not have access to them."""
    if not records:
        return text("Not connected to a record.")
    return plural(records, "Connected to {count} other record.", "Connected to {count} other records.")


def chat_name(chat: DirectoryChat) -> str:
    """Return the topic of the chat, or else the names of its members, as Teams does."""
    people = [member.name for member in chat.members]
    more, names = len(people) - MAX_NAMES, ", ".join(people[:MAX_NAMES])
    if more > 0:
        names = plural(more, "{people} and {count} more", "{people} and {count} more", people=names)
    return chat.topic or names or text("Chat without a name")
