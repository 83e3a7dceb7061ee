"""The pane without a record: the person's connected chats with their records (spec P4)."""

from collections.abc import Mapping, Sequence

from bot.domain.directory import DirectoryChat
from bot.domain.values import ChatId, Connection, ConnectionId, Person
from bot.features.chat_lists.my_chats import chat_name, fetch_my_chats
from bot.features.pane.views import PAGE_SIZE, PaneRow, PaneView, RowState, Section, SectionName, section_size
from bot.features.shared import access
from bot.features.shared.readable_records import readable_records
from bot.features.shared.services import Services
from cards.record import RecordHeader

_MAX_RECORDS = 5
"""Records of a chat that are read and shown, the newest connections first."""


async def my_chats_view(services: Services, person: Person, *, words: str = "", shown: int = PAGE_SIZE) -> PaneView:
    """Return the person's connected chats, those with the newest messages first.

    With words, return those whose name contains them. Raise `NotAllowed` or `Unavailable`.
    """
    users = await access.require_user_anywhere(services, person)
    actor = next(iter(users.values()))
    mine = await fetch_my_chats(services, actor.object_id)
    async with services.store.reading() as work:
        connections = await work.connections.for_chats([chat.id for chat in mine.chats])
    permitted = {
        chat: [each for each in reversed(found) if each.record.environment in users]
        for chat, found in connections.items()
    }
    matches = [chat for chat in mine.chats if permitted.get(chat.id) and words.lower() in chat_name(chat).lower()]
    page = matches[: section_size(shown)]
    section = Section(
        name=SectionName.MY_CHATS,
        rows=await _rows(services, person, page, permitted),
        total=len(matches),
        searched=len(mine.chats) if mine.is_cut else None,
    )
    return PaneView(record=None, sections=[section], chats=[chat.id for chat in mine.chats])


async def _rows(
    services: Services,
    person: Person,
    chats: Sequence[DirectoryChat],
    connections: Mapping[ChatId, Sequence[Connection]],
) -> Sequence[PaneRow]:
    shown = [each for chat in chats for each in connections[chat.id][:_MAX_RECORDS]]
    headers = await readable_records(services, shown, person) if shown else []
    by_id = {connection.id: header for connection, header in zip(shown, headers, strict=True)}
    return [_row(chat, connections[chat.id], by_id) for chat in chats]


def _row(
    chat: DirectoryChat, connections: Sequence[Connection], headers: Mapping[ConnectionId, RecordHeader | None]
) -> PaneRow:
    more = len(connections) - _MAX_RECORDS
    return PaneRow(
        key=chat.id,
        name=chat_name(chat),
        state=RowState.OPEN,
        text="" if more <= 0 else "1 more record." if more == 1 else f"{more} more records.",
        url=chat.url,
        own_chat=chat.id,
        last_written_at=chat.last_message_at,
        records=tuple(headers[each.id] for each in connections[:_MAX_RECORDS]),
    )
