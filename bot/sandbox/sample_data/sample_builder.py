"""Builder of the sample rows."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from bot.sandbox.dataverse.schema.model import Kind, Ownership, Schema
from bot.sandbox.dataverse.writes.coerce import instant
from bot.sandbox.dataverse.writes.derive import with_derived_values
from bot.sandbox.sample_data.ids import ADELE, ALEX, CASE_PREFIX, EURO, row_id, user
from bot.sandbox.storage.rows import Changes, Rows, Transaction
from bot.sandbox.values import Ref, Value

OPENING = datetime(2026, 3, 2, 8, 15, tzinfo=UTC)
"""Creation time of the first sample row."""


def day(number: int) -> str:
    """Return a date, given as days after the opening."""
    return (OPENING + timedelta(days=number)).date().isoformat()


def moment(number: int, minutes: int = 0) -> str:
    """Return an instant, given as days and minutes after the opening."""
    return instant(OPENING + timedelta(days=number, minutes=minutes))


class SampleBuilder:
    """Collects rows and sets the values that Dataverse would set."""

    def __init__(self, schema: Schema, rows: Rows | None = None) -> None:
        """Create a builder of rows that are added to the given ones."""
        self._schema = schema
        self._draft = Transaction(rows or Rows())
        self._parties = 0

    def add(self, table_name: str, number: int, **values: Value) -> Ref:
        """Add a row with an ID derived from its number. See `put`."""
        prefix = CASE_PREFIX if table_name == "incident" else self._schema[table_name].type_code
        return self.put(table_name, row_id(prefix, number), values, age=number)

    def put(self, table_name: str, key: str, values: Mapping[str, Value], *, age: int = 0) -> Ref:
        """Add a row with the table's default values. `age` is the row's creation time in days after the opening."""
        table = self._schema[table_name]
        found: dict[str, Value] = {name: False for name, each in table.columns.items() if each.kind is Kind.BOOLEAN}
        found[table.primary_id] = key
        if "createdon" in table.columns:
            found.update(createdon=moment(age % 1000), modifiedon=moment(age % 1000, 95))
            found.update(createdby=user(ALEX), modifiedby=user(ADELE))
        if table.state and table.status:
            found.update(statecode=table.state.options[0].value, statuscode=table.state.options[0].default_status)
        if table.ownership is Ownership.USER:
            found["ownerid"] = user(ADELE)
        if table_name != "transactioncurrency" and "transactioncurrencyid" in table.columns:
            found["transactioncurrencyid"] = EURO
        return self._draft.put(table_name, key, with_derived_values(self._draft, table, {**found, **values})).ref

    def party(self, activity: Ref, mask: int, partner: Ref | None, address: str = "") -> None:
        """Add an activity party."""
        self._parties += 1
        self.add(
            "activityparty",
            self._parties,
            activityid=activity,
            partyid=partner,
            participationtypemask=mask,
            addressused=address or None,
        )

    def text(self, ref: Ref, column: str) -> str:
        """Return the text in a column of a row that was already added."""
        row = self._draft.get(ref.table, ref.id)
        return row.text(column) if row else ""

    def target(self, ref: Ref, column: str) -> Ref | None:
        """Return the lookup target in a column of a row that was already added."""
        row = self._draft.get(ref.table, ref.id)
        return row.target(column) if row else None

    @property
    def changes(self) -> Changes:
        """All added rows as one transaction."""
        return self._draft.changes
