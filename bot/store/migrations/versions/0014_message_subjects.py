"""Columns of the outbox for the record type of a message, and for the setting that must be on when it is sent."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

TEXT, JSON = sa.String(), sa.JSON()

_OUTBOX = sa.table(
    "outbox",
    *(sa.column(name, TEXT) for name in ("key", "state", "environment", "table", "switch")),
    *(sa.column(name, sa.BigInteger()) for name in ("id", "connection_id")),
    *(sa.column(name, JSON) for name in ("told_before", "other_subjects")),
)
_CONNECTION = sa.table(
    "connection", sa.column("id", sa.BigInteger()), sa.column("environment", TEXT), sa.column("table", TEXT)
)
_UNSENT = _OUTBOX.c.state.in_(("waiting", "parked"))
"""Messages that can still be sent. The state of a dead letter is "parked"."""


def upgrade() -> None:
    """Add the columns, and fill them for messages that can still be sent."""
    for name, kind in (("environment", TEXT), ("table", TEXT), ("switch", TEXT), ("other_subjects", JSON)):
        op.add_column("outbox", sa.Column(name, kind))
    op.add_column("outbox", sa.Column("told_after", JSON))
    _fill_tables()
    _fill_switches()
    _fill_summaries()


def _fill_tables() -> None:
    def of(column: sa.ColumnClause[Any]) -> sa.ScalarSelect[Any]:
        return sa.select(column).where(_CONNECTION.c.id == _OUTBOX.c.connection_id).scalar_subquery()

    about_one = _OUTBOX.c.connection_id.is_not(None)
    values = {name: of(_CONNECTION.c[name]) for name in ("environment", "table")}
    op.execute(sa.update(_OUTBOX).where(_UNSENT, about_one).values(values))


def _fill_switches() -> None:
    """Tell by its key whether a person caused a message."""
    known = _OUTBOX.c.environment.is_not(None)
    told = _OUTBOX.c.told_before.is_not(None)
    for prefix, switch, condition in (
        ("key fields ", "record type", known),
        ("key fields ", "key fields", known & told),
        ("deleted ", "record type", known),
        ("merged ", "record type", known),
        ("introduction ", "chats", sa.true()),
    ):
        begins_so = _OUTBOX.c.key.startswith(prefix, autoescape=True)
        op.execute(sa.update(_OUTBOX).where(_UNSENT, begins_so, condition).values(switch=switch))


def _fill_summaries() -> None:
    """Find the record types of summaries through the connections whose changes they report."""
    database = op.get_bind()
    begins_so = _OUTBOX.c.key.startswith("caught up ", autoescape=True)
    summaries = sa.select(_OUTBOX.c.id, _OUTBOX.c.told_before).where(_UNSENT, begins_so)
    for message, told_before in database.execute(summaries).all():
        types = _types({each[0] for each in told_before or ()})
        if types:
            (environment, table), *others = types
            rest = [{"environment": each, "table": name, "switch": "key fields"} for each, name in others]
            values = {"environment": environment, "table": table, "other_subjects": rest or sa.null()}
            here = _OUTBOX.c.id == message
            database.execute(sa.update(_OUTBOX).where(here).values(**values, switch="key fields"))


def _types(connections: set[int]) -> Sequence[tuple[str, str]]:
    """Return the environments and tables of the connections, each pair once."""
    of = _CONNECTION.c
    found = sa.select(of.environment, of.table).where(of.id.in_(connections)).distinct()
    return [(row[0], row[1]) for row in op.get_bind().execute(found.order_by(of.environment, of.table))]
