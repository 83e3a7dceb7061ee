"""Inputs fit on a card by the domain's figures: none is smaller than the JSON of the card."""

import json
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.card_size_budget import (
    MAX_INPUT_BYTES,
    MAX_LABEL_LENGTH,
    max_bytes_of_choices,
    max_bytes_of_text,
    max_bytes_of_toggle,
)
from bot.features.record_cards.action_pages import fit_conflict
from bot.languages.translator import ENGLISH
from cards.activity import fits
from cards.buttons import ActionButton
from cards.dialog import Page
from cards.inputs import MAX_TITLE_LENGTH, Choice
from cards.record import Fact, RecordHeader
from cards.record_actions import EditConflict, Field, FieldKind, fields_page
from cards.text import single_line
from cards.validation import to_json

HEAD = RecordHeader(kind="Case", name=None, number=None, url="https://contoso.crm4.dynamics.com/")
NAME = "cs_" + "a" * 45

words = st.text(st.sampled_from('a <&;*\\"_`[](){}~-#>1.') | st.characters(exclude_categories=["Cs"]), max_size=150)


def size(field: Field) -> int:
    """Return the bytes of the input and of the digest of its old value."""
    (made,) = to_json(fields_page(HEAD, [field], []).render(ENGLISH).card)["body"][1:]
    return len(json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode()) + 2 * len(
        f'"mark {NAME}":"{"0" * 16}",'
    )


def field(kind: FieldKind, label: str, value: str, choices: tuple[Choice, ...] = ()) -> Field:
    longest = 800 if kind is FieldKind.LINES else None
    return Field(name=NAME, label=label, kind=kind, value=value, choices=choices, max_length=longest, required=True)


@given(words.filter(single_line), st.lists(words.filter(single_line), min_size=1, max_size=20))
@example("字" * 80, ["&a;" * 40, "*" * 120, "\\" * 120, '"' * 120, "🙂" * 130, "-", "<a"])
def test_choices(label: str, titles: list[str]) -> None:
    numbered = {100_000_000 + number: title for number, title in enumerate(titles)}
    choices = tuple(Choice(title=title, value=str(number)) for number, title in numbered.items())
    assert size(field(FieldKind.CHOICE, label, choices[0].value, choices)) <= max_bytes_of_choices(numbered)


@given(
    words.filter(single_line),
    st.text(st.sampled_from('"\\\n\r\t🙂') | st.characters(exclude_categories=["Cs", "Cc"]), max_size=800),
)
@example("🙂" * 80, "🙂" * 800)
@example("字" * 80, '"\\\n\t' * 200)
def test_a_text_input(label: str, value: str) -> None:
    assert size(field(FieldKind.LINES, label, value)) <= max_bytes_of_text(800)


@given(words.filter(single_line))
def test_a_date_input_and_a_toggle(label: str) -> None:
    for kind, value in ((FieldKind.DATE, "2026-11-21"), (FieldKind.YES_OR_NO, "true")):
        assert size(field(kind, label, value)) <= max_bytes_of_toggle()


def test_the_fullest_form_fits_without_the_current_values() -> None:
    emoji = "🙂" * 800
    claims = {"environment": "e" * 60, "table": "t" * 48, "row": "0" * 36, "act": "save fields", "version": "0" * 24}
    marks = {f"mark {NAME}{number}": "0" * 16 for number in range(5)}
    save = ActionButton(title="Save", verb="update", payload={**claims, **marks})
    head = RecordHeader(kind=emoji, name=emoji, number=emoji, url=HEAD.url)
    fields = [replace(field(FieldKind.LINES, emoji, emoji), name=f"{NAME}{number}") for number in range(5)]
    clash = EditConflict(
        message=emoji, at=datetime(2026, 11, 21, tzinfo=UTC), facts=(Fact(label=emoji, value=emoji),) * 5
    )

    def made(clash: EditConflict | None) -> Page:
        return fields_page(head, fields, [save, ActionButton(title="Back", verb="update", payload=claims)], clash)

    assert not fits(made(clash).render(ENGLISH).card)
    given = fit_conflict(clash, made).render(ENGLISH).card
    assert fits(given)
    assert to_json(given) == to_json(made(replace(clash, facts=())).render(ENGLISH).card)


def test_five_long_texts_fit_in_any_script() -> None:
    assert 5 * max_bytes_of_text(800) <= MAX_INPUT_BYTES
    assert MAX_LABEL_LENGTH == MAX_TITLE_LENGTH
