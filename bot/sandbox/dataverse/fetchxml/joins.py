"""Execution of a query: the queried table's rows joined with their linked rows."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from bot.sandbox.dataverse.fetchxml.model import Condition, Fetch, Filter, Link, Node, Test
from bot.sandbox.dataverse.fetchxml.operators import QueryContext, compile_condition
from bot.sandbox.dataverse.odata.columns import scalar
from bot.sandbox.dataverse.odata.tree import Scalar
from bot.sandbox.dataverse.schema.model import Column, Table
from bot.sandbox.dataverse.security.access import Caller
from bot.sandbox.errors import bad_query, no_such_column
from bot.sandbox.values import Ref, Row, Value

ROOT = ""
"""Alias of the queried table."""

MAX_ROWS = 50_000
"""Maximum number of rows that links may produce. It is Dataverse's limit for paging without cookies."""

JoinedRow: TypeAlias = Mapping[str, Row | None]
"""Joined rows by the alias of their table. A row that an outer link did not find is None."""


class Joins:
    """Runs one query for one caller. It resolves all names and compiles all conditions before it reads rows."""

    def __init__(self, caller: Caller, fetch: Fetch, query_context: QueryContext) -> None:
        self._caller = caller
        self._asker = query_context
        self._fetch = fetch
        self.nodes: dict[str, Node] = {ROOT: fetch.entity}
        for at, node in enumerate(list(fetch.entity.walk())[1:], 1):
            alias = node.alias or f"{node.table}{at}"
            if alias in self.nodes:
                raise bad_query(f"The alias '{alias}' is used more than once.")
            self.nodes[alias] = node
        self._aliases = {id(node): alias for alias, node in self.nodes.items()}
        self._tests = {
            id(test): compile_condition(test, self.column(test.node or alias, test.name), query_context)
            for alias, node in self.nodes.items()
            for each in node.filters
            for test in _conditions(each)
        }
        for node in self.nodes.values():
            for link in node.links:
                self._check(node, link)

    def table(self, alias: str) -> Table:
        """Return the table of an alias. Raise `DataverseError` if the alias is unknown."""
        node = self.nodes.get(alias)
        table = self._caller.schema.get(node.table) if node else None
        if table is None:
            raise bad_query(f"The query has no table '{node.table if node else alias}'.")
        return table

    def column(self, alias: str, name: str) -> Column:
        """Return a column of an alias's table. Raise `DataverseError` if the column is unknown."""
        table = self.table(alias)
        column = table.columns.get(name)
        if column is None:
            raise no_such_column(table, name)
        return column

    def alias_of(self, node: Node) -> str:
        """Return the alias of a table in the query."""
        return self._aliases[id(node)]

    def rows(self) -> list[JoinedRow]:
        """Return the joined rows that match the query and that the caller may read."""
        root = self._fetch.entity
        found: list[JoinedRow] = []
        for row in self._readable(self.table(ROOT)):
            linked = self._join_links({ROOT: row}, root)
            found += [each for each in linked if all(self._holds(test, each, ROOT) for test in root.filters)]
            _require_bounded(found)
        return found

    def value(self, found: JoinedRow, alias: str, column: Column) -> Scalar:
        """Return a column's value for comparisons, or None if the row is missing or the value is hidden."""
        return scalar(column, self.plain(found, alias, column))

    def plain(self, found: JoinedRow, alias: str, column: Column) -> Value:
        """Return a column's value, or None if the row is missing or the value is hidden."""
        row = found.get(alias)
        return self._caller.value(row, column) if row else None

    def _check(self, node: Node, link: Link) -> None:
        self.column(self._aliases[id(link.node)], link.own)
        self.column(self._aliases[id(node)], link.other)
        hidden = link.kind in {"exists", "in"} and (link.node.attributes or link.node.all_columns or link.node.orders)
        if hidden:
            raise bad_query(f"A link of type '{link.kind}' returns no columns.")

    def _readable(self, table: Table) -> Iterable[Row]:
        """Return the table's rows that the caller may read. Intersect rows are readable if both of their rows are."""
        if table.set_name:
            return self._caller.readable(table)
        rows = self._caller.rows.all(table.name)
        return (
            row
            for row in rows
            if all(self._caller.find_readable(each) for each in row.values.values() if isinstance(each, Ref))
        )

    def _join_links(self, found: JoinedRow, node: Node) -> Iterator[JoinedRow]:
        """Yield the joined row with every combination of rows that the table's links find."""
        results: list[JoinedRow] = [found]
        for link in node.links:
            results = [each for result in results for each in self._follow(result, node, link)]
            _require_bounded(results)
        yield from results

    def _follow(self, found: JoinedRow, node: Node, link: Link) -> Iterator[JoinedRow]:
        alias = self._aliases[id(link.node)]
        matches = self._linked_rows(found, node, link) if found.get(self._aliases[id(node)]) else iter(())
        if link.kind in {"exists", "in"}:
            if next(matches, None) is not None:
                yield found
            return
        unmatched = True
        for match in matches:
            unmatched = False
            yield match
        if unmatched and link.kind == "outer":
            empty = dict.fromkeys((self._aliases[id(each)] for each in link.node.walk()), None)
            yield {**found, **empty, alias: None}

    def _linked_rows(self, found: JoinedRow, node: Node, link: Link) -> Iterator[JoinedRow]:
        alias = self._aliases[id(link.node)]
        own, other = self.column(alias, link.own), self.column(self._aliases[id(node)], link.other)
        expected = self.value(found, self._aliases[id(node)], other)
        if expected is None:
            return
        for row in self._readable(self.table(alias)):
            if scalar(own, self._caller.value(row, own)) != expected:
                continue
            for each in self._join_links({**found, alias: row}, link.node):
                if all(self._holds(test, each, alias) for test in link.node.filters):
                    yield each

    def _holds(self, test: Test, found: JoinedRow, alias: str) -> bool:
        if isinstance(test, Filter):
            tests = (self._holds(part, found, alias) for part in test.parts)
            return (any(tests) if test.any else all(tests)) if test.parts else True
        test_alias = test.node or alias
        return self._tests[id(test)](self.plain(found, test_alias, self.column(test_alias, test.name)))


def _require_bounded(found: list[JoinedRow]) -> None:
    if len(found) > MAX_ROWS:
        raise bad_query(f"The query returns more than {MAX_ROWS} rows.")


def _conditions(test: Test) -> Iterator[Condition]:
    if isinstance(test, Condition):
        yield test
        return
    for part in test.parts:
        yield from _conditions(part)
