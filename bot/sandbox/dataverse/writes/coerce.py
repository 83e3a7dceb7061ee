"""Conversion of JSON values to column values, with Dataverse's own error messages."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime

from bot.sandbox.dataverse.schema.model import Column, Kind, Table
from bot.sandbox.errors import DataverseError, bad_payload, out_of_range
from bot.sandbox.guids import as_guid
from bot.sandbox.values import Json, Value

EARLIEST_YEAR = 1753
"""First year that a date column supports (SQL Server's `datetime`)."""

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,7})?)?(Z|[+-]\d\d:\d\d)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_CHOICES = re.compile(r"-?\d{1,10}(,-?\d{1,10})*")


def coerce_value(table: Table, column: Column, value: Json) -> Value:
    """Convert a JSON value to the column's type. Raise `DataverseError` if it does not match the column."""
    if value is None:
        return None
    return _BY_KIND[column.kind](table, column, value)


def instant(at: datetime) -> str:
    """Return the instant as rows store it: ISO text in UTC with whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _type_error(table: Table, column: Column, value: Json, edm: str) -> DataverseError:
    literal = str(value)[:100]
    return bad_payload(
        table.set_name, f"Cannot convert the literal '{literal}' to the expected type '{edm}' of '{column.name}'."
    )


def _text(table: Table, column: Column, value: Json) -> Value:
    if not isinstance(value, str):
        raise _type_error(table, column, value, "Edm.String")
    if column.max_length is not None and len(value) > column.max_length:
        raise out_of_range(
            "0x80044331",
            f"The length of the '{column.name}' attribute of the '{table.name}' entity exceeded the maximum "
            f"allowed length of '{column.max_length}'.",
        )
    return value


def _whole(table: Table, column: Column, value: Json) -> Value:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _type_error(table, column, value, "Edm.Int32")
    _require_range(table, column, value, "0x8004432f")
    return value


def _number(table: Table, column: Column, value: Json) -> Value:
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise _type_error(table, column, value, "Edm.Double" if column.kind is Kind.DOUBLE else "Edm.Decimal")
    _require_range(table, column, value, "0x80044330")
    return round(float(value), column.precision or 0)


def _require_range(table: Table, column: Column, value: float, code: str) -> None:
    low, high = column.minimum, column.maximum
    if low is not None and high is not None and not low <= value <= high:
        raise out_of_range(
            code, f"The value {value} of '{column.name}' on record of type '{table.name}' is outside the valid range."
        )


def _choice(table: Table, column: Column, value: Json) -> Value:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _type_error(table, column, value, "Edm.Int32")
    _require_option(table, column, value)
    return value


def _choices(table: Table, column: Column, value: Json) -> Value:
    if value == "":
        return None
    if not isinstance(value, str) or not _CHOICES.fullmatch(value):
        raise _type_error(table, column, value, "Edm.String")
    numbers = {int(number) for number in value.split(",")}
    for number in numbers:
        _require_option(table, column, number)
    return tuple(sorted(numbers))


def _require_option(table: Table, column: Column, number: int) -> None:
    if column.option(number) is None:
        accepted = ",".join(str(option.value) for option in column.options)
        raise out_of_range(
            "0x8004431a",
            f"The value {number} of '{column.name}' on record of type '{table.name}' is outside the valid range. "
            f"Accepted Values: {accepted}",
        )


def _yes_no(table: Table, column: Column, value: Json) -> Value:
    if not isinstance(value, bool):
        raise _type_error(table, column, value, "Edm.Boolean")
    return value


def _guid(table: Table, column: Column, value: Json) -> Value:
    found = as_guid(value) if isinstance(value, str) else None
    if found is None:
        raise _type_error(table, column, value, "Edm.Guid")
    return found


def _date(table: Table, column: Column, value: Json) -> Value:
    pattern, edm = (_DAY, "Edm.Date") if column.date_only else (_INSTANT, "Edm.DateTimeOffset")
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise _type_error(table, column, value, edm)
    try:
        stored = date.fromisoformat(value).isoformat() if column.date_only else instant(datetime.fromisoformat(value))
    except (ValueError, OverflowError) as error:
        raise _type_error(table, column, value, edm) from error
    if int(stored[:4]) < EARLIEST_YEAR:
        raise out_of_range("0x80040239", f"The date of '{column.name}' is before the year {EARLIEST_YEAR}.")
    return stored


def _not_by_value(table: Table, column: Column, value: Json) -> Value:
    raise bad_payload(table.set_name, f"The property '{column.name}' cannot be set to {str(value)[:100]!r}.")


_BY_KIND: Mapping[Kind, Callable[[Table, Column, Json], Value]] = {
    Kind.BIG_INT: _whole,
    Kind.BOOLEAN: _yes_no,
    Kind.CUSTOMER: _not_by_value,
    Kind.DATE_TIME: _date,
    Kind.DECIMAL: _number,
    Kind.DOUBLE: _number,
    Kind.ENTITY_NAME: _text,
    Kind.FILE: _not_by_value,
    Kind.IMAGE: _not_by_value,
    Kind.INTEGER: _whole,
    Kind.LOOKUP: _not_by_value,
    Kind.MEMO: _text,
    Kind.MONEY: _number,
    Kind.MULTI_SELECT: _choices,
    Kind.OWNER: _not_by_value,
    Kind.PARTY_LIST: _not_by_value,
    Kind.PICKLIST: _choice,
    Kind.STATE: _choice,
    Kind.STATUS: _choice,
    Kind.STRING: _text,
    Kind.UNIQUE_IDENTIFIER: _guid,
}
