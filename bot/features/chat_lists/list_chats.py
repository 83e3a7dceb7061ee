"""List the chats that are connected to a record (spec A1)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.public_names import Verb
from bot.domain.timeline import TimelineEntry
from bot.domain.values import Person, RecordRef
from bot.features.chat_lists.chat_rows import build_chat_rows
from bot.features.chat_lists.dynamics_channels import list_dynamics_channels
from bot.features.shared import access
from bot.features.shared.access import ReadableRecord
from bot.features.shared.answers import Answer, new_chat_button, record_data, record_header, timeline_button
from bot.features.shared.services import Services
from cards.buttons import ActionButton
from cards.chat_list import MAX_ROWS, ChatListView, ChatRow, chat_list
from cards.paging import page_offset

_MAX_SEARCHED = 50
"""Chats whose names are searched, the newest connections first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """A page of the list."""

    rows: Sequence[ChatRow]
    begin: int
    total: int
    searched: int | None = None
    """The number of chats whose names were searched, if there are more."""


async def list_chats(
    services: Services, person: Person, record: RecordRef, *, words: str = "", begin: int = 0
) -> Answer:
    """Return one page of the chats, or of those whose names contain the words.

    Raise `NotAllowed`, `NotSupported`, or `Unavailable`.
    """
    readable = await access.require_readable(services, record, person)
    page = await (
        _search_page(services, record, readable, words, begin) if words else _page(services, record, readable, begin)
    )
    view = ChatListView(
        title="Chats about {record}",
        record=record_header(services.links, readable.table, record, readable.row),
        rows=tuple(page.rows),
        total=page.total,
        offset=page.begin,
        query=words,
        searched_chats=page.searched,
        empty_text="No chat is connected to this record.",
        page_button=ActionButton(title="", verb=Verb.CHATS, payload=record_data(record)),
        more_buttons=(
            new_chat_button(record),
            ActionButton(title="My other chats", verb=Verb.MY_CHATS, payload=record_data(record)),
            timeline_button(record),
        ),
    )
    return Answer(message=chat_list(view))


async def _page(services: Services, record: RecordRef, readable: ReadableRecord, begin: int) -> _Page:
    """Return a page of all chats, followed by the channels that Dynamics 365 connected."""
    count = await _count(services, record)
    rows, channels = await _rows(services, record, readable, await _entries(services, record, begin, MAX_ROWS))
    total = count + len(channels)
    last = page_offset(begin, total, MAX_ROWS)
    if last < begin:
        return await _page(services, record, readable, last)  # the list has become shorter
    first = max(0, begin - count)
    return _Page(rows=[*rows, *channels[first : first + MAX_ROWS - len(rows)]], begin=begin, total=total)


async def _search_page(
    services: Services, record: RecordRef, readable: ReadableRecord, words: str, begin: int
) -> _Page:
    """Return a page of the newest chats whose names contain the words; only Teams knows the current names."""
    count = await _count(services, record)
    rows, channels = await _rows(services, record, readable, await _entries(services, record, 0, _MAX_SEARCHED))
    matches = [row for row in (*rows, *channels) if words.lower() in row.name.lower()]
    begin = page_offset(begin, len(matches), MAX_ROWS)
    searched = _MAX_SEARCHED if count > _MAX_SEARCHED else None
    return _Page(rows=matches[begin : begin + MAX_ROWS], begin=begin, total=len(matches), searched=searched)


async def _rows(
    services: Services, record: RecordRef, readable: ReadableRecord, entries: Sequence[TimelineEntry]
) -> tuple[Sequence[ChatRow], Sequence[ChatRow]]:
    """Return the rows of the entries, and those of the channels that Dynamics 365 connected."""
    rows, channels = await asyncio.gather(
        build_chat_rows(services, entries, readable), list_dynamics_channels(services, record, readable.actor)
    )
    return [row for _, row in rows], channels


async def _count(services: Services, record: RecordRef) -> int:
    async with services.store.reading() as work:
        return await work.timeline.count(record, active_only=True)


async def _entries(services: Services, record: RecordRef, begin: int, at_most: int) -> Sequence[TimelineEntry]:
    async with services.store.reading() as work:
        return await work.timeline.for_record(record, offset=begin, at_most=at_most, active_only=True)
