"""Load the chats and channels of a record page by page (spec A1, A2)."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.domain.directory import DirectoryChat
from bot.domain.timeline import TimelineEntry
from bot.domain.values import ChatId, RecordRef
from bot.features.chat_lists.chat_rows import build_chat_rows
from bot.features.chat_lists.chat_visibility import VisibleChat
from bot.features.chat_lists.dynamics_channels import list_dynamics_channels
from bot.features.shared.access import ReadableRecord
from bot.features.shared.services import Services
from cards.chat_list import MAX_ROWS, ChatRow
from cards.paging import page_offset

_MAX_SEARCHED = 50
"""Chats whose names are searched, the newest connections first."""

ConnectedRow = tuple[VisibleChat | None, ChatRow]
"""A chat with its row. A channel that Dynamics 365 connected has only a row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatQuery:
    """The part of a record's chats to load."""

    words: str = ""
    """Part of the names; empty for all chats."""
    begin: int = 0
    size: int = MAX_ROWS
    channels: bool | None = None
    """True for channels only, False for chats only, and None for both."""
    mine: Mapping[ChatId, DirectoryChat] = field(default_factory=dict)
    """Chats that Microsoft Graph has just listed for the person, so that it need not be asked about each of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectedChats:
    """A page of the list."""

    rows: Sequence[ConnectedRow]
    begin: int
    total: int
    searched: int | None = None
    """The number of chats whose names were searched, if there are more."""


async def load_connected_chats(
    services: Services, record: RecordRef, readable: ReadableRecord, query: ChatQuery
) -> ConnectedChats:
    """Return a page of the chats, or of those whose names contain the words, newest connection first."""
    load = _search_page if query.words else _page
    return await load(services, record, readable, query)


async def _page(services: Services, record: RecordRef, readable: ReadableRecord, query: ChatQuery) -> ConnectedChats:
    """Return a page of all chats, followed by the channels that Dynamics 365 connected."""
    size = query.size
    count, entries = await _entries(services, record, query, query.begin, size)
    rows, channels = await _rows(services, record, readable, entries, query)
    total = count + len(channels)
    begin = page_offset(query.begin, total, size)
    if begin < query.begin:
        # The list has become shorter.
        return await _page(services, record, readable, replace(query, begin=begin))
    first = max(0, begin - count)
    return ConnectedChats(rows=[*rows, *channels[first : first + size - len(rows)]], begin=begin, total=total)


async def _search_page(
    services: Services, record: RecordRef, readable: ReadableRecord, query: ChatQuery
) -> ConnectedChats:
    """Return a page of the newest chats whose names contain the words; only Teams knows the current names."""
    count, entries = await _entries(services, record, query, 0, _MAX_SEARCHED)
    rows, channels = await _rows(services, record, readable, entries, query)
    matches = [each for each in (*rows, *channels) if query.words.lower() in each[1].name.lower()]
    begin = page_offset(query.begin, len(matches), query.size)
    searched = _MAX_SEARCHED if count > _MAX_SEARCHED else None
    page = matches[begin : begin + query.size]
    return ConnectedChats(rows=page, begin=begin, total=len(matches), searched=searched)


async def _rows(
    services: Services,
    record: RecordRef,
    readable: ReadableRecord,
    entries: Sequence[TimelineEntry],
    query: ChatQuery,
) -> tuple[Sequence[ConnectedRow], Sequence[ConnectedRow]]:
    """Return the rows of the entries, and those of the channels that Dynamics 365 connected."""
    if query.channels is False:
        return await build_chat_rows(services, entries, readable, mine=query.mine), []
    rows, channels = await asyncio.gather(
        build_chat_rows(services, entries, readable, mine=query.mine),
        list_dynamics_channels(services, record, readable.actor),
    )
    return rows, [(None, row) for row in channels]


async def _entries(
    services: Services, record: RecordRef, query: ChatQuery, begin: int, at_most: int
) -> tuple[int, Sequence[TimelineEntry]]:
    """Return the number of all entries, and those of the page."""
    async with services.store.reading() as work:
        count = await work.timeline.count(record, active_only=True, channels=query.channels)
        return count, await work.timeline.for_record(
            record, offset=begin, at_most=at_most, active_only=True, channels=query.channels
        )
