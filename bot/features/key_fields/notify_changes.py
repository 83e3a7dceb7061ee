"""Telling chats of key-field changes and of turns in a record's life (spec K2-K8, K12)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from uuid import uuid4

from bot.domain.formatting import canonical_value, format_value
from bot.domain.key_fields import MAX_REPORTED_LENGTH, NetChange, RecordEvent, ReportedValue, net_changes
from bot.domain.outgoing_messages import OutgoingMessage
from bot.domain.reported_change import ReportedButton, ReportedChange, ReportedColumn
from bot.domain.tables import Column, ColumnValue
from bot.domain.values import ChatId, Connection, ConnectionId
from bot.features.key_fields.follow_merge import follow_merge
from bot.features.key_fields.lifecycle_news import LifecycleNews, find_chats_without_owner, lifecycle_news
from bot.features.key_fields.read_facts import ChangeDetails, load_change
from bot.features.shared.answers import change_values_button, chats_button, record_header, render
from bot.features.shared.services import Services
from bot.store.unit_of_work import UnitOfWork
from cards.buttons import ActionButton
from cards.key_fields import Change, KeyFieldsView, key_fields
from cards.personal_view import PersonalView
from cards.record import RecordHeader

Accounts = Mapping[ChatId, tuple[str, ...] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Notifications:
    """What is said, what the chats know from then on, and what their readers can be shown."""

    messages: list[OutgoingMessage] = field(default_factory=list)
    learned: dict[tuple[ConnectionId, str], ReportedValue] = field(default_factory=dict)
    told: list[ReportedChange] = field(default_factory=list)


async def notify_changes(services: Services, events: Sequence[RecordEvent]) -> None:
    """Keeps the cards and settles the events in one transaction; raises `Unavailable`, and then nothing is kept."""
    facts = await load_change(services, events)
    if facts and facts.merge_target and await follow_merge(services, facts, facts.merge_target, events):
        return
    absent, readers = await _around(services, facts) if facts else (frozenset[ChatId](), {})
    now = services.clock.now()
    async with services.store.writing() as work:
        if facts:
            decided = await _decide(services, work, facts, absent, readers)
            await work.outbox.enqueue(decided.messages, at=now)
            await work.reported_values.save(decided.learned)
            await work.reported_changes.add(decided.told, at=now)
        await work.inbox.complete([event.key for event in events], at=now)


async def _around(services: Services, facts: ChangeDetails) -> tuple[frozenset[ChatId], Accounts]:
    """What Teams is asked beforehand, where it matters: which chats lack the new owner, and who reads along."""
    if facts.new_owner is None and not facts.record_type.tell_each:
        return frozenset(), {}
    async with services.store.reading() as work:
        connections = await work.connections.for_record(facts.record)
        chats = await work.chats.get_many([each.chat_id for each in connections if each.paused_at is None])
    absent = await find_chats_without_owner(services, facts, list(chats.values()))
    each_alone = facts.record_type.tell_each
    return absent, await services.roster_cache.accounts_by_chat(list(chats.values())) if each_alone else {}


async def _decide(
    services: Services, work: UnitOfWork, facts: ChangeDetails, absent: frozenset[ChatId], readers: Accounts
) -> _Notifications:
    """A message for each chat that does not know yet, and what the chats know from then on."""
    live = await work.connections.for_record(facts.record, for_update=True)
    connections = [connection for connection in live if connection.paused_at is None]
    known = await work.reported_values.for_connections([connection.id for connection in connections])
    chats = await work.chats.get_many([connection.chat_id for connection in connections])
    # Most chats know the same, and then they get the same card.
    shared = cache(partial(_activity, leads_to=(chats_button(facts.record),)))
    decided = _Notifications()
    for connection in connections:
        knows = known.get(connection.id, {})
        told = [change for change in net_changes(facts.columns, facts.events, knows) if change.notify]
        turns = lifecycle_news(facts, connection, owner_is_absent=connection.chat_id in absent)
        if not (told or turns):
            continue
        view = _view(services, connection, facts, told, turns)
        if told and facts.record_type.tell_each:
            kept = _reported_change(connection, facts, view, told)
            decided.told.append(kept)
            view = _shared_view(view, change_values_button(kept.key), readers.get(connection.chat_id))
            body = _activity(view, chats[connection.chat_id].channel, leads_to=(chats_button(facts.record),))
        else:
            # A turn's buttons name the connection, so that card is the chat's own.
            body = (_activity if turns else shared)(view, chats[connection.chat_id].channel)
        decided.messages.append(_message(connection, facts, body, told, knows))
        decided.learned.update({(connection.id, each.column.name): _reported_value(each, facts) for each in told})
    return decided


def _view(
    services: Services,
    connection: Connection,
    facts: ChangeDetails,
    told: Sequence[NetChange],
    turns: Sequence[LifecycleNews],
) -> KeyFieldsView:
    people = dict.fromkeys(person for change in told for person in change.people)
    if not told:
        people = dict.fromkeys(event.changed_by for event in facts.events if event.changed_by)
    return KeyFieldsView(
        record=_head(services, connection, facts),
        changes=tuple(_change(change, facts) for change in told),
        people=tuple(facts.people[person] for person in people if person in facts.people),
        at=max(change.at for change in told) if told else max(event.at for event in facts.events),
        news=tuple(turn.news for turn in turns),
        buttons=tuple(button for turn in turns for button in turn.buttons),
    )


def _head(services: Services, connection: Connection, facts: ChangeDetails) -> RecordHeader:
    if facts.row:
        return record_header(services.links, facts.table, facts.record, facts.row)
    return RecordHeader(
        kind=facts.table.label,
        name=connection.record_name,
        number=connection.record_number,
        url=services.links.open_url(facts.record),
    )


def _reported_change(
    connection: Connection, facts: ChangeDetails, view: KeyFieldsView, told: Sequence[NetChange]
) -> ReportedChange:
    """What each reader may be shown of it later."""
    return ReportedChange(
        key=uuid4().hex,
        chat_id=connection.chat_id,
        record=facts.record,
        at=view.at,
        people=view.people,
        columns=tuple(
            ReportedColumn(
                name=change.column.name,
                label=change.column.label,
                old=None if change.old is None else format_value(change.column, change.old)[:MAX_REPORTED_LENGTH],
                new=_text(change.column, change.new, facts)[:MAX_REPORTED_LENGTH],
                raw=canonical_value(change.column, change.new.raw),
            )
            for change in told
        ),
        news=view.news,
        buttons=tuple(
            ReportedButton(title=each.title, verb=each.verb, payload=each.payload)
            for each in view.buttons
            if isinstance(each, ActionButton)
        ),
    )


def _shared_view(view: KeyFieldsView, press: ActionButton, accounts: tuple[str, ...] | None) -> KeyFieldsView:
    """The card without a value, and the way to them."""
    changes = tuple(Change(label=each.label, old=None, new=None) for each in view.changes)
    return replace(view, changes=changes, first=press, personal_view=PersonalView(button=press, accounts=accounts))


def _activity(view: KeyFieldsView, channel: str, *, leads_to: tuple[ActionButton, ...] = ()) -> bytes:
    return render(key_fields(replace(view, buttons=(*view.buttons, *leads_to))), channel)


def _message(
    connection: Connection,
    facts: ChangeDetails,
    body: bytes,
    told: Sequence[NetChange],
    knows: Mapping[str, ReportedValue],
) -> OutgoingMessage:
    return OutgoingMessage(
        key=f"key fields {connection.id} {facts.events[-1].key}",
        chat_id=connection.chat_id,
        activity=body,
        connection_id=connection.id,
        caused_at=min(event.at for event in facts.events),
        previously_reported={(connection.id, change.column.name): knows.get(change.column.name) for change in told},
    )


def _change(change: NetChange, facts: ChangeDetails) -> Change:
    """What the card says of the column; of a secured one only that it changed, unless its values may be told."""
    if change.column.secured and not facts.record_type.tell_secured:
        return Change(label=change.column.label, old=None, new=None)
    old = None if change.old is None else format_value(change.column, change.old)
    return Change(label=change.column.label, old=old, new=_text(change.column, change.new, facts))


def _text(column: Column, value: ColumnValue, facts: ChangeDetails) -> str:
    """The value as Dataverse formats it, where the record still has it; else as we spell it."""
    current = facts.row.value(column.name) if facts.row else None
    if current and canonical_value(column, current.raw) == canonical_value(column, value.raw):
        return format_value(column, current)
    return format_value(column, value)


def _reported_value(change: NetChange, facts: ChangeDetails) -> ReportedValue:
    if change.column.secured:
        return ReportedValue(raw=None, text=None, at=change.at)
    raw = canonical_value(change.column, change.new.raw)
    return ReportedValue(raw=raw, text=_text(change.column, change.new, facts)[:MAX_REPORTED_LENGTH], at=change.at)
