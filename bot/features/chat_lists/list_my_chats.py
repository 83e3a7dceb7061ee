"""List the chats of a person that can still be connected to a record (spec A1)."""

import asyncio
from collections.abc import Mapping, Sequence

from bot.domain.directory import DirectoryChat
from bot.domain.errors import ChatSyncError
from bot.domain.public_names import TARGET_CHAT, Verb
from bot.domain.values import ChatId, Connection, ObjectId, Person, RecordRef
from bot.features.shared import access
from bot.features.shared.answers import Answer, record_data, record_header
from bot.features.shared.services import Services
from cards.buttons import ActionButton
from cards.chat_list import MAX_ROWS, ChatListView, ChatRow, chat_list
from cards.paging import page_offset

_MAX_CHATS, _FIRST_CHATS = 200, 50
"""Chats to fetch, those with the newest messages first, and the number that one request returns."""
_MAX_UNCONNECTED = 50
"""Listed chats that are not connected to any record."""
_MORE_CHATS = "Only your most recent chats are listed. To connect another one, write connect in that chat."
_MAX_NAMES = 3
"""People in the name of a chat without a topic."""


async def list_my_chats(
    services: Services, person: Person, record: RecordRef, *, words: str = "", begin: int = 0
) -> Answer:
    """Return one page of the chats, or of those whose names contain the words.

    Raise `NotAllowed`, `NotSupported`, or `Unavailable`.
    """
    readable = await access.require_readable(services, record, person)
    mine = await _fetch_chats(services, readable.actor.object_id)
    async with services.store.reading() as work:
        connections = await work.connections.for_chats([chat.id for chat in mine])
    chats, is_cut = _select(mine, connections, record, words)
    begin = page_offset(begin, len(chats), MAX_ROWS)
    page = chats[begin : begin + MAX_ROWS]
    view = ChatListView(
        title="My other chats to connect to {record}",
        record=record_header(services.links, readable.table, record, readable.row),
        rows=tuple(_row(chat, record, connections.get(chat.id, ())) for chat in page),
        total=len(chats),
        offset=begin,
        query=words,
        searched_chats=len(mine) if words and len(mine) in {_FIRST_CHATS, _MAX_CHATS} else None,
        empty_text="You are not in any other group chat.",
        page_button=ActionButton(title="", verb=Verb.MY_CHATS, payload=record_data(record)),
        hint=_MORE_CHATS if is_cut else "",
    )
    return Answer(message=chat_list(view))


def _select(
    chats: Sequence[DirectoryChat],
    connections: Mapping[ChatId, Sequence[Connection]],
    record: RecordRef,
    words: str,
) -> tuple[Sequence[DirectoryChat], bool]:
    """Return the chats with the words in their names that are not connected to the record, connected ones first.

    The second value is true if some chats are left out.
    """
    free = [chat for chat in chats if not _is_connected(connections.get(chat.id, ()), record)]
    matches = [chat for chat in free if words.lower() in _name(chat).lower()]
    unconnected = [chat for chat in matches if chat.id not in connections]
    connected = [chat for chat in matches if chat.id in connections]
    is_cut = len(unconnected) > _MAX_UNCONNECTED or len(chats) in {_FIRST_CHATS, _MAX_CHATS}
    return [*connected, *unconnected[:_MAX_UNCONNECTED]], is_cut


async def _fetch_chats(services: Services, person: ObjectId) -> Sequence[DirectoryChat]:
    """Return the chats of the person, or only the first ones if it takes too long to fetch all."""
    first, more = await asyncio.gather(
        services.chats.list_chats(person, at_most=_FIRST_CHATS), _fetch_more(services, person)
    )
    return more or first


async def _fetch_more(services: Services, person: ObjectId) -> Sequence[DirectoryChat]:
    try:
        async with asyncio.timeout(services.limits.answer_within_s / 3):
            return await services.chats.list_chats(person, at_most=_MAX_CHATS)
    except (TimeoutError, ChatSyncError):
        return ()


def _is_connected(connections: Sequence[Connection], record: RecordRef) -> bool:
    return any(connection.record == record for connection in connections)


def _row(chat: DirectoryChat, record: RecordRef, connections: Sequence[Connection]) -> ChatRow:
    connect = ActionButton(title="Connect", verb=Verb.CONNECT, payload={**record_data(record), TARGET_CHAT: chat.id})
    return ChatRow(
        name=_name(chat),
        connected=None,
        last_written_at=chat.last_message_at,
        state=_state(len(connections)),
        button=connect,
    )


def _state(records: int) -> str:
    """Return the number of connected records, but not which, because the person may not have access to them."""
    if not records:
        return "Not connected to a record."
    return "Connected to 1 other record." if records == 1 else f"Connected to {records} other records."


def _name(chat: DirectoryChat) -> str:
    """Return the topic of the chat, or else the names of its members, as Teams does."""
    people = [member.name for member in chat.members]
    more = f" and {len(people) - _MAX_NAMES} more" if len(people) > _MAX_NAMES else ""
    return chat.topic or ", ".join(people[:_MAX_NAMES]) + more or "Chat without a name"
