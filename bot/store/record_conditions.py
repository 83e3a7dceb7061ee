"""Conditions on the columns that name a record."""

from dataclasses import asdict, fields

from sqlalchemy import ColumnElement, FromClause, and_, bindparam

from bot.domain.values import RecordRef

_NAMES = tuple(each.name for each in fields(RecordRef))


def of_record(table: FromClause, record: RecordRef | None = None) -> ColumnElement[bool]:
    """Return the condition that a row of the table belongs to the record.

    Without a record, the statement is built once, and takes the values of `asdict(record)` as parameters.
    """
    values = asdict(record) if record else {name: bindparam(name) for name in _NAMES}
    return and_(*(table.c[name] == values[name] for name in _NAMES))
