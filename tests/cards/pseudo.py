"""A translator into no language: its texts look translated, so that an untranslated one can be found."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time

from bot.domain.texts import Join, Joined, Label, Moment, Noun, Sentence, Template, Text, clock_time, fill

_LETTERS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "åƀçđéƒğĥîĵķļɱñöþɋŕšţûṽŵẋýžÅƁÇĐÉƑĞĤÎĴĶĻṀÑÖÞɊŔŠŢÛṼŴẊÝŽ",
)
_PLACEHOLDER = re.compile(r"(\{\w+\})")
_LONGER = 0.4
"""Share by which translations are longer than English, such as German ones."""


def accented(message: str) -> str:
    """Return the message with accents, in brackets, and longer, with the same placeholders."""
    parts = _PLACEHOLDER.split(message)
    shown = "".join(part if _PLACEHOLDER.fullmatch(part) else part.translate(_LETTERS) for part in parts)
    return f"[{shown}{'é' * round(len(message) * _LONGER)}]"


@dataclass(frozen=True, slots=True)
class Pseudo:
    """See `cards.translator.Translator`."""

    language: str = "qps-ploc"
    is_right_to_left: bool = False

    def __call__(self, message: str, /, **values: object) -> str:
        return fill(accented(message), {name: self._value(value) for name, value in values.items()})

    def plural(self, count: int, one: str, other: str, /, **values: object) -> str:
        return self(one if count == 1 else other, count=count, **values)

    def show(self, text: str) -> str:
        return self._render(text.template) if isinstance(text, Text) else text

    def moment(self, text: str) -> datetime | None:
        return text.template.at if isinstance(text, Text) and isinstance(text.template, Moment) else None

    def _render(self, template: Template) -> str:
        match template:
            case Sentence(message=one, plural=other, count=count, values=values):
                return self(other if other and count != 1 else one, **values)
            case Joined(parts=parts, how=Join.AND):
                return self.and_list(parts)
            case Joined(parts=parts, how=Join.OR):
                return self.or_list(parts)
            case Joined(parts=parts):
                return self.sentences(*parts)
            case Noun(label=label):
                return self.noun(label)
            case Label(default=default):
                return default
            case Moment(shown=shown):
                return shown

    def _value(self, value: object) -> str:
        if isinstance(value, str):
            return self.show(value)
        return self.number(value) if isinstance(value, int) else clock_time(value) if isinstance(value, time) else "?"

    def and_list(self, items: Iterable[str]) -> str:
        return self._listed(items, "and")

    def or_list(self, items: Iterable[str]) -> str:
        return self._listed(items, "or")

    def _listed(self, items: Iterable[str], conjunction: str) -> str:
        shown = [self.show(each) for each in items]
        return f" {accented(conjunction)} ".join(shown)

    def sentences(self, *parts: str) -> str:
        return " ".join(self.show(part) for part in parts if part)

    def noun(self, label: str) -> str:
        return label

    def number(self, number: int) -> str:
        return f"{number:,}"
