"""What people can do to a record on its card, as far as an administrator lets them (spec Q3)."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum

from bot.domain.card_size_budget import MAX_INPUT_BYTES, max_bytes_of_choices, max_bytes_of_text, max_bytes_of_toggle
from bot.domain.errors import BadRequest
from bot.domain.tables import Column, ColumnType, Raw, Table

MAX_CHANGE_FIELDS = 5
"""As many as a card shows: who changes more opens the record."""

MAX_TEXT_LENGTH = 800
"""Characters of a column that a card lets somebody write: it holds five such columns, in any script."""

MAX_NOTE_LENGTH = 4_000

_CASE = "incident"
_OWNER = "ownerid"
_FIRST_YEAR = 1753
"""Dataverse keeps no date before it ("Behavior and format of the Date and Time column")."""

TOO_MANY_CHOICES = "It has more choices than a card holds."

_CHOICES = frozenset({ColumnType.PICKLIST, ColumnType.STATUS})
_TEXTS = frozenset({ColumnType.STRING, ColumnType.MEMO})


class CardAction(StrEnum):
    """What can be allowed for a record type, beside changing some of its columns."""

    ASSIGN = "assign"
    NOTE = "note"
    RESOLVE = "resolve"


def action_problem(action: CardAction, table: Table) -> str | None:
    """Why the act cannot be done to the table's records, or None if it can."""
    match action:
        case CardAction.ASSIGN if _OWNER not in table.columns:
            return "Records of this table have no owner, so nobody can take them over."
        case CardAction.NOTE if not table.has_notes:
            return "Records of this table have no notes."
        case CardAction.RESOLVE if table.name != _CASE:
            return "Only cases can be resolved."
        case CardAction.RESOLVE if max_bytes_of_choices(resolutions(table)) > MAX_INPUT_BYTES:
            return "There are more reasons to resolve a case than a card holds."
        case _:
            return None


def possible_actions(table: Table) -> tuple[CardAction, ...]:
    """The acts that can be done to the table's records."""
    return tuple(act for act in CardAction if action_problem(act, table) is None)


def change_problem(column: Column) -> str | None:
    """Why the column cannot be changed on a card, or None if it can."""
    if not column.updatable:
        return "It cannot be changed at all."
    if column.type is ColumnType.BOOLEAN:
        return None
    if column.type in _CHOICES:
        return TOO_MANY_CHOICES if _max_bytes(column) > MAX_INPUT_BYTES else None
    if column.type is ColumnType.DATE_TIME:
        return None if column.plain_date else "A time of day depends on where somebody is."
    if column.type in _TEXTS and not column.rich_text:
        return None
    return "Only choices, yes or no, dates and plain texts can be changed on a card."


def changeable_columns(table: Table) -> tuple[Column, ...]:
    """The columns that a card can let people change, by their labels."""
    return _by_label(column for column in table.columns.values() if change_problem(column) is None)


def change_fields_problem(names: Sequence[str], table: Table) -> str | None:
    """Why these columns cannot be the ones that people change on cards, or None if they can."""
    if len(names) > MAX_CHANGE_FIELDS:
        return f"{len(names)} columns are chosen, and {MAX_CHANGE_FIELDS} at most can be changed on a card."
    if len(set(names)) < len(names):
        return "A column is named twice."
    for name in names:
        column = table.columns.get(name)
        if column is None:
            return f"The table has no column {name}. Choose another one."
        if reason := change_problem(column):
            return f"{column.label} ({name}): {reason}"
    left_out = set(names) - {column.name for column in _within_budget(table.columns[name] for name in names)}
    labels = ", ".join(table.columns[name].label for name in names if name in left_out)
    return f"Together these columns are more than a card holds. Leave out {labels}, or others." if labels else None


def too_long_columns(table: Table) -> tuple[Column, ...]:
    """The columns that nothing but their many choices keeps off a card, by their labels."""
    return _by_label(column for column in table.columns.values() if change_problem(column) == TOO_MANY_CHOICES)


def _by_label(columns: Iterable[Column]) -> tuple[Column, ...]:
    return tuple(sorted(columns, key=lambda column: (column.label.casefold(), column.name)))


def allowed_columns(names: Sequence[str], table: Table) -> tuple[Column, ...]:
    """The columns that are set to be changed on cards, as far as the table still has and allows them."""
    there = (table.columns[name] for name in names if name in table.columns)
    return tuple(column for column in there if change_problem(column) is None)[:MAX_CHANGE_FIELDS]


def options_in_state(column: Column, now: Raw) -> dict[int, str]:
    """The numbers that the column can have with their labels: of a status those of the state that the row is in."""
    if column.type is not ColumnType.STATUS or not column.states:
        return dict(column.options)
    state = column.states.get(now) if isinstance(now, int) else None
    return {number: label for number, label in column.options.items() if column.states.get(number) == state}


def resolutions(table: Table) -> dict[int, str]:
    """The reasons with which a case can be resolved: those of the state that comes after the open one."""
    status = table.columns.get("statuscode")
    if status is None:
        return {}
    return {number: label for number, label in status.options.items() if status.states.get(number) == _RESOLVED}


def fits_input(column: Column, now: Raw) -> bool:
    """Whether an input of a card can hold what the column holds, and anything else that it could."""
    if column.type in _CHOICES:
        return bool(options_in_state(column, now))
    held = str(now or "")
    return column.type not in _TEXTS or held == truncate_for_input(column, held)


def columns_that_fit(columns: Iterable[Column], now: Mapping[str, Raw]) -> tuple[Column, ...]:
    """Those of the columns, which hold these values now, that a card can let somebody change all at once."""
    return _within_budget(column for column in columns if fits_input(column, now.get(column.name)))


def _within_budget(columns: Iterable[Column]) -> tuple[Column, ...]:
    """The columns, without each that does not fit on a card beside those before it."""
    left, found = MAX_INPUT_BYTES, []
    for column in columns:
        if (room := _max_bytes(column)) <= left:
            found.append(column)
            left -= room
    return tuple(found)


def _max_bytes(column: Column) -> int:
    """Bytes that the column's input takes on a card, at most: those of a status in the state that has most reasons."""
    if column.type in _CHOICES:
        return max(map(max_bytes_of_choices, _lists(column)), default=max_bytes_of_choices({}))
    return max_bytes_of_text(max_text_length(column)) if column.type in _TEXTS else max_bytes_of_toggle()


def _lists(column: Column) -> Collection[Mapping[int, str]]:
    """The lists of which one is there to choose from."""
    if column.type is not ColumnType.STATUS:
        return [column.options]
    by_state: dict[int | None, dict[int, str]] = {}
    for number, label in column.options.items():
        by_state.setdefault(column.states.get(number), {})[number] = label
    return by_state.values()


_RESOLVED = 1
"""The state of a resolved case ("incident table reference", `statecode`)."""


def parse_value(column: Column, text: str, now: Raw) -> Raw:
    """What somebody filled in for the column, which is `now` something; empty text for an empty value.

    Raises `BadRequest` where the column cannot have it.
    """
    if column.type in _CHOICES:
        return _choice(column, text, now)
    if column.type is ColumnType.BOOLEAN:
        return _yes_or_no(column, text, now)
    if column.type is ColumnType.DATE_TIME:
        return _date(column, text)
    return _text(column, text)


def _choice(column: Column, text: str, now: Raw) -> Raw:
    # A list in which nothing is chosen is not sent: then nothing is meant by it.
    if not text:
        return now
    found = next((number for number in options_in_state(column, now) if str(number) == text), None)
    if found is None:
        raise _invalid(column, "Choose one of the list")
    return found


def _yes_or_no(column: Column, text: str, now: Raw) -> Raw:
    if text not in {"", "true", "false"}:
        raise _invalid(column, "It is yes or no")
    return now if not text else text == "true"


def _date(column: Column, text: str) -> Raw:
    if not text:
        _require_empty(column)
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise _invalid(column, "Choose a day") from error
    if day.year < _FIRST_YEAR or len(text) != len("2026-11-21"):
        raise _invalid(column, f"Choose a day after {_FIRST_YEAR}")
    return day.isoformat()


def _text(column: Column, text: str) -> Raw:
    written = text.strip() if column.type is ColumnType.MEMO else " ".join(text.split())
    if not written:
        _require_empty(column)
        return None
    longest = max_text_length(column)
    if len(written) > longest:
        raise _invalid(column, f"It has {len(written)} characters, and {longest} fit")
    if not all(map(_can_be_written, written)):
        raise _invalid(column, "It holds characters that cannot be written")
    return written


def digest(text: str) -> str:
    """A short mark of what an input held, by which a page tells later whether somebody changed it."""
    plain = text.replace("\r\n", "\n").strip()
    return hashlib.sha256(plain.encode(errors="replace")).hexdigest()[:16]


def max_text_length(column: Column) -> int:
    """Characters that somebody may write into the column on a card."""
    return min(column.max_length or MAX_TEXT_LENGTH, MAX_TEXT_LENGTH)


def truncate_for_input(column: Column, text: str) -> str:
    """The text as far as an input for the column can hold it, and the column itself."""
    return strip_control_characters(text)[: max_text_length(column)]


def strip_control_characters(text: str) -> str:
    """The text without control characters but for those of white space: nobody means them, and each takes much room."""
    return "".join(character for character in text if _can_be_written(character))


def _can_be_written(character: str) -> bool:
    return character >= " " or character in "\n\t\r"


def _require_empty(column: Column) -> None:
    """Returns where the column can be empty."""
    if column.required:
        raise _invalid(column, "It cannot be empty")


def _invalid(column: Column, reason: str) -> BadRequest:
    return BadRequest(f"{column.label}: {reason}.", "Correct it and save again.")
