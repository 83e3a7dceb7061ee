"""Commands suggested for an unknown word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.public_names import Command, closest_commands


@pytest.mark.parametrize(
    ("word", "closest"),
    [
        ("frobnicate", ("connect", "notifications", "disconnect")),
        ("conect", ("connect", "disconnect", "new")),
        ("DISCONECT", ("disconnect", "connect", "suggest")),
        ("hlep", ("help", "timeline", "new")),
        ("joni", ("join", "connect", "disconnect")),
        ("setings", ("settings", "status", "suggest")),
        ("timelien", ("timeline", "notifications", "settings")),
        ("  chat ", ("chats", "status", "connect")),
        ("Records:", ("records", "chats", "notifications")),
    ],
)
def test_a_typing_error_leads_to_the_command(word: str, closest: tuple[str, ...]) -> None:
    assert closest_commands(word) == closest


@pytest.mark.parametrize(
    ("beginning", "command"),
    [
        ("c", "chats"),
        ("con", "connect"),
        ("dis", "disconnect"),
        ("rec", "records"),
        ("T", "timeline"),
        ("st", "status"),
    ],
)
def test_an_abbreviation_leads_to_the_command_that_it_begins(beginning: str, command: str) -> None:
    assert closest_commands(beginning)[0] == command


@pytest.mark.parametrize("word", ["", " ", "???", "帮助", "0"])
def test_a_word_like_no_command_gets_the_first_commands(word: str) -> None:
    assert closest_commands(word) == tuple(Command)[:3]


@given(st.text(max_size=60))
def test_the_answer_is_always_three_different_commands(word: str) -> None:
    found = closest_commands(word)
    assert len(found) == len(set(found)) == 3
    assert set(found) <= set(Command)
    assert closest_commands(word) == found


@given(st.sampled_from(Command), st.integers(0, 9))
def test_two_swapped_letters_do_not_matter(command: Command, at: int) -> None:
    at %= len(command) - 1
    swapped = command[:at] + command[at + 1] + command[at] + command[at + 2 :]
    assert closest_commands(swapped)[0] == command


def test_only_the_first_forty_characters_count() -> None:
    begin = "connect" + "x" * 33
    assert closest_commands(begin + "records" * 100_000) == closest_commands(begin)


def test_each_command_is_closest_to_itself() -> None:
    assert [closest_commands(each)[0] for each in Command] == list(Command)
