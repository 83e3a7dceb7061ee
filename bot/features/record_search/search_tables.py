"""Search the tables of all environments, with the rights of the person who searches."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.domain.errors import ChatSyncError, NotAllowed, NotFound, NotSupported
from bot.domain.formatting import format_value
from bot.domain.record_types import STANDARD_TABLES, RecordType, distinguishing_columns
from bot.domain.tables import MODIFIED_ON, STATUS, Column, Row, Table
from bot.domain.values import EnvironmentId, Person, RecordRef
from bot.features.shared import access
from bot.features.shared.access import AuthorizedUser
from bot.features.shared.answers import name_columns, name_of, number_of
from bot.features.shared.services import Services
from bot.logs import get_logger
from bot.logs.tracebacks import describe_error

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Words of a name or the beginning of a number, and numbers that are complete."""

    words: str
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRecord:
    """A search result with its row, read with the rights of the person."""

    record: RecordRef
    record_type: RecordType
    table: Table
    row: Row
    more: tuple[Column, ...]
    """The columns that the caller requested in addition."""

    @property
    def number(self) -> str | None:
        """The record number, or None."""
        return number_of(self.table, self.row)

    @property
    def name(self) -> str:
        """The name of the record."""
        return name_of(self.table, self.row)

    @property
    def changed_at(self) -> str:
        """Time of the last change, in a format that sorts by time."""
        return str(self.row.value(MODIFIED_ON).raw or "")

    @property
    def distinguishing_values(self) -> tuple[str, ...]:
        """The values that distinguish the record from similar ones, without empty values."""
        columns = distinguishing_columns(self.table)
        texts = (format_value(column, self.row.value(column.name)) for column in columns)
        return tuple(text for text in texts if text)


MoreColumns = Callable[[EnvironmentId, RecordType, Table], Awaitable[Sequence[Column]]]
"""Returns the columns to read in addition to those that name a record."""


async def read_found(
    services: Services, record: RecordRef, person: Person, more: MoreColumns | None = None
) -> FoundRecord | None:
    """Return the record with its row, or None if the person cannot read it or chats do not support its table."""
    try:
        record_type = await access.require_record_type(services, record.environment, record.table)
        actor = await access.require_user(services, record.environment, person)
        table = await services.records.table(record.environment, record.table)
        added = tuple(await more(record.environment, record_type, table)) if more else ()
        row = await access.read_row_as(services, record, table, _columns_to_read(table, added), actor)
    except (NotAllowed, NotFound, NotSupported):
        return None
    return FoundRecord(record=record, record_type=record_type, table=table, row=row, more=added)


async def search_everywhere(
    services: Services,
    query: Query,
    person: Person,
    *,
    at_most: int,
    only: frozenset[str] = frozenset(),
    more: MoreColumns | None = None,
) -> Sequence[FoundRecord]:
    """Search all environments that the person may use; return up to `at_most` records of each table.

    `only` has the tables to search; if it is empty, all enabled tables are searched. Raise `NotAllowed` if the person
    may use no environment, and `NotSupported` if none of these tables is enabled.
    """
    actors = await access.require_user_anywhere(services, person)
    types = {environment: await _enabled_types(services, environment, only) for environment in actors}
    if only and not any(types.values()):
        raise NotSupported(
            "Chats cannot be connected to records of this type.", "Ask your administrator to add the record type."
        )
    search = _Search(services=services, query=query, at_most=at_most, more=more)
    results = await asyncio.gather(
        *(search.in_environment(environment, types[environment], actor) for environment, actor in actors.items())
    )
    return _without_failures([found for result in results for found in result])


def _without_failures(results: Sequence[FoundRecord | ChatSyncError]) -> Sequence[FoundRecord]:
    """Return the records, although the search of some tables failed; raise the error if no other table has any."""
    records = [each for each in results if isinstance(each, FoundRecord)]
    errors = [each for each in results if isinstance(each, ChatSyncError)]
    if errors and not records:
        raise errors[0]
    return records


async def _enabled_types(services: Services, environment: EnvironmentId, only: frozenset[str]) -> Sequence[RecordType]:
    record_types = (await services.administration.record_types(environment)).values()
    enabled = (each for each in record_types if each.enabled and (not only or each.table in only))
    return sorted(enabled, key=lambda record_type: _rank(record_type.table))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """A query and its limits."""

    services: Services
    query: Query
    at_most: int
    more: MoreColumns | None

    async def in_environment(
        self, environment: EnvironmentId, types: Sequence[RecordType], actor: AuthorizedUser
    ) -> Sequence[FoundRecord | ChatSyncError]:
        """Search the tables of one environment at the same time."""
        definitions = await asyncio.gather(*(self._table(environment, each) for each in types))
        failures = [each for each in definitions if isinstance(each, ChatSyncError)]
        tables = [(each, table) for each, table in zip(types, definitions, strict=True) if isinstance(table, Table)]
        results = await asyncio.gather(*(self._try_table(environment, each, table, actor) for each, table in tables))
        return [*failures, *(found for result in results for found in result)]

    async def _table(self, environment: EnvironmentId, record_type: RecordType) -> Table | ChatSyncError | None:
        try:
            return await self.services.records.table(environment, record_type.table)
        except NotFound:
            return None  # not every organization has every standard table
        except ChatSyncError as error:
            return _logged(error, record_type)

    async def _try_table(
        self, environment: EnvironmentId, record_type: RecordType, table: Table, actor: AuthorizedUser
    ) -> Sequence[FoundRecord | ChatSyncError]:
        try:
            return await self._in_table(environment, record_type, table, actor)
        except ChatSyncError as error:
            return [_logged(error, record_type)]

    async def _in_table(
        self, environment: EnvironmentId, record_type: RecordType, table: Table, actor: AuthorizedUser
    ) -> Sequence[FoundRecord]:
        more = tuple(await self.more(environment, record_type, table)) if self.more else ()
        try:
            rows = await self.services.records.search(
                environment,
                table,
                self.query.words,
                numbers=self.query.numbers,
                columns=_columns_to_read(table, more),
                caller=actor.object_id,
                at_most=self.at_most,
            )
        except NotAllowed:
            return []  # the person has no read access to this table
        refs = (RecordRef(environment=environment, table=table.name, row_id=row.id) for row in rows)
        return [
            FoundRecord(record=ref, record_type=record_type, table=table, row=row, more=more)
            for ref, row in zip(refs, rows, strict=True)
        ]


def _logged(error: ChatSyncError, record_type: RecordType) -> ChatSyncError:
    _log.warning("search.table_failed", table=record_type.table, reason=describe_error(error))
    return error


def _columns_to_read(table: Table, more: Sequence[Column]) -> Sequence[Column]:
    """Return the columns that name and distinguish a record, and the additional ones, without duplicates."""
    own = (
        *name_columns(table),
        *distinguishing_columns(table),
        table.columns.get(MODIFIED_ON),
        table.columns.get(STATUS),
    )
    return list({column.name: column for column in (*own, *more) if column}.values())


def _rank(table: str) -> tuple[int, str]:
    """Return a sort key: cases first, then the other standard tables, then the tables that administrators added."""
    return (STANDARD_TABLES.index(table) if table in STANDARD_TABLES else len(STANDARD_TABLES), table)
