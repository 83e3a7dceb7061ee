"""Conditions on lists of any length, in statements that are built once."""

from typing import Any

from sqlalchemy import ARRAY, Boolean, ColumnElement, any_, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.visitors import InternalTraversal


def one_of(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Return the condition that the column has one of the values in the list of this parameter.

    On PostgreSQL, the list is one parameter. `IN` would have a parameter for each value, and so another statement for
    each length, which the server has to plan and to keep.
    """
    return _OneOf(column, name)


class _OneOf(ColumnElement[bool]):
    """A condition with a form for each database."""

    inherit_cache = True
    _traverse_internals = [  # noqa: RUF012 - the type that SQLAlchemy gives it
        ("in_list", InternalTraversal.dp_clauseelement),
        ("in_array", InternalTraversal.dp_clauseelement),
    ]

    def __init__(self, column: ColumnElement[Any], name: str) -> None:
        self.type = Boolean()
        self.in_list = column.in_(bindparam(name, expanding=True))
        self.in_array = column == any_(bindparam(name, type_=ARRAY(column.type)))

    def self_group(self, against: object = None) -> "_OneOf":
        """Return the condition itself. SQLAlchemy would compare it with 1, and SQLite would not use an index."""
        del against
        return self


@compiles(_OneOf)
def _compile_list(condition: _OneOf, compiler: Any, **options: Any) -> str:
    return str(compiler.process(condition.in_list, **options))


@compiles(_OneOf, "postgresql")
def _compile_array(condition: _OneOf, compiler: Any, **options: Any) -> str:
    return str(compiler.process(condition.in_array, **options))
