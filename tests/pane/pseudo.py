"""Catalogs of a language in which each translated text has accents, so that all other texts stand out."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from gettext import NullTranslations

import pytest

from bot.languages import translator as translators

_PLACEHOLDER = re.compile(r"(\{\w+\})")
_ACCENTS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "áƀćđéƒǵĥíĵķĺḿńóṕɋŕśťúṽẃẋýźÁƁĆĐÉƑǴĤÍĴĶĹḾŃÓṔɊŔŚŤÚṼẂẊÝŹ"
)


def accented(message: str) -> str:
    """Return the message with accents on its words, but not on its placeholders."""
    parts = _PLACEHOLDER.split(message)
    return "".join(part if _PLACEHOLDER.fullmatch(part) else part.translate(_ACCENTS) for part in parts)


class PseudoCatalog(NullTranslations):
    """A catalog with all messages."""

    def gettext(self, message: str) -> str:
        """Return the message with accents."""
        return accented(message)

    def ngettext(self, one: str, other: str, count: int) -> str:
        """Return the message for the count with accents."""
        return accented(one if count == 1 else other)


@contextmanager
def pseudo_catalogs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Replace the catalogs of all languages except English."""

    def load(tag: str) -> NullTranslations:
        return NullTranslations() if tag == "en" else PseudoCatalog()

    monkeypatch.setattr(translators, "load_catalog", load)
    translators.translator.cache_clear()
    yield
    translators.translator.cache_clear()
