import json
import re
from collections.abc import Callable

import pytest

from bot.domain.extension_names import ActionContext
from bot.languages.translator import ENGLISH
from cards.activity import card_json
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
    Refresh,
    Submit,
    TextBlock,
)
from cards.inputs import Choice, Choices, TextInput, Toggle
from cards.key_fields import Change, KeyFieldsView, key_fields
from cards.message import Message, Rendered
from cards.record_list import RecordListView, RecordRow, record_list
from cards.validation import to_json
from tests.cards.gallery import AT, CASE, CONNECT
from tests.cards.ready import card as ready_card
from tests.cards.schema import schema_errors

BLOCK = TextBlock("x")
LINK = OpenUrl("x", "https://x.example")
GO = Execute("Go", "connect", {"row": "1"})


class Coloured(TextBlock):
    """An element with a property that the package does not know."""

    def __init__(self) -> None:
        super(TextBlock, self).__init__(text="x", colour="red")


MISTAKES: dict[str, tuple[Callable[[], object], str]] = {
    "an input without a name": (lambda: TextInput("", "Name"), "TextInput.id"),
    "an input without a label": (lambda: TextInput("name", ""), "TextInput.label"),
    "a toggle without words": (lambda: Toggle("on", "", on=True), "Toggle.title"),
    "nothing to choose": (lambda: Choices("x", "X", []), "Choices.choices"),
    "something that is no choice": (lambda: Choices("x", "X", ["1"]), "Choices.choices"),  # type: ignore[list-item]
    "a value that looks like two": (
        lambda: Choices("x", "X", [Choice(title="Two", value="1,2")]),
        "Choices.choices",
    ),
    "an unknown property": (lambda: TextBlock("x", colour="red"), "colour"),  # type: ignore[call-arg]
    "a property that the package's element does not have": (Coloured, "Coloured.colour"),
    "a value that is none of the choices": (lambda: TextBlock("x", size="Huge"), "TextBlock.size"),  # type: ignore[arg-type]
    "a text that is none": (lambda: TextBlock(5), "TextBlock.text"),  # type: ignore[arg-type]
    "an empty text": (lambda: TextBlock(""), "TextBlock.text"),
    "a fact without a label": (lambda: Fact("", "High"), "Fact.title"),
    "a fact without a value": (lambda: Fact("Priority", ""), "Fact.value"),
    "a number as a fact's value": (lambda: Fact("Priority", 5), "Fact.value"),  # type: ignore[arg-type]
    "an empty list": (lambda: FactSet([]), "FactSet.facts"),
    "something that is no fact": (lambda: FactSet([BLOCK]), "FactSet.facts"),  # type: ignore[list-item]
    "three columns": (lambda: ColumnSet([Column([BLOCK], width="auto")] * 3), "ColumnSet.columns"),
    "a width that is none": (lambda: Column([BLOCK], width="wide"), "Column.width"),  # type: ignore[arg-type]
    "a card without a body": (lambda: AdaptiveCard([]), "AdaptiveCard.body"),
    "an action among the elements": (lambda: AdaptiveCard([LINK]), "AdaptiveCard.body"),  # type: ignore[list-item]
    "an element among the actions": (lambda: AdaptiveCard([BLOCK], actions=[BLOCK]), "AdaptiveCard.actions"),  # type: ignore[list-item]
    "four actions": (lambda: AdaptiveCard([BLOCK], actions=[LINK] * 4), "AdaptiveCard.actions"),
    "a refresh that is none": (lambda: AdaptiveCard([BLOCK], refresh=GO), "AdaptiveCard.refresh"),  # type: ignore[arg-type]
    "a refresh for sixty-one": (lambda: Refresh(GO, user_ids=["29:x"] * 61), "Refresh.userIds"),
    "an address that is none": (lambda: OpenUrl("x", "javascript:alert(1)"), "OpenUrl.url"),
    "an address without a host": (lambda: OpenUrl("x", "https:///x"), "OpenUrl.url"),
    "an address with a blank": (lambda: OpenUrl("x", "https://x.example/a b"), "OpenUrl.url"),
    "a number as an address": (lambda: OpenUrl("x", 5), "OpenUrl.url"),  # type: ignore[arg-type]
    "a button without a title": (lambda: OpenUrl("", "https://x.example"), "OpenUrl.title"),
    "a press without a verb": (lambda: Execute("x", "", {}), "Execute.verb"),
    "a press that carries a number": (lambda: Execute("x", "y", {"row": 5}), "Execute.data"),  # type: ignore[dict-item]
    "a submit without a title": (lambda: Submit("", {}), "Submit.title"),
    "an element as what selecting does": (lambda: Container([BLOCK], select=BLOCK), "Container.selectAction"),  # type: ignore[arg-type]
}


@pytest.mark.parametrize(("mistake", "where"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_raises_an_error_that_names_its_place(mistake: Callable[[], object], where: str) -> None:
    with pytest.raises((TypeError, ValueError), match=re.escape(where)):
        mistake()


def test_a_button_has_a_fallback_for_old_clients() -> None:
    assert to_json(GO) == {
        "type": "Action.Execute",
        "title": "Go",
        "verb": "connect",
        "data": {"row": "1"},
        "fallback": {"type": "Action.Submit", "title": "Go", "data": {"row": "1", "verb": "connect"}},
    }


def test_a_card_too_large_for_teams_raises_an_error() -> None:
    card = AdaptiveCard([TextBlock("ü" * 13_000)])
    with pytest.raises(ValueError, match="25000 bytes"):
        card_json(Rendered(card=card, summary="x"), channel="msteams")


def test_only_cards_for_teams_refresh_for_each_reader() -> None:
    shown = Rendered(card=AdaptiveCard([BLOCK], refresh=Refresh(GO, user_ids=["29:x"])), summary="x")
    message = Message(lambda _: shown)
    on_teams = ready_card(message, channel="msteams")
    assert on_teams["refresh"] == {"action": to_json(GO), "userIds": ["29:x"]}
    assert schema_errors(on_teams) == []
    assert "refresh" not in ready_card(message, channel="emulator")


@pytest.mark.parametrize("count", [0, 6])
def test_a_card_without_changes_or_with_too_many_raises_an_error(count: int) -> None:
    changes = (Change(label="Priority", old="Low", new="High"),) * count
    with pytest.raises(ValueError, match="1 to 5 facts"):
        key_fields(KeyFieldsView(record=CASE, changes=changes, people=(), at=AT)).render(ENGLISH)


def test_a_choice_with_too_many_rows_raises_an_error() -> None:
    row = ChoiceRow(kind="Case", name="x", number=None, detail="", button=CONNECT)
    with pytest.raises(ValueError, match="6 rows"):
        choice(ChoiceView(question="?", rows=(row,) * 7, hint="")).render(ENGLISH)


def test_a_list_with_too_many_records_raises_an_error() -> None:
    row = RecordRow(record=CASE, connected_by="x", connected_at=AT)
    with pytest.raises(ValueError, match="10 rows"):
        record_list(RecordListView(title="x", rows=(row,) * 11, hidden=0, total=11, page_button=CONNECT)).render(
            ENGLISH
        )


def test_what_a_button_carries_can_be_named_by_members_of_an_enumeration() -> None:
    card = AdaptiveCard([TextBlock("x")], actions=[Submit("Save", {ActionContext.COMPOSE: "incident", "row": "1"})])
    (action,) = json.loads(card_json(Rendered(card=card, summary="x"), channel="msteams"))["actions"]
    assert action["data"] == {ActionContext.COMPOSE.value: "incident", "row": "1"}
