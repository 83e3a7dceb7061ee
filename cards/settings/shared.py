"""Parts that the settings pages share: the location, changes, and problems."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cards.dialog import problem
from cards.elements import Element, TextBlock
from cards.inputs import Choice, Toggle
from cards.record import byline, join_with_dots
from cards.text import escape, local_time, single_line, truncate
from cards.translator import Translator

MAX_LINES = 10
"""Changes or mistakes that a page lists."""

MAX_SAVES = 3
"""Saves of others that a page lists."""

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


def breadcrumb(t: Translator, *parts: str) -> Element:
    """Return the line that says which settings the page shows, from the inside out."""
    return byline(join_with_dots(t, *parts))


def change_lines(t: Translator, changes: Sequence[ChangeLine], *, at_most: int = MAX_LINES) -> list[Element]:
    """Return a line for each change, up to a limit."""
    lines: list[Element] = [TextBlock(_changed(t, each), size="Small", spacing="None") for each in changes[:at_most]]
    return lines + _more(t, len(changes) - at_most)


def _changed(t: Translator, change: ChangeLine) -> str:
    where = f"{escape(t.show(change.where))} · " if change.where else ""
    was, now = escape(t.show(change.was), limit=60), escape(t.show(change.now), limit=120)
    return where + t("{setting}: {old} → {new}", setting=escape(t.show(change.setting)), old=was, new=now)


def _more(t: Translator, count: int) -> list[Element]:
    return [byline(t("{count} more", count=count))] if count > 0 else []


def concurrent_change_lines(t: Translator, saved: Sequence[ConcurrentChanges], *, kept: bool) -> list[Element]:
    """Return the changes saved since the page was opened. `kept` says that the person's own changes were saved too."""
    if not saved:
        return []
    lines = _earlier(t, len(saved) - MAX_SAVES)
    for each in saved[-MAX_SAVES:]:
        who, at = escape(t.show(each.who)), local_time(each.at)
        title = t("{name} saved these changes while this page was open ({time}):", name=who, time=at)
        lines += [TextBlock(title, weight="Bolder"), *change_lines(t, each.changes)]
    if not kept:
        review = t("Your changes are not saved yet. The form below contains both. Review it, and then save.")
        lines.append(problem(t, review))
    return lines


def _earlier(t: Translator, count: int) -> list[Element]:
    if count <= 0:
        return []
    text = t.plural(
        count,
        "Others saved 1 more time while this page was open. To see all changes, open the history.",
        "Others saved {count} more times while this page was open. To see all changes, open the history.",
    )
    return [byline(text)]


def problem_lines(t: Translator, reasons: Sequence[tuple[str, str]]) -> list[Element]:
    """Return a line for each problem, with its setting in front."""
    shown = [problem(t, t("{label}: {value}", label=about, value=reason)) for about, reason in reasons[:MAX_LINES]]
    return shown + _more(t, len(reasons) - MAX_LINES)


def heading(text: str) -> Element:
    """Return the heading of a group of inputs."""
    return TextBlock(text, weight="Bolder", spacing="Medium")


def hint(t: Translator, text: str) -> Element:
    """Return the explanation below an input."""
    return TextBlock(escape(t.show(text), limit=400), size="Small", subtle=True, spacing="Small")


def name_list(t: Translator, names: Sequence[str]) -> str:
    """Return the names, up to a limit."""
    more = len(names) - MAX_LISTED
    shown = [truncate(single_line(t.show(name)), 40) for name in names[:MAX_LISTED]]
    return t.and_list([*shown, t("{count} more", count=more)] if more > 0 else shown)


def label(text: str) -> str:
    """Return the label of an input or a choice, where clients render no Markdown."""
    return single_line(text, limit=MAX_LABEL_LENGTH)


def labelled(t: Translator, choices: Sequence[Choice]) -> list[Choice]:
    """Return the choices with titles as labels."""
    return [Choice(title=label(t.show(each.title)), value=each.value) for each in choices]


def toggles(t: Translator, labels: Mapping[str, str], on: Mapping[str, bool], *names: str) -> list[Element]:
    """Return a switch for each of the named settings."""
    return [Toggle(name, label(t.show(labels[name])), on=on[name]) for name in names]
