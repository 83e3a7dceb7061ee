"""Commands are understood in every language, no matter who writes them (spec I3)."""

import unicodedata
from collections import defaultdict

import pytest

from bot.domain.command_words import WORDS, plain
from bot.domain.public_names import QUIET, Command
from bot.domain.typed_commands import parse_command, without_first_word, without_last_word

COMMANDS = frozenset(Command)
TYPED = [(word, english) for language in WORDS.values() for english, words in language.items() for word in words]
SAME = {
    *(("de", each) for each in (Command.CHATS, Command.STATUS)),
    ("fr", Command.NOTIFICATIONS),
}
"""Words that are the English ones in the language."""


def test_no_word_means_two_commands() -> None:
    meanings = defaultdict[str, set[str]](set)
    for word, english in (*TYPED, *((each, each) for each in (*Command, QUIET))):
        meanings[plain(word)].add(english)
    assert {word: found for word, found in meanings.items() if len(found) > 1} == {}


@pytest.mark.parametrize("language", WORDS)
def test_each_language_has_each_command(language: str) -> None:
    missing = {*Command, QUIET} - WORDS[language].keys()
    assert missing == {each for tag, each in SAME if tag == language}


@pytest.mark.parametrize(("word", "english"), [each for each in TYPED if each[1] != QUIET])
def test_a_word_is_understood_however_it_is_spelled(word: str, english: str) -> None:
    spellings = (
        word,
        word.upper(),
        unicodedata.normalize("NFD", word),
        f"/{word}:",
        "".join(each for each in unicodedata.normalize("NFD", word) if not unicodedata.combining(each)),
    )
    for each in spellings:
        command = parse_command(f"{each} X", COMMANDS)
        assert command is not None, each
        assert (command.name, command.arguments) == (english, "X"), each


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("接続CAS-01001", "CAS-01001"),
        ("接続https://example.com/x", "https://example.com/x"),
        ("接続「CAS-01001」", "「CAS-01001」"),
        ("接続\uff1aポンプ", "ポンプ"),
        ("接続　ポンプ", "ポンプ"),
        ("接続 ﾎﾟﾝﾌﾟ", "ﾎﾟﾝﾌﾟ"),
        ("por favor conectar CAS-01001", "CAS-01001"),
        ("Bitte verbinden CAS-01001", "CAS-01001"),
    ],
)
def test_a_command_needs_no_space_where_people_write_none(text: str, arguments: str) -> None:
    command = parse_command(text, COMMANDS)
    assert command is not None
    assert (command.name, command.arguments) == ("connect", arguments)


def test_half_width_letters_are_the_same_word() -> None:
    command = parse_command("ﾚｺｰﾄﾞ", COMMANDS)
    assert command is not None
    assert command.name == Command.RECORDS


@pytest.mark.parametrize("text", ["接続されました", "接続ポンプ", "verbindenden X", "neues X", "Verbindung X"])
def test_sentences_and_longer_words_are_not_commands(text: str) -> None:
    assert parse_command(text, COMMANDS) is None


@pytest.mark.parametrize("word", [word for word, english in TYPED if english == QUIET])
def test_a_chat_is_connected_quietly_in_each_language(word: str) -> None:
    assert without_last_word(f"CAS-01001 {word}", QUIET) == ("CAS-01001", True)
    assert without_first_word(f"{word} CAS-01001", QUIET) == ("CAS-01001", True)
