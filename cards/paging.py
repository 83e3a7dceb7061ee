"""Buttons that turn the pages of a list."""

from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from cards.buttons import ActionButton, SubmitButton
from cards.translator import Translator

BEGIN = "begin"
"""Name in a button's data for the index of the first row."""

B = TypeVar("B", bound=ActionButton | SubmitButton)


def page_offset(offset: int, total: int, size: int) -> int:
    """Return the index of the page's first row: that of the last page if the list has become shorter."""
    return min(offset, max(0, total - 1) // size * size)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns(Generic[B]):
    """The buttons for the pages before and after a page; None if there is no such page."""

    previous: B | None = None
    next: B | None = None

    def buttons(self, t: Translator) -> list[B]:
        """Return the buttons with their titles."""
        named = ((t("Previous"), self.previous), (t("Next"), self.next))
        return [replace(button, title=title) for title, button in named if button]


NO_TURNS: Turns[ActionButton] = Turns()
"""The only page."""


def page_turns(button: B, *, offset: int, total: int, size: int) -> Turns[B]:
    """Return the buttons for other pages. Each is `button` with the index of the first row."""
    return Turns(
        previous=turned(button, max(0, offset - size)) if offset > 0 else None,
        next=turned(button, offset + size) if offset + size < total else None,
    )


def page_buttons(t: Translator, button: B, *, offset: int, total: int, size: int) -> list[B]:
    """Return the buttons for the pages before and after this one, with their titles."""
    return page_turns(button, offset=offset, total=total, size=size).buttons(t)


def turned(button: B, begin: int) -> B:
    """Return the button for the page that begins with this row."""
    return replace(button, payload={**button.payload, BEGIN: str(begin)})


def count_text(t: Translator, *, offset: int, rows: int, hidden: int, total: int) -> str:
    """Return sentences about the records that the page does not show; empty if it shows all.

    `hidden` is the number of records on this page that the person cannot open. `rows` does not include them.
    """
    if total > rows + hidden:
        first, last = offset + 1, offset + rows + hidden
        part = t("Records {first} to {last} of {total}.", first=first, last=last, total=total)
        return t.sentences(part, _hidden_here(t, hidden))
    if not hidden:
        return ""
    if rows:
        return t.plural(hidden, "You cannot open 1 more record.", "You cannot open {count} more records.")
    return t.plural(hidden, "You cannot open 1 record.", "You cannot open {count} records.")


def _hidden_here(t: Translator, hidden: int) -> str:
    return t.plural(hidden, "You cannot open 1 of them.", "You cannot open {count} of them.") if hidden else ""
