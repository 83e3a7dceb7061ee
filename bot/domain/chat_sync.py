"""Keeping a row of Dataverse's table `chat` as its chat is in Teams (spec section 6). Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any

from bot.domain.settings import EnvironmentSettings
from bot.domain.text_limits import JOINERS, single_line, truncate_utf16
from bot.domain.values import ChatKind, ObjectId, UserId

MAX_SUBJECT_LENGTH = 250
"""Of column `subject`, in UTF-16 units as Dataverse counts them ("Chat table reference")."""
MAX_DESCRIPTION_LENGTH = 2000
"""Of column `description`, counted likewise ("Activity tables")."""
MAX_CHAT_ID_LENGTH = 100
"""Of column `teamschatid`."""
MAX_NAMES_IN_SUBJECT = 3
"""Members by whom a chat without a name is called."""

STUCK_AFTER_ATTEMPTS = 8
"""Failed attempts after which it is said that they fail: so many take some minutes (`bot.workers.backoff`)."""


class SyncProblem(StrEnum):
    """Why a connection is not shown, or not kept true any more, on its record's timeline."""

    CHATS_OFF = "chats off"
    SYNC_OFF = "sync off"
    CHANNEL = "channel"
    """Channels get notes and cards, but no row (spec A2)."""
    BEFORE_SYNC = "before sync"
    """It was made while sync was off (spec S2)."""
    DISCONNECTED = "disconnected"
    ACTIVITY_TABLE = "activity table"
    """Activities cannot be about an activity (spec Y3)."""
    NO_TIMELINE = "no timeline"
    """The table has no relationship to chats (spec Y3)."""
    REFUSED = "refused"
    """Who connected the chat may not add activities to the record (spec S5)."""
    DELETED = "deleted"
    """Somebody deleted the row in Dataverse."""
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    SCHEDULED = "scheduled"
    """Somebody gave the row one of these states in Dynamics 365: only open rows are kept true (spec Y3)."""
    IDLE = "idle"
    """Nothing happened in the chat for so many days (spec Y3)."""

    @property
    def can_be_resumed(self) -> bool:
        """Whether a person can do something about it in the chat."""
        return self in {SyncProblem.IDLE, SyncProblem.REFUSED, SyncProblem.DELETED}


STORED_PROBLEMS = frozenset(
    {SyncProblem.ACTIVITY_TABLE, SyncProblem.NO_TIMELINE, SyncProblem.REFUSED, SyncProblem.DELETED}
)
"""Reasons that only Dataverse knows: they are kept once they were found."""

TABLE_PROBLEMS = frozenset({SyncProblem.ACTIVITY_TABLE, SyncProblem.NO_TIMELINE})
"""Those that lie in the record's table: an administrator may give it a timeline, so it is looked at again."""


class RowState(IntEnum):
    """The column `statecode` of table `chat`."""

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
    """A row of table `chat` as it was last seen; what None stands for was not looked at then."""

    state: RowState
    version: str
    """Changes with every change of the row; empty where it has to be looked at before it is written."""
    members: frozenset[UserId] = frozenset()
    modified_on: datetime | None = None
    modified_by: UserId | None = None
    subject: str | None = None
    regarding: str | None = None
    """The id of the record that it is about."""
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredRow:
    """A chat as its row shall show it; a subject of None was not asked for."""

    record: str
    """The id of the record that the chat is connected to."""
    members: frozenset[UserId]
    modified_on: datetime | None
    modified_by: UserId | None
    subject: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChange:
    """What is to be written; None is left as it is. Members and who wrote last are written together."""

    subject: str | None = None
    regarding: str | None = None
    members: frozenset[UserId] | None = None
    modified_on: datetime | None = None
    modified_by: UserId | None = None
    state: RowState | None = None
    description: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return self == RowChange()


NO_CHANGE = RowChange()


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncedRow:
    """What is kept of a connection that is shown on its record's timeline."""

    activity_id: str
    """Chosen by us before the row is created, so that trying again makes no second one."""
    created_by: ObjectId
    """As whom the row is created (spec Y1)."""
    last_activity_at: datetime
    """When something happened in the chat that counts (spec Y3); stands still once it is idle."""
    row: ActivityRow | None = None
    """As it was last seen; None before it was created, or where it has to be looked at again."""
    users: Mapping[ObjectId, UserId | None] = field(default_factory=dict)
    """The chat's members who have an object id, with their enabled users."""
    members_without_user: int = 0
    """Members without an enabled user: they are counted only (spec Y1)."""
    problem: SyncProblem | None = None
    """One of `STORED_PROBLEMS`."""
    closing_line: str | None = None
    """The line with which the row was completed, once the connection had ended."""
    written_at: datetime | None = None
    """When the row was last written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncState:
    """Whether a connection's row is kept true, and if not, why."""

    problem: SyncProblem | None
    """None: it is."""
    idle_since: datetime | None = None
    """Since when it is not, where that is known: of an idle chat when something last happened."""
    written_at: datetime | None = None
    """When the row was last written; None where there is none yet."""
    members_without_user: int = 0
    """Members whom the row does not show."""
    failure: str = ""
    """Why it cannot be brought up to date, though it shall be kept true; empty where it can."""


def sync_state(
    settings: EnvironmentSettings,
    kind: ChatKind,
    activity: SyncedRow | None,
    *,
    ended: bool,
    now: datetime,
    stuck: str = "",
) -> SyncState:
    """The state of a chat's connection.

    `activity`: None where it was made while sync was off. `failure`: the reason for which the chat's job fails.
    """
    if activity is None:
        return SyncState(problem=_problem_without_row(settings, kind, ended=ended))
    why = _row_problem(settings, activity, ended=ended, now=now)
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
        return _off_problem(settings)
    return SyncProblem.BEFORE_SYNC if kind is ChatKind.GROUP else SyncProblem.CHANNEL


def _row_problem(
    settings: EnvironmentSettings, activity: SyncedRow, *, ended: bool, now: datetime
) -> SyncProblem | None:
    if ended:
        return SyncProblem.DISCONNECTED
    if not is_sync_on(settings):
        return _off_problem(settings)
    if activity.problem:
        return activity.problem
    if activity.row and activity.row.state in _NOT_OPEN and activity.closing_line is None:
        return _NOT_OPEN[activity.row.state]
    return SyncProblem.IDLE if is_idle(activity.last_activity_at, now, settings.organization.sync_idle_days) else None


def is_sync_on(settings: EnvironmentSettings) -> bool:
    """Whether sync is on and not overruled (spec S2)."""
    return settings.organization.chats_on and settings.organization.sync_on


def _off_problem(settings: EnvironmentSettings) -> SyncProblem:
    return SyncProblem.SYNC_OFF if settings.organization.chats_on else SyncProblem.CHATS_OFF


def is_idle(active_at: datetime, at: datetime, days: int) -> bool:
    """Whether so many days (0: no limit) went by without anything that counts."""
    return days > 0 and at - active_at > timedelta(days=days)


def normalize_topic(text: str | None) -> str | None:
    """A chat's name as it is kept: one line that fits a row; None where it has none."""
    named = single_line(text or "")
    return _truncated(named) if named else None


def build_subject(topic: str | None, names: Sequence[str]) -> str:
    """What the row is called: the topic, else some members and how many more there are (spec Y1)."""
    named = normalize_topic(topic)
    if not named:
        known = [name for name in map(single_line, names) if name][:MAX_NAMES_IN_SUBJECT]
        more = len(names) - len(known)
        named = ", ".join(known) + (f" + {more}" if more and known else "")
    return _truncated(named) or "Teams chat"


def _truncated(text: str) -> str:
    if truncate_utf16(text, MAX_SUBJECT_LENGTH) == text:
        return text
    return truncate_utf16(text, MAX_SUBJECT_LENGTH - 1).rstrip(JOINERS + " ") + "…"


def plan_update(chat: DesiredRow, row: ActivityRow) -> RowChange:
    """What makes an open row show the chat; once that is written, planning again gives nothing.

    Times are whole seconds, as Dataverse keeps them, and never go back.
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
    """What completes an open row with a line that says why; nothing for a row that somebody has closed.

    Where people have left no room for the line it is left out.
    """
    if row.state is not RowState.OPEN:
        return NO_CHANGE
    text = "\n".join(each for each in (row.description, line) if each)
    return RowChange(
        state=RowState.COMPLETED, description=text if truncate_utf16(text, MAX_DESCRIPTION_LENGTH) == text else None
    )


def plan_reopen(chat: DesiredRow, row: ActivityRow, closing: str | None) -> RowChange:
    """What makes the row show the chat, also where it was completed with the line `closing_line` (see `plan_close`)."""
    if not closing or row.state is not RowState.COMPLETED:
        return plan_update(chat, row)
    left = "\n".join(each for each in (row.description or "").split("\n") if each.rstrip("\r") != closing)
    opened = replace(row, state=RowState.OPEN)
    return replace(
        plan_update(chat, opened), state=RowState.OPEN, description=left if left != row.description else None
    )


def apply_change(row: ActivityRow, change: RowChange, version: str) -> ActivityRow:
    """The row once the change is written."""
    named = ("subject", "regarding", "modified_on", "state", "description")
    written: dict[str, Any] = {name: getattr(change, name) for name in named if getattr(change, name) is not None}
    if change.members is not None:
        written.update(members=change.members, modified_by=change.modified_by)
    return replace(row, **written, version=version)
