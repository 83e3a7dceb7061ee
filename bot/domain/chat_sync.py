"""Synchronization of a row in Dataverse's `chat` table with its chat in Teams (spec section 6). Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any

from bot.domain.settings import EnvironmentSettings
from bot.domain.text_limits import single_line, truncate_utf16, truncated
from bot.domain.values import ChatKind, ObjectId, UserId

MAX_SUBJECT_LENGTH = 250
"""UTF-16 units of column `subject` ("Chat table reference")."""
MAX_DESCRIPTION_LENGTH = 2000
"""UTF-16 units of column `description` ("Activity tables")."""
MAX_CHAT_ID_LENGTH = 100
"""Characters of column `teamschatid` ("Chat table reference")."""
MAX_NAMES_IN_SUBJECT = 3
"""Members named in the subject of a chat that has no name."""

STUCK_AFTER_ATTEMPTS = 8
"""Failed attempts after which it is said that they fail: so many take some minutes (`bot.workers.backoff`)."""


class SyncProblem(StrEnum):
    """Reason why the record's timeline does not show a connection, or no longer updates it."""

    CHATS_OFF = "chats off"
    SYNC_OFF = "sync off"
    CHANNEL = "channel"
    """Channels get notes and cards, but no row (spec A2)."""
    BEFORE_SYNC = "before sync"
    """The connection was made while sync was off (spec S2)."""
    DISCONNECTED = "disconnected"
    ACTIVITY_TABLE = "activity table"
    """An activity cannot regard another activity (spec Y3)."""
    NO_TIMELINE = "no timeline"
    """The table has no relationship to chats (spec Y3)."""
    REFUSED = "refused"
    """The person who connected the chat cannot add activities to the record (spec S5)."""
    DELETED = "deleted"
    """The row was deleted in Dataverse."""
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    SCHEDULED = "scheduled"
    """The row was moved to this state in Dynamics 365. Only open rows are updated (spec Y3)."""
    IDLE = "idle"
    """The chat had no activity for the configured number of days (spec Y3)."""

    @property
    def can_be_resumed(self) -> bool:
        """Check whether a person can resume sync in the chat."""
        return self in {SyncProblem.IDLE, SyncProblem.REFUSED, SyncProblem.DELETED}


STORED_PROBLEMS = frozenset(
    {SyncProblem.ACTIVITY_TABLE, SyncProblem.NO_TIMELINE, SyncProblem.REFUSED, SyncProblem.DELETED}
)
"""Problems that only Dataverse can report. They are stored once they are found."""

TABLE_PROBLEMS = frozenset({SyncProblem.ACTIVITY_TABLE, SyncProblem.NO_TIMELINE})
"""Problems of the record's table. An administrator can add a timeline, so they are checked again."""


class RowState(IntEnum):
    """Value of column `statecode` of table `chat` ("Chat table reference")."""

    OPEN = 0
    COMPLETED = 1
    CANCELLED = 2
    SCHEDULED = 3


_NOT_OPEN = {
    RowState.COMPLETED: SyncProblem.COMPLETED,
    RowState.CANCELLED: SyncProblem.CANCELLED,
    RowState.SCHEDULED: SyncProblem.SCHEDULED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityRow:
    """A row of table `chat` as last read. None means that the column was not read."""

    state: RowState
    version: str
    """Row version (ETag), which changes with every update. Empty if the row must be read before the next write."""
    members: frozenset[UserId] = frozenset()
    modified_on: datetime | None = None
    modified_by: UserId | None = None
    subject: str | None = None
    regarding: str | None = None
    """Row ID of the record in column `regardingobjectid`."""
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredRow:
    """The chat's current facts, which its row should show. A subject of None was not requested."""

    record: str
    """Row ID of the record that the chat is connected to."""
    members: frozenset[UserId]
    modified_on: datetime | None
    modified_by: UserId | None
    subject: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChange:
    """Columns to write; None leaves a column unchanged. Members and the last writer are written together."""

    subject: str | None = None
    regarding: str | None = None
    members: frozenset[UserId] | None = None
    modified_on: datetime | None = None
    modified_by: UserId | None = None
    state: RowState | None = None
    description: str | None = None

    @property
    def is_empty(self) -> bool:
        """Check whether there is nothing to write."""
        return self == RowChange()


NO_CHANGE = RowChange()


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncedRow:
    """Sync state stored for a connection that the record's timeline shows."""

    activity_id: str
    """Row ID chosen before the row is created, so that a retry does not create a second row."""
    created_by: ObjectId
    """Person on whose behalf the row is created (spec Y1)."""
    last_activity_at: datetime
    """Time of the last activity that counts (spec Y3). It stays unchanged while the chat is idle."""
    row: ActivityRow | None = None
    """Row as last read. None before it is created, or if it must be read again."""
    users: Mapping[ObjectId, UserId | None] = field(default_factory=dict)
    """Chat members with an object ID, and their enabled Dataverse users."""
    members_without_user: int = 0
    """Number of members without an enabled user (spec Y1)."""
    problem: SyncProblem | None = None
    """One of `STORED_PROBLEMS`."""
    closing_line: str | None = None
    """Line added to the row when it was completed after the connection ended."""
    written_at: datetime | None = None
    """Time of the last write to the row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncState:
    """Sync state of a connection: its row is updated, or the reason why not."""

    problem: SyncProblem | None
    """None while the row is updated."""
    idle_since: datetime | None = None
    """Start of the problem, if known; for an idle chat, the time of its last activity."""
    written_at: datetime | None = None
    """Time of the last write to the row. None if there is no row yet."""
    members_without_user: int = 0
    """Number of members that the row does not show."""
    failure: str = ""
    """Reason why updates fail even though sync is on. Empty if they succeed."""


def sync_state(
    settings: EnvironmentSettings,
    kind: ChatKind,
    activity: SyncedRow | None,
    *,
    ended: bool,
    now: datetime,
    stuck: str = "",
) -> SyncState:
    """Return the sync state of a chat's connection.

    `activity` is None if the connection was made while sync was off. `failure` is the reason why the chat's job fails.
    """
    if activity is None:
        return SyncState(problem=_problem_without_row(settings, kind, ended=ended))
    why = _problem(settings, activity, ended=ended, now=now)
    since = activity.last_activity_at if why is SyncProblem.IDLE else None
    stuck = "" if why else stuck
    return SyncState(
        problem=why,
        idle_since=since,
        written_at=activity.written_at,
        members_without_user=activity.members_without_user,
        failure=stuck,
    )


def _problem_without_row(settings: EnvironmentSettings, kind: ChatKind, *, ended: bool) -> SyncProblem:
    if ended:
        return SyncProblem.DISCONNECTED
    if not is_sync_on(settings):
        return _switched_off(settings)
    return SyncProblem.BEFORE_SYNC if kind is ChatKind.GROUP else SyncProblem.CHANNEL


def _problem(settings: EnvironmentSettings, activity: SyncedRow, *, ended: bool, now: datetime) -> SyncProblem | None:
    if ended:
        return SyncProblem.DISCONNECTED
    if not is_sync_on(settings):
        return _switched_off(settings)
    if activity.problem:
        return activity.problem
    if activity.row and activity.row.state in _NOT_OPEN and activity.closing_line is None:
        return _NOT_OPEN[activity.row.state]
    return SyncProblem.IDLE if is_idle(activity.last_activity_at, now, settings.organization.sync_idle_days) else None


def is_sync_on(settings: EnvironmentSettings) -> bool:
    """Check whether sync is on and chats are not turned off (spec S2)."""
    return settings.organization.chats_on and settings.organization.sync_on


def _switched_off(settings: EnvironmentSettings) -> SyncProblem:
    return SyncProblem.SYNC_OFF if settings.organization.chats_on else SyncProblem.CHATS_OFF


def is_idle(active_at: datetime, at: datetime, days: int) -> bool:
    """Check whether the chat was idle for more than this many days (0: no limit)."""
    return days > 0 and at - active_at > timedelta(days=days)


def normalize_topic(text: str | None) -> str | None:
    """Return a chat's name as one line that fits a row, or None if it has no name."""
    named = single_line(text or "")
    return truncated(named, MAX_SUBJECT_LENGTH) if named else None


def build_subject(topic: str | None, names: Sequence[str]) -> str:
    """Return the row's subject: the topic, or else some members and the number of the others (spec Y1)."""
    named = normalize_topic(topic)
    if not named:
        known = [name for name in map(single_line, names) if name][:MAX_NAMES_IN_SUBJECT]
        more = len(names) - len(known)
        named = ", ".join(known) + (f" + {more}" if more and known else "")
    return truncated(named, MAX_SUBJECT_LENGTH) or "Teams chat"


def plan_update(chat: DesiredRow, row: ActivityRow) -> RowChange:
    """Return the changes that make an open row show the chat. A second call after the write returns no change.

    Times are whole seconds, as Dataverse stores them, and never go back.
    """
    if row.state is not RowState.OPEN:
        return NO_CHANGE
    wrote = chat.modified_on.replace(microsecond=0) if chat.modified_on else None
    holds = wrote is not None and (row.modified_on is None or wrote >= row.modified_on)
    modified_by = chat.modified_by if holds else row.modified_by
    parties_differ = chat.members != row.members or modified_by != row.modified_by
    return RowChange(
        subject=chat.subject if chat.subject not in {None, row.subject} else None,
        regarding=chat.record if row.regarding not in {None, chat.record} else None,
        members=chat.members if parties_differ else None,
        modified_by=modified_by if parties_differ else None,
        modified_on=wrote if holds and wrote != row.modified_on else None,
    )


def plan_close(row: ActivityRow, line: str) -> RowChange:
    """Return the change that completes an open row with a line that gives the reason.

    A row that is already closed is left alone. The line is left out if it does not fit into the description.
    """
    if row.state is not RowState.OPEN:
        return NO_CHANGE
    text = "\n".join(each for each in (row.description, line) if each)
    return RowChange(
        state=RowState.COMPLETED, description=text if truncate_utf16(text, MAX_DESCRIPTION_LENGTH) == text else None
    )


def plan_reopen(chat: DesiredRow, row: ActivityRow, closing: str | None) -> RowChange:
    """Return the changes that make the row show the chat; reopen a row that was completed with the closing line."""
    if not closing or row.state is not RowState.COMPLETED:
        return plan_update(chat, row)
    left = "\n".join(each for each in (row.description or "").split("\n") if each.rstrip("\r") != closing)
    opened = replace(row, state=RowState.OPEN)
    return replace(
        plan_update(chat, opened), state=RowState.OPEN, description=left if left != row.description else None
    )


def apply_change(row: ActivityRow, change: RowChange, version: str) -> ActivityRow:
    """Return the row after the change is written."""
    named = ("subject", "regarding", "modified_on", "state", "description")
    written: dict[str, Any] = {name: getattr(change, name) for name in named if getattr(change, name) is not None}
    if change.members is not None:
        written.update(members=change.members, modified_by=change.modified_by)
    return replace(row, **written, version=version)
