"""Texts in the database keep their messages and values (spec I2)."""

from datetime import UTC, datetime, time

import pytest

from bot.domain.stored_texts import restore, storable
from bot.domain.texts import (
    Text,
    and_list,
    comma_list,
    details,
    label,
    moment,
    noun,
    or_list,
    plural,
    sentences,
    text,
)
from bot.languages.catalogs import load_catalog
from bot.languages.translator import CatalogTranslator

GERMAN = CatalogTranslator(language="de", catalog=load_catalog("de"))
CASE = noun(label("Case", {1031: "Anfrage", 1036: "Incident"}))
CLOSED = text("This {kind} was closed. Keep the chat connected to {record}?", kind=CASE, record="{CAS} \u0002 \u202e")


@pytest.mark.parametrize(
    "shown",
    [
        text("Keep connected"),
        text("{person} now owns this {kind} and is not in this chat.", person="Megan", kind=CASE),
        CLOSED,
        sentences(CLOSED, text("{person} has no Teams license.", person='O\'Brien "x"')),
        plural(1, "{count} record", "{count} records"),
        plural(5_000, "{count} record", "{count} records"),
        and_list(["a", CASE, "c"]),
        or_list(["a", "b"]),
        comma_list([]),
        details("Adele", text("available")),
        text("Quiet from {start} to {end}.", start=time(18, 30), end=time(8)),
        text("Until {when}.", when=moment(datetime(2026, 3, 5, 9, 41, tzinfo=UTC), "Thu 9:41")),
        label("Priority", {1031: "Priorität"}),
    ],
)
def test_a_stored_text_is_the_same_in_each_language(shown: Text) -> None:
    restored = restore(storable(shown))
    assert restored == shown
    assert GERMAN.show(restored) == GERMAN.show(shown)
    assert restored.template == shown.template  # type: ignore[attr-defined]


def test_what_is_not_a_text_is_stored_as_it_is() -> None:
    assert storable("Pump {team}") == "Pump {team}"
    assert storable(text("Keep connected")) == "Keep connected"
    # Rows of earlier versions have the English text.
    assert restore("This case was closed.") == "This case was closed."


@pytest.mark.parametrize("word", ["message", "values", "join", "kind", "{", "This"])
def test_a_text_in_which_a_word_was_erased_is_read_or_a_dash(word: str) -> None:
    erased = storable(sentences(CLOSED, and_list(["a", "b"]))).replace(word, "–")
    restored = restore(erased)
    assert isinstance(restored, str)
    assert GERMAN.show(restored)
