"""A mention names exactly one member, for any name of that person."""

import re
from datetime import UTC, datetime
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from cards.key_fields import Change, KeyFieldsView, key_fields
from cards.mentions import owner_mention
from cards.record import RecordHeader
from tests.cards.ready import activity
from tests.cards.schema import parts, schema_errors

MARKDOWN = MarkdownIt("js-default", {"html": True})
TAG = re.compile("<at>(.*?)</at>")


def posted(name: str, *, is_new_owner: bool, kind: str = "Case") -> dict[str, Any]:
    view = KeyFieldsView(
        record=RecordHeader(kind=kind, name="<at>Pump</at>", number="1", url="https://contoso.example/"),
        changes=(Change(label="<at>a</at>", old="<at>b</at>", new="</at>"),),
        people=("<at>x</at>",),
        at=datetime(2026, 11, 21, tzinfo=UTC),
        mention=owner_mention(name, "29:a", is_new_owner=is_new_owner),
    )
    return activity(key_fields(view), channel="msteams")


@given(st.text(st.sampled_from("a </at>&;*_`[](){}~|#\\\"'\n") | st.characters(), max_size=90), st.booleans())
@example("</at><at>everyone</at>", True)
@example("&lt;at&gt;", False)
@example("1. April", True)
@example("Ann-Marie O'Neil (Fabrikam)", False)
@example("עדן לוי", True)
@example("", False)
def test_one_text_on_the_card_is_the_mention_and_it_is_shown_as_it_is_written(name: str, is_new_owner: bool) -> None:
    card = posted(name, is_new_owner=is_new_owner, kind="<at>Case</at>")["attachments"][0]["content"]
    assert schema_errors(card) == []
    tags = [tag for part in parts(card["body"]) for tag in TAG.findall(str(part.get("text", "")))]
    entities = card.get("msteams", {}).get("entities", [])
    assert [each["mentioned"] for each in entities] == [{"id": "29:a", "name": tag} for tag in tags]
    assert [each["text"] for each in entities] == [f"<at>{tag}</at>" for tag in tags]
    assert len(tags) <= 1
    for tag in tags:
        assert tag == " ".join(tag.split())
        assert MARKDOWN.renderInline(tag) == tag


def test_a_usual_name_is_not_changed() -> None:
    for name in ("Ann-Marie O'Neil (Fabrikam)", "José Ángel Núñez, Jr.", "मीरा शर्मा", "山田 太郎"):
        mention = owner_mention(name, "29:a")
        assert mention
        assert mention.name == name


def test_without_a_name_or_an_account_there_is_no_mention() -> None:
    assert owner_mention("\u200b<>", "29:a") is None
    assert owner_mention("Adele", "") is None
