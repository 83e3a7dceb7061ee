"""Telling a chat in one card what it missed of its records (spec K9)."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from bot.domain.audit import AuditEntry
from bot.domain.catch_up import MissedChange, missed_changes
from bot.domain.formatting import format_value
from bot.domain.key_fields import RecordEvent, ReportedValue, reported_value
from bot.domain.outgoing_messages import OutgoingMessage
from bot.domain.record_lifecycle import MASTER, MERGED, merge_target
from bot.domain.record_types import key_field_columns
from bot.domain.tables import Column, ColumnValue, Row, Table
from bot.domain.values import ChatId, Connection, ConnectionId, EnvironmentId
from bot.features.chat_sync.start_and_end import end_sync
from bot.features.shared.access import enabled_record_type
from bot.features.shared.answers import display_name, name_columns, record_header, render
from bot.features.shared.services import Services
from bot.store.unit_of_work import UnitOfWork
from cards.catch_up import CatchUp as CaughtUpRecord
from cards.catch_up import CatchUpView, catch_up
from cards.key_fields import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class _CurrentRecord:
    """A connected record as the app sees it now; `row` None: it is gone."""

    connection: Connection
    table: Table
    columns: tuple[Column, ...]
    row: Row | None
    tell_values: bool
    """Whether everybody may be told the values of key fields."""

    @property
    def merged(self) -> bool:
        """Whether it was merged into another record, which is a story of its own."""
        where = self.connection.record.environment
        return self.row is not None and merge_target(where, self.table, self.row) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class _MissedRecord:
    """A record of which the chat missed something."""

    connection: Connection
    table: Table
    row: Row
    changes: tuple[MissedChange, ...]
    tell_values: bool


async def post_catch_up(services: Services, chat: ChatId, jobs: Sequence[str]) -> None:
    """Keeps the card, if there is something to say, and settles the jobs; raises `Unavailable`."""
    async with services.store.reading() as work:
        connections = await work.connections.for_chat(chat)
    at = services.clock.now()
    seen = await _look(services, connections)
    async with services.store.writing() as work:
        held = [each for each in await work.connections.for_chat(chat, for_update=True) if each.paused_at is None]
        # Where an event waits, it says more: who changed what.
        expected = await work.inbox.has_pending([each.record for each in held])
        ids = {each.id for each in held if each.record not in expected}
        going = [each for each in seen if each.connection.id in ids and not each.merged]
        for each in (each for each in seen if each.connection.id in ids and each.merged):
            await work.inbox.add_event(_merger(each.connection, at), at=at, due_at=at)
        await _tell(services, work, chat, going, at)
        for each in going:
            if each.row is None:
                await _end(work, each.connection, at)
        await work.inbox.complete(jobs, at=at)


async def _look(services: Services, connections: Sequence[Connection]) -> Sequence[_CurrentRecord]:
    """The records as they are, read table by table; those that the app may not read are left out."""

    def kind(each: Connection) -> tuple[EnvironmentId, str]:
        return each.record.environment, each.record.table

    groups = [(kind, list(group)) for kind, group in groupby(sorted(connections, key=kind), key=kind)]
    seen = await asyncio.gather(*(_look_at(services, *kind, group) for kind, group in groups))
    return [each for group in seen for each in group]


async def _look_at(
    services: Services, environment: EnvironmentId, name: str, connections: Sequence[Connection]
) -> Sequence[_CurrentRecord]:
    record_type = await enabled_record_type(services, environment, name)
    if record_type is None:
        return ()
    table = await services.records.table(environment, name)
    columns = key_field_columns(record_type, table)
    row_ids = [each.record.row_id for each in connections]
    merging = [table.columns[each] for each in (MASTER, MERGED) if each in table.columns]
    read = {column.name: column for column in (*name_columns(table), *columns, *merging)}
    rows = await services.records.read_many(environment, table, row_ids, list(read.values()))
    return [
        _CurrentRecord(
            connection=each,
            table=table,
            columns=columns,
            row=rows[each.record.row_id],
            tell_values=not record_type.tell_each,
        )
        for each in connections
        if each.record.row_id in rows
    ]


async def _tell(
    services: Services, work: UnitOfWork, chat_id: ChatId, going: Sequence[_CurrentRecord], at: datetime
) -> None:
    known = await work.reported_values.for_connections([each.connection.id for each in going])
    told = [each for seen in going for each in _missed(seen, known.get(seen.connection.id, {}))]
    deleted = tuple(display_name(seen.connection) for seen in going if seen.row is None)
    chat = await work.chats.get(chat_id)
    if not (told or deleted) or chat is None:
        return
    view = CatchUpView(records=tuple(_caught_up(services, each) for each in told), at=at, deleted=deleted)
    message = OutgoingMessage(
        key=f"caught up {chat_id} {at.isoformat()}",
        chat_id=chat_id,
        activity=render(catch_up(view), chat.channel),
        previously_reported={
            (each.connection.id, change.column.name): change.old for each in told for change in each.changes
        },
    )
    await work.outbox.enqueue([message], at=at)
    await work.reported_values.save(_learned(told, at))


def _caught_up(services: Services, told: _MissedRecord) -> CaughtUpRecord:
    head = record_header(services.links, told.table, told.connection.record, told.row)
    return CaughtUpRecord(record=head, changes=tuple(_change(each, told) for each in told.changes))


def _merger(connection: Connection, at: datetime) -> RecordEvent:
    """What Dataverse would have told, had it been heard."""
    key = f"merged {connection.id}"
    return RecordEvent(key=key, record=connection.record, at=at, changed_by=None, changes=())


def _missed(seen: _CurrentRecord, known: Mapping[str, ReportedValue]) -> Sequence[_MissedRecord]:
    changes = missed_changes(seen.columns, seen.row, known) if seen.row else ()
    if seen.row is None or not changes:
        return ()
    told = _MissedRecord(
        connection=seen.connection, table=seen.table, row=seen.row, changes=changes, tell_values=seen.tell_values
    )
    return (told,)


def _change(missed: MissedChange, told: _MissedRecord) -> Change:
    if not told.tell_values:
        return Change(label=missed.column.label, old=None, new=None)
    old = ColumnValue(raw=missed.old.raw, text=missed.old.text)
    return Change(
        label=missed.column.label, old=format_value(missed.column, old), new=format_value(missed.column, missed.new)
    )


def _learned(told: Sequence[_MissedRecord], at: datetime) -> Mapping[tuple[ConnectionId, str], ReportedValue]:
    return {
        (each.connection.id, change.column.name): reported_value(change.column, each.row, at)
        for each in told
        for change in each.changes
    }


async def _end(work: UnitOfWork, connection: Connection, at: datetime) -> None:
    """The record is gone, and nobody knows who deleted it (spec K10)."""
    if await work.connections.end(connection.id, at=at, by=None, by_name=""):
        await end_sync(work, [connection], at=at)
        await work.audit.add(AuditEntry.for_connection("record deleted", connection, at=at, by=None, by_name=""))
