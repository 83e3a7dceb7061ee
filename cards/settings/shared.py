"""What the pages of the settings share: where one is, what was changed, and what is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cards.dialog import problem
from cards.elements import Element, TextBlock
from cards.inputs import Toggle
from cards.record import byline, join_with_dots
from cards.text import escape, local_time, single_line, truncate

MAX_LINES = 10
"""Changes, or mistakes, that a page names."""

MAX_LABEL_LENGTH = 70
MAX_LISTED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """A setting that is different; `where` is empty for those of the whole environment."""

    where: str
    setting: str
    was: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcurrentChanges:
    """What somebody else saved while a page was open."""

    who: str
    at: datetime
    changes: tuple[ChangeLine, ...]


def breadcrumb(*parts: str) -> Element:
    """Where one is, from the inside out."""
    return byline(join_with_dots(*parts))


def change_lines(changes: Sequence[ChangeLine], *, at_most: int = MAX_LINES) -> list[Element]:
    """A line for each change, up to so many."""
    lines: list[Element] = [TextBlock(_changed(each), size="Small", spacing="None") for each in changes[:at_most]]
    return lines + _more(len(changes) - at_most)


def _changed(change: ChangeLine) -> str:
    where = f"{escape(change.where)} · " if change.where else ""
    return f"{where}{escape(change.setting)}: {escape(change.was, limit=60)} → {escape(change.now, limit=120)}"


def _more(count: int) -> list[Element]:
    return [byline(f"{count} more")] if count > 0 else []


def concurrent_change_lines(saved: Sequence[ConcurrentChanges], *, kept: bool) -> list[Element]:
    """Who saved what since the page was opened; `kept` says that what was filled in is saved all the same."""
    if not saved:
        return []
    lines: list[Element] = []
    for each in saved[-3:]:
        lines.append(TextBlock(f"{escape(each.who)} saved settings meanwhile, {local_time(each.at)}:", weight="Bolder"))
        lines += change_lines(each.changes)
    if not kept:
        lines.append(problem("Yours are not saved yet. Below they are filled in together with these: look, then save."))
    return lines


def problem_lines(reasons: Sequence[tuple[str, str]]) -> list[Element]:
    """What is wrong, each after what it is about."""
    shown = [problem(f"{about}: {reason}") for about, reason in reasons[:MAX_LINES]]
    return shown + _more(len(reasons) - MAX_LINES)


def heading(text: str) -> Element:
    """What the inputs below are about."""
    return TextBlock(text, weight="Bolder", spacing="Medium")


def hint(text: str) -> Element:
    """What one should know of the input above."""
    return TextBlock(escape(text, limit=400), size="Small", subtle=True, spacing="Small")


def name_list(intro: str, names: Sequence[str]) -> str:
    """The names behind the words that say what they have in common, up to so many."""
    more = len(names) - MAX_LISTED
    rest = f" and {more} more" if more > 0 else ""
    return f"{intro}: {', '.join(truncate(single_line(name), 40) for name in names[:MAX_LISTED])}{rest}"


def label(text: str) -> str:
    """The text of an input or a choice: clients read no Markdown there."""
    return single_line(text, limit=MAX_LABEL_LENGTH)


def toggles(labels: Mapping[str, str], on: Mapping[str, bool], *names: str) -> list[Element]:
    """Switches by their names."""
    return [Toggle(name, label(labels[name]), on=on[name]) for name in names]
