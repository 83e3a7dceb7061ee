"""Every card is small, complete, and plain text for any value in records and names."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.languages.translator import ENGLISH
from cards.activity import MAX_BYTES
from cards.buttons import ActionButton, LinkButton
from cards.choice import MAX_ROWS as CHOICES_AT_MOST
from cards.choice import ChoiceRow, ChoiceView, choice
from cards.help import HelpView, help_card
from cards.key_fields import Change, KeyFieldsView, key_fields
from cards.link_card import LinkView, link_card
from cards.message import Message
from cards.note import NoteView, note
from cards.notice import NoticeView, notice
from cards.paging import Turns
from cards.record import MAX_FACTS, Fact, RecordHeader
from cards.record_list import MAX_ROWS as RECORDS_AT_MOST
from cards.record_list import RecordListView, RecordRow, record_list
from cards.unknown_command import UnknownCommandView, unknown_command
from cards.validation import to_json
from tests.cards.gallery import AT, GALLERY, URL
from tests.cards.ready import activity
from tests.cards.schema import parts, schema_errors
from tests.tiers import examples

PRESS = ActionButton(
    title="Connect", verb="connect", payload={"environment": "x" * 60, "table": "y" * 60, "row": "z" * 36}
)
WAS, IS = "רגילה", "גבוהה"
OWN_MACRO = re.compile(r"\{\{(DATE|TIME)\(2026-11-21T10:20:30Z(, SHORT)?\)\}\}")
NEVER_SENT = re.compile("[\x00-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066\u2067\ud800-\udfff]|</?[A-Za-z]")


def head(text: str) -> RecordHeader:
    return RecordHeader(kind=f"Case {text}", name=text, number=text, url=URL + "&appid=" + "0" * 400)


def facts(text: str) -> tuple[Fact, ...]:
    return (Fact(label=text, value=text),) * MAX_FACTS


FAMILIES: dict[str, Callable[[str], Message]] = {
    "note": lambda text: note(NoteView(record=head(text), facts=facts(text), connected_by=text, connected_at=AT)),
    "key fields": lambda text: key_fields(
        KeyFieldsView(
            record=head(text),
            changes=(Change(label=text, old=text, new=text + "x"), Change(label=text, old="x", new=text)) * 2,
            people=(text,) * 30,
            at=AT,
        )
    ),
    "link card": lambda text: link_card(LinkView(record=head(text), facts=facts(text), buttons=(PRESS, PRESS))),
    "choice": lambda text: choice(
        ChoiceView(
            question=f"Which {text}?",
            rows=(ChoiceRow(kind=text, name=text, number=text, detail=text, button=PRESS),) * CHOICES_AT_MOST,
            turns=Turns(previous=PRESS, next=PRESS),
            hint=f"Write more than {text}.",
        )
    ),
    "record list": lambda text: record_list(
        RecordListView(
            title="Records",
            rows=(RecordRow(record=head(text), connected_by=text, connected_at=AT),) * RECORDS_AT_MOST,
            hidden=1,
            total=99,
            page_button=PRESS,
            offset=20,
        )
    ),
    "notice": lambda text: notice(
        NoticeView(text=f"{text} is gone", next_step=f"Ask {text}.", button=LinkButton(title="x", url=URL))
    ),
    "unknown command": lambda text: unknown_command(UnknownCommandView(word=text, closest=("connect", "chats", "new"))),
    "help": lambda text: help_card(HelpView(commands=((f"connect {text}", f"Connects {text}"),) * 8)),
}


def texts(card: dict[str, Any]) -> list[str]:
    """Return all text that clients render as Markdown."""
    return [str(part[name]) for part in parts(card) for name in ("text", "title", "value") if name in part]


@pytest.mark.parametrize("channel", ["msteams", "emulator"])
@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
@examples(10)
@given(text=st.text(st.sampled_from('a <&;*\\"_`[]({') | st.characters(), max_size=500))
@example(text="")
@example(text="\u200b")
@example(text="<at>everyone</at> " * 230)
@example(text="*\\`" * 200)
@example(text="&a;" * 200)
@example(text="👩‍🔧" * 200)
@example(text="{{DATE(2020-01-01T00:00:00Z)}}" * 20)
@example(text="עברית " * 80)
def test_every_card_is_small_and_shows_plain_text_for_any_value(
    text: str, family: Callable[[str], Message], channel: str
) -> None:
    ready = activity(family(text), channel=channel)
    card = ready["attachments"][0]["content"]
    assert len(json.dumps(card, ensure_ascii=False).encode()) < MAX_BYTES
    assert schema_errors(card) == []
    assert 0 < len(ready["summary"]) <= 200
    for shown in [*texts(card), ready["summary"].replace("<", "")]:
        assert not NEVER_SENT.search(shown)
    for shown in texts(card):
        assert "{{" not in OWN_MACRO.sub("", shown)


def test_a_choice_without_a_hint_ends_with_its_rows() -> None:
    row = ChoiceRow(kind="Case", name="Pump", number=None, detail="", button=PRESS)
    card = activity(choice(ChoiceView(question="Which?", rows=(row,), hint="")), channel="msteams")
    assert texts(card["attachments"][0]["content"])[-1] == "Connect"


def test_a_notice_can_be_one_sentence() -> None:
    card = activity(notice(NoticeView(text="Nothing is left to do.")), channel="msteams")["attachments"][0]["content"]
    assert texts(card) == ["Nothing is left to do."]


def test_a_card_without_the_name_contains_no_part_of_it() -> None:
    told = link_card(LinkView(record=RecordHeader(kind="Case", name=None, number=None, url=URL)))
    assert texts(activity(told, channel="msteams")["attachments"][0]["content"]) == ["Case", "Open record"]


@pytest.mark.parametrize(
    ("people", "named"),
    [
        ((), "Changed in Dynamics 365"),
        (("Adele Vance",), "Adele Vance"),
        (("Adele Vance", "Megan Bowen"), "Adele Vance and Megan Bowen"),
        (("Adele Vance", "Megan Bowen", "Alex Wilber"), "Adele Vance, Megan Bowen, and 1 other person"),
        (
            ("Adele Vance", "Megan Bowen", "Alex Wilber", "Isaiah Langer"),
            "Adele Vance, Megan Bowen, and 2 other people",
        ),
    ],
)
def test_the_byline_names_two_people_and_counts_the_others(people: tuple[str, ...], named: str) -> None:
    view = KeyFieldsView(record=head("x"), changes=(Change(label="a", old="b", new="c"),), people=people, at=AT)
    card = activity(key_fields(view), channel="msteams")["attachments"][0]["content"]
    assert card["body"][-1]["text"].startswith(f"{named} · {{{{DATE(")


@pytest.mark.parametrize(
    ("old", "new", "shown", "said"),
    [
        ("Normal", "High", "Normal → **High**", "Priority Normal → High"),
        ("", "High", "– → **High**", "Priority – → High"),
        ("High", "", "High → **–**", "Priority High → –"),
        (None, "High", "**High**", "Priority High"),
        ("Normal", None, "changed", "Priority changed"),
        ("a " * 200 + "b", "a " * 200 + "c", "changed", "Priority changed"),
        ("*", " * ", "changed", "Priority changed"),
        ("*", "**", r"\* → **\*\***", "Priority * → **"),
        (WAS, IS, f"\u2068{WAS}\u2069 → **\u2068{IS}\u2069**", f"Priority \u2068{WAS}\u2069 → \u2068{IS}\u2069"),
    ],
)
def test_a_change_shows_only_known_values(old: str | None, new: str | None, shown: str, said: str) -> None:
    view = KeyFieldsView(record=head("C-1"), changes=(Change(label="Priority", old=old, new=new),), people=(), at=AT)
    ready = activity(key_fields(view), channel="msteams")
    (fact,) = [part for part in parts(ready["attachments"][0]["content"]) if "value" in part]
    assert fact == {"title": "Priority", "value": shown}
    assert ready["summary"] == f"C-1: {said}"


def test_inputs_for_records_and_people_search_while_typing() -> None:
    asked = {"record": "records", "others": "people"}
    found = set()
    for name, message in GALLERY.items():
        for part in parts(to_json(message.render(ENGLISH).card)):
            if part.get("id") in asked and part.get("label") not in {"Which of these?", "Record"}:
                assert part["choices.data"] == {"type": "Data.Query", "dataset": asked[part["id"]]}, name
                found.add(part["id"])
    assert found == set(asked)
