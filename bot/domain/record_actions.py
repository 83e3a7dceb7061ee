"""Actions that a card offers on a record, within the limits that an administrator sets (spec Q3)."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum

from bot.domain.card_size_budget import MAX_INPUT_BYTES, max_bytes_of_choices, max_bytes_of_text, max_bytes_of_toggle
from bot.domain.errors import BadRequest
from bot.domain.tables import OWNER, STATUS, Column, ColumnType, DateBehavior, Raw, Table
from bot.domain.texts import Text, and_list, plural, text

MAX_CHANGE_FIELDS = 5
"""Columns that a card can change. People who want to change more can open the record."""

MAX_TEXT_LENGTH = 800
"""Characters that a person can enter for a column on a card. Five such columns fit, in any script."""

MAX_NOTE_LENGTH = 4_000

_CASE = "incident"
_FIRST_YEAR = 1753
"""Earliest year of a Dataverse date ("Behavior and format of the Date and Time column")."""

TOO_MANY_CHOICES = text("This column has too many choices for a card.")

_CHOICES = frozenset({ColumnType.PICKLIST, ColumnType.STATUS})
_TEXTS = frozenset({ColumnType.STRING, ColumnType.MEMO})


class CardAction(StrEnum):
    """An action that can be allowed for a record type, in addition to changing columns."""

    ASSIGN = "assign"
    NOTE = "note"
    RESOLVE = "resolve"


def action_problem(action: CardAction, table: Table) -> str | None:
    """Return the reason why the action is not possible for records of this table, or None."""
    match action:
        case CardAction.ASSIGN if OWNER not in table.columns:
            return text("Records in this table have no owner, so they cannot be assigned.")
        case CardAction.NOTE if not table.has_notes:
            return text("Records in this table cannot have notes.")
        case CardAction.RESOLVE if table.name != _CASE:
            return text("Only cases can be resolved.")
        case CardAction.RESOLVE if max_bytes_of_choices(resolutions(table)) > MAX_INPUT_BYTES:
            return text("A card cannot hold all the reasons to resolve a case.")
        case _:
            return None


def possible_actions(table: Table) -> tuple[CardAction, ...]:
    """Return the actions that are possible for records of this table."""
    return tuple(act for act in CardAction if action_problem(act, table) is None)


def change_problem(column: Column) -> str | None:
    """Return the reason why a card cannot change the column, or None."""
    if not column.updatable:
        return text("This column is read-only.")
    if column.type is ColumnType.BOOLEAN:
        return None
    if column.type in _CHOICES:
        return TOO_MANY_CHOICES if _max_bytes(column) > MAX_INPUT_BYTES else None
    if column.type is ColumnType.DATE_TIME:
        return _date_problem(column)
    if column.type in _TEXTS and not column.rich_text:
        return None
    return text("A card can change only choices, yes/no values, dates, and plain text.")


def _date_problem(column: Column) -> str | None:
    match column.behavior:
        case DateBehavior.DATE_ONLY:
            return None
        case DateBehavior.TIME_ZONE_INDEPENDENT:
            return text("A card cannot change times.")
        case _:
            return text("A card cannot change times, because they depend on the time zone.")


def changeable_columns(table: Table) -> tuple[Column, ...]:
    """Return the columns that a card can change, sorted by label."""
    return _by_label(column for column in table.columns.values() if change_problem(column) is None)


def change_fields_problem(names: Sequence[str], table: Table) -> str | None:
    """Return the reason why cards cannot offer these columns together, or None."""
    if len(names) > MAX_CHANGE_FIELDS:
        return plural(
            len(names),
            "You chose 1 column. A card can change at most {most}.",
            "You chose {count} columns. A card can change at most {most}.",
            most=MAX_CHANGE_FIELDS,
        )
    if len(set(names)) < len(names):
        return text("A column is listed twice.")
    for name in names:
        column = table.columns.get(name)
        if column is None:
            return text("The table has no column named {name}. Choose another column.", name=name)
        if reason := change_problem(column):
            return text("{column} ({name}): {reason}", column=column.label, name=name, reason=reason)
    left_out = set(names) - {column.name for column in _fitting_together(table.columns[name] for name in names)}
    columns = and_list(table.columns[name].label for name in names if name in left_out)
    if not columns:
        return None
    return text("These columns do not fit on one card. Remove {columns} or other columns.", columns=columns)


def too_long_columns(table: Table) -> tuple[Column, ...]:
    """Return the columns that only their many choices keep off a card, sorted by label."""
    return _by_label(column for column in table.columns.values() if change_problem(column) == TOO_MANY_CHOICES)


def _by_label(columns: Iterable[Column]) -> tuple[Column, ...]:
    return tuple(sorted(columns, key=lambda column: (column.label.casefold(), column.name)))


def allowed_columns(names: Sequence[str], table: Table) -> tuple[Column, ...]:
    """Return the configured columns that the table still has and a card can still change."""
    there = (table.columns[name] for name in names if name in table.columns)
    return tuple(column for column in there if change_problem(column) is None)[:MAX_CHANGE_FIELDS]


def options_in_state(column: Column, now: Raw) -> dict[int, str]:
    """Return the column's choices as labels by number; for a status column, only those of the row's current state."""
    if column.type is not ColumnType.STATUS or not column.states:
        return dict(column.options)
    state = column.states.get(now) if isinstance(now, int) else None
    return {number: label for number, label in column.options.items() if column.states.get(number) == state}


def resolutions(table: Table) -> dict[int, str]:
    """Return the choices for resolving a case: the statuses that belong to the resolved state."""
    status = table.columns.get(STATUS)
    if status is None:
        return {}
    return {number: label for number, label in status.options.items() if status.states.get(number) == _RESOLVED}


def fits_input(column: Column, now: Raw) -> bool:
    """Check that a card's input can hold the column's current value and every other possible value."""
    if column.type in _CHOICES:
        return bool(options_in_state(column, now))
    held = str(now or "")
    return column.type not in _TEXTS or held == truncate_for_input(column, held)


def columns_that_fit(columns: Iterable[Column], now: Mapping[str, Raw]) -> tuple[Column, ...]:
    """Return the columns that fit together on one card, given their current values."""
    return _fitting_together(column for column in columns if fits_input(column, now.get(column.name)))


def _fitting_together(columns: Iterable[Column]) -> tuple[Column, ...]:
    """Return the columns in order, leaving out each one that no longer fits on the card."""
    left, found = MAX_INPUT_BYTES, []
    for column in columns:
        if (room := _max_bytes(column)) <= left:
            found.append(column)
            left -= room
    return tuple(found)


def _max_bytes(column: Column) -> int:
    """Return the most bytes that the column's input takes on a card; for a status column, in its longest state."""
    if column.type in _CHOICES:
        return max(map(max_bytes_of_choices, _choice_lists(column)), default=max_bytes_of_choices({}))
    return max_bytes_of_text(max_text_length(column)) if column.type in _TEXTS else max_bytes_of_toggle()


def _choice_lists(column: Column) -> Collection[Mapping[int, str]]:
    """Return the choice lists that the column can show: one, or one for each state."""
    if column.type is not ColumnType.STATUS:
        return [column.options]
    by_state: dict[int | None, dict[int, str]] = {}
    for number, label in column.options.items():
        by_state.setdefault(column.states.get(number), {})[number] = label
    return by_state.values()


_RESOLVED = 1
"""State of a resolved case ("incident table reference", `statecode`)."""


def parse_value(column: Column, entered: str, now: Raw) -> Raw:
    """Parse the input for a column whose current value is `now`. Empty text clears the value.

    Raise `BadRequest` if the column cannot have this value.
    """
    if column.type in _CHOICES:
        return _choice(column, entered, now)
    if column.type is ColumnType.BOOLEAN:
        return _yes_or_no(column, entered, now)
    if column.type is ColumnType.DATE_TIME:
        return _date(column, entered)
    return _text(column, entered)


def _choice(column: Column, entered: str, now: Raw) -> Raw:
    # Clients do not submit an empty choice list, so an empty text leaves the value unchanged.
    if not entered:
        return now
    found = next((number for number in options_in_state(column, now) if str(number) == entered), None)
    if found is None:
        raise _invalid(column, text("Choose a value from the list."))
    return found


def _yes_or_no(column: Column, entered: str, now: Raw) -> Raw:
    if entered not in {"", "true", "false"}:
        raise _invalid(column, text("Choose yes or no."))
    return now if not entered else entered == "true"


def _date(column: Column, entered: str) -> Raw:
    if not entered:
        _require_optional(column)
        return None
    try:
        day = date.fromisoformat(entered)
    except ValueError as error:
        raise _invalid(column, text("Choose a date.")) from error
    if day.year < _FIRST_YEAR or len(entered) != len("2026-11-21"):
        raise _invalid(column, text("Choose a date in {year} or later.", year=str(_FIRST_YEAR)))
    return day.isoformat()


def _text(column: Column, entered: str) -> Raw:
    written = entered.strip() if column.type is ColumnType.MEMO else " ".join(entered.split())
    if not written:
        _require_optional(column)
        return None
    longest = max_text_length(column)
    if len(written) > longest:
        reason = plural(
            len(written),
            "The text has 1 character. Use at most {longest}.",
            "The text has {count} characters. Use at most {longest}.",
            longest=longest,
        )
        raise _invalid(column, reason)
    if not all(map(_is_allowed, written)):
        raise _invalid(column, text("Remove the control characters."))
    return written


def digest(value: str) -> str:
    """Return a short digest of an input's value, so that a later page can tell whether the person changed it."""
    plain = value.replace("\r\n", "\n").strip()
    return hashlib.sha256(plain.encode(errors="replace")).hexdigest()[:16]


def max_text_length(column: Column) -> int:
    """Return the number of characters that a person can enter into the column on a card."""
    return min(column.max_length or MAX_TEXT_LENGTH, MAX_TEXT_LENGTH)


def truncate_for_input(column: Column, value: str) -> str:
    """Return the text without control characters, cut to the length of the column's input."""
    return strip_control_characters(value)[: max_text_length(column)]


def strip_control_characters(value: str) -> str:
    """Remove control characters except white space: people never mean them, and each takes many bytes in JSON."""
    return "".join(character for character in value if _is_allowed(character))


def _is_allowed(character: str) -> bool:
    return character >= " " or character in "\n\t\r"


def _require_optional(column: Column) -> None:
    """Raise `BadRequest` if the column must have a value."""
    if column.required:
        raise _invalid(column, text("Enter a value."))


def _invalid(column: Column, reason: Text) -> BadRequest:
    return BadRequest("{column}: {reason}", "Correct the value, and save again.", column=column.label, reason=reason)
