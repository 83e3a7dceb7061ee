"""The choice of a language (spec I2). Pure.

Every system names languages in its own way: Dataverse by numbers (LCIDs), Teams and browsers by BCP 47 tags.
"""

import locale
from collections.abc import Iterable, Mapping
from functools import lru_cache

ENGLISH_TAG = "en"
LANGUAGES = (ENGLISH_TAG, "de", "fr", "es", "ja", "pt-BR", "ar")
"""Languages with a catalog, as BCP 47 tags. English is the language of the messages themselves."""

LANGUAGE_NAMES: Mapping[str, str] = {
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "ja": "日本語",
    "pt-BR": "Português (Brasil)",
    "ar": "العربية",
}
"""Each language in its own words."""

_MAX_TAG_LENGTH = 35
"""Characters of a tag that RFC 5646 asks every reader of tags to accept."""

_BY_LANGUAGE: Mapping[str, str] = {tag.partition("-")[0]: tag for tag in LANGUAGES}
"""Catalogs by primary language. A region alone never leads to English: `de-CH` and `pt-PT` read the closest catalog."""


def catalog_tag(named: str | int | None) -> str | None:
    """Return the catalog for a BCP 47 tag or an LCID; None if there is none, or if the language is not known."""
    # Each answer needs the catalogs of several names. Only short names are kept.
    is_kept = isinstance(named, int) or (named is not None and len(named) <= _MAX_TAG_LENGTH)
    return _catalog(named) if is_kept else None


@lru_cache(maxsize=1_000)
def _catalog(named: str | int) -> str | None:
    tag = locale.windows_locale.get(named, "") if isinstance(named, int) else named
    return _BY_LANGUAGE.get(tag.replace("_", "-").partition("-")[0].lower())


def choose_language(named: Iterable[str | int | None]) -> str:
    """Return the first catalog for the languages in this order, or English.

    The order of a personal view: the reader's language in Dynamics 365, that of their Teams client, and the base
    language of the environment. The order of a shared card: the language of the chat, and the base language.
    """
    for each in named:
        if tag := catalog_tag(each):
            return tag
    return ENGLISH_TAG


def label_in(tag: str, labels: Mapping[int, str]) -> str | None:
    """Return the label in a catalog's language, in its main region or in another one; None if there is none."""
    found = labels.get(_LCIDS[tag])
    return found or next((label for language, label in labels.items() if catalog_tag(language) == tag), None)


_LCIDS: Mapping[str, int] = {
    "en": 1033,
    "de": 1031,
    "fr": 1036,
    "es": 3082,
    "ja": 1041,
    "pt-BR": 1046,
    "ar": 1025,
}
