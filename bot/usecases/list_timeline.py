"""The chats that a record has and had, with all that is known of them (spec L1)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.chat_sync import sync_state
from bot.domain.joining import Joining
from bot.domain.record_links import Links
from bot.domain.surface import Verb
from bot.domain.sync_words import sync_in_words
from bot.domain.values import Person, RecordRef
from bot.ports import Clock, Records, Store, TimelineEntry
from bot.usecases.answers import Answer, chats_button, head_of, record_claim
from bot.usecases.gates import Gates, OpenedRecord
from bot.usecases.look_at_people import LookAtPeople, SeenPeople
from bot.usecases.seen_chats import LookAtChats, SeenChat
from cards.buttons import Press
from cards.chat_list import ROWS_AT_MOST, ChatListView, ChatRow, Connected, Ended, chat_list, page_at

_NOBODY = "somebody"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListTimeline:
    """Lists them for somebody who may read the record. Of a chat it tells no more than its name, times, and who."""

    store: Store
    records: Records
    gates: Gates
    people: LookAtPeople
    look: LookAtChats
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
        if not entries:
            return ()
        seen, people, may_write = await asyncio.gather(
            self.look([each.connection for each in entries], opened.actor),
            self.people(
                named=(each.last_writer_id for each in entries),
                present=(each.connection.connector_id for each in entries),
            ),
            self.records.may_write(entries[0].connection.record, opened.actor.user.id),
        )
        joining = Joining(joining_is_on=opened.record_type.join, may_write=may_write)
        every = zip(entries, seen, strict=True)
        return tuple([await self._row(each, chat, joining, people) for each, chat in every])

    async def _row(self, entry: TimelineEntry, seen: SeenChat, joining: Joining, people: SeenPeople) -> ChatRow:
        connection, ended_at = entry.connection, entry.ended_at
        settings = await self.gates.administration.settings(connection.record.environment)
        now, ended = self.clock.now(), ended_at is not None
        written_at = entry.last_written_at
        if written_at and ended_at and written_at > ended_at:
            written_at = None  # what happened in the chat since is not the record's any more
        state = sync_state(settings, entry.kind, entry.activity, ended=ended, now=now)
        words = sync_in_words(state, idle_days=settings.organisation.sync_idle_days)
        return ChatRow(
            # What a chat is called after it was disconnected is told to those who are in it.
            name=seen.unnamed if ended and not seen.is_member else seen.named(entry.topic),
            connected=Connected(
                by=connection.connector_name,
                presence=people.presence[connection.connector_id],
                at=connection.connected_at,
                paused_at=connection.paused_at if not ended else None,
            ),
            state="" if ended else seen.state(joining),
            button=None if ended else seen.button(joining),
            written_at=written_at,
            written_by=people.name(entry.last_writer_id),
            ended=Ended(by=entry.ended_by_name or _NOBODY, at=ended_at) if ended_at else None,
            sync="" if ended else words,
            sync_since=state.since,
        )
