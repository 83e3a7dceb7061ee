"""Notify chats of changed key fields and of lifecycle changes of a record (spec K2-K8, K12)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache, partial
from uuid import uuid4

from bot.domain.formatting import canonical_value
from bot.domain.key_fields import (
    MAX_REPORTED_LENGTH,
    NetChange,
    RecordEvent,
    ReportedValue,
    net_changes,
    value_before,
)
from bot.domain.outgoing_messages import OutgoingMessage, Subject, Switch
from bot.domain.record_lifecycle import is_news, lifecycle_before, stored_name
from bot.domain.reported_change import ReportedButton, ReportedChange, ReportedColumn
from bot.domain.tables import OWNER, STATE
from bot.domain.values import ChatId, Connection, ConnectionId
from bot.domain.watching import is_since
from bot.features.key_fields.follow_merge import follow_merge
from bot.features.key_fields.lifecycle_news import LifecycleNews, find_chats_without_owner, lifecycle_news
from bot.features.key_fields.read_facts import ChangeDetails, load_change
from bot.features.key_fields.renamed_records import is_renamed, rename_connections
from bot.features.shared.answers import (
    change_values_button,
    chats_button,
    notifications_button,
    record_header,
    render,
    subject_of,
)
from bot.features.shared.services import Services
from bot.store.unit_of_work import UnitOfWork
from cards.buttons import ActionButton, Button
from cards.elements import MAX_ACTIONS
from cards.key_fields import Change, KeyFieldsView, key_fields
from cards.personal_view import PersonalView
from cards.record import RecordHeader

Accounts = Mapping[ChatId, tuple[str, ...] | None]
"""Account ids of the members of each chat. None if they are not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rosters:
    """Facts from the rosters of the chats, requested before the transaction and only if a card needs them."""

    without_owner: frozenset[ChatId] = frozenset()
    """Chats that the new owner is not in."""
    accounts: Accounts = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Notifications:
    """Messages to enqueue, with the data to store about them."""

    messages: list[OutgoingMessage] = field(default_factory=list)
    reported_values: dict[tuple[ConnectionId, str], ReportedValue] = field(default_factory=dict)
    reported_changes: list[ReportedChange] = field(default_factory=list)
    renamed: list[ConnectionId] = field(default_factory=list)
    """Connections whose chats are shown another name or number of the record than before."""


async def notify_changes(services: Services, events: Sequence[RecordEvent]) -> None:
    """Enqueue the cards and complete the events of one record, in one transaction. Raises `Unavailable`."""
    details = await load_change(services, events)
    if details and details.merge_target and await follow_merge(services, details, details.merge_target, events):
        return
    rosters = await _rosters(services, details) if details else _Rosters()
    now = services.clock.now()
    async with services.store.writing() as work:
        if details:
            notifications = await _notifications(services, work, details, rosters)
            await work.outbox.enqueue(notifications.messages, at=now)
            await work.reported_values.save(notifications.reported_values)
            await work.reported_changes.add(notifications.reported_changes, at=now)
            await rename_connections(work, notifications.renamed, details.table, details.row)
        await work.inbox.complete([event.key for event in events], at=now)


async def _rosters(services: Services, details: ChangeDetails) -> _Rosters:
    personal = details.record_type.tell_each
    if details.new_owner is None and not personal:
        return _Rosters()
    async with services.store.reading() as work:
        connections = await work.connections.for_record(details.record)
        chats = await work.chats.get_many([each.chat_id for each in connections if each.paused_at is None])
    without_owner = await find_chats_without_owner(services, details.new_owner, list(chats.values()))
    accounts = await services.roster_cache.accounts_by_chat(list(chats.values())) if personal else {}
    return _Rosters(without_owner=without_owner, accounts=accounts)


async def _notifications(
    services: Services, work: UnitOfWork, details: ChangeDetails, rosters: _Rosters
) -> _Notifications:
    """Create a message for each connected chat that does not know the new values yet."""
    connected = await work.connections.for_record(details.record, for_update=True)
    connections = [connection for connection in connected if connection.paused_at is None]
    reported = await work.reported_values.for_connections([connection.id for connection in connections])
    chats = await work.chats.get_many([connection.chat_id for connection in connections])
    # Most chats have the same reported values and get the same card, which is rendered once.
    render_shared = cache(partial(_activity, extra_buttons=_extra_buttons(details)))
    result, now = _Notifications(), services.clock.now()
    for connection in connections:
        known = details.watch.known(reported.get(connection.id, {}))
        changes = _changes(details, connection, known)
        news = _news(details, connection, known, rosters)
        result.reported_values.update(_lifecycle_values(details, connection, known))
        if not (changes or news):
            continue
        view = _view(services, connection, details, changes, news)
        channel = chats[connection.chat_id].channel
        if changes and details.record_type.tell_each:
            change = _reported_change(connection, details, view, changes)
            result.reported_changes.append(change)
            view = _without_values(view, change_values_button(change.key), rosters.accounts.get(connection.chat_id))
            body = _activity(view, channel, extra_buttons=_extra_buttons(details))
        else:
            # Buttons of lifecycle news contain the connection, so this card is not shared with other chats.
            body = (_activity if news else render_shared)(view, channel)
        before = {
            **{each.column.name: value_before(each) for each in changes},
            **_lifecycle_before(news, details, known),
        }
        result.messages.append(_message(connection, details, body, changes, before))
        if is_renamed(connection, details.table, details.row):
            result.renamed.append(connection.id)
        result.reported_values.update(
            {(connection.id, each.column.name): _reported_value(each, details, now) for each in changes}
        )
    return result


def _changes(details: ChangeDetails, connection: Connection, known: Mapping[str, ReportedValue]) -> Sequence[NetChange]:
    """Return the changes since the chat was connected that it does not know yet."""
    events = [event for event in details.events if is_since(event.at, connection.connected_at)]
    return [change for change in net_changes(details.columns, events, known) if change.notify]


def _news(
    details: ChangeDetails, connection: Connection, known: Mapping[str, ReportedValue], rosters: _Rosters
) -> Sequence[LifecycleNews]:
    """Return the lifecycle changes that the chat does not know yet."""

    def is_unknown(column: str) -> bool:
        name = stored_name(column)
        return is_news(details.lifecycle_values.get(name), known.get(name))

    absent_owner = details.new_owner if connection.chat_id in rosters.without_owner else None
    return lifecycle_news(
        details.table,
        details.record_type,
        connection,
        closed_as=details.closed_as if is_unknown(STATE) else None,
        absent_owner=absent_owner if is_unknown(OWNER) else None,
    )


def _lifecycle_values(
    details: ChangeDetails, connection: Connection, known: Mapping[str, ReportedValue]
) -> Mapping[tuple[ConnectionId, str], ReportedValue]:
    """Return the lifecycle values that the chat knows from now on, unless it knows later ones."""
    return {
        (connection.id, name): details.watch.numbered(name, value)
        for name, value in details.lifecycle_values.items()
        if name not in known or value.at >= known[name].at
    }


def _lifecycle_before(
    news: Sequence[LifecycleNews], details: ChangeDetails, known: Mapping[str, ReportedValue]
) -> Mapping[str, ReportedValue | None]:
    """Return the lifecycle values that the chat knew before the news, from which a summary starts if it is lost."""
    if not news:
        return {}
    return {name: lifecycle_before(name, details.lifecycle_events, known) for name in details.lifecycle_values}


def _view(
    services: Services,
    connection: Connection,
    details: ChangeDetails,
    changes: Sequence[NetChange],
    news: Sequence[LifecycleNews],
) -> KeyFieldsView:
    people = dict.fromkeys(person for change in changes for person in change.people)
    if not changes:
        people = dict.fromkeys(event.changed_by for event in details.events if event.changed_by)
    return KeyFieldsView(
        record=_header(services, connection, details),
        changes=tuple(_card_change(change, details) for change in changes),
        people=tuple(details.people[person] for person in people if person in details.people),
        at=max(change.at for change in changes) if changes else max(event.at for event in details.events),
        news=tuple(each.news for each in news),
        buttons=tuple(button for each in news for button in each.buttons),
    )


def _header(services: Services, connection: Connection, details: ChangeDetails) -> RecordHeader:
    """Return the record's header; a deleted record has the name that the connection stores."""
    if details.row:
        return record_header(services.links, details.table, details.record, details.row)
    return RecordHeader(
        kind=details.table.label,
        name=connection.record_name,
        number=connection.record_number,
        url=services.links.open_url(details.record),
    )


def _reported_change(
    connection: Connection, details: ChangeDetails, view: KeyFieldsView, changes: Sequence[NetChange]
) -> ReportedChange:
    """Return the change with its values, which readers with access can request later."""
    return ReportedChange(
        key=uuid4().hex,
        chat_id=connection.chat_id,
        record=details.record,
        at=view.at,
        people=view.people,
        columns=tuple(_reported_column(change, details) for change in changes),
        news=view.news,
        buttons=tuple(
            ReportedButton(title=each.title, verb=each.verb, payload=each.payload)
            for each in view.buttons
            if isinstance(each, ActionButton)
        ),
    )


def _reported_column(change: NetChange, details: ChangeDetails) -> ReportedColumn:
    old, new = details.texts(change.column, change.old, change.new)
    return ReportedColumn(
        name=change.column.name,
        label=change.column.label,
        old=None if old is None else old[:MAX_REPORTED_LENGTH],
        new=new[:MAX_REPORTED_LENGTH],
        raw=canonical_value(change.column, change.new.raw),
    )


def _without_values(view: KeyFieldsView, button: ActionButton, accounts: tuple[str, ...] | None) -> KeyFieldsView:
    """Return the card without values, and with a button that requests them."""
    changes = tuple(Change(label=each.label, old=None, new=None) for each in view.changes)
    return replace(view, changes=changes, first=button, personal_view=PersonalView(button=button, accounts=accounts))


def _activity(view: KeyFieldsView, channel: str, *, extra_buttons: tuple[Button, ...] = ()) -> bytes:
    buttons = (*view.buttons, *extra_buttons)[:MAX_ACTIONS]
    return render(key_fields(replace(view, buttons=buttons)), channel)


def _extra_buttons(details: ChangeDetails) -> tuple[Button, ...]:
    return (chats_button(details.record), notifications_button(details.record))


def _message(
    connection: Connection,
    details: ChangeDetails,
    body: bytes,
    changes: Sequence[NetChange],
    before: Mapping[str, ReportedValue | None],
) -> OutgoingMessage:
    return OutgoingMessage(
        key=f"key fields {connection.id} {details.events[-1].key}",
        chat_id=connection.chat_id,
        activity=body,
        connection_id=connection.id,
        subjects=_subjects(details, changes, lifecycle=[name for name in before if name in details.lifecycle_values]),
        caused_at=min(event.at for event in details.events),
        previously_reported={
            (connection.id, name): value and details.watch.numbered(name, value) for name, value in before.items()
        },
    )


def _subjects(details: ChangeDetails, changes: Sequence[NetChange], lifecycle: Sequence[str]) -> tuple[Subject, ...]:
    """Return the subjects. Lifecycle news beside changes have their own: they depend on fewer settings."""
    subject = _subject(details, changes)
    if not (changes and lifecycle):
        return (subject,)
    return (subject, replace(subject_of(details.record, Switch.RECORD_TYPE), columns=tuple(lifecycle)))


def _subject(details: ChangeDetails, changes: Sequence[NetChange]) -> Subject:
    """Return the subject, with what the card shows of which columns: settings are checked again before it is sent."""
    if not changes:
        return subject_of(details.record, Switch.RECORD_TYPE)
    secured = {change.column.secured for change in changes}
    to_everyone, tell_secured = not details.record_type.tell_each, details.record_type.tell_secured
    return replace(
        subject_of(details.record, Switch.KEY_FIELDS),
        columns=tuple(change.column.name for change in changes),
        shows_values=to_everyone and (tell_secured or False in secured),
        shows_secured=to_everyone and tell_secured and True in secured,
    )


def _card_change(change: NetChange, details: ChangeDetails) -> Change:
    """Return the change for the card; without values if the column is secured and its values must not be shown."""
    if change.column.secured and not details.record_type.tell_secured:
        return Change(label=change.column.label, old=None, new=None)
    old, new = details.texts(change.column, change.old, change.new)
    return Change(label=change.column.label, old=old, new=new)


def _reported_value(change: NetChange, details: ChangeDetails, now: datetime) -> ReportedValue:
    """Return the value that the chat knows from now on. A time in the future would hide the next changes."""
    at = min(change.at, now)
    if change.column.secured:
        value = ReportedValue(raw=None, text=None, at=at)
    else:
        _, text = details.texts(change.column, change.old, change.new)
        raw = canonical_value(change.column, change.new.raw)
        value = ReportedValue(raw=raw, text=text[:MAX_REPORTED_LENGTH], at=at)
    return details.watch.numbered(change.column.name, value)
