"""List the chats that are connected to a record (spec A1)."""

from bot.domain.public_names import Verb
from bot.domain.texts import text
from bot.domain.values import Person, RecordRef
from bot.features.chat_lists.connected_chats import ChatQuery, load_connected_chats
from bot.features.shared import access
from bot.features.shared.answers import (
    Answer,
    new_chat_button,
    record_data,
    record_header,
    row_display_name,
    timeline_button,
)
from bot.features.shared.services import Services
from cards.buttons import ActionButton
from cards.chat_list import ChatListView, chat_list


async def list_chats(
    services: Services, person: Person, record: RecordRef, *, words: str = "", begin: int = 0
) -> Answer:
    """Return one page of the chats, or of those whose names contain the words.

    Raise `NotAllowed`, `NotSupported`, or `Unavailable`.
    """
    readable = await access.require_readable(services, record, person)
    page = await load_connected_chats(services, record, readable, ChatQuery(words=words, begin=begin))
    view = ChatListView(
        title=text("Chats about {record}", record=row_display_name(readable.table, readable.row)),
        record=record_header(services.links, readable.table, record, readable.row),
        rows=tuple(row for _, row in page.rows),
        total=page.total,
        offset=page.begin,
        query=words,
        searched_chats=page.searched,
        empty_text=text("No chat is connected to this record."),
        page_button=ActionButton(title="", verb=Verb.CHATS, payload=record_data(record)),
        more_buttons=(
            new_chat_button(record),
            ActionButton(title=text("My other chats"), verb=Verb.MY_CHATS, payload=record_data(record)),
            timeline_button(record),
        ),
    )
    return Answer(message=chat_list(view))
