"""Values that Dataverse derives: owning units, names, base-currency amounts, states, and row numbers."""

from collections.abc import Iterable, Mapping

from bot.sandbox.dataverse.schema.model import Column, Table
from bot.sandbox.errors import DataverseError, out_of_range
from bot.sandbox.storage.rows import Transaction
from bot.sandbox.values import Ref, Row, Value

Values = Mapping[str, Value]


def state_values(table: Table, before: Values, requested: Values) -> Values:
    """Return the state and status reason that belong together. Raise `DataverseError` if the given ones do not."""
    if table.state is None or table.status is None or not {"statecode", "statuscode"} & requested.keys():
        return {}
    state = requested.get("statecode", before.get("statecode"))
    reason = requested.get("statuscode")
    if reason is None:
        unchanged = state == before.get("statecode")
        reason = before.get("statuscode") if unchanged else _default_reason(table.state, state)
    option = table.status.option(reason)
    if option is None or option.state != state:
        raise _state_mismatch(table, state, reason)
    return {"statecode": state, "statuscode": reason}


def _default_reason(column: Column, state: Value) -> Value:
    option = column.option(state)
    return option.default_status if option else None


def _state_mismatch(table: Table, state: Value, reason: Value) -> DataverseError:
    option = table.state.option(state) if table.state else None
    label = option.label if option else state
    return out_of_range(
        "0x80048408", f"{reason} is not a valid status code for state code {table.schema_name}State.{label}."
    )


def with_derived_values(transaction: Transaction, table: Table, values: Values) -> dict[str, Value]:
    """Return the row's values with all derived values added."""
    found = dict(values)
    found.update(_ownership(transaction, table, found))
    found.update(_full_name(table, found))
    found.update(_money(transaction, table, found))
    found.update(_table_specific(table, found))
    return found


def _ownership(transaction: Transaction, table: Table, values: Values) -> Values:
    owner = values.get("ownerid")
    if "ownerid" not in table.columns or not isinstance(owner, Ref):
        return {}
    row = transaction.get(owner.table, owner.id)
    return {
        "owninguser": owner if owner.table == "systemuser" else None,
        "owningteam": owner if owner.table == "team" else None,
        "owningbusinessunit": row.target("businessunitid") if row else None,
    }


def _full_name(table: Table, values: Values) -> Values:
    if not {"fullname", "firstname", "lastname"} <= table.columns.keys():
        return {}
    parts = (values.get("firstname"), values.get("lastname"))
    return {"fullname": " ".join(str(part) for part in parts if part)}


def _money(transaction: Transaction, table: Table, values: Values) -> Values:
    amounts = list(table.money)
    if not amounts:
        return {}
    currency = values.get("transactioncurrencyid")
    row = transaction.get(currency.table, currency.id) if isinstance(currency, Ref) else None
    rate = row.values.get("exchangerate") if row else None
    rate = float(rate) if isinstance(rate, int | float) and rate else 1.0
    base_amounts = {f"{column.name}_base": _base_amount(values.get(column.name), rate) for column in amounts}
    return {"exchangerate": rate, **base_amounts}


def _base_amount(amount: Value, rate: float) -> Value:
    return round(amount / rate, 2) if isinstance(amount, int | float) else None


def _table_specific(table: Table, values: Values) -> Values:
    if table.is_activity:
        return {"activitytypecode": table.name}
    rules = {
        "annotation": ("objecttypecode", _table_of(values.get("objectid"))),
        "serviceendpoint": ("isauthvalueset", bool(values.get("authvalue"))),
    }
    rule = rules.get(table.name)
    return {rule[0]: rule[1]} if rule else {}


def _table_of(value: Value) -> Value:
    return value.table if isinstance(value, Ref) else None


def next_number(table: Table, rows: Iterable[Row]) -> Values:
    """Return the next number of a new row, such as `CAS-01037`."""
    if table.number is None:
        return {}
    column, prefix = table.number
    tails = (row.text(column).removeprefix(f"{prefix}-") for row in rows)
    highest = max((int(tail) for tail in tails if tail.isascii() and tail.isdigit()), default=1000)
    return {column: f"{prefix}-{highest + 1:05}"}
