"""Letting connections follow a record that was merged into another one (spec K12)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.audit import AuditEntry
from bot.domain.errors import NotAllowed, NotFound
from bot.domain.key_fields import RecordEvent, ReportedValue, reported_value
from bot.domain.outgoing_messages import OutgoingMessage
from bot.domain.record_lifecycle import MASTER, MERGED, merge_target
from bot.domain.record_types import key_field_columns
from bot.domain.tables import Row
from bot.domain.values import Connection, NewConnection, RecordRef
from bot.features.chat_sync.start_and_end import end_sync, transfer_sync
from bot.features.key_fields.read_facts import ChangeDetails
from bot.features.shared.answers import (
    display_name,
    name_columns,
    name_of,
    number_of,
    open_button,
    record_header,
    to_outbox,
)
from bot.features.shared.services import Services
from bot.store.unit_of_work import UnitOfWork
from cards.message import Message
from cards.notice import NoticeView, notice

_STEPS_AT_MOST = 5
"""What a record was merged into can have been merged itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _MergeTarget:
    """The record that is left, as the app sees it, and what is known of the one that was merged into it."""

    facts: ChangeDetails
    record: RecordRef
    row: Row
    known: Mapping[str, ReportedValue]


async def follow_merge(
    services: Services, facts: ChangeDetails, into: RecordRef, events: Sequence[RecordEvent]
) -> bool:
    """Tells each chat and settles the events in one transaction; raises `Unavailable`, and then nothing is kept.

    False, and nothing is done, where the record that is left cannot be read.
    """
    survivor = await _survivor(services, facts, into)
    if survivor is None:
        return False
    now = services.clock.now()
    async with services.store.writing() as work:
        for connection in await work.connections.for_record(facts.record, for_update=True):
            await _follow(services, work, connection, survivor, now)
        await work.inbox.complete([event.key for event in events], at=now)
    return True


async def _survivor(services: Services, facts: ChangeDetails, into: RecordRef) -> _MergeTarget | None:
    columns = key_field_columns(facts.record_type, facts.table)
    merging = [facts.table.columns[name] for name in (MASTER, MERGED) if name in facts.table.columns]
    read = {column.name: column for column in (*name_columns(facts.table), *columns, *merging)}
    record: RecordRef = into
    for _ in range(_STEPS_AT_MOST):
        before = services.clock.now()
        try:
            row = await services.records.read(record, list(read.values()), caller=None)
        except (NotFound, NotAllowed):
            return None
        following = merge_target(record.environment, facts.table, row)
        if following is None:
            known = {column.name: reported_value(column, row, before) for column in columns}
            return _MergeTarget(facts=facts, record=record, row=row, known=known)
        record = following
    return None


async def _follow(services: Services, work: UnitOfWork, old: Connection, survivor: _MergeTarget, now: datetime) -> None:
    by = next(iter(survivor.facts.people.values()), "")
    await work.connections.end(old.id, at=now, by=None, by_name=by)
    await work.audit.add(AuditEntry.for_connection("merged", old, at=now, by=None, by_name=by))
    new = await work.connections.add(_connection_to(old, survivor))
    if new:
        await work.reported_values.save({(new.id, column): value for column, value in survivor.known.items()})
        await work.audit.add(AuditEntry.for_connection("connected by merging", new, at=now, by=None, by_name=by))
        await transfer_sync(work, old, new, at=now)
    else:
        await end_sync(work, [old], at=now)
    if old.paused_at:
        await work.connections.pause(old.chat_id, old.paused_reason or "", at=now)
        return
    message = await _message(services, work, old, survivor, new)
    if message:
        await work.outbox.enqueue([message], at=now)


async def _message(
    services: Services, work: UnitOfWork, old: Connection, survivor: _MergeTarget, new: Connection | None
) -> OutgoingMessage | None:
    chat = await work.chats.get(old.chat_id)
    if chat is None:
        return None
    told = _merged(services, old, survivor, was_connected=new is None)
    return to_outbox(chat, told, key=f"merged {old.id}", connection=new.id if new else None)


def _merged(services: Services, old: Connection, survivor: _MergeTarget, *, was_connected: bool) -> Message:
    head = record_header(services.links, survivor.facts.table, survivor.record, survivor.row)
    name = head.number or head.name
    how = "was connected to it already" if was_connected else "is connected to that one now"
    return notice(
        NoticeView(
            text=f"{display_name(old)} was merged into {name}.",
            next_step=f"This chat {how} and is told of its changes.",
            button=open_button(head),
        )
    )


def _connection_to(old: Connection, survivor: _MergeTarget) -> NewConnection:
    """The same connection, of the record that is left: who connected the chat, and when, stays as it was."""
    return NewConnection(
        chat_id=old.chat_id,
        record=survivor.record,
        record_name=name_of(survivor.facts.table, survivor.row),
        record_number=number_of(survivor.facts.table, survivor.row),
        connector_id=old.connector_id,
        connector_name=old.connector_name,
        connected_at=old.connected_at,
    )
