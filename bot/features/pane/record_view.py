"""The pane beside a record: its chats, and the person's other chats (spec P2)."""

import asyncio
from collections.abc import Mapping, Sequence

from bot.domain.directory import DirectoryChat
from bot.domain.errors import ChatSyncError, Unavailable
from bot.domain.values import ChatId, Connection, Person, RecordRef
from bot.features.chat_lists.chat_visibility import VisibleChat
from bot.features.chat_lists.connected_chats import ChatQuery, ConnectedRow, load_connected_chats
from bot.features.chat_lists.my_chats import (
    LEFT_OUT,
    MyChats,
    OtherChats,
    chat_name,
    count_records,
    fetch_my_chats,
    select_other_chats,
)
from bot.features.pane.views import (
    PAGE_SIZE,
    PaneRow,
    PaneView,
    RowState,
    Section,
    SectionName,
    section_size,
)
from bot.features.shared import access
from bot.features.shared.access import ReadableRecord
from bot.features.shared.answers import record_header
from bot.features.shared.services import Services
from cards.buttons import ActionButton, LinkButton


async def record_view(
    services: Services, person: Person, record: RecordRef, *, words: str = "", shown: int = PAGE_SIZE
) -> PaneView:
    """Return the record's chats and the person's other chats, or those whose names contain the words.

    `shown`: the number of connected chats to show. If Microsoft Graph fails, the sections that need it say so. Raise
    `NotAllowed`, `NotSupported`, or `Unavailable`.
    """
    readable = await access.require_readable(services, record, person)
    mine = await load_mine(services, readable)
    known = mine.by_id if isinstance(mine, MyChats) else {}
    connected, others = await asyncio.gather(
        _connected(services, record, readable, ChatQuery(words=words, size=section_size(shown), mine=known)),
        _others(services, record, mine, words),
    )
    return PaneView(
        record=record_header(services.links, readable.table, record, readable.row),
        sections=[connected, *others],
        chats=list(known),
    )


async def load_mine(services: Services, readable: ReadableRecord) -> MyChats | ChatSyncError:
    """Return the person's chats, or the error, which must not hide the chats of the record."""
    try:
        async with asyncio.timeout(services.limits.answer_within_s / 2):
            return await fetch_my_chats(services, readable.actor.object_id)
    except ChatSyncError as error:
        return error
    except TimeoutError:
        return Unavailable("Microsoft Teams is taking too long to respond.", "Try again in a moment.")


async def _connected(services: Services, record: RecordRef, readable: ReadableRecord, query: ChatQuery) -> Section:
    page = await load_connected_chats(services, record, readable, query)
    return Section(
        name=SectionName.CONNECTED,
        rows=[_connected_row(row) for row in page.rows],
        total=page.total,
        searched=page.searched,
    )


def _connected_row(row: ConnectedRow) -> PaneRow:
    chat, card_row = row
    button = card_row.button
    return PaneRow(
        key=chat.connection.public_id if chat else card_row.name,
        name=card_row.name,
        state=_state(chat, button),
        text=card_row.state,
        url=button.url if isinstance(button, LinkButton) else "",
        connection=chat.connection.public_id if chat else None,
        can_disconnect=bool(chat and chat.is_member),
        connected=card_row.connected,
        last_written_at=card_row.last_written_at,
        last_writer=card_row.last_writer,
    )


def _state(chat: VisibleChat | None, button: object) -> RowState:
    if chat is None or chat.is_member:
        return RowState.OPEN
    return RowState.JOIN if isinstance(button, ActionButton) else RowState.LOCKED


async def _others(
    services: Services, record: RecordRef, mine: MyChats | ChatSyncError, words: str
) -> tuple[Section, Section]:
    """Return the person's chats that are connected to other records, and to none."""
    if isinstance(mine, ChatSyncError):
        return Section(name=SectionName.OTHER_RECORDS, problem=mine), Section(name=SectionName.OTHER_CHATS)
    async with services.store.reading() as work:
        connections = await work.connections.for_chats([chat.id for chat in mine.chats])
    others = select_other_chats(mine, connections, record, words)
    searched = len(mine.chats) if words and mine.is_cut else None
    return (
        _other_section(SectionName.OTHER_RECORDS, others.connected, connections, searched),
        _other_section(SectionName.OTHER_CHATS, others.unconnected, connections, searched, hint=_hint(others)),
    )


def _hint(others: OtherChats) -> str:
    return LEFT_OUT if others.is_cut else ""


def _other_section(
    name: SectionName,
    chats: Sequence[DirectoryChat],
    connections: Mapping[ChatId, Sequence[Connection]],
    searched: int | None,
    *,
    hint: str = "",
) -> Section:
    rows = [_other_row(chat, len(connections.get(chat.id, ()))) for chat in chats]
    return Section(name=name, rows=rows, total=len(rows), searched=searched, hint=hint)


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
