"""The chats that a record has and had, with all that is known of them (spec L1)."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.chat_sync import sync_state
from bot.domain.public_names import Verb
from bot.domain.timeline import TimelineEntry
from bot.domain.values import Person, RecordRef
from bot.features.chat_lists.chat_rows import build_chat_rows
from bot.features.chat_lists.chat_visibility import VisibleChat
from bot.features.chat_sync.status_texts import describe_sync_state
from bot.features.shared import access
from bot.features.shared.access import ReadableRecord
from bot.features.shared.answers import Answer, chats_button, record_data, record_header
from bot.features.shared.services import Services
from cards.buttons import ActionButton
from cards.chat_list import MAX_ROWS, ChatListView, ChatRow, EndedBy, chat_list, page_offset

_NOBODY = "somebody"


async def list_timeline(services: Services, person: Person, record: RecordRef, *, begin: int = 0) -> Answer:
    """One page, the newest connection first; raises `NotAllowed`, `NotSupported` or `Unavailable`."""
    return Answer(message=chat_list(await timeline_view(services, person, record, begin=begin)))


async def timeline_view(services: Services, person: Person, record: RecordRef, *, begin: int = 0) -> ChatListView:
    """What stands on that page; raises as above."""
    opened = await access.require_readable(services, record, person)
    async with services.store.reading() as work:
        found = await work.timeline.count(record)
        begin = page_offset(begin, found)
        entries = await work.timeline.for_record(record, offset=begin, at_most=MAX_ROWS)
    return ChatListView(
        title="Timeline of {record}",
        record=record_header(services.links, opened.table, record, opened.row),
        rows=await _rows(services, entries, opened),
        total=found,
        offset=begin,
        query="",
        empty_text="No chat was ever connected to this record.",
        page_button=ActionButton(title="", verb=Verb.TIMELINE, payload=record_data(record)),
        noun="connection",
        is_searchable=False,
        more_buttons=(chats_button(record),),
    )


async def _rows(services: Services, entries: Sequence[TimelineEntry], opened: ReadableRecord) -> tuple[ChatRow, ...]:
    rows = await build_chat_rows(services, entries, opened)
    every = zip(entries, rows, strict=True)
    return tuple([_ended(each, seen, row) or await _live(services, each, row) for each, (seen, row) in every])


async def _live(services: Services, entry: TimelineEntry, row: ChatRow) -> ChatRow:
    """The row with what Dynamics 365 shows of the chat."""
    settings = await services.administration.settings(entry.connection.record.environment)
    now = services.clock.now()
    state = sync_state(settings, entry.kind, entry.synced, ended=False, now=now, stuck=entry.failure)
    words = describe_sync_state(state, idle_days=settings.organization.sync_idle_days)
    return replace(row, sync=words, sync_since=state.idle_since)


def _ended(entry: TimelineEntry, seen: VisibleChat, row: ChatRow) -> ChatRow | None:
    """The row of a connection that has ended; None where it goes on."""
    ended_at, written_at = entry.ended_at, entry.last_written_at
    if ended_at is None:
        return None
    return replace(
        row,
        # What a chat is called after it was disconnected is told to those who are in it.
        name=row.name if seen.is_member else seen.generic_name,
        connected=replace(row.connected, paused_at=None) if row.connected else None,
        state="",
        button=None,
        # What happened in the chat since is not the record's any more.
        last_written_at=written_at if written_at and written_at <= ended_at else None,
        ended=EndedBy(name=entry.ended_by_name or _NOBODY, at=ended_at),
    )
