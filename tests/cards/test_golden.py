"""Each card matches its golden file. After an intended change, run `python -m tests.cards.regenerate`."""

import json

import pytest

from bot.languages.translator import ENGLISH
from cards.activity import MAX_BYTES, result_preview
from cards.buttons import DIALOG
from tests.cards.gallery import GALLERY
from tests.cards.ready import activity
from tests.cards.regenerate import GOLDEN, finished, golden_file
from tests.cards.schema import parts, schema_errors


@pytest.mark.parametrize("name", GALLERY)
def test_the_card_matches_its_golden_file(name: str) -> None:
    assert finished(name) == json.loads(golden_file(name).read_text(encoding="utf-8"))


def test_every_golden_file_has_a_card() -> None:
    assert {file.name for file in GOLDEN.glob("*.json")} == {golden_file(name).name for name in GALLERY}


@pytest.mark.parametrize("channel", ["msteams", "emulator"])
@pytest.mark.parametrize("name", GALLERY)
def test_the_card_is_valid_in_the_official_schema(name: str, channel: str) -> None:
    (attachment,) = activity(GALLERY[name], channel=channel)["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert schema_errors(attachment["content"]) == []


@pytest.mark.parametrize("name", GALLERY)
def test_the_card_is_short_and_has_a_summary_of_one_line(name: str) -> None:
    ready = finished(name)
    card = ready["attachments"][0]["content"]
    assert len(json.dumps(card, ensure_ascii=False).encode()) < MAX_BYTES / 2
    assert 0 < len(ready["summary"]) <= 200
    assert "\n" not in ready["summary"]
    assert len(card.get("actions", ())) <= 3
    assert max((len(part["facts"]) for part in parts(card) if "facts" in part), default=0) <= 5


def test_outside_teams_buttons_submit_their_verb() -> None:
    for name, message in GALLERY.items():
        (shown,) = finished(name)["attachments"]
        shown["content"].pop("refresh", None)  # not a button, and only Teams supports it
        on_teams = [part for part in parts(shown) if part.get("type") == "Action.Execute"]
        (attachment,) = activity(message, channel="emulator")["attachments"]
        submits = [part for part in parts(attachment["content"]) if part.get("type") == "Action.Submit"]
        elsewhere = [part for part in submits if DIALOG not in part["data"]]
        assert [{**each["data"], "verb": each["verb"]} for each in on_teams] == [each["data"] for each in elsewhere]
        assert not [part for part in parts(attachment) if part.get("type") == "Action.Execute"]


def test_a_search_result_has_a_preview() -> None:
    found = result_preview(GALLERY["link card"].render(ENGLISH))
    assert found["contentType"] == "application/vnd.microsoft.card.thumbnail"
    assert found["content"]["title"] == "Case · CAS-01001 · Pump vibrates after firmware update"
