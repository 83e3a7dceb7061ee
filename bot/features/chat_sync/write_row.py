"""Showing a chat on the timeline of one record: its row is created, brought up to date, completed (spec Y1-Y3)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from bot.domain.chat_sync import (
    ActivityRow,
    DesiredRow,
    RowChange,
    RowState,
    SyncedRow,
    SyncProblem,
    build_subject,
    plan_close,
    plan_reopen,
)
from bot.domain.errors import Conflict, NotAllowed, NotFound, Unavailable
from bot.domain.synced_chats import SyncedChat, SyncedConnection
from bot.domain.values import EnvironmentId, ObjectId, UserId
from bot.features.chat_sync.fetch_chat import ChatSnapshot
from bot.features.shared.services import Services

_MAX_ATTEMPTS = 3
"""Somebody else may change a row at the same time, but not for ever."""

People = Mapping[ObjectId, UserId | None]


class _RowDeleted(NotFound):
    """Somebody deleted the row in Dynamics 365."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatToWrite:
    """A chat, and what Teams says of it now where it was asked."""

    known: SyncedChat
    snapshot: ChatSnapshot | None
    users: dict[EnvironmentId, People] = field(default_factory=dict)
    """Those in the chat, with their users; filled when they are first needed."""


async def write_row(services: Services, chat: ChatToWrite, each: SyncedConnection) -> SyncedRow:
    """What is to be kept of a live connection's row: it shows the chat, or why it cannot."""
    trouble = await _trouble(services, each)
    if trouble:
        return replace(each.synced, problem=trouble)
    people = await _people(services, chat, each)
    others = _without_user(chat.snapshot, people) if chat.snapshot else each.synced.members_without_user
    activity = replace(each.synced, users=people, members_without_user=others, problem=None)
    facts = await _desired_row(services, chat, each, people)
    try:
        return await _written(services, chat, replace(each, synced=activity), facts)
    except _RowDeleted:
        return replace(activity, problem=SyncProblem.DELETED)


async def complete_row(services: Services, each: SyncedConnection) -> SyncedRow:
    """The same of a connection that has ended: its row is completed; one that somebody has closed stays so."""
    activity, record, line = each.synced, each.connection.record, _closing_line(each)
    row = await services.chat_rows.read(record.environment, activity.activity_id)
    if row is None or plan_close(row, line).is_empty:
        return replace(activity, row=row, closing_line="")
    try:
        written = await _write(services, each, row, lambda row: plan_close(row, line))
    except _RowDeleted:
        return replace(activity, row=None, closing_line="")
    return replace(activity, row=written, closing_line=line, written_at=services.clock.now())


async def _trouble(services: Services, each: SyncedConnection) -> SyncProblem | None:
    """What is in the way of a row that was not created yet."""
    if each.synced.row:
        return None
    record = each.connection.record
    has_timeline = await services.chat_rows.has_timeline(record.environment, record.table)
    if each.synced.problem and not has_timeline:
        return each.synced.problem  # found before; the table may not even be there any more
    if (await services.records.table(record.environment, record.table)).is_activity:
        return SyncProblem.ACTIVITY_TABLE
    return None if has_timeline else SyncProblem.NO_TIMELINE


async def _people(services: Services, chat: ChatToWrite, each: SyncedConnection) -> People:
    if chat.snapshot is None:
        return each.synced.users
    environment = each.connection.record.environment
    if environment not in chat.users:
        ids = sorted({person for person in chat.snapshot.fetched.accounts.values() if person})
        users = await services.chat_rows.users(environment, ids)
        chat.users[environment] = {person: users.get(person) for person in ids}
    return chat.users[environment]


async def _desired_row(services: Services, chat: ChatToWrite, each: SyncedConnection, people: People) -> DesiredRow:
    subject = chat.snapshot.subject if chat.snapshot else None
    if subject is None and each.synced.row is None:
        subject = build_subject(chat.known.topic, ())
    wrote_at = chat.known.last_written_at
    # What was written after a chat had become idle does not count for this record.
    counts = wrote_at is not None and wrote_at <= each.synced.last_activity_at
    return DesiredRow(
        record=each.connection.record.row_id,
        members=frozenset(user for user in people.values() if user),
        modified_on=wrote_at if counts else None,
        modified_by=await _writer(services, chat, each, people) if counts else None,
        subject=subject,
    )


async def _writer(services: Services, chat: ChatToWrite, each: SyncedConnection, people: People) -> UserId | None:
    writer = chat.known.last_writer_id
    if writer is None or writer in people:
        return people.get(writer) if writer else None
    return (await services.chat_rows.users(each.connection.record.environment, [writer])).get(writer)


async def _written(services: Services, chat: ChatToWrite, each: SyncedConnection, facts: DesiredRow) -> SyncedRow:
    activity = each.synced
    row = activity.row
    if row is None:
        made = await _create(services, chat, each, facts)
        if isinstance(made, SyncedRow):
            return made
        row = made
        if chat.snapshot is None:  # nobody knows who is in the chat now
            facts = replace(facts, members=row.members, subject=None)
    elif chat.snapshot or row.state is not RowState.OPEN or not row.version:
        row = await _read(services, each)
    written = await _write(services, each, row, lambda row: plan_reopen(facts, row, activity.closing_line))
    written_at = activity.written_at if written.version == row.version else services.clock.now()
    return replace(activity, row=written, closing_line=None, written_at=written_at)


async def _create(
    services: Services, chat: ChatToWrite, each: SyncedConnection, facts: DesiredRow
) -> SyncedRow | ActivityRow:
    """What is to be kept of the new row; the row, where it was created before and something came in between."""
    activity, record = each.synced, each.connection.record
    named = chat.known.chat.id
    try:
        made = await services.chat_rows.create(
            record, activity.activity_id, named, facts, created_by=activity.created_by
        )
    except NotAllowed:
        return replace(activity, problem=SyncProblem.REFUSED)
    except Conflict:
        return await _read(services, each)
    return replace(activity, row=made, closing_line=None, written_at=services.clock.now())


async def _read(services: Services, each: SyncedConnection) -> ActivityRow:
    row = await services.chat_rows.read(each.connection.record.environment, each.synced.activity_id)
    if row is None:
        raise _RowDeleted("Somebody deleted the chat's row in Dynamics 365.")
    return row


async def _write(
    services: Services, each: SyncedConnection, row: ActivityRow, change_of: Callable[[ActivityRow], RowChange]
) -> ActivityRow:
    """The row once nothing is left to change; one that somebody else has changed meanwhile is looked at again."""
    for _ in range(_MAX_ATTEMPTS):
        change = change_of(row)
        if change.is_empty:
            return row
        try:
            return await services.chat_rows.update(each.connection.record, each.synced.activity_id, row, change)
        except Conflict:
            row = await _read(services, each)
        except NotFound:
            await _read(services, each)
            raise  # the row is there: what it shall name is not
    raise Unavailable("Somebody else keeps changing the chat's row in Dynamics 365.", "It is tried again.")


def _without_user(seen: ChatSnapshot, people: People) -> int:
    return len(seen.fetched.accounts) - sum(user is not None for user in people.values())


def _closing_line(each: SyncedConnection) -> str:
    """What stands in the row's description when the connection has ended."""
    at = each.ended_at.strftime("%Y-%m-%d %H:%M UTC") if each.ended_at else ""
    return f"Disconnected by {each.ended_by_name} on {at}." if each.ended_by_name else f"Disconnected on {at}."
