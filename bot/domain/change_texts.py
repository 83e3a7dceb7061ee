"""Write the old and the new value of a change in one format, although they come from different sources. Pure.

Dataverse formats only the values that the record has now. Events have values without a text, and a stored text may
come from either source.
"""

from collections.abc import Callable, Iterable

from bot.domain.formatting import canonical_value, format_value, local_time, with_moment
from bot.domain.number_texts import HIGHEST, learn_number_format
from bot.domain.tables import Column, ColumnType, ColumnValue, Raw
from bot.domain.user_formats import UserFormats

_NUMBERS = frozenset({ColumnType.MONEY, ColumnType.DECIMAL, ColumnType.DOUBLE, ColumnType.INTEGER, ColumnType.BIG_INT})
_FORMATTED = frozenset({*_NUMBERS, ColumnType.DATE_TIME})
"""Types whose values have more than one format."""

_Write = Callable[[Raw], str | None]


def change_texts(
    column: Column, old: ColumnValue | None, new: ColumnValue, current: ColumnValue | None
) -> tuple[str | None, str]:
    """Return the texts of the old and the new value. None for an unknown old value.

    `current` is the value that the record has now, or None if it is not known.
    """
    before = None if old is None else _with_current_text(column, old, current)
    after = _with_current_text(column, new, current)
    if column.type not in _FORMATTED:
        return (None if before is None else format_value(column, before)), format_value(column, after)
    values = [each for each in (before, after) if each is not None and each.raw is not None]
    write = _writer(column, [*([current] if current else []), *reversed(values)], values)
    texts = {value: with_moment(column, value, write(value)) for value in (before, after) if value is not None}
    return (None if before is None else texts[before]), texts[after]


def _with_current_text(column: Column, value: ColumnValue, current: ColumnValue | None) -> ColumnValue:
    """Return the record's own value if it is the same, because it has Dataverse's text."""
    if current and canonical_value(column, current.raw) == canonical_value(column, value.raw):
        return current
    return value


def _writer(
    column: Column, samples: Iterable[ColumnValue], values: Iterable[ColumnValue]
) -> Callable[[ColumnValue], str]:
    """Return a function that writes both values alike: in Dataverse's format, or else both in our own."""
    formatted = {value: _dataverse_text(column, value) for value in values}
    if None not in formatted.values():
        return lambda value: formatted.get(value) or ""
    write = _learn(column, samples)
    texts = {value: text or (write(value.raw) if write else None) for value, text in formatted.items()}
    if None in texts.values():
        return lambda value: format_value(column, ColumnValue(raw=value.raw))
    return lambda value: texts.get(value) or ""


def _dataverse_text(column: Column, value: ColumnValue) -> str | None:
    """Return the text, unless it is in our own format."""
    own = format_value(column, ColumnValue(raw=value.raw))
    return value.text if value.text and value.text != own else None


def _learn(column: Column, samples: Iterable[ColumnValue]) -> _Write | None:
    """Return a function that writes a value as Dataverse does; None if no sample shows how."""
    learn = _learn_date if column.type is ColumnType.DATE_TIME else _learn_number
    found = (learn(column, sample.raw, sample.text) for sample in samples if sample.text and sample.raw is not None)
    return next((write for write in found if write), None)


def _learn_number(column: Column, raw: Raw, text: str | None) -> _Write | None:
    if not text or isinstance(raw, bool) or not isinstance(raw, int | float):
        return None
    formats = column.formats or UserFormats()
    learned = learn_number_format(raw, text, (formats.group_separator, formats.decimal_separator))
    if learned is None or (column.type is ColumnType.MONEY and not learned.has_unit):
        return None
    return lambda other: learned.format(other) if isinstance(other, int | float) and abs(other) < HIGHEST else None


def _learn_date(column: Column, raw: Raw, text: str | None) -> _Write | None:
    """Return the user's own format if the sample has it."""
    return (lambda other: _date_text(column, other)) if text and _date_text(column, raw) == text else None


def _date_text(column: Column, raw: Raw) -> str | None:
    local = local_time(column, raw) if isinstance(raw, str) else None
    if local is None or column.formats is None:
        return None
    return column.formats.format_date(local) if column.date_only else column.formats.format_time(local)
