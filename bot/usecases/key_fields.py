"""Telling chats of key-field changes and of turns in a record's life (spec K2-K8, K12)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from bot.domain.formatting import canonical, text_of
from bot.domain.key_fields import KnownValue, NetChange, RecordEvent, net_changes
from bot.domain.record_links import Links
from bot.domain.tables import Column, ColumnValue
from bot.domain.values import ChatId, Connection, ConnectionId
from bot.ports import Clock, OutgoingMessage, Store, Work
from bot.usecases.answers import finished, head_of
from bot.usecases.connect_chat import LONGEST_TOLD
from bot.usecases.follow_merge import FollowMerge
from bot.usecases.key_field_facts import KeyFieldFacts, ReadKeyFieldFacts
from bot.usecases.record_turns import FindAbsentOwner, Turn, turns_of
from cards.key_fields import Change, KeyFieldsView, key_fields
from cards.record import RecordHead

Learned = Mapping[tuple[ConnectionId, str], KnownValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class TellKeyFields:
    """Makes of a record's waiting events one card for each chat, or none."""

    store: Store
    read_facts: ReadKeyFieldFacts
    find_absent_owner: FindAbsentOwner
    follow_merge: FollowMerge
    links: Links
    clock: Clock

    async def __call__(self, events: Sequence[RecordEvent]) -> None:
        """Keeps the cards and settles the events in one transaction; raises `Unavailable`, and then nothing is kept."""
        facts = await self.read_facts(events)
        if facts and facts.survivor and await self.follow_merge(facts, facts.survivor, events):
            return
        absent = await self._absent_owner(facts) if facts else frozenset()
        now = self.clock.now()
        async with self.store.writing() as work:
            if facts:
                messages, learned = await self._decide(work, facts, absent)
                await work.outbox.put(messages, at=now)
                await work.known_values.put(learned)
            await work.inbox.done([event.key for event in events], at=now)

    async def _absent_owner(self, facts: KeyFieldFacts) -> frozenset[ChatId]:
        if facts.new_owner is None:
            return frozenset()
        async with self.store.reading() as work:
            connections = await work.connections.of_record(facts.record)
            chats = await work.chats.of([each.chat_id for each in connections if each.paused_at is None])
        return await self.find_absent_owner(facts, list(chats.values()))

    async def _decide(
        self, work: Work, facts: KeyFieldFacts, absent: frozenset[ChatId]
    ) -> tuple[Sequence[OutgoingMessage], Learned]:
        """A message for each chat that does not know yet, and what the chats know from then on."""
        live = await work.connections.of_record(facts.record, hold=True)
        connections = [connection for connection in live if connection.paused_at is None]
        known = await work.known_values.of([connection.id for connection in connections])
        chats = await work.chats.of([connection.chat_id for connection in connections])
        # Most chats know the same, and then they get the same card.
        shared = cache(_activity)
        messages: list[OutgoingMessage] = []
        learned: dict[tuple[ConnectionId, str], KnownValue] = {}
        for connection in connections:
            knows = known.get(connection.id, {})
            told = [change for change in net_changes(facts.columns, facts.events, knows) if change.tell]
            turns = turns_of(facts, connection, owner_is_absent=connection.chat_id in absent)
            if told or turns:
                view = self._view(connection, facts, told, turns)
                # A turn's buttons name the connection, so that card is the chat's own.
                body = (_activity if turns else shared)(view, chats[connection.chat_id].channel)
                messages.append(_message(connection, facts, body, told, knows))
                learned |= {(connection.id, change.column.name): _learned(change, facts) for change in told}
        return messages, learned

    def _view(
        self, connection: Connection, facts: KeyFieldFacts, told: Sequence[NetChange], turns: Sequence[Turn]
    ) -> KeyFieldsView:
        people = dict.fromkeys(person for change in told for person in change.people)
        if not told:
            people = dict.fromkeys(event.changed_by for event in facts.events if event.changed_by)
        return KeyFieldsView(
            record=self._head(connection, facts),
            changes=tuple(_change(change, facts) for change in told),
            people=tuple(facts.people[person] for person in people if person in facts.people),
            at=max(change.at for change in told) if told else max(event.at for event in facts.events),
            news=tuple(turn.news for turn in turns),
            buttons=tuple(button for turn in turns for button in turn.buttons),
        )

    def _head(self, connection: Connection, facts: KeyFieldFacts) -> RecordHead:
        if facts.row:
            return head_of(self.links, facts.table, facts.record, facts.row)
        return RecordHead(
            kind=facts.table.label,
            name=connection.record_name,
            number=connection.record_number,
            url=self.links.open(facts.record),
        )


def _activity(view: KeyFieldsView, channel: str) -> bytes:
    return finished(key_fields(view), channel)


def _message(
    connection: Connection,
    facts: KeyFieldFacts,
    body: bytes,
    told: Sequence[NetChange],
    knows: Mapping[str, KnownValue],
) -> OutgoingMessage:
    return OutgoingMessage(
        key=f"key fields {connection.id} {facts.events[-1].key}",
        chat_id=connection.chat_id,
        activity=body,
        connection_id=connection.id,
        caused_at=min(event.at for event in facts.events),
        told_before={(connection.id, change.column.name): knows.get(change.column.name) for change in told},
    )


def _change(change: NetChange, facts: KeyFieldFacts) -> Change:
    """What the card says of the column; of a secured one only that it changed, unless its values may be told."""
    if change.column.secured and not facts.record_type.tell_secured:
        return Change(label=change.column.label, old=None, new=None)
    old = None if change.old is None else text_of(change.column, change.old)
    return Change(label=change.column.label, old=old, new=_text(change.column, change.new, facts))


def _text(column: Column, value: ColumnValue, facts: KeyFieldFacts) -> str:
    """The value as Dataverse formats it, where the record still has it; else as we spell it."""
    current = facts.row.value(column.name) if facts.row else None
    if current and canonical(column, current.raw) == canonical(column, value.raw):
        return text_of(column, current)
    return text_of(column, value)


def _learned(change: NetChange, facts: KeyFieldFacts) -> KnownValue:
    if change.column.secured:
        return KnownValue(raw=None, text=None, at=change.at)
    raw = canonical(change.column, change.new.raw)
    return KnownValue(raw=raw, text=_text(change.column, change.new, facts)[:LONGEST_TOLD], at=change.at)
