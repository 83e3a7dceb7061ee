"""Forwarded words and links back to messages, as the dialog that saves a message shows them."""

import json
from html import escape, unescape
from typing import Any

import pytest

from tests.steps.rendered_html import Rendered
from tests.steps.saved_messages import MESSAGE, SECRET, open_dialog, submit
from tests.steps.settings_pages import ShownPage
from tests.wire.people import ADELE
from tests.wire.world import API, GROUP, TENANT, World, texts

pytestmark = pytest.mark.one_database

PLACE = "https://teams.microsoft.com/l/message/19%3A0f0f0f0f%40thread.tacv2/1735689600000"
TEAM = "20000000-0000-4000-8000-000000000020"
HOSTILE = (
    "http://teams.microsoft.com/l/message/1/2",
    "https://teams.microsoft.com.evil.example/l/message/1/2",
    "https://evil.example/https://teams.microsoft.com/l/message/1/2",
    "https://teams.microsoft.com@evil.example/l/message/1/2",
    "https://user:word@teams.microsoft.com/l/message/1/2",
    "https://teams.microsoft.com:8443/l/message/1/2",
    "https://teams.microsoft.com\\@evil.example/l/message/1/2",
    "https://team\u017f.microsoft.com/l/message/1/2",
    "http\u017f://teams.microsoft.com/l/message/1/2",
    "https://teams.microsoft.com/l/entity/1/2",
    "https://teams.microsoft.com/l/message/1/2?x=%",
    "https://teams.microsoft.com/l/message/1/2?x=%4g",
    "https://teams.microsoft.com/l/message/1/2](https://evil.example)",
    'https://teams.microsoft.com/l/message/1/2"><script>alert(1)</script>',
    "https://teams.microsoft.com/l/message/1/2\nhttps://evil.example",
    "https://teams.microsoft.com/l/message/1/2 https://evil.example",
    "https://teams.microsoft.com/l/message/1/\u202egnp.exe",
    "https://teams.microsoft.com/l/message/" + "a" * 2_100,
    "javascript:alert(1)//teams.microsoft.com/l/message/1/2",
    "data:text/html,https://teams.microsoft.com/l/message/1/2",
)


def forwarded(content: object, key: str = "1727881360458") -> dict[str, Any]:
    return {"id": key, "contentType": "forwardedMessageReference", "content": content}


def original(html: object, sender: object = None) -> dict[str, object]:
    return {
        "originalMessageId": "1727881360458",
        "originalMessageContent": html,
        "originalConversationId": "19:0b@thread.v2",
        "originalSentDateTime": "2026-11-20T15:02:40.458+00:00",
        "originalMessageSender": sender,
    }


def holding(*attachments: object, words: str = "") -> dict[str, Any]:
    """Return a message with these attachments."""
    content = f'<p>{words}</p><attachment id="1727881360458"></attachment>'
    return {**MESSAGE, "body": {"contentType": "html", "content": content}, "attachments": list(attachments)}


async def test_the_words_of_a_forwarded_message_are_shown_with_their_author(world: World) -> None:
    megan = {"user": {"id": "00000000-0000-0000-0000-000000000021", "displayName": "Megan Bowen"}}
    link = await world.link("CAS-01002")
    html = f'<p>Valve 7 leaks {SECRET}, see <a href="{link}">the case</a></p><attachment id="9"></attachment>'
    page = await open_dialog(world, holding(forwarded(json.dumps(original(html, megan)))))
    assert page.inputs["text"]["value"] == (
        f"Forwarded message from Megan Bowen:\nValve 7 leaks {SECRET}, see the case ({link})"
    )
    assert page.inputs["title"]["value"] == "Teams message from Adele Vance"
    assert texts(page.card)[0].startswith("CAS-01002 · ")
    assert await submit(world, page.step("Save")) == "Saved to CAS-01002 as a note."

    bot = {"application": {"displayName": "Alarms"}, "user": None}
    several = holding(
        forwarded(json.dumps(original("<p>first</p>", bot))),
        {"contentType": "reference", "name": "plan.pdf"},
        forwarded(original("second &amp; <b>third</b>", {"user": {"displayName": None}}), "2"),
        words="Look:",
    )
    assert (await open_dialog(world, several)).inputs["text"]["value"] == (
        "Look:\n\nForwarded message from Alarms:\nfirst\n\nForwarded message:\nsecond & third"
    )


async def test_a_forwarded_message_of_any_kind_is_bounded_and_harms_nothing(world: World) -> None:
    odd = (
        '{"originalMessageContent": ',
        "[" * 5_000,
        '{"originalMessageContent": "half \\ud83d"}',
        json.dumps(original(5, 5)),
        original({"x": 1}, {"user": 5}),
        json.dumps(original("<p>" + "word " * 1_000, {"user": {"displayName": "n\u202e" * 200}})),
        None,
    )
    for content in odd:
        page = await open_dialog(world, holding(*[forwarded(content)] * 30, words=SECRET))
        shown = page.inputs["text"]["value"]
        assert shown.startswith(SECRET)
        assert len(shown) <= 4_000
        assert "\u202e" not in shown


HERE = "https://teams.microsoft.com/l/message/19%3A0f0f0f0f%40thread.v2/1735689600000"


async def test_only_links_to_messages_of_the_chat_are_kept(world: World) -> None:
    good = (
        f"{HERE}?groupId={TEAM}&teamName=Sales%20(EU)&channelName=O'Brien!&parentMessageId=1735689600000",
        f"{HERE}?tenantId={TENANT}&teamName=R%26D!&channelName=*~_.-&createdTime=1735689600000",
        f"{HERE}?teamName=Gr%C3%B6%C3%9Fe&channelName=%E8%A8%AD%E8%A8%88",
        "https://teams.cloud.microsoft/l/message/19:0f0f0f0f@thread.v2/1?context=%7B%22contextType%22%3A%22chat%22%7D",
    )
    for address in good:
        page = await open_dialog(world, {**MESSAGE, "linkToMessage": address})
        # A card's text is Markdown, in which signs are escaped.
        assert address in [line.replace("\\", "") for line in texts(page.card)]
    page = await open_dialog(world, {**MESSAGE, "linkToMessage": f"{HERE}?teamName=Größe"})
    assert f"{HERE}?teamName=Gr%C3%B6%C3%9Fe" in texts(page.card)
    ours = "https://teams.microsoft.com/l/message/19%3A0f0f0f0f%40thread.v2/1735689600000?context=%7B%22contextType"
    others = (f"{PLACE}?groupId={TEAM}", "https://teams.microsoft.com/l/message/19:other-chat@thread.v2/1")
    for address in (*HOSTILE, *others):
        page = await open_dialog(world, {**MESSAGE, "linkToMessage": address})
        assert next(line for line in texts(page.card) if "/l/message/" in line).startswith(ours)
        assert "evil" not in json.dumps(page.card)
        assert "alert" not in json.dumps(page.card)
        assert "other-chat" not in json.dumps(page.card)


async def test_a_note_always_names_who_saved_it(world: World) -> None:
    forged = {**MESSAGE, "from": {"user": {"displayName": "Megan Bowen"}}, "linkToMessage": "https://x.example"}
    page = await open_dialog(world, forged)
    assert "Saved by Adele Vance" in texts(page.card)
    await submit(world, page.step("Save", words="CAS-01001"))
    query = {"$filter": f"contains(notetext,'{SECRET}')"}
    async with world.session.get(f"{world.sandbox}{API}/annotations", params=query) as answer:
        (note,) = (await answer.json())["value"]
    assert "Message in Microsoft Teams: Megan Bowen" in note["notetext"]
    assert "\nSaved by Adele Vance\n" in note["notetext"]


@pytest.mark.parametrize(
    "words",
    [
        'see <a href="https://evil.example">the contract</a> <img src="https://evil.example/p.png">',
        '<div style="display:none">',
        "<div hidden>",
        "<!--",
        "&lt;b&gt; &amp;amp; &#60;script>",
        "<plaintext>",
        "a <b",
    ],
)
async def test_markup_of_a_message_is_text_in_the_note_and_hides_nothing(world: World, words: str) -> None:
    message = {**MESSAGE, "body": {"contentType": "html", "content": f"<p>{SECRET} {escape(words)}</p>"}}
    page = await open_dialog(world, message)
    assert page.inputs["text"]["value"] == f"{SECRET} {words}"
    await submit(world, page.step("Save", words="CAS-01001"))
    query = {"$filter": f"contains(notetext,'{SECRET}')"}
    async with world.session.get(f"{world.sandbox}{API}/annotations", params=query) as answer:
        (note,) = (await answer.json())["value"]
    rendered = Rendered(note["notetext"])
    assert rendered.other == []
    assert rendered.text.startswith(f"{SECRET} {words}\n\nMessage in Microsoft Teams: Adele Vance")
    assert "\nSaved by Adele Vance\n" in rendered.text
    # The timeline shows it as it was written, too.
    row = await world.row("incidents", "CAS-01001")
    async with world.session.get(f"{world.sandbox}/tables/incident/{row}") as answer:
        assert f"{SECRET} {words}" in unescape(await answer.text())


async def test_a_message_of_a_channel_without_a_link_gets_the_link_of_its_thread(world: World) -> None:
    for reply_to, parent in ((None, "1735689600000"), ("1735680000000", "1735680000000")):
        message = {**MESSAGE, "linkToMessage": "", "replyToId": reply_to}
        value = {"commandId": "saveToRecord", "commandContext": "message", "messagePayload": message}
        activity = world.activity(
            GROUP,
            ADELE,
            type="invoke",
            name="composeExtension/fetchTask",
            value=value,
            conversation={
                "id": f"19:0f0f0f0f@thread.tacv2;messageid={parent}",
                "conversationType": "channel",
                "tenantId": TENANT,
                "isGroup": True,
            },
            channelData={"tenant": {"id": TENANT}, "team": {"id": "19:0a@thread.tacv2", "aadGroupId": TEAM}},
        )
        status, body = await world.post(activity)
        assert status == 200
        shown = body["task"]["value"]
        page = ShownPage(shown["title"], shown["card"]["content"])
        assert f"{PLACE}?tenantId={TENANT}&groupId={TEAM}&parentMessageId={parent}" in texts(page.card)
