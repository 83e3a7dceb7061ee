"""Post one card to a chat with what it missed of its records (spec K9, K10, K12)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from bot.domain.audit import AuditEntry
from bot.domain.catch_up import MissedChange
from bot.domain.change_texts import change_texts
from bot.domain.errors import Unavailable
from bot.domain.jobs import ChatJob
from bot.domain.key_fields import RecordEvent
from bot.domain.outgoing_messages import OutgoingMessage, Subject, Switch
from bot.domain.tables import ColumnValue
from bot.domain.values import Chat, ChatId, Connection, ConnectionId
from bot.domain.watching import unheard
from bot.features.chat_sync.start_and_end import end_sync
from bot.features.key_fields.current_records import CurrentRecord, ReadFailure, read_current_records
from bot.features.key_fields.missed_news import AbsentOwners, MissedNews, find_absent_owners, missed_news
from bot.features.key_fields.renamed_records import is_renamed, rename_connections
from bot.features.shared.answers import display_name, record_header, render, subject_of
from bot.features.shared.services import Services
from bot.runtime.backoff import Backoff
from bot.store.unit_of_work import UnitOfWork
from cards.catch_up import MAX_RECORDS, CatchUpView, catch_up
from cards.catch_up import CatchUp as CatchUpRecord
from cards.key_fields import Change

_RETRIES = Backoff(
    first_s=timedelta(minutes=15).total_seconds(), factor=2.0, longest_s=timedelta(days=1).total_seconds()
)
"""Times between two attempts to read the same records."""


async def post_catch_up(services: Services, job: ChatJob, keys: Sequence[str]) -> None:
    """Enqueue a card if the chat missed anything, disconnect deleted records, and complete the job.

    A record that cannot be read does not stop the others. The card names it, and the chat gets another job for it.
    `keys`: the job in the inbox. Raises an error if no record can be read.
    """
    chat = job.chat_id
    async with services.store.reading() as work:
        connections = await work.connections.for_chat(chat)
        stored_chat = await work.chats.get(chat)
    records, failures = await read_current_records(services, connections)
    if failures and not records:
        raise failures[0].error
    absent_owners = await find_absent_owners(services, stored_chat, records) if stored_chat else {}
    at = services.clock.now()
    async with services.store.writing() as work:
        ids = await _connections_to_check(work, chat)
        current = [each for each in records if each.connection.id in ids]
        for each in (each for each in current if each.is_merged):
            await work.inbox.add_event(_merge_event(each.connection, at), at=at, due_at=at)
        unmerged = [each for each in current if not each.is_merged]
        unread = [each for each in failures if each.connection.id in ids]
        if stored_chat:
            await _report(services, work, stored_chat, unmerged, unread, absent_owners, at=at)
        for each in unmerged:
            if each.row is None:
                await _end_connection(work, each.connection, at)
        await _retry(work, job, failures, at)
        await work.inbox.complete(keys, at=at)


async def _retry(work: UnitOfWork, job: ChatJob, failures: Sequence[ReadFailure], at: datetime) -> None:
    """Enqueue another job for the records that may be readable later, unless there are none.

    The time between two attempts doubles while only records of the last attempt fail.
    """
    waits = {each.connection.id: each.error.retry_after_s for each in failures if isinstance(each.error, Unavailable)}
    if not waits:
        return
    retries = job.retries + 1 if waits.keys() <= {*job.unread} else 0
    due_at = _RETRIES.next_attempt_at(at, retries, max(each or 0.0 for each in waits.values()))
    again = replace(job, retries=retries, unread=tuple(sorted(waits)))
    await work.inbox.enqueue(again, at=at, due_at=due_at)


async def _connections_to_check(work: UnitOfWork, chat: ChatId) -> frozenset[ConnectionId]:
    """Return the connections that are not paused and whose records have no pending events.

    A pending event posts a better card, because it contains who changed which column.
    """
    active = [each for each in await work.connections.for_chat(chat, for_update=True) if each.paused_at is None]
    pending = await work.inbox.has_pending([each.record for each in active])
    return frozenset(each.id for each in active if each.record not in pending)


async def _report(
    services: Services,
    work: UnitOfWork,
    chat: Chat,
    records: Sequence[CurrentRecord],
    failures: Sequence[ReadFailure],
    absent_owners: AbsentOwners,
    *,
    at: datetime,
) -> None:
    """Enqueue the cards, unless the chat missed nothing, and store the values that it knows from now on."""
    stored = await work.reported_values.for_connections([each.connection.id for each in records])
    missed = [
        missed_news(each, each.row, stored.get(each.connection.id, {}), absent_owners.get(each.connection.id))
        for each in records
        if each.row is not None
    ]
    # Questions come first: a card has room for a few records, and each question needs an answer.
    told = sorted((each for each in missed if each.is_reported), key=lambda each: not each.news)
    deleted = [each.connection for each in records if each.row is None]
    await work.outbox.enqueue(
        _messages(services, chat, told, deleted, [each.connection for each in failures], at), at=at
    )
    await work.reported_values.save(
        {(each.connection.id, name): value for each in missed for name, value in each.values.items()}
    )
    await work.reported_values.add(
        {(each.connection.id, name): value for each in missed for name, value in each.taken.items()}
    )
    for each in told:
        if is_renamed(each.connection, each.record.table, each.row):
            await rename_connections(work, [each.connection.id], each.record.table, each.row)


def _messages(
    services: Services,
    chat: Chat,
    told: Sequence[MissedNews],
    deleted: Sequence[Connection],
    unreadable: Sequence[Connection],
    at: datetime,
) -> Sequence[OutgoingMessage]:
    """Return one card, and more of them only for more questions than one card has room for."""
    if not (told or deleted):
        return ()
    parts, rest = [], list(told)
    while len(rest) > MAX_RECORDS and rest[MAX_RECORDS].news:
        parts.append(rest[:MAX_RECORDS])
        rest = rest[MAX_RECORDS:]
    messages = [_message(services, chat, part, (), (), at=at) for part in parts]
    return [*messages, _message(services, chat, rest, deleted, unreadable, at=at)]


def _message(
    services: Services,
    chat: Chat,
    told: Sequence[MissedNews],
    deleted: Sequence[Connection],
    unreadable: Sequence[Connection],
    *,
    at: datetime,
) -> OutgoingMessage:
    view = CatchUpView(
        records=tuple(_card_record(services, each) for each in told),
        at=at,
        deleted=tuple(map(display_name, deleted)),
        unreadable=tuple(map(display_name, unreadable)),
    )
    return OutgoingMessage(
        key=f"caught up {chat.id} {at.isoformat()} {uuid4().hex}",
        chat_id=chat.id,
        activity=render(catch_up(view), chat.channel),
        subjects=_subjects(told, [*deleted, *unreadable]),
        previously_reported={
            **{(each.connection.id, name): value for each in told for name, value in each.before.items()},
            **{key: value for each in deleted for key, value in unheard(each).items()},
        },
    )


def _subjects(told: Sequence[MissedNews], named: Sequence[Connection]) -> tuple[Subject, ...]:
    """Return the record types of the card. `named`: records that it only names."""
    subjects: list[Subject] = []
    for each in told:
        if each.changes:
            subject = subject_of(each.connection.record, Switch.KEY_FIELDS)
            columns = tuple(change.column.name for change in each.changes)
            subjects.append(replace(subject, columns=columns, shows_values=each.show_values))
        if each.news:
            subject = subject_of(each.connection.record, Switch.RECORD_TYPE)
            subjects.append(replace(subject, columns=tuple(each.lifecycle_before)))
    return tuple(dict.fromkeys([*subjects, *(subject_of(each.record, Switch.RECORD_TYPE) for each in named)]))


def _card_record(services: Services, missed: MissedNews) -> CatchUpRecord:
    header = record_header(services.links, missed.record.table, missed.connection.record, missed.row)
    return CatchUpRecord(
        record=header,
        changes=tuple(_card_change(each, show_values=missed.show_values) for each in missed.changes),
        news=tuple(each.news for each in missed.news),
        buttons=tuple(button for each in missed.news for button in each.buttons),
    )


def _card_change(missed: MissedChange, *, show_values: bool) -> Change:
    if not show_values:
        return Change(label=missed.column.label, old=None, new=None)
    known = ColumnValue(raw=missed.old.raw, text=missed.old.text)
    old, new = change_texts(missed.column, known, missed.new, missed.new)
    return Change(label=missed.column.label, old=old, new=new)


def _merge_event(connection: Connection, at: datetime) -> RecordEvent:
    """Return the event that Dataverse would have sent for the merge."""
    key = f"merged {connection.id} {at.isoformat()}"
    return RecordEvent(key=key, record=connection.record, at=at, changed_by=None, changes=())


async def _end_connection(work: UnitOfWork, connection: Connection, at: datetime) -> None:
    """End the connection to a deleted record. It is not known who deleted it (spec K10)."""
    if await work.connections.end(connection.id, at=at, by=None, by_name=""):
        await end_sync(work, [connection], at=at)
        await work.audit.add(AuditEntry.for_connection("record deleted", connection, at=at, by=None, by_name=""))
