"""The translator that every card, dialog, and page gets. The bot implements it (`bot.languages`)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol


class Translator(Protocol):
    """The texts and formats of one language."""

    @property
    def language(self) -> str:
        """The language as a BCP 47 tag, such as `de` or `pt-BR`."""
        ...

    @property
    def is_right_to_left(self) -> bool:
        """True if the language is written from right to left."""
        ...

    def __call__(self, message: str, /, **values: object) -> str:
        """Return the translation of an English message, with the values of its placeholders."""
        ...

    def plural(self, count: int, one: str, other: str, /, **values: object) -> str:
        """Return the translation for this count, which is also the value of the placeholder `{count}`."""
        ...

    def show(self, text: str) -> str:
        """Return the translation of a text of the product, and any other string unchanged.

        Texts of a view are texts of the product or of a record. Only those of the product are translated.
        """
        ...

    def moment(self, text: str) -> datetime | None:
        """Return the moment that a text of a view shows, or None for any other text."""
        ...

    def and_list(self, items: Iterable[str]) -> str:
        """Return the items as the language joins them with "and"."""
        ...

    def or_list(self, items: Iterable[str]) -> str:
        """Return the items as the language joins them with "or"."""
        ...

    def sentences(self, *parts: str) -> str:
        """Return the sentences in a row, without empty ones."""
        ...

    def noun(self, label: str) -> str:
        """Return the label of a table or column as a word within a sentence."""
        ...

    def number(self, number: int) -> str:
        """Return the whole number in the reader's format."""
        ...
