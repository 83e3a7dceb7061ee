"""List the chats of a person that can still be connected to a record (spec A1)."""

from collections.abc import Sequence

from bot.domain.directory import DirectoryChat
from bot.domain.public_names import TARGET_CHAT, Verb
from bot.domain.texts import text
from bot.domain.values import Connection, Person, RecordRef
from bot.features.chat_lists.my_chats import LEFT_OUT, chat_name, count_records, fetch_my_chats, select_other_chats
from bot.features.shared import access
from bot.features.shared.answers import Answer, record_data, record_header, row_display_name
from bot.features.shared.services import Services
from cards.buttons import ActionButton
from cards.chat_list import MAX_ROWS, ChatListView, ChatRow, chat_list
from cards.paging import page_offset


async def list_my_chats(
    services: Services, person: Person, record: RecordRef, *, words: str = "", begin: int = 0
) -> Answer:
    """Return one page of the chats, or of those whose names contain the words, connected ones first.

    Raise `NotAllowed`, `NotSupported`, or `Unavailable`.
    """
    readable = await access.require_readable(services, record, person)
    mine = await fetch_my_chats(services, readable.actor.object_id)
    async with services.store.reading() as work:
        connections = await work.connections.for_chats([chat.id for chat in mine.chats])
    others = select_other_chats(mine, connections, record, words)
    chats = [*others.connected, *others.unconnected]
    begin = page_offset(begin, len(chats), MAX_ROWS)
    page = chats[begin : begin + MAX_ROWS]
    view = ChatListView(
        title=text("My other chats to connect to {record}", record=row_display_name(readable.table, readable.row)),
        record=record_header(services.links, readable.table, record, readable.row),
        rows=tuple(_row(chat, record, connections.get(chat.id, ())) for chat in page),
        total=len(chats),
        offset=begin,
        query=words,
        searched_chats=len(mine.chats) if words and mine.is_cut else None,
        empty_text=text("You are not in any other group chat."),
        page_button=ActionButton(title="", verb=Verb.MY_CHATS, payload=record_data(record)),
        hint=LEFT_OUT if others.is_cut else "",
    )
    return Answer(message=chat_list(view))


def _row(chat: DirectoryChat, record: RecordRef, connections: Sequence[Connection]) -> ChatRow:
    connect = ActionButton(
        title=text("Connect"), verb=Verb.CONNECT, payload={**record_data(record), TARGET_CHAT: chat.id}
    )
    return ChatRow(
        name=chat_name(chat),
        connected=None,
        last_written_at=chat.last_message_at,
        state=count_records(len(connections)),
        button=connect,
    )
