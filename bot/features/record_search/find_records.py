"""Which record somebody means: by its link, by its number, or by words of its name."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.domain.errors import BadRequest, NotAllowed, NotFound, NotSupported
from bot.domain.formatting import format_value
from bot.domain.record_links import RecordLink, first_address
from bot.domain.record_types import STANDARD_TABLES, RecordType, distinguishing_columns
from bot.domain.tables import MODIFIED_ON, STATUS, Column, Row, Table
from bot.domain.values import EnvironmentId, Person, RecordRef
from bot.features.shared import access
from bot.features.shared.access import AuthorizedUser
from bot.features.shared.answers import name_columns, name_of, number_column, number_of
from bot.features.shared.services import Services

SHOWN = 6
"""Rows that a card of choices shows."""

NEWEST = 3
"""Rows of each type that are listed before somebody looks for one."""

LISTED = 15
"""Rows that are listed before that in all: as many as are shown while somebody types ("Typeahead search")."""

LONGEST = 100
"""Characters of what somebody wrote that are looked for."""

_NUMBER = re.compile(r"[A-Za-z]{1,6}-?\d[\w-]{2,30}")
"""What looks like a record's number, as in `CAS-01001`."""

_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A record that was found, as a row of choices shows it."""

    record: RecordRef
    kind: str
    name: str
    number: str | None
    detail: str
    place: str = ""
    """Which organisation of Dynamics 365 it is in, where there are several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRecord:
    """A record that was found, as the person sees it."""

    record: RecordRef
    record_type: RecordType
    table: Table
    row: Row
    more: tuple[Column, ...]
    """The columns that were read besides those that name it."""

    @property
    def number(self) -> str | None:
        """The record's number."""
        return number_of(self.table, self.row)

    @property
    def changed_at(self) -> str:
        """When the record was changed last, in a form that sorts by time."""
        return str(self.row.value(MODIFIED_ON).raw or "")

    @property
    def distinguishing_values(self) -> tuple[str, ...]:
        """The values by which people tell it apart, those that are not empty."""
        texts = (format_value(column, self.row.value(column.name)) for column in distinguishing_columns(self.table))
        return tuple(text for text in texts if text)


MoreColumns = Callable[[EnvironmentId, RecordType, Table], Awaitable[Sequence[Column]]]
"""What is to be read of records of this type besides what names them."""


async def record_by_link(services: Services, text: str) -> RecordRef | None:
    """The record that a link in the text names; None without a link, `BadRequest` where it names none."""
    address = first_address(text)
    if address is None:
        return None
    link = services.links.parse(address)
    if link is None:
        raise BadRequest(
            "This link does not open a record of your Dynamics 365.",
            "Open the record, copy the address of its page, and try again.",
        )
    return await named_record(services, link)


async def named_record(services: Services, link: RecordLink) -> RecordRef | None:
    """Return the record if the link has the name or the number of its table, or else None."""
    table = link.table
    if table is None and link.type_code is not None:
        table = (await services.records.table_by_code(link.environment, link.type_code)).name
    return RecordRef(environment=link.environment, table=table, row_id=link.row_id) if table else None


async def records_by_words(services: Services, text: str, person: Person) -> Sequence[Hit]:
    """Records whose number is the text or whose name holds its words, at most one more than a card shows."""
    words = normalize_query(text)
    hits = [_to_hit(services, each) for each in await search_everywhere(services, words, person, at_most=SHOWN + 1)]
    exact = [hit for hit in hits if hit.number and hit.number.lower() == words.lower()]
    return (exact or hits)[: SHOWN + 1]


async def newest_records(services: Services, person: Person) -> Sequence[Hit]:
    """The records that changed last, a few of each type, the newest first."""
    found = await search_everywhere(services, "", person, at_most=NEWEST)
    return [_to_hit(services, each) for each in sorted(found, key=lambda each: each.changed_at, reverse=True)[:LISTED]]


async def find_record(services: Services, person: Person, text: str) -> Sequence[Hit | RecordRef]:
    """Return the records that the text can mean: the one of its link, or those that match its number or words."""
    record = await record_by_link(services, text)
    return [record] if record else await records_by_words(services, text, person)


async def find_records(services: Services, person: Person, words: str) -> Sequence[Hit]:
    """Return records to choose from: the one of a link, those that match the words, or the newest without words."""
    if not words.strip():
        return await newest_records(services, person)
    record = await record_by_link(services, words)
    if record is None:
        return await records_by_words(services, words, person)
    hit = await find_one(services, record, person)
    return [hit] if hit else []


def _to_hit(services: Services, found: FoundRecord) -> Hit:
    return _hit(found, found.record.environment if len(services.links.environments) > 1 else "")


async def find_one(services: Services, record: RecordRef, person: Person) -> Hit | None:
    """The record; None where it is not for this person, or not of a type that chats can be connected to."""
    found = await read_found(services, record, person)
    return _to_hit(services, found) if found else None


async def read_found(
    services: Services, record: RecordRef, person: Person, more: MoreColumns | None = None
) -> FoundRecord | None:
    """The same with all that is read of what is found."""
    try:
        record_type = await access.require_record_type(services, record.environment, record.table)
        actor = await access.require_user(services, record.environment, person)
        table = await services.records.table(record.environment, record.table)
        added = tuple(await more(record.environment, record_type, table)) if more else ()
        row = await access.read_row_as(services, record, table, _read_columns(table, added), actor)
    except (NotAllowed, NotFound, NotSupported):
        return None
    return FoundRecord(record=record, record_type=record_type, table=table, row=row, more=added)


async def search_everywhere(
    services: Services,
    words: str,
    person: Person,
    *,
    at_most: int,
    only: str | None = None,
    more: MoreColumns | None = None,
) -> Sequence[FoundRecord]:
    """So many of each type, or of the one table, wherever the person may act.

    Raises `NotAllowed` where that is nowhere, `NotSupported` for a table that is not enabled.
    """
    actors = await access.require_user_anywhere(services, person)
    types = {place: await _types(services, place, only) for place in actors}
    if only and not any(types.values()):
        raise NotSupported(
            "Chats cannot be connected to records of this type.", "Ask your administrator to add the record type."
        )
    search = _Search(services=services, words=words, at_most=at_most, more=more)
    found = await asyncio.gather(
        *(search.in_environment(place, types[place], actor) for place, actor in actors.items())
    )
    return [each for answer in found for each in answer]


async def _types(services: Services, environment: EnvironmentId, only: str | None) -> Sequence[RecordType]:
    types = await services.administration.record_types(environment)
    enabled = (each for each in types.values() if each.enabled and only in {None, each.table})
    return sorted(enabled, key=lambda each: _rank(each.table))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """One search through an environment."""

    services: Services
    words: str
    at_most: int
    more: MoreColumns | None

    async def in_environment(
        self, environment: EnvironmentId, types: Sequence[RecordType], actor: AuthorizedUser
    ) -> Sequence[FoundRecord]:
        known = await asyncio.gather(*(self._table(environment, each) for each in types))
        tables = [(each, table) for each, table in zip(types, known, strict=True) if table]
        if _NUMBER.fullmatch(self.words):
            tables = [(each, table) for each, table in tables if number_column(table)] or tables
        found = await asyncio.gather(*(self._in_table(environment, each, table, actor) for each, table in tables))
        return [each for rows in found for each in rows]

    async def _table(self, environment: EnvironmentId, record_type: RecordType) -> Table | None:
        try:
            return await self.services.records.table(environment, record_type.table)
        except NotFound:
            return None  # the organisation does not have every standard table

    async def _in_table(
        self, environment: EnvironmentId, record_type: RecordType, table: Table, actor: AuthorizedUser
    ) -> Sequence[FoundRecord]:
        more = tuple(await self.more(environment, record_type, table)) if self.more else ()
        try:
            rows = await self.services.records.search(
                environment,
                table,
                self.words,
                columns=_read_columns(table, more),
                caller=actor.object_id,
                at_most=self.at_most,
            )
        except NotAllowed:
            return []  # the person may not read this table at all
        refs = (RecordRef(environment=environment, table=table.name, row_id=row.id) for row in rows)
        return [
            FoundRecord(record=ref, record_type=record_type, table=table, row=row, more=more)
            for ref, row in zip(refs, rows, strict=True)
        ]


def _read_columns(table: Table, more: Sequence[Column]) -> Sequence[Column]:
    """What names a record, tells it apart, and is asked for besides; each once."""
    own = (
        *name_columns(table),
        *distinguishing_columns(table),
        table.columns.get(MODIFIED_ON),
        table.columns.get(STATUS),
    )
    return list({column.name: column for column in (*own, *more) if column}.values())


def normalize_query(text: str) -> str:
    """What of a text is looked for: its beginning, on one line."""
    return " ".join(_CONTROLS.sub(" ", text[:LONGEST]).split())


def _rank(table: str) -> tuple[int, str]:
    """What people mean most comes first: cases, then the other standard tables, then what administrators added."""
    return (STANDARD_TABLES.index(table) if table in STANDARD_TABLES else len(STANDARD_TABLES), table)


def _hit(found: FoundRecord, place: str) -> Hit:
    telling = found.table.columns.get(STATUS)
    return Hit(
        record=found.record,
        kind=found.table.label,
        name=name_of(found.table, found.row),
        number=found.number,
        detail=format_value(telling, found.row.value(STATUS)) if telling else "",
        place=place,
    )
