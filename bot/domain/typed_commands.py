"""Parse the text commands that people type. Pure."""

import re
import unicodedata
from collections.abc import Container
from dataclasses import dataclass

from bot.domain.command_words import command_length, english
from bot.domain.public_names import QUIET
from bot.text.typed_text import simple_form

_MAX_POLITE_WORDS = 4
_POLITE = frozenset({"can", "could", "hello", "hey", "hi", "kindly", "ok", "okay", "please", "pls", "plz", "you"}) | {
    *("bitte", "hallo", "bonjour", "salut", "svp", "favor", "hola", "ola", "oi", "por")
}
"""Words before a command that do not change it, without accents."""
_AFTER = frozenset({"please", "pls", "plz", "thank", "thanks", "you"}) | {
    *("bitte", "danke", "favor", "gracias", "merci", "obrigada", "obrigado", "por", "svp")
}
"""Words after the last word of a command that do not change it, without accents."""

_WORD = re.compile(r"[\W_]*([^\W\d_]+)")
_BEFORE_ARGUMENTS = re.compile(r"[\s:,;.!?/\u2010-\u2015\u3001\u3002\uff01\uff0c\uff1a\uff1b\uff1f-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedCommand:
    """A command and the text after it."""

    name: str
    arguments: str


def parse_command(text: str, commands: Container[str]) -> TypedCommand | None:
    """Return the command at the beginning of the text, such as `connect` in `/connect: CAS-01001`, or None."""
    at, quiet = 0, ""
    text = unicodedata.normalize("NFC", text)
    for _ in range(_MAX_POLITE_WORDS + 1):
        found = _WORD.match(text, at)
        letters = found[1][: command_length(found[1])] if found else ""
        word = _plain(letters)
        at = found.start(1) + len(letters) if found else at
        if word in commands:
            arguments = text[_end_of_separator(text, at) :].strip()
            return TypedCommand(name=word, arguments=f"{arguments} {quiet}".strip())
        if word not in _POLITE and word != QUIET:
            return None
        quiet = QUIET if word == QUIET else quiet
    return None


def without_name(text: str, bot_name: str) -> str:
    """Return the text without the bot's name at its start, which people type where they cannot mention it."""
    stripped = text.lstrip(" @")
    is_named = text.startswith("@") and bool(bot_name) and stripped.lower().startswith(bot_name.lower())
    return stripped[len(bot_name) :] if is_named else text


def without_last_word(text: str, word: str) -> tuple[str, bool]:
    """Return the text without the word at its end, and whether it was there. Polite words may follow it."""
    words = text.split()
    end = len(words)
    while end and _plain(words[end - 1]) in _AFTER:
        end -= 1
    is_last = end > 0 and _plain(words[end - 1]) == word
    return (" ".join(words[: end - 1]), True) if is_last else (text, False)


def without_first_word(text: str, word: str) -> tuple[str, bool]:
    """Return the text without the word at its start, and whether it was there."""
    first, _, others = text.partition(" ")
    return (others.strip(), True) if _plain(first) == word else (text, False)


def _end_of_separator(text: str, at: int) -> int:
    found = _BEFORE_ARGUMENTS.match(text, at)
    return found.end() if found else at


def _plain(word: str) -> str:
    """Return the English word of a command, or the word in its plain form, without punctuation."""
    found = _WORD.match(simple_form(word))
    return english(found[1]) if found else ""
