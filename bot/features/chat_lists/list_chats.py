"""The chats that are connected to a record (spec A1)."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.public_names import Verb
from bot.domain.timeline import TimelineEntry
from bot.domain.values import Person, RecordRef
from bot.features.chat_lists.chat_rows import build_chat_rows
from bot.features.shared import access
from bot.features.shared.access import ReadableRecord
from bot.features.shared.answers import Answer, new_chat_button, record_data, record_header, timeline_button
from bot.features.shared.services import Services
from cards.buttons import ActionButton
from cards.chat_list import MAX_ROWS, ChatListView, ChatRow, chat_list, page_offset

LOOKED_AT = 50
"""Chats of a record among which names are looked for, the newest connections first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """Some of a list's rows."""

    rows: Sequence[ChatRow]
    begin: int
    found: int
    among: int | None = None
    """Among so many names were looked for, where there are more."""


async def list_chats(
    services: Services, person: Person, record: RecordRef, *, words: str = "", begin: int = 0
) -> Answer:
    """One page of the chats whose name holds the words; raises `NotAllowed`, `NotSupported` or `Unavailable`."""
    opened = await access.require_readable(services, record, person)
    page = await (_named(services, record, opened, words, begin) if words else _page(services, record, opened, begin))
    view = ChatListView(
        title="Chats about {record}",
        record=record_header(services.links, opened.table, record, opened.row),
        rows=tuple(page.rows),
        total=page.found,
        offset=page.begin,
        query=words,
        searched_chats=page.among,
        empty_text="No chat is connected to this record.",
        page_button=ActionButton(title="", verb=Verb.CHATS, payload=record_data(record)),
        more_buttons=(
            new_chat_button(record),
            ActionButton(title="My other chats", verb=Verb.MY_CHATS, payload=record_data(record)),
            timeline_button(record),
        ),
    )
    return Answer(message=chat_list(view))


async def _page(services: Services, record: RecordRef, opened: ReadableRecord, begin: int) -> _Page:
    """A page of all chats."""
    found = await _count(services, record)
    begin = page_offset(begin, found)
    rows = await build_chat_rows(services, await _entries(services, record, begin, MAX_ROWS), opened)
    return _Page(rows=[row for _, row in rows], begin=begin, found=found)


async def _named(services: Services, record: RecordRef, opened: ReadableRecord, words: str, begin: int) -> _Page:
    """A page of those among the newest whose names hold the words: what they are called the directory knows."""
    count = await _count(services, record)
    rows = await build_chat_rows(services, await _entries(services, record, 0, LOOKED_AT), opened)
    named = [row for _, row in rows if words.lower() in row.name.lower()]
    begin = page_offset(begin, len(named))
    among = LOOKED_AT if count > LOOKED_AT else None
    return _Page(rows=named[begin : begin + MAX_ROWS], begin=begin, found=len(named), among=among)


async def _count(services: Services, record: RecordRef) -> int:
    async with services.store.reading() as work:
        return await work.timeline.count(record, active_only=True)


async def _entries(services: Services, record: RecordRef, begin: int, at_most: int) -> Sequence[TimelineEntry]:
    async with services.store.reading() as work:
        return await work.timeline.for_record(record, offset=begin, at_most=at_most, active_only=True)
