"""Values of columns as text, and in the one form in which they are compared and kept."""

import hashlib
from datetime import UTC, datetime

from bot.domain.tables import LOOKUPS, Column, ColumnType, ColumnValue, Raw

UNNAMED = "(no name)"
"""A lookup whose row's name is not known."""

MAX_STORED_LENGTH = 256
"""Characters of a raw text that are kept as they are; of a longer one only a digest is compared."""

_DIGEST = "sha256:"
_NOTHING: tuple[Raw, ...] = (None, "", ())
_CHOICES = frozenset({ColumnType.PICKLIST, ColumnType.STATE, ColumnType.STATUS})
_NUMBERS = frozenset({ColumnType.MONEY, ColumnType.DECIMAL, ColumnType.DOUBLE})


def format_value(column: Column, value: ColumnValue) -> str:
    """The value as a person reads it; empty text for an empty value."""
    if value.raw in _NOTHING:
        return ""
    if column.type is ColumnType.STRING and not column.rich_text and not _is_digest(value.raw):
        return str(value.raw)
    text = value.text if value.text is not None else _spelled(column, value.raw)
    # Dataverse parts several choices by semicolons, a sentence by commas.
    return text.replace("; ", ", ") if column.type is ColumnType.MULTI_SELECT else text


def canonical_value(column: Column, raw: Raw) -> Raw:
    """The raw value in the form that two sources of one value share."""
    if raw in _NOTHING:
        return None
    if column.type is ColumnType.DATE_TIME and isinstance(raw, str):
        return raw[:10] if column.date_only else canonical_instant(raw) or raw
    if column.type in _NUMBERS and isinstance(raw, int | float):
        return float(raw)
    return digest_if_long(raw) if isinstance(raw, str) else raw


def digest_if_long(text: str) -> str:
    """A short text as it is, a digest of a long one."""
    if len(text) <= MAX_STORED_LENGTH:
        return text
    return _DIGEST + hashlib.sha256(text.encode(errors="replace")).hexdigest()


def _is_digest(raw: Raw) -> bool:
    return isinstance(raw, str) and raw.startswith(_DIGEST)


def canonical_instant(text: str) -> str | None:
    """An ISO instant in UTC and whole seconds, as `2026-11-21T10:20:30Z`; a mere date stays one. None for neither."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    if len(text) == len("2026-11-21"):
        return text
    utc = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    return utc.strftime("%Y-%m-%dT%H:%M:%SZ")


def _spelled(column: Column, raw: Raw) -> str:
    if isinstance(raw, bool):
        return column.options.get(int(raw), "Yes" if raw else "No")
    if isinstance(raw, tuple):
        return "; ".join(column.options.get(number, str(number)) for number in raw)
    if column.type in _CHOICES and isinstance(raw, int):
        return column.options.get(raw, str(raw))
    if column.type in _NUMBERS and isinstance(raw, int | float):
        return f"{raw:,.{2 if column.precision is None else column.precision}f}"
    if column.type in LOOKUPS:
        return UNNAMED
    if column.type is ColumnType.DATE_TIME and isinstance(raw, str):
        return raw[:10] if column.date_only else f"{raw[:10]} {raw[11:16]} UTC"
    return str(raw)
