"""The choice of a language (spec I2), and texts that remember their messages (spec I4)."""

from datetime import UTC, datetime, time

import pytest
from babel.lists import format_list
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.texts import Text, and_list, label, moment, noun, or_list, plural, sentences, text
from bot.languages.tags import LANGUAGES, catalog_tag, choose_language, label_in
from bot.languages.translator import ENGLISH, translator

GERMAN, FRENCH, JAPANESE, ARABIC, DUTCH = 1031, 1036, 1041, 1025, 1043
PSEUDO = "qps-ploc"


@pytest.mark.parametrize(
    ("named", "chosen"),
    [
        # The reader's language in Dynamics 365, that of their Teams client, and the base language.
        ((GERMAN, "ja-JP", 1036), "de"),
        ((None, "ja-JP", 1036), "ja"),
        ((None, None, 1036), "fr"),
        ((None, None, None), "en"),
        ((), "en"),
        # A language without a catalog is skipped.
        ((DUTCH, "de-CH", 1033), "de"),
        ((DUTCH, "nl-NL", 1036), "fr"),
        ((DUTCH, PSEUDO, None), "en"),
        # Only the language counts, because one client sends `de-CH` and `de-DE`.
        ((None, "de-CH"), "de"),
        ((None, "de_AT"), "de"),
        ((2055,), "de"),
        ((None, "es-MX"), "es"),
        ((3082,), "es"),
        ((1034,), "es"),
        ((None, "pt-PT"), "pt-BR"),
        ((2070,), "pt-BR"),
        ((None, "ar-SA"), "ar"),
        ((None, "EN-gb", 1031), "en"),
        # Numbers and tags that name no language.
        ((0, "", 1031), "de"),
        ((-5, "x" * 100_000, 1031), "de"),
        ((999_999, "🙂", 1031), "de"),
        ((None, "../de", 1031), "de"),
        ((None, "zh-TW", None), "en"),
    ],
)
def test_the_first_language_with_a_catalog_counts(named: tuple[str | int | None, ...], chosen: str) -> None:
    assert choose_language(named) == chosen


@given(st.one_of(st.text(max_size=50), st.integers(), st.none()))
def test_any_name_of_a_language_is_a_catalog_or_none(named: str | int | None) -> None:
    assert catalog_tag(named) in {None, *LANGUAGES}


def test_a_label_is_that_of_the_readers_language_or_the_default() -> None:
    priority = label("Priority", {1033: "Priority", 1031: "Priorität", 4108: "Priorité (Suisse)", 1041: ""})
    assert priority == "Priority"
    shown = {tag: translator(tag).show(priority) for tag in LANGUAGES}
    assert shown["de"] == "Priorität"
    assert shown["fr"] == "Priorité (Suisse)"
    assert shown["en"] == shown["ja"] == "Priority"
    assert translator("fr").show(text("{kind} closed.", kind=noun(priority))) == "priorité (suisse) closed."


@pytest.mark.parametrize("tag", LANGUAGES)
def test_a_language_without_labels_has_none(tag: str) -> None:
    assert label_in(tag, {}) is None


@pytest.mark.parametrize(
    ("created", "english"),
    [
        (text("Saved."), "Saved."),
        (text("{name} left.", name="Adele"), "Adele left."),
        # Braces in a message without values, and in values, stay as they are.
        (text("Write {this}."), "Write {this}."),
        (text("{name} left.", name="{x}"), "{x} left."),
        (text("{count} chats", count=1_234), "1,234 chats"),
        (text("From {start}", start=time(8)), "From 8:00"),
        (plural(1, "1 chat", "{count} chats"), "1 chat"),
        (plural(0, "1 chat", "{count} chats"), "0 chats"),
        (and_list(["a"]), "a"),
        (and_list(["a", "b"]), "a and b"),
        (and_list(["a", "b", "c"]), "a, b, and c"),
        (or_list(["a", "b", "c"]), "a, b, or c"),
        (sentences("One.", "", "Two."), "One. Two."),
        (noun("Case"), "case"),
        (text("This {kind} is gone.", kind=noun("Case")), "This case is gone."),
    ],
)
def test_a_text_is_its_english_text(created: Text, english: str) -> None:
    assert created == english
    assert ENGLISH.show(created) == english


@given(st.lists(st.text(min_size=1, max_size=5), min_size=2, max_size=5), st.sampled_from(["and", "or"]))
def test_english_lists_are_those_of_cldr(items: list[str], conjunction: str) -> None:
    if conjunction == "and":
        assert and_list(items) == format_list(items, style="standard", locale="en")
    else:
        assert or_list(items) == format_list(items, style="or", locale="en")


def test_a_string_from_outside_is_never_translated() -> None:
    assert translator("de").show("Chats") == "Chats"


def test_a_moment_is_its_text_where_there_is_no_clock() -> None:
    at = datetime(2026, 11, 21, 10, 20, tzinfo=UTC)
    created = moment(at, "11/21/2026 5:20 AM")
    assert created == translator("ja").show(created) == "11/21/2026 5:20 AM"
    assert translator("ja").moment(created) == at
    assert translator("ja").moment("11/21/2026 5:20 AM") is None


def test_numbers_follow_the_region_and_words_the_language() -> None:
    assert translator("de", "de_CH").number(1_234) in {"1’234", "1'234"}
    assert translator("en", "en_IN").number(1_234_567) == "12,34,567"
    assert translator("de").number(1_234_567) == "1.234.567"
    assert translator("fr").number(12) == "12"
    assert translator("en", "xx_YY").number(1_234) == "1,234"


def test_a_language_joins_texts_in_its_way() -> None:
    assert translator("ja").and_list(["a", "b", "c"]) == "a、b、c"
    assert translator("ar").and_list(["a", "b"]) == "a وb"
    assert translator("ja").sentences("一。", "二。") == "一。二。"
    assert translator("de").noun("Anfrage") == "Anfrage"
    assert translator("fr").noun("Incident") == "incident"
