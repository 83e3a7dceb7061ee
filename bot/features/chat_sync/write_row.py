"""Create, update, and complete the row that shows a chat on the timeline of one record (spec Y1-Y3)."""

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
"""Attempts to write a row that others change at the same time."""

People = Mapping[ObjectId, UserId | None]
"""Members of a chat with their users in Dynamics 365. None for members without a user."""


class _RowDeleted(NotFound):
    """The row was deleted in Dynamics 365."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatToWrite:
    """A chat with its fetched topic and members. The snapshot is None if they were not fetched."""

    known: SyncedChat
    snapshot: ChatSnapshot | None
    users: dict[EnvironmentId, People] = field(default_factory=dict)
    """Members and their users in each environment, filled on first use."""


async def write_row(services: Services, chat: ChatToWrite, each: SyncedConnection) -> SyncedRow:
    """Write the row of an active connection; return the state to store, with the problem if there is one."""
    problem = await _problem(services, each)
    if problem:
        return replace(each.synced, problem=problem)
    people = await _people(services, chat, each)
    without_user = _count_without_user(chat.snapshot, people) if chat.snapshot else each.synced.members_without_user
    synced = replace(each.synced, users=people, members_without_user=without_user, problem=None)
    desired = await _desired_row(services, chat, each, people)
    try:
        return await _create_or_update(services, chat, replace(each, synced=synced), desired)
    except _RowDeleted:
        return replace(synced, problem=SyncProblem.DELETED)


async def complete_row(services: Services, each: SyncedConnection) -> SyncedRow:
    """Complete the row of an ended connection; return the state to store. A row that is already closed stays so."""
    synced, record, line = each.synced, each.connection.record, _closing_line(each)
    row = await services.chat_rows.read(record.environment, synced.activity_id)
    if row is None or plan_close(row, line).is_empty:
        return replace(synced, row=row, closing_line="")
    try:
        written = await _write(services, each, row, lambda row: plan_close(row, line))
    except _RowDeleted:
        return replace(synced, row=None, closing_line="")
    return replace(synced, row=written, closing_line=line, written_at=services.clock.now())


async def _problem(services: Services, each: SyncedConnection) -> SyncProblem | None:
    """Return the problem that prevents the creation of the row, or None."""
    if each.synced.row:
        return None
    record = each.connection.record
    has_timeline = await services.chat_rows.has_timeline(record.environment, record.table)
    if each.synced.problem and not has_timeline:
        return each.synced.problem  # The problem is known, and the table may no longer exist.
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
    written_at = chat.known.last_written_at
    # A message posted after the connection became idle does not change its row.
    counts = written_at is not None and written_at <= each.synced.last_activity_at
    return DesiredRow(
        record=each.connection.record.row_id,
        members=frozenset(user for user in people.values() if user),
        modified_on=written_at if counts else None,
        modified_by=await _writer(services, chat, each, people) if counts else None,
        subject=subject,
    )


async def _writer(services: Services, chat: ChatToWrite, each: SyncedConnection, people: People) -> UserId | None:
    """Return the user of the last writer, or None."""
    writer = chat.known.last_writer_id
    if writer is None or writer in people:
        return people.get(writer) if writer else None
    return (await services.chat_rows.users(each.connection.record.environment, [writer])).get(writer)


async def _create_or_update(
    services: Services, chat: ChatToWrite, each: SyncedConnection, desired: DesiredRow
) -> SyncedRow:
    synced = each.synced
    row = synced.row
    if row is None:
        created = await _create(services, chat, each, desired)
        if isinstance(created, SyncedRow):
            return created
        row = created
        if chat.snapshot is None:  # The current members and topic are not known.
            desired = replace(desired, members=row.members, subject=None)
    elif chat.snapshot or row.state is not RowState.OPEN or not row.version:
        row = await _read(services, each)
    written = await _write(services, each, row, lambda row: plan_reopen(desired, row, synced.closing_line))
    written_at = synced.written_at if written.version == row.version else services.clock.now()
    return replace(synced, row=written, closing_line=None, written_at=written_at)


async def _create(
    services: Services, chat: ChatToWrite, each: SyncedConnection, desired: DesiredRow
) -> SyncedRow | ActivityRow:
    """Create the row and return the state to store; return the row itself if an earlier attempt created it."""
    synced, record = each.synced, each.connection.record
    chat_id = chat.known.chat.id
    try:
        created = await services.chat_rows.create(
            record, synced.activity_id, chat_id, desired, created_by=synced.created_by
        )
    except NotAllowed:
        return replace(synced, problem=SyncProblem.REFUSED)
    except Conflict:
        return await _read(services, each)
    return replace(synced, row=created, closing_line=None, written_at=services.clock.now())


async def _read(services: Services, each: SyncedConnection) -> ActivityRow:
    row = await services.chat_rows.read(each.connection.record.environment, each.synced.activity_id)
    if row is None:
        raise _RowDeleted("The chat's row was deleted in Dynamics 365.")
    return row


async def _write(
    services: Services, each: SyncedConnection, row: ActivityRow, plan: Callable[[ActivityRow], RowChange]
) -> ActivityRow:
    """Write the planned change, if any, and return the row. After a conflict, read the row and plan again."""
    for _ in range(_MAX_ATTEMPTS):
        change = plan(row)
        if change.is_empty:
            return row
        try:
            return await services.chat_rows.update(each.connection.record, each.synced.activity_id, row, change)
        except Conflict:
            row = await _read(services, each)
        except NotFound:
            await _read(services, each)
            raise  # The row exists, so the record or a user does not.
    raise Unavailable("Others keep changing the chat's row in Dynamics 365.", "The bot tries again later.")


def _count_without_user(snapshot: ChatSnapshot, people: People) -> int:
    return len(snapshot.fetched.accounts) - sum(user is not None for user in people.values())


def _closing_line(each: SyncedConnection) -> str:
    """Return the line that is added to the description of the completed row."""
    at = each.ended_at.strftime("%Y-%m-%d %H:%M UTC") if each.ended_at else ""
    return f"Disconnected by {each.ended_by_name} on {at}." if each.ended_by_name else f"Disconnected on {at}."
