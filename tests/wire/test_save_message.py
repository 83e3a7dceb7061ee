"""Save a message to a record, at a person's explicit request (spec C10)."""

import json
import logging
from hashlib import sha256
from html import escape
from typing import Any

import pytest

from bot.store.tables import audit, metadata, signing_key
from tests.steps.records import SECRET_CASE
from tests.steps.saved_messages import MESSAGE, SECRET, invoke, open_dialog, submit
from tests.steps.settings_pages import request_page, turn_off_chats
from tests.wire.people import ADELE, ISAIAH, LYNNE, PATTI
from tests.wire.world import API, GROUP, HURRIED, OTHER_GROUP, UNPACED, World, buttons, texts

pytestmark = pytest.mark.one_database

TEXT = f"Bearing play is 1.2 mm < limit, says Megan.\n{SECRET} 🙂\n[image]"
ORIGIN = (
    "Message in Microsoft Teams: Adele Vance · 2026-11-21 10:20 UTC\nAttachments: serial plate.jpg\n"
    "Saved by Adele Vance\nhttps://teams.microsoft.com/l/message/19%3A0f0f0f0f%40thread.v2/1735689600000"
)

IF_CHANGED = ["If you change the title or the text, this line is added below the first one:", "Changed by Adele Vance"]


def html_message(content: str) -> dict[str, Any]:
    """Return a message with this HTML."""
    return {**MESSAGE, "body": {"contentType": "html", "content": content}}


async def rows(world: World, table: str, number: str = "CAS-01001") -> list[dict[str, Any]]:
    """Return the rows of a case that contain the words of the message."""
    column, words = {
        "annotations": ("_objectid_value", "notetext"),
        "tasks": ("_regardingobjectid_value", "description"),
    }[table]
    query = {"$filter": f"{column} eq {await world.row('incidents', number)} and contains({words},'{SECRET}')"}
    async with world.session.get(f"{world.sandbox}{API}/{table}", params=query) as answer:
        found: list[dict[str, Any]] = (await answer.json())["value"]
        return found


async def test_a_message_becomes_a_note_with_the_text_that_was_shown(world: World) -> None:
    page = await open_dialog(world)
    assert page.title == "Save to record"
    assert page.inputs["text"]["value"] == TEXT
    assert page.inputs["title"]["value"] == "Teams message from Adele Vance"
    assert texts(page.card)[-7:] == ["These lines are added below the text:", *ORIGIN.splitlines(), *IF_CHANGED]
    assert await rows(world, "annotations") == []

    done = await submit(world, page.step("Save", words="CAS-01001"))
    assert done == "Saved to CAS-01001 as a note."
    (note,) = await rows(world, "annotations")
    assert (note["subject"], note["notetext"]) == ("Teams message from Adele Vance", f"{TEXT}\n\n{ORIGIN}")
    assert note["_createdby_value"] == await world.user_id(ADELE)


async def test_a_message_becomes_a_task_of_the_record_that_it_links_to(world: World) -> None:
    link = await world.link()
    page = await open_dialog(world, html_message(f'{SECRET} <a href="{escape(link)}">here</a>'))
    assert texts(page.card)[0].startswith("CAS-01001 · Pump vibrates")
    assert await submit(world, page.step("Save", form="task")) == "Saved to CAS-01001 as a task."
    (task,) = await rows(world, "tasks")
    assert task["description"].startswith(f"{SECRET} here ({link})\n\nMessage in Microsoft Teams: Adele Vance")
    assert task["_ownerid_value"] == await world.user_id(ADELE)


async def test_the_only_record_of_the_chat_is_prefilled(world: World) -> None:
    await world.say("connect CAS-01001 quiet")
    await world.settle()
    world.card()
    assert texts((await open_dialog(world)).card)[0].startswith("CAS-01001 · Pump vibrates")


async def test_a_changed_text_is_marked_as_changed(world: World) -> None:
    page = await open_dialog(world)
    await submit(world, page.step("Save", words="CAS-01001", text=f"{SECRET} only"))
    (note,) = await rows(world, "annotations")
    assert note["notetext"].startswith(f"{SECRET} only\n\nMessage in Microsoft Teams: Adele Vance")
    assert "\nChanged by Adele Vance\n" in note["notetext"]


async def test_a_changed_title_is_marked_as_changed(world: World) -> None:
    page = await open_dialog(world)
    await submit(world, page.step("Save", words="CAS-01001", title="Megan Bowen: I approve the refund"))
    (note,) = await rows(world, "annotations")
    assert "\nChanged by Adele Vance\n" in note["notetext"]


async def test_the_same_dialog_saves_to_each_record_for_which_it_is_sent(world: World) -> None:
    page = await open_dialog(world)
    for number in ("CAS-01001", "CAS-01002", "CAS-01002"):
        assert await submit(world, page.step("Save", words=number)) == f"Saved to {number} as a note."
    for number in ("CAS-01001", "CAS-01002"):
        assert len(await rows(world, "annotations", number)) == 1


async def test_everything_written_for_a_changed_text_was_shown_before(world: World) -> None:
    address = f"https://teams.microsoft.com/l/message/19%3A0f0f0f0f%40thread.v2/1735689600000?context={'x_y' * 630}"
    page = await open_dialog(world, {**MESSAGE, "linkToMessage": address})
    shown = texts(page.card)
    await submit(world, page.step("Save", words="CAS-01001", text=f"{SECRET} only"))
    (note,) = await rows(world, "annotations")
    text, _, below = note["notetext"].partition("\n\n")
    assert text == f"{SECRET} only"
    assert set(below.splitlines()) <= set(shown)
    first = shown.index("These lines are added below the text:") + 1
    assert below.splitlines() == [shown[first], shown[-1], *shown[first + 1 : -2]]


async def test_a_repeated_submission_is_not_written_twice(world: World) -> None:
    page = await open_dialog(world)
    data = page.step("Save", words="CAS-01001")
    assert await submit(world, data) == await submit(world, data) == "Saved to CAS-01001 as a note."
    assert len(await rows(world, "annotations")) == 1
    other = (await open_dialog(world)).step("Save", words="CAS-01001")
    await submit(world, other)
    assert len(await rows(world, "annotations")) == 2


async def test_a_submission_with_a_lost_answer_can_be_repeated(world: World) -> None:
    page = await open_dialog(world)
    await submit(world, (await open_dialog(world)).step("Save", words="CAS-01001", text=f"{SECRET} warm"))
    world.limits = HURRIED
    await world.restart()
    world.dataverse_hangs_on = "/annotations"
    refused = await submit(world, page.step("Save", words="CAS-01001"))
    assert texts(refused.card)[0] == "Dynamics 365 is taking too long to respond."
    world.dataverse_hangs_on = ""
    world.limits = UNPACED
    await world.restart()
    again = buttons(refused.card)["Try again"]["data"]
    await submit(world, again)
    await submit(world, again)
    assert len(await rows(world, "annotations")) == 2


async def test_the_audit_has_the_person_the_record_and_the_form(world: World) -> None:
    await submit(world, (await open_dialog(world)).step("Save", words="CAS-01001"))
    (entry,) = await world.rows_in(audit)
    (note,) = await rows(world, "annotations")
    assert (entry["act"], entry["person_name"], entry["chat_id"]) == ("save to record", "Adele Vance", GROUP)
    assert (entry["table"], entry["row_id"]) == ("incident", await world.row("incidents"))
    assert entry["details"] == {"form": "note", "row": note["annotationid"]}


async def test_the_text_is_neither_stored_nor_logged(
    world: World, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        page = await open_dialog(world)
        await submit(world, page.step("Save", words="CAS-01001"))
        await submit(world, (await open_dialog(world, person=PATTI)).step("Save", words=SECRET_CASE), person=PATTI)
        await submit(world, page.step("Save", words="no such record"))
    assert await rows(world, "annotations")
    for table in metadata.sorted_tables:
        assert SECRET not in str(await world.rows_in(table)), table.name
    assert SECRET not in caplog.text + capsys.readouterr().out


async def test_a_person_without_access_is_refused_and_nothing_is_written(world: World) -> None:
    page = await open_dialog(world, person=PATTI)
    refused = await submit(world, page.step("Save", words=await world.link(SECRET_CASE)), person=PATTI)
    assert texts(refused.card)[0].startswith("This case does not exist")
    assert texts((await open_dialog(world, person=LYNNE)).card)[0].startswith("You have no user in Dynamics 365")
    page = await open_dialog(world)
    await turn_off_chats(world)
    refused = await submit(world, page.step("Save", words=await world.link()))
    assert texts(refused.card)[0].startswith("Your administrator turned off chats")
    assert await rows(world, "annotations") + await rows(world, "annotations", SECRET_CASE) == []
    assert await world.rows_in(audit, audit.c.act != "change settings") == []


async def test_a_rejection_by_dataverse_is_audited_as_refused(world: World) -> None:
    page = await open_dialog(world, person=ISAIAH)
    world.dataverse_refuses["/annotations("] = (403, {"error": {"code": "0x80040220", "message": SECRET}})
    refused = await submit(world, page.step("Save", words="CAS-01001"), person=ISAIAH)
    assert texts(refused.card) == [
        "You do not have access to this in Dynamics 365.",
        "Ask your administrator for access.",
    ]
    assert [entry["act"] for entry in await world.rows_in(audit)] == ["save to record", "save to record refused"]


@pytest.mark.parametrize(
    ("filled_in", "problem"),
    [
        ({}, "Choose a record, or enter its number, its link, or a few words."),
        ({"words": "no such record anywhere"}, "No record found."),
        ({"words": "pump"}, "Choose a record. More records match: write more of the name to find them."),
        ({"words": "CAS-01001", "text": " "}, "Enter a title and a text."),
        ({"words": "CAS-01001", "title": " "}, "Enter a title and a text."),
        ({"words": "CAS-01001", "title": "x" * 201}, "A title can have at most 200 characters. Shorten the title."),
        (
            {"words": "CAS-01001", "form": "task", "text": "x" * 2_000},
            "A task can have at most 2,000 characters. Shorten the text.",
        ),
    ],
    ids=lambda each: str(each)[:40],
)
async def test_missing_inputs_are_explained_on_the_page(world: World, filled_in: dict[str, str], problem: str) -> None:
    page = await open_dialog(world)
    again = await submit(world, page.step("Save", **filled_in))
    assert texts(again.card)[0] == problem
    assert again.title == "Save to record"
    assert await rows(world, "annotations") + await rows(world, "tasks") == []


@pytest.mark.parametrize(
    "message",
    [
        None,
        "a text",
        {},
        {"body": "a text"},
        {"body": {"content": 5}},
        {"body": {"contentType": "html", "content": "<div> </div>"}},
        {"body": {"content": None}, "attachments": "none", "from": [], "createdDateTime": 5},
    ],
    ids=repr,
)
async def test_a_message_without_text_cannot_be_saved(world: World, message: object) -> None:
    page = await open_dialog(world, message)
    assert texts(page.card) == [
        "This message has no text to save.",
        "Open the menu of a message with text, and select Save to record.",
    ]


async def test_a_message_of_any_length_and_kind_is_shown_and_saved(world: World) -> None:
    for content in (
        "🙂" * 9_000,
        "\x07\x1b\u202e" * 500 + "end",
        "<p>a</p>" * 20_000,
        '"\\' * 3_000,
        "<b" * 5_000 + ">x",
    ):
        payload = {
            **MESSAGE,
            "body": {"contentType": "html", "content": SECRET + content},
            "linkToMessage": "https://evil.example/l/message/1",
            "attachments": [{"name": "n" * 500, "content": 5}, 5] * 50,
            "createdDateTime": "yesterday",
        }
        page = await open_dialog(world, payload)
        assert len(page.inputs["text"]["value"]) <= 4_000
        assert (await submit(world, page.step("Save", words="CAS-01001"))).startswith("Saved")
    notes = await rows(world, "annotations")
    assert len(notes) == 5
    assert "evil.example" not in json.dumps(notes)
    assert any("[The message continues in Teams.]" in note["notetext"] for note in notes)
    ours = "https://teams.microsoft.com/l/message/19%3A0f0f0f0f%40thread.v2/1735689600000?context="
    assert all(ours in note["notetext"] for note in notes)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<table><tr><td><p>Price</p></td><td><p>40</p></td></tr></table>", "Price 40"),
        ('The log is <a href="https://example.com/log/77">here</a>.', "The log is here (https://example.com/log/77)."),
        ("<style>" + "p { margin: 0 } " * 1_500 + "</style><p>The pump leaks</p>", "The pump leaks"),
        ("<div>hello</div><![ 4711 words", "hello\n<![ 4711 words"),
        ("Pump \ud83d", "Pump \ufffd"),
        ("&#" + "1" * 5_000 + ";", "\ufffd"),
        *((shape * 3_000, None) for shape in ("<a ", "<p>x", "<div>x", '<a b="', "<!x>x", "&#", "<ul><li>x", "<img>")),
    ],
    ids=lambda each: str(each)[:20],
)
async def test_no_markup_breaks_the_dialog(world: World, content: str, text: str | None) -> None:
    shown = (await open_dialog(world, html_message(content))).inputs["text"]["value"]
    assert shown == text or (text is None and 0 < len(shown) <= 4_000)


async def test_the_message_is_read_only_for_people_who_may_use_chats(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[object] = []

    def reading(message: object, _chat: object) -> dict[str, str]:
        read.append(message)
        return {}

    monkeypatch.setattr("bot.handlers.dialogs.quoted_message", reading)
    assert texts((await open_dialog(world, person=LYNNE)).card)[0].startswith("You have no user in Dynamics 365")
    await turn_off_chats(world)
    assert texts((await open_dialog(world)).card)[0].startswith("Your administrator turned off chats")
    assert read == []


async def test_a_page_that_cannot_check_the_person_offers_no_retry_without_the_message(world: World) -> None:
    world.limits = HURRIED
    await world.restart()
    world.dataverse_hangs_on = "/systemusers"
    refused = await open_dialog(world)
    assert texts(refused.card)[0] == "Dynamics 365 is taking too long to respond."
    assert buttons(refused.card) == {}


async def test_a_page_that_was_too_slow_is_opened_again_with_the_message(world: World) -> None:
    await open_dialog(world)
    world.limits = HURRIED
    await world.restart()
    world.dataverse_hangs_on = "/incidents"
    refused = await open_dialog(world)
    world.dataverse_hangs_on = ""
    page = await submit(world, buttons(refused.card)["Try again"]["data"])
    assert page.inputs["text"]["value"] == TEXT


APPROVAL = f"I approve the refund. {SECRET}"
FORGED = {
    "no signature": {"signature": ""},
    "another signature": {"signature": "0" * 64},
    "another author": {"author": "Megan Bowen"},
    "no author": {"author": ""},
    "another time": {"sent": "2026-01-01 00:00 UTC"},
    "another link": {"link": "https://teams.microsoft.com/l/message/19%3A0f0f0f0f%40thread.v2/1"},
    "other attachments": {"files": "contract.pdf"},
    "another original text": {"text": APPROVAL, "wording": sha256(APPROVAL.encode()).hexdigest()},
    "another dialog": {"wish": "00000000-0000-4000-8000-00000000cafe"},
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
async def test_a_forged_quote_is_not_saved(world: World, forged: dict[str, str]) -> None:
    page = (await open_dialog(world)).step("Save", words="CAS-01001")
    assert set(forged) <= set(page)
    refused = await submit(world, {**page, **forged})
    assert texts(refused.card) == ["This dialog has expired.", "Open it again from the message."]
    assert await rows(world, "annotations") == []
    assert await world.rows_in(audit) == []


async def test_a_quote_is_only_for_the_person_and_the_chat_of_the_dialog(world: World) -> None:
    page = (await open_dialog(world)).step("Save", words="CAS-01001")
    for person, chat in ((PATTI, GROUP), (ADELE, OTHER_GROUP)):
        refused = await submit(world, page, person=person, chat=chat)
        assert texts(refused.card)[0] == "This dialog has expired."
    assert await rows(world, "annotations") == []
    assert (await submit(world, page)).startswith("Saved")


async def test_a_button_cannot_say_what_a_message_contains(world: World) -> None:
    words = {"text": APPROVAL, "author": "Megan Bowen", "sent": "2026-01-01 00:00 UTC"}
    data = {"dialog": "saveToRecord", **words}
    for name in ("task/fetch", "task/submit", "composeExtension/submitAction"):
        value = {"data": data, "commandId": "saveToRecord", "commandContext": "message"}
        page = (await invoke(world, name, value, ADELE, GROUP))["value"]["card"]["content"]
        assert texts(page)[0] == "This message has no text to save."
    value = {"commandId": "saveToRecord", "messagePayload": MESSAGE, "data": words}
    page = (await invoke(world, "composeExtension/fetchTask", value, ADELE, GROUP))["value"]["card"]["content"]
    assert "Megan Bowen" not in json.dumps(page)
    await world.post(world.activity(type="message", value=data))
    assert "Megan Bowen" not in str(world.card())


async def test_a_dialog_that_was_open_for_two_weeks_has_expired(world: World) -> None:
    page = (await open_dialog(world)).step("Save", words="CAS-01001")
    world.clock.advance(7 * 24 * 3600)
    later = (await open_dialog(world)).step("Save", words="CAS-01001")
    # The keys of this week and of the last one are valid, in all processes and after a restart.
    await world.restart()
    assert (await submit(world, page)).startswith("Saved")
    world.clock.advance(7 * 24 * 3600)
    assert texts((await submit(world, page)).card)[0] == "This dialog has expired."
    assert (await submit(world, later)).startswith("Saved")
    await open_dialog(world)
    assert len(await world.rows_in(signing_key)) == 2


async def test_a_record_type_without_notes_says_so(world: World) -> None:
    page = await request_page(world, {"dialog": "settings"}, name="task/fetch")
    adding = await request_page(world, page.step("Add a record type"))
    await request_page(world, adding.step("Add", table="cs_stocklevel"))
    async with world.session.get(f"{world.sandbox}{API}/cs_stocklevels") as answer:
        level = (await answer.json())["value"][0]["cs_stocklevelid"]
    link = f"{world.sandbox}/main.aspx?pagetype=entityrecord&etn=cs_stocklevel&id={level}"
    refused = await submit(world, (await open_dialog(world)).step("Save", words=link))
    assert texts(refused.card) == ["Records of this type cannot have notes.", "Choose the other option."]
