"""Which record somebody means: by its link, by its number, or by words of its name."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.errors import BadRequest, NotAllowed, NotFound
from bot.domain.formatting import text_of
from bot.domain.record_links import Links, find_link
from bot.domain.record_types import STANDARD_TABLES
from bot.domain.tables import Row, Table
from bot.domain.values import EnvironmentId, Person, RecordRef
from bot.ports import Administration, Records
from bot.usecases.answers import name_of, number_column, number_of
from bot.usecases.gates import Gates, chats_off

SHOWN = 6
"""Rows that a card of choices shows."""

NEWEST = 3
"""Rows of each type that are listed before somebody looks for one."""

LONGEST = 100
"""Characters of what somebody wrote that are looked for."""

_NUMBER = re.compile(r"[A-Za-z]{1,6}-?\d[\w-]{2,30}")
"""What looks like a record's number, as in `CAS-01001`."""

_TELLING = "statuscode"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A record that was found, as a row of choices shows it."""

    record: RecordRef
    kind: str
    name: str
    number: str | None
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindRecords:
    """Finds records as the person who asks."""

    records: Records
    administration: Administration
    gates: Gates
    links: Links

    async def by_link(self, text: str) -> RecordRef | None:
        """The record that a link in the text names; None without a link, `BadRequest` where it names none."""
        address = find_link(text)
        if address is None:
            return None
        link = self.links.parse(address)
        if link is None:
            raise BadRequest(
                "This link does not open a record of your Dynamics 365.",
                "Open the record, copy the address of its page, and try again.",
            )
        table = link.table
        if table is None and link.type_code is not None:
            table = (await self.records.table_by_code(link.environment, link.type_code)).name
        return RecordRef(environment=link.environment, table=table or "", row_id=link.row_id)

    async def by_words(self, text: str, person: Person) -> Sequence[Hit]:
        """Records whose number is the text or whose name holds its words, at most one more than a card shows."""
        words = " ".join(text[:LONGEST].split())
        hits = await self._everywhere(words, person, SHOWN + 1)
        exact = [hit for hit in hits if hit.number and hit.number.lower() == words.lower()]
        return (exact or hits)[: SHOWN + 1]

    async def newest(self, person: Person) -> Sequence[Hit]:
        """The records that changed last, a few of each type."""
        return await self._everywhere("", person, NEWEST)

    async def _everywhere(self, words: str, person: Person, at_most: int) -> Sequence[Hit]:
        """So many of each type; raises `NotAllowed` where chats are turned off."""
        places = [each.id for each in self.links.environments if await self.administration.chats_on(each.id)]
        if not places:
            raise chats_off()
        found = await asyncio.gather(*(self._in_environment(place, words, person, at_most) for place in places))
        return [hit for each in found for hit in each]

    async def _in_environment(
        self, environment: EnvironmentId, words: str, person: Person, at_most: int
    ) -> Sequence[Hit]:
        actor = await self.gates.actor(environment, person)
        types = await self.administration.record_types(environment)
        names = sorted((name for name, each in types.items() if each.enabled), key=_rank)
        tables = [table for table in await asyncio.gather(*(self._table(environment, name) for name in names)) if table]
        if _NUMBER.fullmatch(words):
            tables = [table for table in tables if number_column(table)] or tables

        async def in_table(table: Table) -> Sequence[Hit]:
            try:
                rows = await self.records.find(environment, table, words, caller=actor.object_id, at_most=at_most)
            except NotAllowed:
                return []  # the person may not read this table at all
            return [_hit(environment, table, row) for row in rows]

        found = await asyncio.gather(*(in_table(table) for table in tables))
        return [hit for hits in found for hit in hits]

    async def _table(self, environment: EnvironmentId, name: str) -> Table | None:
        try:
            return await self.records.table(environment, name)
        except NotFound:
            return None  # the organisation does not have every standard table


def _rank(table: str) -> tuple[int, str]:
    """What people mean most comes first: cases, then the other standard tables, then what administrators added."""
    return (STANDARD_TABLES.index(table) if table in STANDARD_TABLES else len(STANDARD_TABLES), table)


def _hit(environment: EnvironmentId, table: Table, row: Row) -> Hit:
    telling = table.columns.get(_TELLING)
    return Hit(
        record=RecordRef(environment=environment, table=table.name, row_id=row.id),
        kind=table.label,
        name=name_of(table, row),
        number=number_of(table, row),
        detail=text_of(telling, row.value(_TELLING)) if telling else "",
    )
