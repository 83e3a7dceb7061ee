"""Ports to Dataverse: rows, customizations, the people of a record, and webhook steps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.domain.rights import Role
from bot.domain.tables import Column, Row, Table, TableName, View
from bot.domain.values import EnvironmentId, ObjectId, RecordRef, User, UserId
from bot.domain.webhook_steps import RegisteredWebhookStep, Registration, WebhookStep


@dataclass(frozen=True, slots=True, kw_only=True)
class TableChanges:
    """What is told of a table's changes since somebody last asked."""

    delta_link: str
    """Gives what changes from here on."""
    changed: frozenset[str] = frozenset()
    deleted: frozenset[str] = frozenset()
    is_complete: bool
    """False where tracking has only begun, or begun again: what changed before is not known."""
    includes_deletions: bool = True
    """False where `deleted` is empty because nobody tells of it."""


class Records(Protocol):
    """Dataverse. A `caller` is the person as whom is asked; None is the app's own identity (spec S5).

    Every call may raise `Unavailable`; calls on a row `NotFound` where it is not there and `NotAllowed` where the
    caller may not see it.
    """

    async def require_answer(self, environment: EnvironmentId) -> None:
        """Return if the environment responds and knows the app; raise `Unavailable` or `NotAllowed`."""
        ...

    async def own_user(self, environment: EnvironmentId) -> UserId:
        """Return the application user, which is the identity of the app itself."""
        ...

    async def knows_privilege(self, environment: EnvironmentId, privilege: str) -> bool:
        """Return whether the environment defines the privilege."""
        ...

    async def table(self, environment: EnvironmentId, name: str, *, reader: UserId | None = None) -> Table:
        """The table and its columns; raises `NotFound` for an unknown name.

        `reader`: who reads the labels, in their own language where there are labels in it; else they are in the app's.
        """
        ...

    async def table_by_code(self, environment: EnvironmentId, code: int) -> Table:
        """The table that has this number in this environment; raises `NotFound`."""
        ...

    async def note_view(self, environment: EnvironmentId, table: str, view: str | None) -> View:
        """The view with this id, else the table's default by rule T3; raises `NotFound`, or `NotSupported`."""
        ...

    async def read(self, record: RecordRef, columns: Sequence[Column], *, caller: ObjectId | None) -> Row:
        """The row with these columns, as the caller sees them."""
        ...

    async def read_many(
        self, environment: EnvironmentId, table: Table, row_ids: Sequence[str], columns: Sequence[Column]
    ) -> Mapping[str, Row | None]:
        """The rows as the app sees them, None for one that is gone; rows that the app may not read are left out."""
        ...

    async def changes_since(self, environment: EnvironmentId, table: Table, link: str | None) -> TableChanges | None:
        """What changed since the link was given, or the first link; None where nothing tells of the table's changes."""
        ...

    async def search(
        self,
        environment: EnvironmentId,
        table: Table,
        words: str,
        *,
        columns: Sequence[Column],
        caller: ObjectId,
        at_most: int,
    ) -> Sequence[Row]:
        """Rows whose name holds the words or whose number begins with them, all for none; what changed last first."""
        ...

    async def user(self, environment: EnvironmentId, person: ObjectId) -> User | None:
        """The person's Dataverse user, enabled or not; None where there is none (spec S4)."""
        ...

    async def roles(self, environment: EnvironmentId, user: UserId) -> frozenset[Role]:
        """The user's security roles, their own and those of their teams."""
        ...

    async def user_name(self, environment: EnvironmentId, user: UserId) -> str | None:
        """A user's full name; None where the row is not there."""
        ...

    async def object_id(self, environment: EnvironmentId, user: UserId) -> ObjectId | None:
        """Who a user is in Entra; None for users who are nobody there."""
        ...

    async def row_name(self, environment: EnvironmentId, table: str, row_id: str) -> str | None:
        """The name of any row, as the app sees it; None where it is not there."""
        ...

    async def is_owner(self, record: RecordRef, user: UserId) -> bool:
        """Whether the user owns the row, directly or through the owning team."""
        ...

    async def filter_readers(self, record: RecordRef, people: Sequence[ObjectId]) -> frozenset[ObjectId]:
        """Those of the people who have an enabled user and may open the record."""
        ...

    async def can_write(self, record: RecordRef, user: UserId) -> bool:
        """Whether the user may change the record."""
        ...

    async def holds_privilege(self, environment: EnvironmentId, user: UserId, privilege: str) -> bool:
        """Whether one of the user's security roles holds the privilege; False where nobody knows it."""
        ...


class Definitions(Protocol):
    """Tables, views and security roles as the app sees them. Every call may raise `Unavailable`."""

    async def table(self, environment: EnvironmentId, name: str) -> Table:
        """The table and its columns; raises `NotFound` for an unknown name."""
        ...

    async def tables(self, environment: EnvironmentId) -> Sequence[TableName]:
        """The tables whose records people can open, by their labels."""
        ...

    async def views(self, environment: EnvironmentId, table: str) -> Sequence[View]:
        """The table's system views that are lists of records, by name; those whose layout is damaged are left out."""
        ...

    async def has_timeline(self, environment: EnvironmentId, table: str) -> bool:
        """Whether chats can be shown on the timeline of the table's rows."""
        ...

    async def role_names(self, environment: EnvironmentId) -> Sequence[str]:
        """The names of the security roles, in order."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class InvolvedPeople:
    """Who a record's columns and activities name; those without an enabled user are left out."""

    owner: ObjectId | None = None
    team: frozenset[ObjectId] = frozenset()
    """The members of the team that owns it."""
    creator: ObjectId | None = None
    modifier: ObjectId | None = None
    activities: Mapping[ObjectId, int] = field(default_factory=dict)
    """How many of its activities each of them owns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedRecord:
    """A record that somebody has brought to its end."""

    row_id: str
    text: str
    """Its name and what it is filed under."""
    owner: ObjectId


class RecordPeople(Protocol):
    """See `InvolvedPeople`. Every call may raise `Unavailable`."""

    async def involved_people(self, record: RecordRef, *, since: datetime, caller: ObjectId) -> InvolvedPeople:
        """The people, as far as the caller may see what names them; activities that changed since the instant."""
        ...

    async def resolved_records(self, environment: EnvironmentId, table: str) -> Sequence[ResolvedRecord]:
        """The newest ten thousand at most, as the app sees them; they may be ten minutes old."""
        ...

    async def record_text(self, record: RecordRef, *, caller: ObjectId) -> str:
        """The record's name and what it is filed under, as far as the caller may see them."""
        ...

    async def filter_readable(
        self, environment: EnvironmentId, table: str, row_ids: Sequence[str], *, caller: ObjectId
    ) -> frozenset[str]:
        """Those of a few rows that the caller may read."""
        ...


class WebhookSteps(Protocol):
    """The bot's own webhook in Dataverse and its steps; those of others are left alone.

    Every call may raise `Unavailable`, and `NotAllowed` where the application user lacks a privilege.
    """

    async def find_registration(self, environment: EnvironmentId) -> Registration | None:
        """The webhook with the bot's address; None where there is none."""
        ...

    async def other_addresses(self, environment: EnvironmentId) -> Sequence[str]:
        """Addresses of webhooks of the bot's kind that lead elsewhere: to another bot, or to where this one was."""
        ...

    async def register(self, environment: EnvironmentId) -> Registration:
        """Creates the webhook, or gives the one that is there the key that holds now."""
        ...

    async def add(self, environment: EnvironmentId, endpoint_id: str, step: WebhookStep) -> None:
        """Adds a step, with the picture of the row before."""
        ...

    async def update(self, environment: EnvironmentId, registered: RegisteredWebhookStep, step: WebhookStep) -> None:
        """Makes the registered step what it should be."""
        ...

    async def remove(self, environment: EnvironmentId, registered: RegisteredWebhookStep) -> None:
        """Removes a step; it may be gone already."""
        ...

    async def unregister(self, environment: EnvironmentId, endpoint_id: str) -> None:
        """Removes the webhook; its steps have to be gone."""
        ...

    async def missing_privileges(self, environment: EnvironmentId) -> Sequence[str]:
        """Names of the privileges that registering needs and the application user does not hold."""
        ...
