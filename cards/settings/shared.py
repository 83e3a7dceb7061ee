"""What the pages of the settings share: where one is, what was changed, and what is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cards.dialog import problem
from cards.elements import Element, TextBlock
from cards.inputs import Toggle
from cards.record import byline, dotted
from cards.text import line, moment, plain, shortened

LINES_AT_MOST = 10
"""Changes, or mistakes, that a page names."""

LONGEST_LABEL = 70
LISTED_AT_MOST = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """A setting that is different; `where` is empty for those of the whole environment."""

    where: str
    setting: str
    was: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Meanwhile:
    """What somebody else saved while a page was open."""

    who: str
    at: datetime
    changes: tuple[ChangeLine, ...]


def place(*parts: str) -> Element:
    """Where one is, from the inside out."""
    return byline(dotted(*parts))


def change_lines(changes: Sequence[ChangeLine], *, at_most: int = LINES_AT_MOST) -> list[Element]:
    """A line for each change, up to so many."""
    lines: list[Element] = [TextBlock(_changed(each), size="Small", spacing="None") for each in changes[:at_most]]
    return lines + _more(len(changes) - at_most)


def _changed(change: ChangeLine) -> str:
    where = f"{plain(change.where)} · " if change.where else ""
    return f"{where}{plain(change.setting)}: {plain(change.was, limit=60)} → {plain(change.now, limit=120)}"


def _more(count: int) -> list[Element]:
    return [byline(f"{count} more")] if count > 0 else []


def meanwhile_lines(saved: Sequence[Meanwhile], *, kept: bool) -> list[Element]:
    """Who saved what since the page was opened; `kept` says that what was filled in is saved all the same."""
    if not saved:
        return []
    lines: list[Element] = []
    for each in saved[-3:]:
        lines.append(TextBlock(f"{plain(each.who)} saved settings meanwhile, {moment(each.at)}:", weight="Bolder"))
        lines += change_lines(each.changes)
    if not kept:
        lines.append(problem("Yours are not saved yet. Below they are filled in together with these: look, then save."))
    return lines


def problem_lines(reasons: Sequence[tuple[str, str]]) -> list[Element]:
    """What is wrong, each after what it is about."""
    shown = [problem(f"{about}: {reason}") for about, reason in reasons[:LINES_AT_MOST]]
    return shown + _more(len(reasons) - LINES_AT_MOST)


def heading(text: str) -> Element:
    """What the inputs below are about."""
    return TextBlock(text, weight="Bolder", spacing="Medium")


def small(text: str) -> Element:
    """What one should know of the input above."""
    return TextBlock(plain(text, limit=400), size="Small", subtle=True, spacing="Small")


def listed(intro: str, names: Sequence[str]) -> str:
    """The names behind the words that say what they have in common, up to so many."""
    more = len(names) - LISTED_AT_MOST
    rest = f" and {more} more" if more > 0 else ""
    return f"{intro}: {', '.join(shortened(line(name), 40) for name in names[:LISTED_AT_MOST])}{rest}"


def label(text: str) -> str:
    """The text of an input or a choice: clients read no Markdown there."""
    return line(text, limit=LONGEST_LABEL)


def toggles(labels: Mapping[str, str], on: Mapping[str, bool], *names: str) -> list[Element]:
    """Switches by their names."""
    return [Toggle(name, label(labels[name]), on=on[name]) for name in names]
