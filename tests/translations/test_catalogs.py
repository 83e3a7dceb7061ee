"""The catalogs of all languages are complete, and agree with the source."""

import re
import string
from collections.abc import Iterator
from functools import cache

import pytest
from babel.messages.catalog import Catalog, Message

from bot.domain.public_names import USAGE
from bot.languages.catalogs import catalog_file
from tests.translations.catalog_files import TRANSLATED, mo_bytes, po_bytes, read_catalog, updated
from tests.translations.extraction import NotLiteralError, button_titles, extract, in_module
from tests.translations.glossary import GLOSSARY, SAME_AS_ENGLISH

MAX_BUTTON = 20
"""Characters of a button's title ("Cards", our rules for phones)."""
MARKS = re.compile(r"\*\*|`|\[|\]|\{\{|\}\}")
"""Characters that cards render as Markdown, or that clients replace."""
SYNTAX = {str(syntax) for syntax, _ in USAGE.values()}
"""Commands as people type them, with words for what follows them."""
NAMES = re.compile(r"\{\w+\}|Chat Sync")
"""Placeholders, and the name of the product."""
END = re.compile(r"(?P<end>[.?!:…]|\.\.\.)$")
ENDS = {".": ".。", "?": "?？؟", "!": "!！", ":": ":：", "…": "…"}  # noqa: RUF001 - marks of other scripts


stored = cache(read_catalog)


@pytest.fixture(scope="module", params=TRANSLATED)
def catalog(request: pytest.FixtureRequest) -> Catalog:
    return stored(request.param)


def messages(catalog: Catalog) -> Iterator[Message]:
    return (each for each in catalog if each.id)


def forms(message: Message) -> list[tuple[str, str]]:
    """Return each translation of a message with the English text that it stands for."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    one, other = message.id
    strings = plural_strings(message)
    return [(one if len(strings) > 1 and number == 0 else other, each) for number, each in enumerate(strings)]


def plural_strings(message: Message) -> tuple[str, ...]:
    assert not isinstance(message.string, str)
    return tuple(message.string or ())


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("tag", TRANSLATED)
def test_the_stored_catalog_has_exactly_the_messages_of_the_source(tag: str) -> None:
    """To update the catalogs: `python -m tests.translations`."""
    assert catalog_file(tag, ".po").read_bytes() == po_bytes(updated(tag))


@pytest.mark.parametrize("tag", TRANSLATED)
def test_the_compiled_catalog_is_that_of_its_source(tag: str) -> None:
    assert catalog_file(tag).read_bytes() == mo_bytes(read_catalog(tag))


def test_no_message_is_missing_or_uncertain(catalog: Catalog) -> None:
    assert [each.id for each in messages(catalog) if each.fuzzy or not all(text for _, text in forms(each))] == []


def test_each_message_has_all_plural_forms(catalog: Catalog) -> None:
    plurals = [each for each in messages(catalog) if not isinstance(each.id, str)]
    assert [each.id for each in plurals if len(plural_strings(each)) != catalog.num_plurals] == []


def test_placeholders_are_those_of_the_english_text(catalog: Catalog) -> None:
    wrong = []
    for message in messages(catalog):
        allowed = placeholders(message.id if isinstance(message.id, str) else message.id[1])
        for english, translation in forms(message):
            # A form that stands for one number only may leave the number out.
            needed = placeholders(english) if isinstance(message.id, str) else allowed - {"count"}
            if not needed <= placeholders(translation) <= allowed:
                wrong.append((message.id, translation))
    assert wrong == []


def test_markdown_marks_and_ends_of_sentences_are_those_of_the_english_text(catalog: Catalog) -> None:
    wrong = []
    for message in messages(catalog):
        for english, translation in forms(message):
            end = END.search(english)
            ends_alike = translation.endswith(tuple(ENDS[end["end"]])) if end else not END.search(translation)
            if sorted(MARKS.findall(english)) != sorted(MARKS.findall(translation)) or not ends_alike:
                wrong.append((english, translation))
    assert wrong == []


def test_outer_spaces_and_control_characters_are_those_of_the_english_text(catalog: Catalog) -> None:
    found = [text for each in messages(catalog) for _, text in forms(each)]
    assert [each for each in found if each != each.strip() or re.search(r"[\x00-\x1f\u202a-\u202e]", each)] == []


def test_titles_of_buttons_fit_on_a_phone(catalog: Catalog) -> None:
    titles = button_titles()
    assert titles
    long = [(each.id, each.string) for each in messages(catalog) if each.id in titles]
    assert [(english, title) for english, title in long if len(str(title)) > MAX_BUTTON] == []


def test_english_titles_of_buttons_fit_on_a_phone() -> None:
    assert [each for each in button_titles() if len(each) > MAX_BUTTON] == []


@pytest.mark.parametrize("tag", TRANSLATED)
def test_a_translation_differs_from_english_except_for_known_words(tag: str) -> None:
    same = {
        english
        for message in messages(stored(tag))
        for english, translation in forms(message)
        if english == translation and re.search(r"[A-Za-z]{2}", re.sub(r"\{\w+\}", "", english))
    }
    assert same - SAME_AS_ENGLISH[tag] - SYNTAX == set()


@pytest.mark.parametrize("tag", TRANSLATED)
def test_terms_are_those_that_microsoft_uses(tag: str) -> None:
    """Buttons may leave a term out, because they have little room."""
    buttons = button_titles()
    wrong = [
        (english, translation, term)
        for message in messages(stored(tag))
        for english, translation in forms(message)
        for term, words in GLOSSARY[tag].items()
        if english not in buttons | SYNTAX
        and re.search(rf"\b{term}s?\b", NAMES.sub("", english), re.IGNORECASE)
        and not any(word.casefold() in translation.casefold() for word in words)
    ]
    assert wrong == []


def test_different_messages_have_different_buttons(catalog: Catalog) -> None:
    titles = [str(each.string) for each in messages(catalog) if each.id in button_titles()]
    assert sorted(titles) == sorted(set(titles))


def test_a_marked_message_that_is_no_literal_is_refused() -> None:
    with pytest.raises(NotLiteralError, match=r"m\.py:2"):
        list(in_module("m.py", "from bot.domain.texts import text\ntext(f'{x} chats')"))


def test_the_source_has_messages() -> None:
    assert len(extract()) > 500
