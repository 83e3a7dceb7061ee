"""Catalogs of translations: one `.mo` file for each language, which `python -m tests.translations` compiles."""

from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from bot.languages.tags import ENGLISH_TAG

LOCALES = Path(__file__).parent / "locale"
DOMAIN = "chatsync"


def catalog_file(tag: str, suffix: str = ".mo") -> Path:
    """Return the file of a language's catalog."""
    return LOCALES / tag / "LC_MESSAGES" / f"{DOMAIN}{suffix}"


@cache
def load_catalog(tag: str) -> NullTranslations:
    """Return the translations of a language. English has none, because the messages themselves are English."""
    if tag == ENGLISH_TAG:
        return NullTranslations()
    with catalog_file(tag).open("rb") as file:
        return GNUTranslations(file)
