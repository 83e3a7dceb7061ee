"""The pane beside a record: its chats, and the person's other chats (spec P2)."""

import asyncio
from collections.abc import Mapping, Sequence

from bot.domain.directory import DirectoryChat
from bot.domain.errors import ChatSyncError
from bot.domain.values import ChatId, Connection, RecordRef
from bot.features.chat_lists.connected_chats import ChatQuery, load_connected_chats
from bot.features.chat_lists.my_chats import LEFT_OUT, OtherChats, chat_name, count_records, select_other_chats
from bot.features.pane.known_chats import KnownChats
from bot.features.pane.rows import connected_section
from bot.features.pane.viewing import Viewing
from bot.features.pane.views import PaneRow, PaneView, RowState, Section, SectionName, section_size
from bot.features.shared import access
from bot.features.shared.access import ReadableRecord
from bot.features.shared.answers import record_header
from bot.features.shared.services import Services


async def record_view(viewing: Viewing, record: RecordRef) -> PaneView:
    """Return the record's chats and the person's other chats, or those whose names contain the words.

    If Microsoft Graph fails, the sections that need it say so. Raise `NotAllowed`, `NotSupported`, or `Unavailable`.
    """
    services = viewing.services
    readable = await access.require_readable(services, record, viewing.person)
    mine = await _load_mine(viewing, readable)
    known = mine.mine.by_id if isinstance(mine, KnownChats) else {}
    query = ChatQuery(words=viewing.words, size=section_size(viewing.shown), mine=known, channels=False)
    page, others = await asyncio.gather(
        load_connected_chats(services, record, readable, query), _others(viewing, record, mine)
    )
    return PaneView(
        record=record_header(services.links, readable.table, record, readable.row),
        sections=[connected_section(SectionName.CONNECTED, page), *others],
        chats=list(known),
        is_partial=isinstance(mine, KnownChats) and mine.is_partial,
    )


async def _load_mine(viewing: Viewing, readable: ReadableRecord) -> KnownChats | ChatSyncError:
    """Return the person's chats, or the error, which must not hide the chats of the record."""
    try:
        return await viewing.memory.chats.chats(
            viewing.services,
            readable.actor.object_id,
            complete=viewing.needs_all_chats,
            renew=viewing.is_renewing,
        )
    except ChatSyncError as error:
        return error


async def _others(viewing: Viewing, record: RecordRef, mine: KnownChats | ChatSyncError) -> Sequence[Section]:
    """Return the person's chats that are connected to other records, and to none.

    If they are not known, one section says so. An empty second one would claim that there are none.
    """
    if isinstance(mine, ChatSyncError):
        return [Section(name=SectionName.OTHER_RECORDS, problem=mine)]
    chats = mine.mine
    connections = await connections_of(viewing.services, chats.chats)
    at_most = section_size(viewing.shown)
    others = select_other_chats(chats, connections, record, viewing.words, at_most=at_most)
    connected = [_other_row(chat, len(connections[chat.id])) for chat in others.connected]
    return (
        Section(
            name=SectionName.OTHER_RECORDS,
            rows=connected,
            total=len(connected),
            searched=searched(viewing, mine),
            problem=mine.problem,
            as_of=mine.at if mine.problem else None,
        ),
        unconnected_section(viewing, mine, others, [_other_row(chat, 0) for chat in others.unconnected]),
    )


def unconnected_section(viewing: Viewing, mine: KnownChats, others: OtherChats, rows: Sequence[PaneRow]) -> Section:
    """Return the section of the chats that are not connected to any record."""
    is_cut = others.is_cut and not mine.is_partial and len(rows) == others.total
    return Section(
        name=SectionName.OTHER_CHATS,
        rows=rows,
        total=others.total,
        searched=searched(viewing, mine),
        hint=LEFT_OUT if is_cut else "",
    )


async def connections_of(services: Services, chats: Sequence[DirectoryChat]) -> Mapping[ChatId, Sequence[Connection]]:
    """Return the active connections of each chat that has some."""
    async with services.store.reading() as work:
        return await work.connections.for_chats([chat.id for chat in chats])


def searched(viewing: Viewing, mine: KnownChats) -> int | None:
    """Return the number of searched chats if the person may have more of them."""
    return len(mine.mine.chats) if viewing.words and mine.mine.is_cut else None


def _other_row(chat: DirectoryChat, records: int) -> PaneRow:
    return PaneRow(
        key=chat.id,
        name=chat_name(chat),
        state=RowState.OPEN,
        text=count_records(records),
        url=chat.url,
        chat=chat.id,
        last_written_at=chat.last_message_at,
    )
