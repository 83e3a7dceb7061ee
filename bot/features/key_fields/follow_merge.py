"""Move connections to the record that another record was merged into (spec K12)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from bot.domain.audit import AuditEntry
from bot.domain.errors import NotAllowed, NotFound
from bot.domain.key_fields import RecordEvent, ReportedValue
from bot.domain.outgoing_messages import OutgoingMessage, Switch
from bot.domain.record_lifecycle import MASTER, MERGED, merge_target
from bot.domain.tables import Row
from bot.domain.texts import text
from bot.domain.values import Connection, NewConnection, RecordRef
from bot.domain.watching import unheard, watched_columns
from bot.features.chat_sync.start_and_end import end_sync, transfer_sync
from bot.features.key_fields.read_facts import ChangeDetails
from bot.features.notifications.decide_changes import count_decisions, ended_with_record
from bot.features.notifications.held_changes import end_connection
from bot.features.shared.answers import (
    display_name,
    name_columns,
    name_of,
    number_of,
    open_button,
    record_header,
    to_outbox,
)
from bot.features.shared.reader_languages import ChatLanguages, load_chat_languages
from bot.features.shared.services import Services
from bot.store.unit_of_work import UnitOfWork
from cards.message import Message
from cards.notice import NoticeView, notice

_MAX_MERGES = 5
"""Merges to follow. The target of a merge can itself be merged into another record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _MergeTarget:
    """The record that remains after the merge, as the app reads it."""

    details: ChangeDetails
    """Details of the record that was merged into it."""
    record: RecordRef
    row: Row
    reported: Mapping[str, ReportedValue]
    """Current values of its watched columns."""
    languages: ChatLanguages


async def follow_merge(
    services: Services, details: ChangeDetails, into: RecordRef, events: Sequence[RecordEvent]
) -> bool:
    """Move the connections, notify the chats, and complete the events, in one transaction.

    Returns False, and changes nothing, if the app cannot read the remaining record. Raises `Unavailable`.
    """
    target = await _merge_target(services, details, into)
    if target is None:
        return False
    now, moved = services.clock.now(), []
    async with services.store.writing() as work:
        for connection in await work.connections.for_record(details.record, for_update=True):
            if connection.paused_at is None:  # Paused ones move when they resume, so that their chats hear of it.
                await _move_connection(services, work, connection, target, now)
                moved.append(connection)
        decisions = [ended_with_record(each, now, next(iter(details.people), None)) for each in moved]
        await work.decisions.add(decisions)
        await work.inbox.complete([event.key for event in events], at=now)
    count_decisions(services, decisions)
    return True


async def _merge_target(services: Services, details: ChangeDetails, into: RecordRef) -> _MergeTarget | None:
    """Return the last record of the chain of merges, or None if the app cannot read it."""
    settings = await services.administration.settings(details.record.environment)
    watched = watched_columns(settings, details.table)
    merge_columns = [details.table.columns[name] for name in (MASTER, MERGED) if name in details.table.columns]
    columns = {column.name: column for column in (*name_columns(details.table), *watched.values(), *merge_columns)}
    record: RecordRef = into
    for _ in range(_MAX_MERGES):
        read_at = services.clock.now()
        try:
            row = await services.records.read(record, list(columns.values()), caller=None)
        except (NotFound, NotAllowed):
            return None
        following = merge_target(record.environment, details.table, row)
        if following is None:
            reported = details.watch.read(watched, row, read_at)
            languages = await load_chat_languages(services)
            return _MergeTarget(details=details, record=record, row=row, reported=reported, languages=languages)
        record = following
    return None


async def _move_connection(
    services: Services, work: UnitOfWork, old: Connection, target: _MergeTarget, now: datetime
) -> None:
    by = next(iter(target.details.people.values()), "")
    await work.connections.end(old.id, at=now, by=None, by_name=by)
    await work.reported_values.forget_connections([old.id])
    await end_connection(work, [old], now)
    await work.audit.add(AuditEntry.for_connection("merged", old, at=now, by=None, by_name=by))
    new = await work.connections.add(_new_connection(old, target))
    if new:
        await work.reported_values.save({(new.id, column): value for column, value in target.reported.items()})
        await work.audit.add(AuditEntry.for_connection("connected by merging", new, at=now, by=None, by_name=by))
        await transfer_sync(work, old, new, at=now)
        await _copy_rules(work, old, new)
    else:  # The chat was already connected to the remaining record.
        await end_sync(work, [old], at=now)
    message = await _message(services, work, old, target, new)
    if message:
        await work.outbox.enqueue([message], at=now)


async def _copy_rules(work: UnitOfWork, old: Connection, new: Connection) -> None:
    """Give the new connection the rules of the old one. A connection that existed before keeps its own (spec V9)."""
    rules = (await work.notification_rules.connections.get_many([old.id])).get(old.id)
    if rules:
        await work.notification_rules.connections.save(new.id, rules.rules, version=0)


async def _message(
    services: Services,
    work: UnitOfWork,
    old: Connection,
    target: _MergeTarget,
    new: Connection | None,
) -> OutgoingMessage | None:
    chat = await work.chats.get(old.chat_id)
    if chat is None:
        return None
    card = _card(services, old, target, already_connected=new is None)
    key = f"merged {old.id} {uuid4().hex}"
    t = await target.languages.of_chat(work, chat.id)
    message = to_outbox(chat, card, t, key=key, connection=new or old, switch=Switch.RECORD_TYPE)
    return replace(message, previously_reported=unheard(old))


def _card(services: Services, old: Connection, target: _MergeTarget, *, already_connected: bool) -> Message:
    header = record_header(services.links, target.details.table, target.record, target.row)
    name = header.number or header.name
    next_step = (
        text("This chat was already connected to {record} and gets its updates.", record=name)
        if already_connected
        else text("This chat is now connected to {record} and gets its updates.", record=name)
    )
    said = text("{record} was merged into {other}.", record=display_name(old), other=name)
    return notice(NoticeView(text=said, next_step=next_step, button=open_button(header)))


def _new_connection(old: Connection, target: _MergeTarget) -> NewConnection:
    """Return the connection to the remaining record, made by the same person at the same time as the old one."""
    return NewConnection(
        chat_id=old.chat_id,
        record=target.record,
        record_name=name_of(target.details.table, target.row),
        record_number=number_of(target.details.table, target.row),
        connector_id=old.connector_id,
        connector_name=old.connector_name,
        connected_at=old.connected_at,
    )
