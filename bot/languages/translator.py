"""Translators: texts of the product in one language, and formats of one region (spec I1, I4)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from functools import cache
from gettext import NullTranslations
from typing import TYPE_CHECKING

from bot.domain.texts import DOT, Join, Joined, Label, Moment, Noun, Sentence, Template, Text, clock_time, fill
from bot.languages.catalogs import load_catalog
from bot.languages.tags import ENGLISH_TAG, label_in

if TYPE_CHECKING:
    from babel import Locale

_LOWER_CASE_NOUNS = frozenset({"en", "fr", "es", "pt-BR"})
"""Languages that write a common noun within a sentence in lower case."""
_RIGHT_TO_LEFT = frozenset({"ar"})
_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_COMMAS = {"ja": "、", "ar": "، "}
_WITHOUT_SPACES = frozenset({"ja"})
"""Languages that write no space between sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogTranslator:
    """See `cards.translator.Translator`."""

    language: str
    catalog: NullTranslations = field(repr=False, compare=False)
    region: str = ""
    """Locale of the reader's formats, such as `de_CH`; empty for the formats of the language."""

    @property
    def is_right_to_left(self) -> bool:
        """True if the language is written from right to left."""
        return self.language in _RIGHT_TO_LEFT

    def __call__(self, message: str, /, **values: object) -> str:
        """Return the translation of an English message, with the values of its placeholders."""
        translation = self.catalog.gettext(message)
        return self._fill(translation, message, values) if values else translation

    def plural(self, count: int, one: str, other: str, /, **values: object) -> str:
        """Return the translation for this count, which is also the value of the placeholder `{count}`."""
        english = one if count == 1 else other
        return self._fill(self.catalog.ngettext(one, other, count), english, {"count": count, **values})

    def plural_forms(self, one: str, other: str, /) -> Mapping[str, str]:
        """Return the translations by the plural categories of CLDR for whole numbers, with their placeholders."""
        samples = _samples(self.language)
        return {category: self.catalog.ngettext(one, other, number) for category, number in samples.items()}

    def _fill(self, message: str, english: str, values: Mapping[str, object]) -> str:
        """Return the message with its values. A translation with an unknown placeholder is replaced by English."""
        shown = {name: self._value(value) for name, value in values.items()}
        try:
            return fill(message, shown)
        except (LookupError, ValueError):
            return fill(english, shown)

    def show(self, text: str) -> str:
        """Return the translation of a text of the product, and any other string unchanged."""
        if not isinstance(text, Text):
            return text
        return self._render(text.template)

    def moment(self, text: str) -> datetime | None:
        """Return the moment that the text shows, or None for any other text."""
        return text.template.at if isinstance(text, Text) and isinstance(text.template, Moment) else None

    def _render(self, template: Template) -> str:
        match template:
            case Sentence():
                if template.plural:
                    return self.plural(template.count, template.message, template.plural, **template.values)
                return self(template.message, **template.values)
            case Joined():
                return self._join(template.parts, template.how)
            case Noun():
                return self.noun(self.show(template.label))
            case Label():
                return label_in(self.language, template.by_language) or template.default
            case Moment():
                return template.shown

    def and_list(self, items: Iterable[str]) -> str:
        """Return the items as the language joins them with "and"."""
        return self._join(items, Join.AND)

    def or_list(self, items: Iterable[str]) -> str:
        """Return the items as the language joins them with "or"."""
        return self._join(items, Join.OR)

    def sentences(self, *parts: str) -> str:
        """Return the sentences in a row, without empty ones."""
        return self._join((part for part in parts if part), Join.SENTENCES)

    def _join(self, items: Iterable[str], how: Join) -> str:
        shown = [self.show(each) for each in items]
        if how is Join.SENTENCES:
            return ("" if self.language in _WITHOUT_SPACES else " ").join(shown)
        if how is Join.COMMAS:
            return _COMMAS.get(self.language, ", ").join(shown)
        if how is Join.DETAILS:
            return DOT.join(shown)
        if len(shown) <= 1:
            return "".join(shown)
        from babel.lists import format_list

        return format_list(shown, style="or" if how is Join.OR else "standard", locale=_locale(self.language))

    def noun(self, label: str) -> str:
        """Return the label of a table or column as a word within a sentence."""
        return label.lower() if self.language in _LOWER_CASE_NOUNS else label

    def number(self, number: int) -> str:
        """Return the whole number in the reader's format."""
        if abs(number) < _GROUPED:
            return str(number)
        from babel.numbers import format_decimal

        return format_decimal(number, locale=_locale(self.region) or _locale(self.language))

    def _value(self, value: object) -> str:
        if isinstance(value, str):
            return self._isolated(self.show(value))
        if isinstance(value, int):
            return self.number(value)
        return clock_time(value) if isinstance(value, time) else str(value)

    def _isolated(self, text: str) -> str:
        """Return the text in isolates if it has another direction than the language.

        Otherwise, two names in Latin letters and what is between them would be read from left to right.
        """
        is_foreign = self.is_right_to_left and _LATIN.search(text) and not text.startswith(_ISOLATE)
        return f"{_ISOLATE}{text}{_END_OF_ISOLATE}" if is_foreign else text


_GROUPED = 1_000
"""Numbers from here on have separators of groups in some languages. Smaller ones need no format."""


@cache
def _locale(named: str) -> "Locale | None":
    """Return the locale, or None for one that CLDR does not know."""
    # Babel takes long to import, and a bot in English without long lists never needs it.
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(named, sep="-" if "-" in named else "_") if named else None
    except (UnknownLocaleError, ValueError):
        return None


@cache
def _samples(language: str) -> Mapping[str, int]:
    """Return a whole number of each plural category of the language."""
    if language == ENGLISH_TAG:
        return {"one": 1, "other": 2}
    known = _locale(language)
    if known is None:
        return {"other": 2}
    category = known.plural_form
    return {category(number): number for number in reversed(_SAMPLES)}


_SAMPLES = (*range(200), 1_000_000)
"""Whole numbers of all categories. Some languages count millions in a way of their own."""


@cache
def translator(language: str, region: str = "") -> CatalogTranslator:
    """Return the translator of a language with a catalog, with the formats of a region."""
    return CatalogTranslator(language=language, region=region, catalog=load_catalog(language))


ENGLISH = translator(ENGLISH_TAG)
