"""Post one card to a chat with the changes to its records that it missed (spec K9)."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby

from bot.domain.audit import AuditEntry
from bot.domain.catch_up import MissedChange, missed_changes
from bot.domain.change_texts import change_texts
from bot.domain.errors import ChatSyncError, Unavailable
from bot.domain.jobs import ChatJob, JobKind
from bot.domain.key_fields import RecordEvent, ReportedValue, reported_value
from bot.domain.outgoing_messages import OutgoingMessage, Subject, Switch
from bot.domain.record_lifecycle import MASTER, MERGED, merge_target
from bot.domain.record_types import key_field_columns
from bot.domain.tables import Column, ColumnValue, Row, Table
from bot.domain.values import ChatId, Connection, ConnectionId, EnvironmentId
from bot.features.chat_sync.start_and_end import end_sync
from bot.features.shared.access import enabled_record_type
from bot.features.shared.answers import display_name, name_columns, record_header, render, subject_of
from bot.features.shared.services import Services
from bot.logs import get_logger
from bot.logs.tracebacks import describe_error
from bot.store.unit_of_work import UnitOfWork
from cards.catch_up import CatchUp as CatchUpRecord
from cards.catch_up import CatchUpView, catch_up
from cards.key_fields import Change

_RETRY_AFTER = timedelta(minutes=15)
"""Time until a record that could not be read is read again."""

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _CurrentRecord:
    """A connected record as the app reads it now."""

    connection: Connection
    table: Table
    columns: tuple[Column, ...]
    """The key fields."""
    row: Row | None
    """None if the record no longer exists."""
    show_values: bool
    """True if the card can show the values of key fields to everyone in the chat."""

    @property
    def merged(self) -> bool:
        """True if the record was merged into another one. A merge has its own card."""
        environment = self.connection.record.environment
        return self.row is not None and merge_target(environment, self.table, self.row) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failure:
    """A connected record that cannot be read."""

    connection: Connection
    error: ChatSyncError


@dataclass(frozen=True, slots=True, kw_only=True)
class _ChangedRecord:
    """A record with changes that the chat missed."""

    connection: Connection
    table: Table
    row: Row
    changes: tuple[MissedChange, ...]
    show_values: bool


async def post_catch_up(services: Services, chat: ChatId, jobs: Sequence[str]) -> None:
    """Enqueue a card if the chat missed changes, disconnect deleted records, and complete the jobs.

    A record that cannot be read does not stop the others. The card names it, and the chat gets another job for it.
    Raises an error if no record can be read.
    """
    async with services.store.reading() as work:
        connections = await work.connections.for_chat(chat)
    at = services.clock.now()
    records, failures = await _read_records(services, connections)
    if failures and not records:
        raise failures[0].error
    async with services.store.writing() as work:
        ids = await _connections_to_check(work, chat)
        current = [each for each in records if each.connection.id in ids]
        for each in (each for each in current if each.merged):
            await work.inbox.add_event(_merge_event(each.connection, at), at=at, due_at=at)
        unmerged = [each for each in current if not each.merged]
        await _enqueue_card(
            services, work, chat, unmerged, [each for each in failures if each.connection.id in ids], at
        )
        for each in unmerged:
            if each.row is None:
                await _end_connection(work, each.connection, at)
        if any(isinstance(each.error, Unavailable) for each in failures):
            job = ChatJob(kind=JobKind.CATCH_UP, chat_id=chat)
            await work.inbox.enqueue(job, at=at, due_at=at + _RETRY_AFTER)
        await work.inbox.complete(jobs, at=at)


async def _connections_to_check(work: UnitOfWork, chat: ChatId) -> frozenset[ConnectionId]:
    """Return the connections that are not paused and whose records have no pending events.

    A pending event posts a better card, because it contains who changed which column.
    """
    active = [each for each in await work.connections.for_chat(chat, for_update=True) if each.paused_at is None]
    pending = await work.inbox.has_pending([each.record for each in active])
    return frozenset(each.id for each in active if each.record not in pending)


async def _read_records(
    services: Services, connections: Sequence[Connection]
) -> tuple[Sequence[_CurrentRecord], Sequence[_Failure]]:
    """Read the records, one query for each table. Records that the app may not read are left out."""

    def table_of(each: Connection) -> tuple[EnvironmentId, str]:
        return each.record.environment, each.record.table

    groups = [(key, list(group)) for key, group in groupby(sorted(connections, key=table_of), key=table_of)]
    found = await asyncio.gather(*(_try_table(services, *key, group) for key, group in groups))
    results = [each for group in found for each in group]
    failures = [each for each in results if isinstance(each, _Failure)]
    for each in failures:
        record, error = each.connection.record, each.error
        _log.warning("catch_up.record_unreadable", table=record.table, row=record.row_id, reason=describe_error(error))
    return [each for each in results if isinstance(each, _CurrentRecord)], failures


async def _try_table(
    services: Services, environment: EnvironmentId, name: str, connections: Sequence[Connection]
) -> Sequence[_CurrentRecord | _Failure]:
    try:
        return await _read_table(services, environment, name, connections)
    except ChatSyncError as error:
        return [_Failure(connection=each, error=error) for each in connections]


async def _read_table(
    services: Services, environment: EnvironmentId, name: str, connections: Sequence[Connection]
) -> Sequence[_CurrentRecord | _Failure]:
    record_type = await enabled_record_type(services, environment, name)
    if record_type is None:
        return ()
    table = await services.records.table(environment, name)
    key_fields = key_field_columns(record_type, table)
    row_ids = [each.record.row_id for each in connections]
    merge_columns = [table.columns[each] for each in (MASTER, MERGED) if each in table.columns]
    columns = {column.name: column for column in (*name_columns(table), *key_fields, *merge_columns)}
    rows = await services.records.read_many(environment, table, row_ids, list(columns.values()))

    def current(connection: Connection, row: Row | ChatSyncError | None) -> _CurrentRecord | _Failure:
        if isinstance(row, ChatSyncError):
            return _Failure(connection=connection, error=row)
        return _CurrentRecord(
            connection=connection, table=table, columns=key_fields, row=row, show_values=not record_type.tell_each
        )

    return [current(each, rows[each.record.row_id]) for each in connections if each.record.row_id in rows]


async def _enqueue_card(
    services: Services,
    work: UnitOfWork,
    chat_id: ChatId,
    records: Sequence[_CurrentRecord],
    failures: Sequence[_Failure],
    at: datetime,
) -> None:
    """Enqueue the card, unless the chat missed nothing, and store the values that it reports."""
    reported = await work.reported_values.for_connections([each.connection.id for each in records])
    changed = [each for each in (_changed(each, reported.get(each.connection.id, {})) for each in records) if each]
    deleted = [each.connection for each in records if each.row is None]
    chat = await work.chats.get(chat_id)
    if not (changed or deleted) or chat is None:
        return
    view = CatchUpView(
        records=tuple(_card_record(services, each) for each in changed),
        at=at,
        deleted=tuple(map(display_name, deleted)),
        unreadable=tuple(display_name(each.connection) for each in failures),
    )
    message = OutgoingMessage(
        key=f"caught up {chat_id} {at.isoformat()}",
        chat_id=chat_id,
        activity=render(catch_up(view), chat.channel),
        subjects=_subjects(changed, [*deleted, *(each.connection for each in failures)]),
        previously_reported={
            (each.connection.id, change.column.name): change.old for each in changed for change in each.changes
        },
    )
    await work.outbox.enqueue([message], at=at)
    await work.reported_values.save(_new_reported_values(changed, at))


def _subjects(changed: Sequence[_ChangedRecord], named: Sequence[Connection]) -> tuple[Subject, ...]:
    """Return the record types of the card. `named`: records that it only names."""
    subjects = [
        replace(
            subject_of(each.connection.record, Switch.KEY_FIELDS),
            columns=tuple(change.column.name for change in each.changes),
            shows_values=each.show_values,
        )
        for each in changed
    ]
    return tuple(dict.fromkeys([*subjects, *(subject_of(each.record, Switch.RECORD_TYPE) for each in named)]))


def _card_record(services: Services, changed: _ChangedRecord) -> CatchUpRecord:
    header = record_header(services.links, changed.table, changed.connection.record, changed.row)
    return CatchUpRecord(record=header, changes=tuple(_card_change(each, changed) for each in changed.changes))


def _merge_event(connection: Connection, at: datetime) -> RecordEvent:
    """Return the event that Dataverse would have sent for the merge."""
    key = f"merged {connection.id}"
    return RecordEvent(key=key, record=connection.record, at=at, changed_by=None, changes=())


def _changed(current: _CurrentRecord, reported: Mapping[str, ReportedValue]) -> _ChangedRecord | None:
    """Return the record with its missed changes, or None if there are none."""
    if current.row is None:
        return None
    changes = missed_changes(current.columns, current.row, reported)
    if not changes:
        return None
    return _ChangedRecord(
        connection=current.connection,
        table=current.table,
        row=current.row,
        changes=changes,
        show_values=current.show_values,
    )


def _card_change(missed: MissedChange, changed: _ChangedRecord) -> Change:
    if not changed.show_values:
        return Change(label=missed.column.label, old=None, new=None)
    known = ColumnValue(raw=missed.old.raw, text=missed.old.text)
    old, new = change_texts(missed.column, known, missed.new, missed.new)
    return Change(label=missed.column.label, old=old, new=new)


def _new_reported_values(
    records: Sequence[_ChangedRecord], at: datetime
) -> Mapping[tuple[ConnectionId, str], ReportedValue]:
    return {
        (each.connection.id, change.column.name): reported_value(change.column, each.row, at)
        for each in records
        for change in each.changes
    }


async def _end_connection(work: UnitOfWork, connection: Connection, at: datetime) -> None:
    """End the connection to a deleted record. It is not known who deleted it (spec K10)."""
    if await work.connections.end(connection.id, at=at, by=None, by_name=""):
        await end_sync(work, [connection], at=at)
        await work.audit.add(AuditEntry.for_connection("record deleted", connection, at=at, by=None, by_name=""))
