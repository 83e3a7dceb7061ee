"""Erase a person from all tables."""

import json
from collections.abc import Collection, Mapping, Sequence
from secrets import token_hex
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    LargeBinary,
    RowMapping,
    String,
    Table,
    cast,
    delete,
    func,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.erasure import NO_NAME, NOBODY, Erased, PersonToForget, Words, in_json, without_person
from bot.store.erasure.columns import (
    COLUMNS,
    NAMED,
    PERSONAL,
    READ_AGAIN,
    TABLES,
    Holds,
    columns_that_hold,
)

BATCH_SIZE = 500
"""Rows whose texts are in memory at a time."""


class PersonEraser:
    """Erases one person within a transaction, and counts the rows."""

    def __init__(self, connection: AsyncConnection, person: PersonToForget) -> None:
        self._connection = connection
        self._person = person
        self._names: set[str] = set(person.names)
        self.erased = Erased()

    async def erase(self) -> None:
        """Erase the person. Names that the tables give the person are erased from all texts, too."""
        for table, column in NAMED:
            await self._learn_names(table, column)
        words = Words(ids=self._person.ids, names=self._names)
        for table in reversed(TABLES):
            await self._erase_ids(table)
            await self._erase_content(table, words)

    async def _learn_names(self, table_name: str, column: str) -> None:
        table = next(each for each in TABLES if each.name == table_name)
        of_person = self._is_person(table.c[NAMED[table_name, column]])
        found = await self._connection.execute(select(table.c[column]).where(of_person).distinct())
        self._names |= {name for name in found.scalars() if name and name != NO_NAME}

    async def _erase_ids(self, table: Table) -> None:
        """Delete the rows of the person, or take the IDs and names out of them."""
        for column in columns_that_hold(table, Holds.PERSON):
            if table.name in PERSONAL:
                done = await self._connection.execute(delete(table).where(self._is_person(column)))
                self.erased.deleted[table.name] += done.rowcount
                continue
            for name in (name for (named, name), of in NAMED.items() if (named, of) == (table.name, column.name)):
                await self._erase_name(table, column, table.c[name])
            await self._change(table, self._is_person(column), {column: None if column.nullable else NOBODY})

    async def _erase_name(self, table: Table, person: Column[Any], name: Column[Any]) -> None:
        """Take the name out of the rows of the person, and of rows where only the name of the person is known."""
        by_name = person.is_(None) & name.in_(self._names)
        await self._change(table, self._is_person(person) | by_name, {name: NO_NAME}, counted=by_name)

    async def _change(
        self,
        table: Table,
        where: ColumnElement[bool],
        values: Mapping[Any, object],
        *,
        counted: ColumnElement[bool] | None = None,
    ) -> None:
        """Change the rows, and count them, or only those with `counted`, because another change counts the others."""
        if counted is not None:
            counting = select(func.count()).select_from(table).where(counted)
            self.erased.changed[table.name] += (await self._connection.execute(counting)).scalar_one()
        done = await self._connection.execute(update(table).where(where).values(values))
        self.erased.changed[table.name] += done.rowcount if counted is None else 0

    def _is_person(self, column: Column[Any]) -> ColumnElement[bool]:
        return func.lower(column).in_(self._person.ids)

    async def _erase_content(self, table: Table, words: Words) -> None:
        """Take the words out of texts and JSON, batch by batch."""
        columns = columns_that_hold(table, Holds.CONTENT, Holds.KEY)
        if not columns:
            return
        keys = list(table.primary_key.columns)
        mentioned = or_(*(self._mentions(column, words) for column in columns))
        found = select(*keys, *(each for each in columns if each not in keys)).where(mentioned).order_by(*keys)
        batch: Sequence[RowMapping] = ()
        while True:
            following = found.where(tuple_(*keys) > tuple_(*(batch[-1][key.name] for key in keys))) if batch else found
            # Another transaction must not change what is read here until it is written.
            rows = await self._connection.execute(following.limit(BATCH_SIZE).with_for_update())
            batch = rows.mappings().all()
            if not batch:
                return
            for row in batch:
                await self._erase_row(table, dict(row), words)

    async def _erase_row(self, table: Table, row: Mapping[str, Any], words: Words) -> None:
        mine = [key == row[key.name] for key in table.primary_key.columns]
        kinds = COLUMNS[table.name]
        texts = {name: value for name, value in row.items() if kinds.get(name) in {Holds.CONTENT, Holds.KEY}}
        changes = without_person(_readable(texts), words)
        if not changes:
            return
        if table.name in READ_AGAIN:
            await self._connection.execute(delete(table).where(*mine))
            self.erased.deleted[table.name] += 1
            return
        values = {name: _storable(table.c[name], value) for name, value in changes.items()}
        # A key must stay unique.
        values |= {name: f"erased {token_hex(16)}" for name in changes if kinds[name] is Holds.KEY}
        await self._connection.execute(update(table).where(*mine).values(values))
        self.erased.changed[table.name] += 1

    def _mentions(self, column: Column[Any], words: Words) -> ColumnElement[bool]:
        """Return the condition for rows that contain a word, perhaps as a part of another one."""
        text = self._as_text(column)
        ids = [func.lower(text).contains(each, autoescape=True) for each in words.ids]
        names = [text.contains(each, autoescape=True) for each in _spellings(words.names)]
        return or_(*ids, *names)

    def _as_text(self, column: Column[Any]) -> ColumnElement[str]:
        if isinstance(column.type, LargeBinary) and self._connection.dialect.name == "postgresql":
            return func.convert_from(column, "UTF8", type_=String())
        return cast(column, String) if isinstance(column.type, JSON | LargeBinary) else column


def _spellings(names: Collection[str]) -> set[str]:
    """Return the names as plain text, as they are in JSON with escapes, and as they are in JSON within JSON."""
    texts = {spelled for name in names if name for spelled in (name, in_json(name))}
    return {spelled for each in texts for spelled in (each, json.dumps(each)[1:-1], in_json(each))}


def _readable(texts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values with JSON in place of its bytes."""
    return {name: json.loads(value) if isinstance(value, bytes) else value for name, value in texts.items()}


def _storable(column: Column[Any], value: Any) -> Any:
    is_bytes = isinstance(column.type, LargeBinary)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() if is_bytes else value
