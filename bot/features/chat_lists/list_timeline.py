"""The timeline of a record: its current and past chats, with their last writer and sync state (spec L1)."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.chat_sync import sync_state
from bot.domain.public_names import Verb
from bot.domain.texts import text
from bot.domain.timeline import TimelineEntry
from bot.domain.values import Person, RecordRef
from bot.features.chat_lists.chat_rows import build_chat_rows
from bot.features.chat_lists.chat_visibility import VisibleChat
from bot.features.chat_sync.status_texts import describe_sync_state
from bot.features.shared import access
from bot.features.shared.access import ReadableRecord
from bot.features.shared.answers import (
    Answer,
    chats_button,
    record_data,
    record_header,
    resume_button,
    row_display_name,
)
from bot.features.shared.services import Services
from cards.buttons import ActionButton
from cards.chat_list import MAX_ROWS, ChatListView, ChatRow, EndedBy, chat_list
from cards.paging import page_offset

_UNKNOWN_PERSON = text("someone")


async def list_timeline(services: Services, person: Person, record: RecordRef, *, begin: int = 0) -> Answer:
    """Return a card with one page of the timeline, the newest connection first.

    Raise `NotAllowed`, `NotSupported`, or `Unavailable`.
    """
    return Answer(message=chat_list(await timeline_view(services, person, record, begin=begin)))


async def timeline_view(
    services: Services, person: Person, record: RecordRef, *, begin: int = 0, size: int = MAX_ROWS
) -> ChatListView:
    """Return the content of a page with so many rows; raise the same errors as `list_timeline`."""
    readable = await access.require_readable(services, record, person)
    async with services.store.reading() as work:
        total = await work.timeline.count(record)
        begin = page_offset(begin, total, size)
        entries = await work.timeline.for_record(record, offset=begin, at_most=size)
    return ChatListView(
        title=text("Timeline of {record}", record=row_display_name(readable.table, readable.row)),
        record=record_header(services.links, readable.table, record, readable.row),
        rows=await _rows(services, entries, readable),
        total=total,
        offset=begin,
        query="",
        empty_text=text("No chat was ever connected to this record."),
        page_button=ActionButton(title="", verb=Verb.TIMELINE, payload=record_data(record)),
        noun="connection",
        is_searchable=False,
        more_buttons=(chats_button(record),),
    )


async def _rows(services: Services, entries: Sequence[TimelineEntry], readable: ReadableRecord) -> tuple[ChatRow, ...]:
    rows = await build_chat_rows(services, entries, readable)
    return tuple(
        [
            _ended_row(entry, chat, row) or await _active_row(services, entry, chat, row)
            for entry, (chat, row) in zip(entries, rows, strict=True)
        ]
    )


async def _active_row(services: Services, entry: TimelineEntry, chat: VisibleChat, row: ChatRow) -> ChatRow:
    """Return the row with the sync state of the chat."""
    settings = await services.administration.settings(entry.connection.record.environment)
    now = services.clock.now()
    state = sync_state(settings, entry.kind, entry.synced, ended=False, now=now, stuck=entry.failure)
    sync = describe_sync_state(state, idle_days=settings.organization.sync_idle_days)
    can_resume = chat.is_member and state.problem and state.problem.can_be_resumed
    resume = resume_button(entry.connection) if can_resume else None
    return replace(row, sync=sync, sync_since=state.idle_since, resume=resume)


def _ended_row(entry: TimelineEntry, chat: VisibleChat, row: ChatRow) -> ChatRow | None:
    """Return the row of an ended connection, or None if the connection is active."""
    ended_at, written_at = entry.ended_at, entry.last_written_at
    if ended_at is None:
        return None
    return replace(
        row,
        # After a chat was disconnected, only its members may see its name.
        name=row.name if chat.is_member else chat.generic_name,
        connected=replace(row.connected, paused_at=None) if row.connected else None,
        state="",
        button=None,
        # Later messages do not belong to the record.
        last_written_at=written_at if written_at and written_at <= ended_at else None,
        ended=EndedBy(name=entry.ended_by_name or _UNKNOWN_PERSON, at=ended_at),
    )
