"""Formatted values in the user's locale and time zone, with labels and names."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.sandbox.dataverse.odata.columns import parse_instant
from bot.sandbox.dataverse.schema.model import CHOICES, Column, Kind, Schema
from bot.sandbox.storage.rows import Rows
from bot.sandbox.values import Ref, Row, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """The date, number, and currency format of a locale."""

    date: str
    is_24_hour: bool
    group_separator: str
    decimal_separator: str
    currency: str
    settings: Mapping[str, str]
    """The same formats, as `usersettings` has them."""


def _settings(date: str, time: str, date_separator: str, separators: str) -> Mapping[str, str]:
    """Return the settings of a user. `separators`: that of groups and that of decimals."""
    return {
        "dateformatstring": date,
        "dateseparator": date_separator,
        "timeformatstring": time,
        "timeseparator": ":",
        "amdesignator": "AM",
        "pmdesignator": "PM",
        "numberseparator": separators[0],
        "decimalsymbol": separators[1],
    }


US = Format(
    date="{month}/{day}/{year}",
    is_24_hour=False,
    group_separator=",",
    decimal_separator=".",
    currency="{symbol}{number}",
    settings=_settings("M/d/yyyy", "h:mm tt", "/", ",."),
)
FORMATS: Mapping[int, Format] = {
    1033: US,
    2057: Format(
        date="{day:02}/{month:02}/{year}",
        is_24_hour=True,
        group_separator=",",
        decimal_separator=".",
        currency="{symbol}{number}",
        settings=_settings("dd/MM/yyyy", "HH:mm", "/", ",."),
    ),
    1031: Format(
        date="{day:02}.{month:02}.{year}",
        is_24_hour=True,
        group_separator=".",
        decimal_separator=",",
        currency="{number} {symbol}",
        settings=_settings("dd.MM.yyyy", "HH:mm", ".", ".,"),
    ),
}
"""Formats by the locale ID in `usersettings`. Other locales use the format of the United States."""

_NOON = 12


class Formatter:
    """Formats values for one user."""

    def __init__(self, schema: Schema, rows: Rows, user_id: str) -> None:
        settings = rows.get("usersettings", user_id)
        self._schema = schema
        self._rows = rows
        self._format = FORMATS.get(settings.number("localeid") or 0, US) if settings else US
        # Dataverse's bias is the number of minutes to add to local time to get UTC.
        self._from_utc = timedelta(minutes=-(settings.number("timezonebias") or 0) if settings else 0)

    def text(self, row: Row, column: Column, value: Value) -> str | None:
        """Return the formatted value, or None if the value is shown unchanged."""
        if isinstance(value, Ref):
            return self.name(value) or None
        if isinstance(value, tuple):
            return "; ".join(self._label(column, number) for number in value)
        if isinstance(value, bool):
            return self._label(column, int(value))
        if column.kind in CHOICES and isinstance(value, int):
            return self._label(column, value)
        if isinstance(value, int | float):
            return self._amount(row, column, value)
        return self._text(column, value) if isinstance(value, str) else None

    def name(self, ref: Ref) -> str:
        """Return the name of the row that a lookup references. Everyone who can read the lookup sees it."""
        row = self._rows.find(ref)
        return row.text(self._schema[ref.table].primary_name) if row else ""

    @staticmethod
    def _label(column: Column, number: int) -> str:
        option = column.option(number)
        return option.label if option else str(number)

    def _amount(self, row: Row, column: Column, value: float) -> str:
        if column.kind is not Kind.MONEY:
            return self._number(value, column.precision or 0)
        currency = None if column.base_of else self._rows.find(row.target("transactioncurrencyid"))
        currency = currency or self._rows.all("transactioncurrency")[0]  # the first is the base currency
        number = self._number(abs(value), currency.number("currencyprecision") or 0)
        formatted = self._format.currency.format(symbol=currency.text("currencysymbol"), number=number)
        return f"-{formatted}" if value < 0 else formatted

    def _number(self, value: float, precision: int) -> str:
        signs = str.maketrans({",": self._format.group_separator, ".": self._format.decimal_separator})
        return f"{value:,.{precision}f}".translate(signs)

    def _text(self, column: Column, value: str) -> str | None:
        if column.kind is Kind.DATE_TIME:
            at = parse_instant(value)
            return self._date(at) if column.date_only else self._date_time(at + self._from_utc)
        if column.kind is Kind.ENTITY_NAME:
            table = self._schema.get(value)
            return table.label if table else None
        return None

    def _date(self, at: datetime) -> str:
        return self._format.date.format(day=at.day, month=at.month, year=at.year)

    def _date_time(self, at: datetime) -> str:
        if self._format.is_24_hour:
            return f"{self._date(at)} {at:%H:%M}"
        return f"{self._date(at)} {at.hour % _NOON or _NOON}:{at:%M} {'AM' if at.hour < _NOON else 'PM'}"
