"""Related rows through one-to-many collections and many-to-many associations."""

from collections.abc import Iterable

from bot.sandbox.dataverse.schema.model import ManyToMany, Table
from bot.sandbox.dataverse.security.access import Caller
from bot.sandbox.values import Ref, Row


def collection_table(caller: Caller, table: Table, name: str) -> Table | None:
    """Return the table of the rows in a collection, or None if the table has no such collection."""
    children = caller.schema.collections(table.name).get(name)
    association = find_association(table, name)
    other = children.table if children else association.other_table if association else None
    return caller.schema[other] if other else None


def find_association(table: Table, name: str) -> ManyToMany | None:
    """Return the table's association with this name, or None."""
    return next((each for each in table.associations if each.name == name), None)


def related_rows(caller: Caller, row: Row, name: str) -> Iterable[Row]:
    """Return the rows in a row's collection that the caller may read."""
    table = caller.schema[row.table]
    association = find_association(table, name)
    if association:
        return _associated(caller, row, association)
    children = caller.schema.collections(table.name)[name]
    column = caller.schema[children.table].columns[children.column]
    return (child for child in caller.readable(caller.schema[children.table]) if caller.value(child, column) == row.ref)


def _associated(caller: Caller, row: Row, association: ManyToMany) -> Iterable[Row]:
    for intersect_row in caller.rows.all(association.intersect_table):
        other = intersect_row.values.get(association.other_column)
        if intersect_row.values.get(association.own_column) == row.ref and isinstance(other, Ref):
            found = caller.find_readable(other)
            if found:
                yield found
