"""Ports to Dataverse: rows, customizations, people of a record, and webhook steps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.domain.directory import DynamicsChannel
from bot.domain.errors import ChatSyncError
from bot.domain.model_apps import ModelApp
from bot.domain.rights import Role
from bot.domain.tables import Column, Row, Table, TableName, View
from bot.domain.user_formats import UserLanguages
from bot.domain.values import EnvironmentId, ObjectId, RecordRef, User, UserId
from bot.domain.webhook_steps import RegisteredWebhookStep, Registration, WebhookStep


@dataclass(frozen=True, slots=True, kw_only=True)
class TableChanges:
    """A table's changes since a position in its change tracking."""

    delta_link: str
    """The link that requests the changes after these."""
    changed: frozenset[str] = frozenset()
    deleted: frozenset[str] = frozenset()
    is_complete: bool
    """False if tracking has started or restarted: earlier changes are unknown."""
    includes_deletions: bool = True
    """False if the table's change tracking does not report deletions."""


class Records(Protocol):
    """Rows of Dataverse. A `caller` is the person who is impersonated; None is the app's own identity (spec S5).

    Each call may raise `Unavailable`. Calls on a row raise `NotFound` if it does not exist, and `NotAllowed` if the
    caller may not read it.
    """

    async def require_answer(self, environment: EnvironmentId) -> None:
        """Return if the environment responds and knows the app; raise `Unavailable` or `NotAllowed`."""
        ...

    async def organization_id(self, environment: EnvironmentId) -> str:
        """Return the ID of the organization, which changes if the environment is restored from a backup."""
        ...

    async def own_user(self, environment: EnvironmentId) -> UserId:
        """Return the application user, which is the identity of the app itself."""
        ...

    async def knows_privilege(self, environment: EnvironmentId, privilege: str) -> bool:
        """Return whether the environment defines the privilege."""
        ...

    async def table(self, environment: EnvironmentId, name: str) -> Table:
        """Return the table and its columns; raises `NotFound` for an unknown name. Labels have all languages."""
        ...

    async def languages(self, environment: EnvironmentId, person: ObjectId) -> UserLanguages:
        """Return the languages of the person's user; none without a user, or if the app may not read them."""
        ...

    async def base_language(self, environment: EnvironmentId) -> int | None:
        """Return the base language of the environment (LCID); None if the app may not read it."""
        ...

    async def table_by_code(self, environment: EnvironmentId, code: int) -> Table:
        """Return the table with this object type code in this environment; raises `NotFound`."""
        ...

    async def note_view(self, environment: EnvironmentId, table: str, view: str | None) -> View:
        """Return the view with this id, or the table's default by rule T3; raises `NotFound` or `NotSupported`."""
        ...

    async def read(self, record: RecordRef, columns: Sequence[Column], *, caller: ObjectId | None) -> Row:
        """Return the row with these columns as the caller sees it."""
        ...

    async def read_or_none(self, record: RecordRef, columns: Sequence[Column]) -> Row | None:
        """Return the row as the app sees it; None if it does not exist or the app may not read it."""
        ...

    async def read_many(
        self, environment: EnvironmentId, table: Table, row_ids: Sequence[str], columns: Sequence[Column]
    ) -> Mapping[str, Row | ChatSyncError | None]:
        """Return rows by id as the app sees them.

        Deleted rows are None. A row that cannot be read is the error, and one that the app may not read has no entry.
        """
        ...

    async def changes_since(self, environment: EnvironmentId, table: Table, link: str | None) -> TableChanges | None:
        """Return the changes after the link, or only the first link if `delta_link` is None.

        Returns None if the table has no change tracking.
        """
        ...

    async def search(
        self,
        environment: EnvironmentId,
        table: Table,
        words: str,
        *,
        numbers: Sequence[str] = (),
        columns: Sequence[Column],
        caller: ObjectId,
        at_most: int,
    ) -> Sequence[Row]:
        """Return rows, most recently modified first.

        A row matches if its name contains the words, or its number starts with them, or its number or name is one of
        the numbers. Without words and numbers, all rows match.
        """
        ...

    async def user(self, environment: EnvironmentId, person: ObjectId) -> User | None:
        """Return the person's Dataverse user, enabled or not, or None (spec S4)."""
        ...

    async def roles(self, environment: EnvironmentId, user: UserId) -> frozenset[Role]:
        """Return the user's security roles, including those of the user's teams."""
        ...

    async def user_name(self, environment: EnvironmentId, user: UserId) -> str | None:
        """Return the user's full name, or None if the user does not exist."""
        ...

    async def is_application_user(self, environment: EnvironmentId, user: UserId) -> bool:
        """Return whether the user is an application user: an integration, and no person."""
        ...

    async def object_id(self, environment: EnvironmentId, user: UserId) -> ObjectId | None:
        """Return the user's Entra object id, or None for users without one."""
        ...

    async def row_name(self, environment: EnvironmentId, table: str, row_id: str) -> str | None:
        """Return the name of any row as the app sees it, or None if it does not exist."""
        ...

    async def lookup_targets(self, environment: EnvironmentId, table: str) -> Mapping[str, frozenset[str]]:
        """Return the tables that each lookup of the table can refer to, by column."""
        ...

    async def is_owner(self, record: RecordRef, user: UserId) -> bool:
        """Return whether the user owns the row, directly or through the owning team."""
        ...

    async def filter_readers(self, record: RecordRef, people: Sequence[ObjectId]) -> frozenset[ObjectId]:
        """Return the people who have an enabled user and read access to the record."""
        ...

    async def can_write(self, record: RecordRef, user: UserId) -> bool:
        """Return whether the user may update the record."""
        ...

    async def holds_privilege(self, environment: EnvironmentId, user: UserId, privilege: str) -> bool:
        """Return whether one of the user's security roles has the privilege; False if the privilege does not exist."""
        ...


class Definitions(Protocol):
    """Tables, views, and security roles as the app sees them. Each call may raise `Unavailable`."""

    async def table(self, environment: EnvironmentId, name: str) -> Table:
        """Return the table and its columns; raises `NotFound` for an unknown name."""
        ...

    async def tables(self, environment: EnvironmentId) -> Sequence[TableName]:
        """Return the tables whose records people can open, ordered by label."""
        ...

    async def views(self, environment: EnvironmentId, table: str) -> Sequence[View]:
        """Return the system views that list the table's records, ordered by name, without damaged ones."""
        ...

    async def has_timeline(self, environment: EnvironmentId, table: str) -> bool:
        """Return whether the timeline of the table's rows can show chats."""
        ...

    async def role_names(self, environment: EnvironmentId) -> Sequence[str]:
        """Return the sorted names of the security roles."""
        ...

    async def apps(self, environment: EnvironmentId) -> Sequence[ModelApp]:
        """Return the model-driven apps, ordered by name.

        Raises `NotAllowed` if the application user lacks the privilege `prvReadAppModule`.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class InvolvedPeople:
    """People in a record's columns and activities, without those who have no enabled user."""

    owner: ObjectId | None = None
    team: frozenset[ObjectId] = frozenset()
    """The members of the owning team."""
    administrator: ObjectId | None = None
    """The administrator of the owning team."""
    creator: ObjectId | None = None
    modifier: ObjectId | None = None
    activities: Mapping[ObjectId, int] = field(default_factory=dict)
    """The number of the record's activities by owner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedRecord:
    """A closed record and its owner."""

    row_id: str
    text: str
    """Its name and subject."""
    owner: ObjectId


class RecordPeople(Protocol):
    """The people of a record, and similar closed records. Each call may raise `Unavailable`."""

    async def involved_people(self, record: RecordRef, *, since: datetime, caller: ObjectId) -> InvolvedPeople:
        """Return the people that the caller may see; count activities that changed since then."""
        ...

    async def resolved_records(self, environment: EnvironmentId, table: str) -> Sequence[ResolvedRecord]:
        """Return up to ten thousand of the newest closed records as the app sees them, cached for up to ten minutes."""
        ...

    async def record_text(self, record: RecordRef, *, caller: ObjectId) -> str:
        """Return the record's name and subject as the caller sees them."""
        ...

    async def filter_readable(
        self, environment: EnvironmentId, table: str, row_ids: Sequence[str], *, caller: ObjectId
    ) -> frozenset[str]:
        """Return the ids of the rows that the caller may read; pass only a few."""
        ...


class TeamsCollaborations(Protocol):
    """Channels that Dynamics 365's own collaboration with Teams connected to records."""

    async def list_channels(self, record: RecordRef, *, caller: ObjectId) -> Sequence[DynamicsChannel]:
        """Return the channels that the caller may read; none if the environment has no such table.

        Raises `Unavailable`.
        """
        ...


class WebhookSteps(Protocol):
    """The bot's own webhook in Dataverse and its steps. Other webhooks are never changed.

    Each call may raise `Unavailable`, and `NotAllowed` if the application user lacks a privilege.
    """

    async def find_registration(self, environment: EnvironmentId) -> Registration | None:
        """Return the webhook with the bot's address, or None."""
        ...

    async def other_addresses(self, environment: EnvironmentId) -> Sequence[str]:
        """Return the addresses of other Chat Sync webhooks: of another bot, or of this bot's former address."""
        ...

    async def register(self, environment: EnvironmentId) -> Registration:
        """Create the webhook, or update the key of the existing one."""
        ...

    async def add(self, environment: EnvironmentId, endpoint_id: str, step: WebhookStep) -> None:
        """Add a step with a pre-image of the row."""
        ...

    async def update(self, environment: EnvironmentId, registered: RegisteredWebhookStep, step: WebhookStep) -> None:
        """Update the registered step."""
        ...

    async def remove(self, environment: EnvironmentId, registered: RegisteredWebhookStep) -> None:
        """Delete the step, which may be deleted already."""
        ...

    async def unregister(self, environment: EnvironmentId, endpoint_id: str) -> None:
        """Delete the webhook. Delete its steps first."""
        ...

    async def missing_privileges(self, environment: EnvironmentId) -> Sequence[str]:
        """Return the names of the privileges that registration needs and the application user lacks."""
        ...
