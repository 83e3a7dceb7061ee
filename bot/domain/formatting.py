"""Column values as text, and in the canonical form for comparing and storing."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

from bot.domain.tables import LOOKUPS, TEXTS, Column, ColumnType, ColumnValue, DateBehavior, Raw
from bot.domain.texts import comma_list, moment, text
from bot.text.html_text import looks_rich, plain_text
from bot.text.typed_text import without_unseen

UNNAMED = text("(no name)")
"""Text for a lookup whose row name is not known."""

YES, NO = text("Yes"), text("No")
"""Texts for the values of a column without labels."""

MAX_STORED_LENGTH = 256
"""Characters of a raw text that are stored unchanged. For longer texts, only a digest is stored and compared."""

MAX_READ_LENGTH = 1000
"""Characters of text that are read from HTML. Cards show 200."""

_MAX_PLAIN = 10_000
"""Characters of other texts."""

_MAX_SOURCE = MAX_READ_LENGTH
_MAX_HTML_SOURCE = 40_000
"""Characters of a long text, and of long HTML, that are kept. In HTML, styles may precede the text."""

_DIGEST = "sha256:"
_DATE_LENGTH = len("2026-11-21")
_EMPTY_VALUES: tuple[Raw, ...] = (None, "", ())
_CHOICES = frozenset({ColumnType.PICKLIST, ColumnType.STATE, ColumnType.STATUS})
_NUMBERS = frozenset({ColumnType.MONEY, ColumnType.DECIMAL, ColumnType.DOUBLE})


def format_value(column: Column, value: ColumnValue) -> str:
    """Return the value as people read it; empty text for an empty value."""
    if value.raw in _EMPTY_VALUES:
        return ""
    if column.type in TEXTS and value.text is None:
        return _read_text(column, value)
    if column.type is ColumnType.STRING and not column.rich_text and not is_digest(value.raw):
        return str(value.raw)
    if (chosen := _chosen(column, value.raw)) is not None:
        return chosen
    shown = value.text if value.text is not None else _formatted(column, value.raw)
    # Dataverse separates multiple choices by semicolons. Sentences use commas.
    return shown.replace("; ", ", ") if column.type is ColumnType.MULTI_SELECT else with_moment(column, value, shown)


def with_moment(column: Column, value: ColumnValue, shown: str) -> str:
    """Return the text of a moment, which cards show by the reader's clock; any other text unchanged."""
    is_moment = column.type is ColumnType.DATE_TIME and column.behavior is DateBehavior.USER_LOCAL
    if not is_moment or column.date_only or not isinstance(value.raw, str):
        return shown
    instant = canonical_instant(value.raw)
    return moment(datetime.fromisoformat(instant), shown) if instant and len(instant) > _DATE_LENGTH else shown


def _chosen(column: Column, raw: Raw) -> str | None:
    """Return the labels of the choices, which have all languages, unlike Dataverse's text; None without labels."""
    if isinstance(raw, tuple) and column.type is ColumnType.MULTI_SELECT:
        known = [column.options[number] for number in raw if column.options.get(number)]
        return comma_list(known) if len(known) == len(raw) else None
    is_choice = column.type in _CHOICES or column.type is ColumnType.BOOLEAN
    return (column.options.get(int(raw)) or None) if is_choice and isinstance(raw, int) else None


def with_labels(column: Column | None, stored: str | None) -> str | None:
    """Return a stored text of choices as their labels, which have all languages; any other text unchanged."""
    if column is None or not stored or not column.options:
        return stored
    labels = {str(each): each for each in column.options.values()}
    if stored in labels or column.type is not ColumnType.MULTI_SELECT:
        return labels.get(stored, stored)
    parts = stored.split(", ")
    return comma_list(labels[each] for each in parts) if labels.keys() >= set(parts) else stored


def _read_text(column: Column, value: ColumnValue) -> str:
    """Return the text of a text column. HTML is read here, so that only values that are shown cost the time."""
    source = value.source if value.source is not None else str(value.raw)
    is_rich = column.rich_text or (column.type is ColumnType.MEMO and looks_rich(source))
    return plain_text(source, max_length=MAX_READ_LENGTH) if is_rich else source[:_MAX_PLAIN]


def shorten_source(value: ColumnValue) -> ColumnValue:
    """Return the value with as much of its text and its source as a card needs."""
    if value.text is not None:
        value = replace(value, text=value.text[:MAX_READ_LENGTH])
    if value.source is None:
        return value
    longest = _MAX_HTML_SOURCE if looks_rich(value.source) else _MAX_SOURCE
    return replace(value, source=value.source[:longest])


def canonical_value(column: Column, raw: Raw) -> Raw:
    """Return the raw value in a form that is the same for every source of the value."""
    if raw in _EMPTY_VALUES:
        return None
    if column.type is ColumnType.DATE_TIME and isinstance(raw, str):
        return _canonical_date(column, raw) if column.date_only else canonical_instant(raw) or raw
    if column.type in _NUMBERS and isinstance(raw, int | float):
        return float(raw)
    return digest_if_long(raw) or None if isinstance(raw, str) else raw


def _canonical_date(column: Column, raw: str) -> str:
    local = local_time(column, raw)
    return local.date().isoformat() if local else raw


def local_time(column: Column, raw: str) -> datetime | None:
    """Return the time without a zone as Dataverse shows it to the application user; None if it is not a time.

    Only a moment depends on the time zone. A date without a time is the same everywhere.
    """
    instant = canonical_instant(raw)
    if instant is None:
        return None
    at = datetime.fromisoformat(instant)
    if len(instant) == _DATE_LENGTH or column.behavior is not DateBehavior.USER_LOCAL or column.formats is None:
        return at.replace(tzinfo=None)
    try:
        return column.formats.zone.local_time(at)
    except OverflowError:
        return at.replace(tzinfo=None)


def digest_if_long(text: str) -> str:
    """Return a short text, and the digest of a long one, both without characters that nobody sees."""
    text = without_unseen(text)
    if len(text) <= MAX_STORED_LENGTH:
        return text
    return _DIGEST + hashlib.sha256(text.encode(errors="replace")).hexdigest()


def is_digest(raw: Raw) -> bool:
    """Check whether the value is the digest of a long text, which no person can read."""
    return isinstance(raw, str) and raw.startswith(_DIGEST)


def canonical_instant(text: str) -> str | None:
    """Return an ISO time as `2026-11-21T10:20:30Z` in UTC and whole seconds.

    A date without a time is returned unchanged. Return None for any other text.
    """
    try:
        at = datetime.fromisoformat(text)
        utc = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    if len(text) == _DATE_LENGTH:
        return text
    return f"{utc.replace(microsecond=0, tzinfo=None).isoformat()}Z"


def _formatted(column: Column, raw: Raw) -> str:
    if isinstance(raw, bool):
        return column.options.get(int(raw), YES if raw else NO)
    if isinstance(raw, tuple):
        return "; ".join(column.options.get(number, str(number)) for number in raw)
    if column.type in _CHOICES and isinstance(raw, int):
        return column.options.get(raw, str(raw))
    if column.type in _NUMBERS and isinstance(raw, int | float):
        return f"{raw:,.{2 if column.precision is None else column.precision}f}"
    if column.type in LOOKUPS:
        return UNNAMED
    if column.type is ColumnType.DATE_TIME and isinstance(raw, str):
        return _plain_time(column, raw)
    return str(raw)


def _plain_time(column: Column, raw: str) -> str:
    """Return a date or time in the same format for everyone. Only a moment needs a time zone."""
    if column.date_only:
        return _canonical_date(column, raw)
    zone = " UTC" if column.behavior is DateBehavior.USER_LOCAL else ""
    return f"{raw[:10]} {raw[11:16]}{zone}"
