from collections.abc import Callable

import pytest

from cards.activity import attachment
from cards.choice import ChoiceRow, ChoiceView, choice
from cards.elements import (
    AdaptiveCard,
    Column,
    ColumnSet,
    Container,
    Execute,
    Fact,
    FactSet,
    OpenUrl,
    Submit,
    TextBlock,
    to_json,
)
from cards.message import Message
from tests.cards.gallery import CONNECT

MISTAKES: dict[str, Callable[[], object]] = {
    "an unknown property": lambda: TextBlock("x", colour="red"),  # type: ignore[call-arg]
    "a value that is none of the choices": lambda: TextBlock("x", size="Huge"),  # type: ignore[arg-type]
    "a wrong type": lambda: TextBlock(5),  # type: ignore[arg-type]
    "an empty text": lambda: TextBlock(""),
    "a fact without a value": lambda: Fact("Priority", ""),
    "a number as a fact's value": lambda: Fact("Priority", 5),  # type: ignore[arg-type]
    "an empty list": lambda: FactSet([]),
    "something that is no fact": lambda: FactSet([TextBlock("x")]),  # type: ignore[list-item]
    "three columns": lambda: ColumnSet([Column([TextBlock("x")], width="auto")] * 3),
    "a card without a body": lambda: AdaptiveCard([]),
    "an action among the elements": lambda: AdaptiveCard([OpenUrl("x", "https://x.example")]),  # type: ignore[list-item]
    "an element among the actions": lambda: AdaptiveCard([TextBlock("x")], actions=[TextBlock("x")]),  # type: ignore[list-item]
    "an address that is none": lambda: OpenUrl("x", "javascript:alert(1)"),
    "a button without a title": lambda: OpenUrl("", "https://x.example"),
    "a press without a verb": lambda: Execute("x", "", {}),
    "a submit without a title": lambda: Submit("", {}),
    "an element as what selecting does": lambda: Container([TextBlock("x")], select=TextBlock("x")),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_an_error_when_the_card_is_built(mistake: Callable[[], object]) -> None:
    with pytest.raises((TypeError, ValueError), match=r"."):
        mistake()


def test_the_error_names_element_and_property() -> None:
    with pytest.raises(ValueError, match=r"TextBlock\.size cannot be 'Huge'"):
        TextBlock("x", size="Huge")  # type: ignore[arg-type]


def test_a_press_carries_a_fallback_for_clients_that_do_not_know_it() -> None:
    assert to_json(Execute("Go", "connect", {"row": "1"})) == {
        "type": "Action.Execute",
        "title": "Go",
        "verb": "connect",
        "data": {"row": "1"},
        "fallback": {"type": "Action.Submit", "title": "Go", "data": {"row": "1", "verb": "connect"}},
    }


def test_a_card_that_teams_would_refuse_for_its_size_is_never_finished() -> None:
    card = AdaptiveCard([TextBlock("ü" * 13_000)])
    with pytest.raises(ValueError, match="25000 bytes"):
        attachment(Message(card=card, summary="x"), channel="msteams")


def test_a_choice_of_more_rows_than_people_read_is_refused() -> None:
    row = ChoiceRow(kind="Case", name="x", number=None, detail="", press=CONNECT)
    with pytest.raises(ValueError, match="6 rows"):
        choice(ChoiceView(asked="?", rows=(row,) * 7, more=0, hint=""))
