"""The chats that a record has and had, with all that is known of them (spec L1)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.clock import Clock
from bot.domain.chat_sync import sync_state
from bot.domain.public_names import Verb
from bot.domain.record_links import Links
from bot.domain.timeline import TimelineEntry
from bot.domain.values import Person, RecordRef
from bot.features.chat_lists.chat_rows import MakeChatRows
from bot.features.chat_lists.chat_visibility import SeenChat
from bot.features.chat_sync.status_texts import sync_in_words
from bot.features.shared.access import Gates, OpenedRecord
from bot.features.shared.answers import Answer, chats_button, head_of, record_claim
from bot.store.unit_of_work import Store
from cards.buttons import Press
from cards.chat_list import ROWS_AT_MOST, ChatListView, ChatRow, Ended, chat_list, page_at

_NOBODY = "somebody"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListTimeline:
    """Lists them for somebody who may read the record. Of a chat it tells no more than its name, times, and who."""

    store: Store
    gates: Gates
    rows: MakeChatRows
    links: Links
    clock: Clock

    async def __call__(self, person: Person, record: RecordRef, *, begin: int = 0) -> Answer:
        """One page, the newest connection first; raises `NotAllowed`, `NotSupported` or `Unavailable`."""
        return Answer(message=chat_list(await self.view(person, record, begin=begin)))

    async def view(self, person: Person, record: RecordRef, *, begin: int = 0) -> ChatListView:
        """What stands on that page; raises as above."""
        opened = await self.gates.opened(record, person)
        async with self.store.reading() as work:
            found = await work.timeline.count(record)
            begin = page_at(begin, found)
            entries = await work.timeline.of_record(record, begin=begin, at_most=ROWS_AT_MOST)
        return ChatListView(
            title="Timeline of",
            record=head_of(self.links, opened.table, record, opened.row),
            rows=await self._rows(entries, opened),
            found=found,
            begin=begin,
            words="",
            none="No chat was ever connected to this record.",
            turn=Press(title="", verb=Verb.TIMELINE, payload=record_claim(record)),
            noun="connection",
            by_name=False,
            further=(chats_button(record),),
        )

    async def _rows(self, entries: Sequence[TimelineEntry], opened: OpenedRecord) -> tuple[ChatRow, ...]:
        rows = await self.rows(entries, opened)
        every = zip(entries, rows, strict=True)
        return tuple([_ended(each, seen, row) or await self._live(each, row) for each, (seen, row) in every])

    async def _live(self, entry: TimelineEntry, row: ChatRow) -> ChatRow:
        """The row with what Dynamics 365 shows of the chat."""
        settings = await self.gates.administration.settings(entry.connection.record.environment)
        now = self.clock.now()
        state = sync_state(settings, entry.kind, entry.activity, ended=False, now=now, stuck=entry.stuck)
        words = sync_in_words(state, idle_days=settings.organisation.sync_idle_days)
        return replace(row, sync=words, sync_since=state.since)


def _ended(entry: TimelineEntry, seen: SeenChat, row: ChatRow) -> ChatRow | None:
    """The row of a connection that has ended; None where it goes on."""
    ended_at, written_at = entry.ended_at, entry.last_written_at
    if ended_at is None:
        return None
    return replace(
        row,
        # What a chat is called after it was disconnected is told to those who are in it.
        name=row.name if seen.is_member else seen.unnamed,
        connected=replace(row.connected, paused_at=None) if row.connected else None,
        state="",
        button=None,
        # What happened in the chat since is not the record's any more.
        written_at=written_at if written_at and written_at <= ended_at else None,
        ended=Ended(by=entry.ended_by_name or _NOBODY, at=ended_at),
    )
