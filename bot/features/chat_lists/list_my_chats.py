"""The chats of a person that are not connected to a record yet (spec A1)."""

import asyncio
from collections.abc import Sequence

from bot.domain.directory import DirectoryChat
from bot.domain.errors import ChatSyncError
from bot.domain.public_names import TARGET_CHAT, Verb
from bot.domain.values import Connection, ObjectId, Person, RecordRef
from bot.features.shared import access
from bot.features.shared.answers import Answer, record_data, record_header
from bot.features.shared.services import Services
from cards.buttons import ActionButton
from cards.chat_list import MAX_ROWS, ChatListView, ChatRow, chat_list, page_offset

LOOKED_THROUGH, AT_FIRST = 200, 50
"""So many of the person's chats, those with the newest messages; and as many of them as come at once."""
OTHERS_AT_MOST = 50
"""Those of them that are listed although they are connected to nothing."""
NAMED = 3


async def list_my_chats(
    services: Services, person: Person, record: RecordRef, *, words: str = "", begin: int = 0
) -> Answer:
    """One page of the chats whose name holds the words; raises `NotAllowed`, `NotSupported` or `Unavailable`."""
    opened = await access.require_readable(services, record, person)
    mine = await _of(services, opened.actor.object_id)
    async with services.store.reading() as work:
        connections = await work.connections.for_chats([each.id for each in mine])
    free = [each for each in mine if not _has(connections.get(each.id, ()), record)]
    fit = [each for each in free if words.lower() in _name(each).lower()]
    others = [each for each in fit if each.id not in connections]
    named = [*(each for each in fit if each.id in connections), *others[:OTHERS_AT_MOST]]
    begin = page_offset(begin, len(named))
    page = named[begin : begin + MAX_ROWS]
    view = ChatListView(
        title="My other chats to connect to {record}",
        record=record_header(services.links, opened.table, record, opened.row),
        rows=tuple(_row(each, record, connections.get(each.id, ())) for each in page),
        total=len(named),
        offset=begin,
        query=words,
        searched_chats=len(mine) if words and len(mine) in {AT_FIRST, LOOKED_THROUGH} else None,
        empty_text="You are in no other group chat.",
        page_button=ActionButton(title="", verb=Verb.MY_CHATS, payload=record_data(record)),
    )
    return Answer(message=chat_list(view))


async def _of(services: Services, person: ObjectId) -> Sequence[DirectoryChat]:
    """The person's chats; where many take long, the first ones alone, which come with the same request."""
    first, many = await asyncio.gather(services.chats.list_chats(person, at_most=AT_FIRST), _many(services, person))
    return many or first


async def _many(services: Services, person: ObjectId) -> Sequence[DirectoryChat]:
    try:
        async with asyncio.timeout(services.limits.answer_within_s / 3):
            return await services.chats.list_chats(person, at_most=LOOKED_THROUGH)
    except (TimeoutError, ChatSyncError):
        return ()


def _has(connections: Sequence[Connection], record: RecordRef) -> bool:
    return any(each.record == record for each in connections)


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
    """How many records; which ones is not for everybody."""
    if not records:
        return "Not connected to a record."
    return f"Connected to {records} other {'record' if records == 1 else 'records'}."


def _name(chat: DirectoryChat) -> str:
    """What the chat is called, without a name by its people, as Teams does."""
    people = [each.name for each in chat.members]
    more = f" and {len(people) - NAMED} more" if len(people) > NAMED else ""
    return chat.topic or ", ".join(people[:NAMED]) + more or "Chat without a name"
