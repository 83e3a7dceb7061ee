"""Buttons that turn the pages of a list."""

from dataclasses import replace
from typing import TypeVar

from cards.buttons import ActionButton, SubmitButton
from cards.words import plural

BEGIN = "begin"
"""Name in a button's data for the index of the first row."""

B = TypeVar("B", bound=ActionButton | SubmitButton)


def page_offset(offset: int, total: int, size: int) -> int:
    """Return the index of the page's first row: that of the last page if the list has become shorter."""
    return min(offset, max(0, total - 1) // size * size)


def page_buttons(button: B, *, offset: int, total: int, size: int) -> list[B]:
    """Return the buttons for the pages before and after this one. Each is `button` with the index of the first row."""
    turns = [("Previous", offset - size)] if offset > 0 else []
    if offset + size < total:
        turns.append(("Next", offset + size))
    return [turned(button, title, max(0, begin)) for title, begin in turns]


def turned(button: B, title: str, begin: int) -> B:
    """Return the button with the title, for the page that begins with this row."""
    return replace(button, title=title, payload={**button.payload, BEGIN: str(begin)})


def count_text(*, offset: int, rows: int, hidden: int, total: int) -> str:
    """Return sentences about the records that the page does not show; empty if it shows all.

    `hidden` is the number of records on this page that the person cannot open. `rows` does not include them.
    """
    if total > rows + hidden:
        part = f"Records {offset + 1} to {offset + rows + hidden} of {total}."
        return f"{part} {_hidden_here(hidden)}".strip()
    if not hidden:
        return ""
    if rows:
        return plural(hidden, "You cannot open 1 more record.", f"You cannot open {hidden} more records.")
    return plural(hidden, "You cannot open 1 record.", f"You cannot open {hidden} records.")


def _hidden_here(hidden: int) -> str:
    return plural(hidden, "You cannot open 1 of them.", f"You cannot open {hidden} of them.") if hidden else ""
