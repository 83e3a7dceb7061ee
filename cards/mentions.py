"""Mentions of people on cards ("Mention support within Adaptive Cards", Teams documentation)."""

import re
from dataclasses import dataclass

from cards.elements import MentionEntity, TextBlock
from cards.record import MAX_WORD_LENGTH, escape_word
from cards.text import isolate, single_line
from cards.translator import Translator

_MARKUP = re.compile(r"[<>&*_`~|#\"\[\]{}\\]")
"""Characters with a meaning in mentions, HTML, or Markdown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """The owner of the card's record, whom the card mentions. `owner_mention` returns one with a safe name."""

    name: str
    account: str
    """The owner's ID in the chat."""
    is_new_owner: bool = False

    @property
    def entity(self) -> MentionEntity:
        """The entity that makes the text a mention."""
        return MentionEntity(text=self._tag, name=self.name, account=self.account)

    @property
    def _tag(self) -> str:
        return f"<at>{self.name}</at>"

    def line(self, t: Translator, kind: str) -> TextBlock:
        """Return the line of the card. `kind`: the label of the record's table."""
        return TextBlock(self._sentence(t, isolate(self._tag), escape_word(_noun(t, kind))))

    def sentence(self, t: Translator, kind: str) -> str:
        """Return the line as plain text."""
        return self._sentence(t, isolate(self.name), isolate(single_line(_noun(t, kind), limit=MAX_WORD_LENGTH)))

    def _sentence(self, t: Translator, person: str, kind: str) -> str:
        if self.is_new_owner:
            return t("{person} now owns this {kind}.", person=person, kind=kind)
        return t("Owner: {person}", person=person)


def _noun(t: Translator, kind: str) -> str:
    return t.noun(t.show(kind))


def owner_mention(name: str, account: str, *, is_new_owner: bool = False) -> Mention | None:
    """Return the mention; None if the name contains nothing that can be shown.

    Characters that could end the mention or be read as markup are left out, not escaped: Teams looks for the text of
    the mention on the card.
    """
    safe = single_line(_MARKUP.sub(" ", name), limit=MAX_WORD_LENGTH)
    return Mention(name=safe, account=account, is_new_owner=is_new_owner) if safe and account else None
