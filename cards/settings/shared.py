"""Parts that the settings pages share: the location, changes, and problems."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cards.dialog import problem
from cards.elements import Element, TextBlock
from cards.inputs import Toggle
from cards.record import byline, join_with_dots
from cards.text import escape, local_time, single_line, truncate

MAX_LINES = 10
"""Changes or mistakes that a page lists."""

MAX_SAVES = 3
"""Saves of others that a page lists."""
_EARLIER = "Others saved {count} more times while this page was open. To see all changes, open the history."

MAX_LABEL_LENGTH = 70
MAX_LISTED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """A changed setting. `where` is empty for settings of the whole environment."""

    where: str
    setting: str
    was: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcurrentChanges:
    """Changes that someone else saved while the page was open."""

    who: str
    at: datetime
    changes: tuple[ChangeLine, ...]


def breadcrumb(*parts: str) -> Element:
    """Return the line that says which settings the page shows, from the inside out."""
    return byline(join_with_dots(*parts))


def change_lines(changes: Sequence[ChangeLine], *, at_most: int = MAX_LINES) -> list[Element]:
    """Return a line for each change, up to a limit."""
    lines: list[Element] = [TextBlock(_changed(each), size="Small", spacing="None") for each in changes[:at_most]]
    return lines + _more(len(changes) - at_most)


def _changed(change: ChangeLine) -> str:
    where = f"{escape(change.where)} · " if change.where else ""
    return f"{where}{escape(change.setting)}: {escape(change.was, limit=60)} → {escape(change.now, limit=120)}"


def _more(count: int) -> list[Element]:
    return [byline(f"{count} more")] if count > 0 else []


def concurrent_change_lines(saved: Sequence[ConcurrentChanges], *, kept: bool) -> list[Element]:
    """Return the changes saved since the page was opened. `kept` says that the person's own changes were saved too."""
    if not saved:
        return []
    earlier = len(saved) - MAX_SAVES
    lines: list[Element] = [byline(_EARLIER.format(count=earlier))] if earlier > 0 else []
    for each in saved[-MAX_SAVES:]:
        lines.append(
            TextBlock(
                f"{escape(each.who)} saved these changes while this page was open ({local_time(each.at)}):",
                weight="Bolder",
            )
        )
        lines += change_lines(each.changes)
    if not kept:
        lines.append(problem("Your changes are not saved yet. The form below contains both. Review it, and then save."))
    return lines


def problem_lines(reasons: Sequence[tuple[str, str]]) -> list[Element]:
    """Return a line for each problem, with its setting in front."""
    shown = [problem(f"{about}: {reason}") for about, reason in reasons[:MAX_LINES]]
    return shown + _more(len(reasons) - MAX_LINES)


def heading(text: str) -> Element:
    """Return the heading of a group of inputs."""
    return TextBlock(text, weight="Bolder", spacing="Medium")


def hint(text: str) -> Element:
    """Return the explanation below an input."""
    return TextBlock(escape(text, limit=400), size="Small", subtle=True, spacing="Small")


def name_list(intro: str, names: Sequence[str]) -> str:
    """Return the introduction and the names, up to a limit."""
    more = len(names) - MAX_LISTED
    shown = [truncate(single_line(name), 40) for name in names[:MAX_LISTED]]
    return f"{intro}: {', '.join([*shown, f'and {more} more'] if more > 0 else shown)}"


def label(text: str) -> str:
    """Return the label of an input or a choice, where clients render no Markdown."""
    return single_line(text, limit=MAX_LABEL_LENGTH)


def toggles(labels: Mapping[str, str], on: Mapping[str, bool], *names: str) -> list[Element]:
    """Return a switch for each of the named settings."""
    return [Toggle(name, label(labels[name]), on=on[name]) for name in names]
