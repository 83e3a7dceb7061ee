"""Records, views, and users of Dataverse as values of the domain."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import TypeVar

from bot.clock import Clock
from bot.dataverse.change_tracking import tracked_changes
from bot.dataverse.client import NAME, DataverseClient
from bot.dataverse.grouped_reads import GroupedReads
from bot.dataverse.languages import read_base_language, read_languages
from bot.dataverse.protocol import (
    ANNOTATIONS,
    begins_with_filter,
    contains_filter,
    expand_clause,
    quote_literal,
    select_clause,
)
from bot.dataverse.read_rows import parse_rows, read_row, read_rows
from bot.dataverse.row_access import can_write, filter_readers
from bot.dataverse.table_cache import TableCache
from bot.dataverse.user_rows import read_is_application_user, read_object_id, read_roles
from bot.dataverse.views import note_view
from bot.domain.errors import BadRequest, ChatSyncError, NotFound, Unavailable
from bot.domain.record_links import parse_guid
from bot.domain.record_types import NUMBER_COLUMNS
from bot.domain.rights import Role
from bot.domain.tables import MODIFIED_ON, OWNER, Column, Row, Table, View
from bot.domain.user_formats import NO_LANGUAGES, UserLanguages
from bot.domain.values import EnvironmentId, ObjectId, RecordRef, User, UserId
from bot.ports.dataverse import TableChanges
from bot.runtime.ttl_cache import TtlCache

T = TypeVar("T")

_AUTHOR_TTL = timedelta(hours=1)
_ORGANIZATION_TTL = timedelta(minutes=1)
_MAX_AUTHORS = 10_000
"""Maximum number of users in memory of whom it is known whether they are people, at about 200 bytes each."""


class DataverseRecords:
    """See `bot.ports.dataverse.Records`."""

    def __init__(self, clients: Mapping[EnvironmentId, DataverseClient], clock: Clock) -> None:
        self._clients = clients
        self._tables = {name: TableCache(client, clock) for name, client in clients.items()}
        self._reads = {name: GroupedReads(client) for name, client in clients.items()}
        self._application_users: TtlCache[tuple[EnvironmentId, UserId], bool] = TtlCache(
            clock, max_size=_MAX_AUTHORS, ttl=_AUTHOR_TTL, system=NAME
        )
        self._organizations: TtlCache[EnvironmentId, str] = TtlCache(
            clock, max_size=len(clients), ttl=_ORGANIZATION_TTL, system=NAME
        )

    @property
    def tables(self) -> Mapping[EnvironmentId, TableCache]:
        """The cached table definitions of each environment."""
        return self._tables

    async def require_answer(self, environment: EnvironmentId) -> None:
        """Return if the environment accepts the app; raise `Unavailable` or `NotAllowed` otherwise."""
        await self._clients[environment].get("WhoAmI")

    async def organization_id(self, environment: EnvironmentId) -> str:
        """Return the ID of the organization; it is at most one minute old."""
        return await self._organizations.fetch(environment, partial(self._organization_id, environment))

    async def _organization_id(self, environment: EnvironmentId) -> str:
        return str((await self._clients[environment].get("WhoAmI"))["OrganizationId"]).lower()

    async def own_user(self, environment: EnvironmentId) -> UserId:
        """Return the application user."""
        user = parse_guid(str((await self._clients[environment].get("WhoAmI")).get("UserId")))
        if user is None:
            raise Unavailable("Dynamics 365 returned an answer without a user.", "Try again in a moment.")
        return UserId(user)

    async def knows_privilege(self, environment: EnvironmentId, privilege: str) -> bool:
        """Return whether the environment has such a privilege, regardless of who holds it."""
        query = {"$select": "name", "$filter": f"name eq {quote_literal(privilege)}"}
        return bool(await self._clients[environment].rows("privileges", query))

    async def table(self, environment: EnvironmentId, name: str) -> Table:
        """Return the table and its columns."""
        return await self._tables[environment].get(name)

    async def languages(self, environment: EnvironmentId, person: ObjectId) -> UserLanguages:
        """Return the languages of the person's user; none without a user."""
        user = await self.user(environment, person)
        return await read_languages(self._clients[environment], user.id) if user else NO_LANGUAGES

    async def base_language(self, environment: EnvironmentId) -> int | None:
        """Return the base language of the environment (LCID); None if the app may not read it."""
        return await read_base_language(self._clients[environment])

    async def table_by_code(self, environment: EnvironmentId, code: int) -> Table:
        """Return the table with this object type code in the environment."""
        return await self._tables[environment].get_by_code(code)

    async def note_view(self, environment: EnvironmentId, table: str, view: str | None) -> View:
        """Return the view with this ID, or else the table's default."""
        return await note_view(self._clients[environment], self._tables[environment], table, view)

    async def read(self, record: RecordRef, columns: Sequence[Column], *, caller: ObjectId | None) -> Row:
        """Return the row with these columns, with the caller's rights."""
        client = self._clients[record.environment]

        async def read(table: Table, columns: Sequence[Column]) -> Row:
            return await read_row(client, table, record.row_id, columns, caller)

        table = await self.table(record.environment, record.table)
        return await self._without_deleted_columns(record.environment, table, columns, read)

    async def read_or_none(self, record: RecordRef, columns: Sequence[Column]) -> Row | None:
        """Return the row with the app's rights, or None if it does not exist or the app may not read it.

        Many reads at the same time share requests.
        """
        reads = self._reads[record.environment]

        async def read(table: Table, columns: Sequence[Column]) -> Row | None:
            return await reads.read(table, record.row_id, columns)

        table = await self.table(record.environment, record.table)
        return await self._without_deleted_columns(record.environment, table, columns, read)

    async def read_many(
        self, environment: EnvironmentId, table: Table, row_ids: Sequence[str], columns: Sequence[Column]
    ) -> Mapping[str, Row | ChatSyncError | None]:
        """Return the rows with the app's rights; see `read_rows`."""
        client = self._clients[environment]

        async def read(table: Table, columns: Sequence[Column]) -> Mapping[str, Row | ChatSyncError | None]:
            return await read_rows(client, table, row_ids, columns)

        return await self._without_deleted_columns(environment, table, columns, read)

    async def _without_deleted_columns(
        self,
        environment: EnvironmentId,
        table: Table,
        columns: Sequence[Column],
        read: Callable[[Table, Sequence[Column]], Awaitable[T]],
    ) -> T:
        """Read, and retry without deleted columns if an administrator has just deleted one."""
        try:
            return await read(table, columns)
        except BadRequest:
            table = await self._tables[environment].reload(table.name)
            remaining = [column for column in columns if column.through or column.name in table.columns]
            if len(remaining) == len(columns):
                raise
            return await read(table, remaining)

    async def changes_since(self, environment: EnvironmentId, table: Table, link: str | None) -> TableChanges | None:
        """Return the changes since the link, or the first link; None if the table's changes cannot be tracked."""
        return await tracked_changes(self._clients[environment], table, link)

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
        """Return rows whose name contains the words or whose number begins with them, last changed first.

        Rows whose number or name is one of the numbers match too.
        """
        client, number = self._clients[environment], NUMBER_COLUMNS.get(table.name, "")
        conditions = [f"({contains_filter(table.primary_name, words)})"] if words else []
        named = [column for column in (number, table.primary_name) if column in table.columns]
        conditions += [f"{column} eq {quote_literal(each)}" for each in numbers for column in named]
        if words and number in table.columns:
            # The words may be the beginning of a number; a word without a digit would match the numbers of all rows.
            is_part = any(character.isdigit() for character in words)
            conditions.append(begins_with_filter(number, words) if is_part else f"{number} eq {quote_literal(words)}")

        async def found(table: Table, columns: Sequence[Column]) -> Sequence[Row]:
            options = {
                "$select": select_clause(columns) or table.primary_id,
                "$expand": expand_clause(columns),
                "$filter": " or ".join(conditions),
                "$orderby": f"{MODIFIED_ON} desc" if MODIFIED_ON in table.columns else "",
                "$top": str(at_most),
            }
            query = {name: value for name, value in options.items() if value}
            rows = await client.rows(table.set_name, query, caller=caller, prefer=[ANNOTATIONS])
            return parse_rows(rows, table.primary_id, columns)

        return await self._without_deleted_columns(environment, table, columns, found)

    async def user(self, environment: EnvironmentId, person: ObjectId) -> User | None:
        """Return the person's Dataverse user, enabled or not."""
        query = {
            "$select": "systemuserid,fullname,domainname,isdisabled",
            "$filter": f"azureactivedirectoryobjectid eq {person}",
        }
        found = await self._clients[environment].rows("systemusers", query)
        if not found:
            return None
        row = found[0]
        user_id = parse_guid(str(row.get("systemuserid")))
        if user_id is None:
            raise Unavailable("Dynamics 365 returned an answer without a row.", "Try again in a moment.")
        return User(
            id=UserId(user_id),
            name=str(row.get("fullname") or ""),
            sign_in=str(row.get("domainname") or ""),
            enabled=row.get("isdisabled") is False,
        )

    async def roles(self, environment: EnvironmentId, user: UserId) -> frozenset[Role]:
        """Return the user's security roles, directly assigned or through teams."""
        return await read_roles(self._clients[environment], user)

    async def user_name(self, environment: EnvironmentId, user: UserId) -> str | None:
        """Return the user's full name."""
        return await self.row_name(environment, "systemuser", user)

    async def is_application_user(self, environment: EnvironmentId, user: UserId) -> bool:
        """Return whether the user has an application ID. A user never becomes an application user or ceases to be."""
        read = partial(read_is_application_user, self._clients[environment], user)
        return await self._application_users.fetch((environment, user), read)

    async def object_id(self, environment: EnvironmentId, user: UserId) -> ObjectId | None:
        """Return the user's object ID in Entra."""
        return await read_object_id(self._clients[environment], user)

    async def row_name(self, environment: EnvironmentId, table: str, row_id: str) -> str | None:
        """Return the name of any row, with the app's rights."""
        try:
            definition = await self.table(environment, table)
            name = definition.columns[definition.primary_name]
            record = RecordRef(environment=environment, table=table, row_id=row_id)
            raw = (await self.read(record, [name], caller=None)).value(name.name).raw
        except (NotFound, BadRequest, LookupError):
            return None
        return str(raw) if raw else None

    async def lookup_targets(self, environment: EnvironmentId, table: str) -> Mapping[str, frozenset[str]]:
        """Return the tables that each lookup of the table can refer to, by column. An owner is a user or a team."""
        targets: dict[str, set[str]] = {OWNER: {"systemuser", "team"}}
        for lookup in await self._tables[environment].lookups(table):
            targets.setdefault(lookup.column, set()).add(lookup.table)
        return {column: frozenset(tables) for column, tables in targets.items()}

    async def is_owner(self, record: RecordRef, user: UserId) -> bool:
        """Return whether the user owns the row, directly or through the owning team."""
        table = await self.table(record.environment, record.table)
        owner = table.columns.get(OWNER)
        if owner is None:
            return False
        kind, _, owner_id = str((await self.read(record, [owner], caller=None)).value(owner.name).raw).partition(":")
        if kind != "team":
            return owner_id == user
        teams = await self._clients[record.environment].rows(
            f"systemusers({user})/teammembership_association",
            {"$select": "teamid", "$filter": f"teamid eq {owner_id}"},
        )
        return bool(teams)

    async def filter_readers(self, record: RecordRef, people: Sequence[ObjectId]) -> frozenset[ObjectId]:
        """Return the people with read access to the record."""
        table = await self.table(record.environment, record.table)
        return await filter_readers(self._clients[record.environment], table, record.row_id, people)

    async def can_write(self, record: RecordRef, user: UserId) -> bool:
        """Return whether the user has write access to the record."""
        table = await self.table(record.environment, record.table)
        return await can_write(self._clients[record.environment], table, record.row_id, user)

    async def holds_privilege(self, environment: EnvironmentId, user: UserId, privilege: str) -> bool:
        """Return whether a security role grants the privilege to the user; False for an unknown privilege."""
        name = "RetrieveUserPrivilegeByPrivilegeName"
        path = f"systemusers({user})/Microsoft.Dynamics.CRM.{name}(PrivilegeName={quote_literal(privilege)})"
        try:
            found = await self._clients[environment].get(path)
        except BadRequest:
            return False
        return bool(found.get("RolePrivileges"))
