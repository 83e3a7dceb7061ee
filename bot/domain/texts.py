"""Texts of the product for people, which a translator shows in the reader's language (spec I4). Pure.

A `Text` is its English text, so it is compared, logged, and stored like any other string. It also remembers its message
and values. Each message is a whole sentence or label with named placeholders, and the key of its translations.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from functools import cache
from typing import Self


class Join(StrEnum):
    """A way to join texts, which depends on the language."""

    AND = "and"
    OR = "or"
    COMMAS = "commas"
    SENTENCES = "sentences"
    DETAILS = "details"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A message with named placeholders, perhaps with a plural form, and its values."""

    message: str
    values: Mapping[str, object]
    plural: str = ""
    """The message for any number except 1; empty for a message without a plural."""
    count: int = 0


@dataclass(frozen=True, slots=True)
class Joined:
    """Texts in a row."""

    parts: tuple[str, ...]
    how: Join


@dataclass(frozen=True, slots=True)
class Noun:
    """The label of a table or column within a sentence. Not every language writes it in lower case there."""

    label: str


@dataclass(frozen=True, slots=True)
class Label:
    """A label of Dynamics 365, which has its own translations."""

    default: str
    """The label in the language of the app's user."""
    by_language: Mapping[int, str]
    """The labels by language ID (LCID)."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment, which cards show by the reader's clock."""

    at: datetime
    shown: str
    """The text for places without a clock, such as the activity feed."""


Template = Sentence | Joined | Noun | Label | Moment


class Text(str):
    """English text of the product that can be translated."""

    __slots__ = ("template",)
    template: Template

    @classmethod
    def of(cls, template: Template) -> Self:
        """Return the English text of the template."""
        created = cls(_english(template))
        created.template = template
        return created


def text(message: str, /, **values: object) -> Text:
    """Return a message with the values of its placeholders.

    Values are strings, whole numbers, times of day, and other texts. Strings from outside are never translated.
    """
    return Text.of(Sentence(message, values)) if values else _constant(message)


@cache
def _constant(message: str) -> Text:
    # Messages without values are literals, so there are only as many as the source has.
    return Text.of(Sentence(message, {}))


def plural(count: int, one: str, other: str, /, **values: object) -> Text:
    """Return the message for this count, which is also the value of the placeholder `{count}`."""
    return Text.of(Sentence(one, {"count": count, **values}, plural=other, count=count))


def and_list(items: Iterable[str]) -> Text:
    """Return the items as "a", "a and b", or "a, b, and c"."""
    return Text.of(Joined(tuple(items), Join.AND))


def or_list(items: Iterable[str]) -> Text:
    """Return the items as "a", "a or b", or "a, b, or c"."""
    return Text.of(Joined(tuple(items), Join.OR))


def sentences(*parts: str) -> Text:
    """Return the sentences in a row, without empty ones."""
    return Text.of(Joined(tuple(part for part in parts if part), Join.SENTENCES))


def details(*parts: str) -> Text:
    """Return details on one line, such as a name, a title, and a remark, without empty ones."""
    return Text.of(Joined(tuple(part for part in parts if part), Join.DETAILS))


def comma_list(items: Iterable[str]) -> Text:
    """Return the items as "a, b, c"."""
    return Text.of(Joined(tuple(items), Join.COMMAS))


def label(default: str, by_language: Mapping[int, str]) -> str:
    """Return a label of Dynamics 365 that is shown in the reader's language if it is translated."""
    others = {language: each for language, each in by_language.items() if each and each != default}
    return Text.of(Label(default, others)) if others else default


def moment(at: datetime, shown: str) -> Text:
    """Return a moment with its text for places without a clock."""
    return Text.of(Moment(at, shown))


def noun(label: str) -> Text:
    """Return the label of a table or column as a word within a sentence."""
    return Text.of(Noun(label))


def _english(template: Template) -> str:
    match template:
        case Sentence():
            message = template.plural if template.plural and template.count != 1 else template.message
            return fill(message, {name: _english_value(value) for name, value in template.values.items()})
        case Joined():
            return _ENGLISH_JOINS[template.how](template.parts)
        case Noun():
            return template.label.lower()
        case Label():
            return template.default
        case Moment():
            return template.shown


def fill(message: str, values: Mapping[str, str]) -> str:
    """Return the message with its values. A message without values may contain braces."""
    return message.format_map(values) if values else message


def _english_value(value: object) -> str:
    if isinstance(value, str):
        return value
    return f"{value:,}" if isinstance(value, int) else clock_time(value) if isinstance(value, time) else str(value)


def clock_time(at: time) -> str:
    """Return a time of day, such as 8:00 or 18:30. It is the same in all languages."""
    return f"{at.hour}:{at.minute:02}"


def _with_and(items: tuple[str, ...]) -> str:
    return _listed(items, "and")


def _with_or(items: tuple[str, ...]) -> str:
    return _listed(items, "or")


DOT = " · "
"""Separates details in all languages."""
_ENGLISH_JOINS = {
    Join.AND: _with_and,
    Join.OR: _with_or,
    Join.COMMAS: ", ".join,
    Join.SENTENCES: " ".join,
    Join.DETAILS: DOT.join,
}


def _listed(items: tuple[str, ...], conjunction: str) -> str:
    if len(items) <= 1:
        return "".join(items)
    *first, last = items
    comma = "," if len(first) > 1 else ""
    return f"{', '.join(first)}{comma} {conjunction} {last}"
