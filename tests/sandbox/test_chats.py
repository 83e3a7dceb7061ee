"""The chats of the sandbox: what people do there, and the activities that the bot gets, as from Teams."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import hdrs

from bot.sandbox.pages.rendering import SHARED, STATIC
from bot.sandbox.teams.channels import CHANNELS, TEAM_ID
from bot.sandbox.teams.chats import MAX_MESSAGES
from tests.sandbox.wire import MIDDAY
from tests.steps.sandbox_chats import MANIFEST, ChatPage, chat_page
from tests.wire.people import ADELE, ALEX, DIEGO, MEGAN, PATTI, Somebody

ADAPTIVE = "application/vnd.microsoft.card.adaptive"
CARD = {"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock", "text": "<b>Pump</b>"}]}
SCRIPTS = sorted([*STATIC.glob("chat/*.js"), *SHARED.glob("cards/*.js")])
GENERAL = CHANNELS[0].id


@pytest.fixture
async def page() -> AsyncIterator[ChatPage]:
    async with chat_page() as running:
        yield running


def account(who: Somebody) -> dict[str, str]:
    return {"id": f"29:{who.object_id}", "name": who.name, "aadObjectId": who.object_id}


async def test_a_chat_is_created_with_people_and_the_app(page: ChatPage) -> None:
    chat = await page.chat(ALEX, MEGAN, topic="Pump")
    installed, added = page.received()
    assert (installed["type"], installed["action"]) == ("installationUpdate", "add")
    assert added["membersAdded"] == [added["recipient"]]
    assert added["conversation"]["conversationType"] == "groupChat"
    assert added["serviceUrl"] == f"{page.url}/teams/"
    state = await page.state(chat)
    assert (state["chat"]["name"], state["chat"]["hasApp"]) == ("Pump", True)
    assert state["chat"]["members"] == [ALEX.object_id, MEGAN.object_id]
    assert state["app"]["extension"] == MANIFEST["composeExtensions"][0]["commands"]
    assert state["app"]["commands"] == MANIFEST["bots"][0]["commandLists"][0]["commands"]
    await page.chat(ALEX, app=False)
    assert page.received() == []


async def test_the_bot_gets_only_messages_that_mention_it(page: ChatPage) -> None:
    chat = await page.chat(ALEX, MEGAN)
    page.received()
    assert await page.post(f"chats/{chat}/messages", ALEX, text="Just us") == (200, {})
    assert await page.post(f"chats/{chat}/messages", MEGAN, text="@Chat Sync connect a<b>c & d", replyTo=1) == (200, {})
    (message,) = page.received()
    bot = message["recipient"]
    assert message["text"] == "<at>Chat Sync</at> connect a&lt;b&gt;c &amp; d"
    assert message["entities"] == [{"type": "mention", "mentioned": bot, "text": "<at>Chat Sync</at>"}]
    assert (message["from"], message["id"], message["replyToId"]) == (account(MEGAN), "1:2", "1:1")
    shown = (await page.state(chat))["messages"]
    assert [(each["author"], each["text"], each["replyTo"]) for each in shown] == [
        (ALEX.object_id, "Just us", None),
        (MEGAN.object_id, "@Chat Sync connect a<b>c & d", 1),
    ]


async def test_a_chat_with_the_bot_needs_no_mention(page: ChatPage) -> None:
    chat = await page.chat(PATTI, personal=True)
    assert await page.chat(PATTI, personal=True) == chat
    installed, _ = page.received()
    assert installed["conversation"]["conversationType"] == "personal"
    assert "isGroup" not in installed["conversation"]
    await page.post(f"chats/{chat}/messages", PATTI, text="help")
    (message,) = page.received()
    assert (message["text"], message["entities"]) == ("help", [])
    assert (await page.post(f"chats/{chat}/messages", ALEX, text="help"))[0] == 403


async def test_members_the_name_and_the_app_change_as_in_teams(page: ChatPage) -> None:
    chat = await page.chat(ALEX, MEGAN)
    page.received()
    ids = {"id": f"29:{PATTI.object_id}", "aadObjectId": PATTI.object_id}
    for wanted, key in ((True, "membersAdded"), (True, ""), (False, "membersRemoved"), (False, "")):
        status, _ = await page.post(f"chats/{chat}/members", ALEX, user=PATTI.object_id, member=wanted)
        found = page.received()
        assert (status, [each[key] for each in found]) == (200, [[ids]] if key else [])
    assert (await page.post(f"chats/{chat}/topic", ALEX, topic="Pump"))[0] == 200
    assert page.received() == []
    assert (await page.state(chat))["chat"]["name"] == "Pump"
    await page.post(f"chats/{chat}/app", ALEX, installed=False)
    left, removed = page.received()
    assert (left["membersRemoved"], removed["action"]) == ([left["recipient"]], "remove")
    await page.post(f"chats/{chat}/messages", ALEX, text="@Chat Sync help")
    assert page.received() == []
    await page.post(f"chats/{chat}/app", ALEX, installed=True)
    assert [each["type"] for each in page.received()] == ["installationUpdate", "conversationUpdate"]


async def test_an_invoke_returns_the_bots_answer(page: ChatPage) -> None:
    chat = await page.chat(ALEX, MEGAN)
    await page.bot_posts(chat, attachments=[{"contentType": ADAPTIVE, "content": CARD}])
    page.received()
    page.answer = {"statusCode": 200, "type": ADAPTIVE, "value": CARD}
    value = {"action": {"type": "Action.Execute", "verb": "v", "data": {"a": "b"}}, "trigger": "manual"}
    sent = {"name": "adaptiveCard/action", "value": value, "message": 1}
    assert await page.post(f"chats/{chat}/invokes", MEGAN, **sent) == (200, {"answer": page.answer})
    (invoke,) = page.received()
    assert (invoke["name"], invoke["value"], invoke["replyToId"]) == ("adaptiveCard/action", value, "1:1")
    assert invoke["from"] == account(MEGAN)
    # The card of the others stays.
    assert len((await page.state(chat))["messages"]) == 1


async def test_an_action_on_a_message_gets_that_message(page: ChatPage) -> None:
    chat = await page.chat(ALEX, MEGAN)
    await page.post(f"chats/{chat}/messages", MEGAN, text="It <leaks> &\nloudly", card=CARD)
    await page.bot_posts(chat, text="Hello")
    page.received()
    for number in (1, 2):
        value = {"commandId": "save", "messagePayload": {"body": "forged"}}
        sent = {"name": "composeExtension/fetchTask", "value": value, "message": number}
        assert (await page.post(f"chats/{chat}/invokes", ALEX, **sent))[0] == 200
    first, second = (each["value"]["messagePayload"] for each in page.received())
    assert first["body"] == {"contentType": "html", "content": "<p>It &lt;leaks&gt; &amp;<br>loudly</p>"}
    assert (first["from"]["user"]["displayName"], first["id"]) == (MEGAN.name, "1:1")
    assert first["attachments"][0]["contentType"] == ADAPTIVE
    assert second["from"]["application"]["displayName"] == "Chat Sync"


async def test_the_bot_gets_the_time_zone_of_the_browser(page: ChatPage) -> None:
    chat, zone = await page.chat(ALEX, MEGAN), "Asia/Tokyo"
    page.received()
    assert (await page.post(f"chats/{chat}/messages", ALEX, text="@Chat Sync mute", timeZone=zone))[0] == 200
    value: dict[str, object] = {"data": {}}
    assert (await page.post(f"chats/{chat}/invokes", ALEX, name="task/fetch", value=value, timeZone=zone))[0] == 200
    message, invoke = page.received()
    assert [each["type"] for each in message["entities"]] == ["mention", "clientInfo"]
    (client,) = invoke["entities"]
    assert client == message["entities"][1]
    assert client["timezone"] == zone


async def test_a_buttons_data_is_sent_without_a_message(page: ChatPage) -> None:
    chat = await page.chat(ALEX, MEGAN)
    await page.bot_posts(chat, text="Choose")
    page.received()
    assert (await page.post(f"chats/{chat}/messages", ALEX, value={"verb": "v"}, replyTo=1))[0] == 200
    (activity,) = page.received()
    assert (activity["value"], activity["replyToId"], "text" in activity) == ({"verb": "v"}, "1:1", False)
    assert len((await page.state(chat))["messages"]) == 1
    said = {"text": "Shown", "sent": "sent <text>", "value": {"a": 1}}
    assert (await page.post(f"chats/{chat}/messages", ALEX, **said))[0] == 200
    (activity,) = page.received()
    assert (activity["text"], activity["value"], activity["entities"]) == ("sent &lt;text&gt;", {"a": 1}, [])
    assert (await page.state(chat))["messages"][1]["text"] == "Shown"


async def test_only_changed_messages_are_sent(page: ChatPage) -> None:
    chat = await page.chat(ALEX, MEGAN)
    first, _ = await page.bot_posts(chat, text="One"), await page.bot_posts(chat, text="Two")
    seen = (await page.state(chat))["version"]
    address = f"{page.url}/chats/{chat}/state?after={seen}"
    async with page.session.get(address, headers={hdrs.IF_NONE_MATCH: f'"{seen}"'}) as unchanged:
        assert (unchanged.status, await unchanged.read()) == (304, b"")
    path = f"{page.url}/teams/v3/conversations/{chat}/activities/{first}"
    async with page.session.put(path, json={"type": "message", "text": "Changed"}) as edited:
        assert edited.status == 200
    changes = await page.state(chat, after=seen)
    assert [(each["number"], each["text"], each["edited"]) for each in changes["messages"]] == [(1, "Changed", True)]
    assert (changes["numbers"], "people" in changes) == ([1, 2], False)
    # After a restart with another file, a page can know more than the sandbox.
    assert len((await page.state(chat, after=10**9))["messages"]) == 2


async def test_the_number_of_messages_is_limited(page: ChatPage) -> None:
    chat = await page.chat(ALEX)
    for number in range(MAX_MESSAGES + 1):
        await page.bot_posts(chat, text=str(number))
    state = await page.state(chat)
    assert state["numbers"] == list(range(2, MAX_MESSAGES + 2))
    assert len(state["messages"]) == MAX_MESSAGES


async def test_channels_have_threads(page: ChatPage) -> None:
    assert (await page.post(f"chats/{GENERAL}/app", ALEX, installed=True))[0] == 200
    assert [each["channelData"]["team"]["aadGroupId"] for each in page.received()] == 2 * [TEAM_ID]
    await page.post(f"chats/{GENERAL}/messages", ALEX, text="@Chat Sync help")
    await page.post(f"chats/{GENERAL}/messages", ADELE, text="@Chat Sync status", replyTo=1)
    threads = [each["conversation"]["id"] for each in page.received()]
    assert threads == 2 * [f"{GENERAL};messageid=1:1"]
    await page.bot_posts(threads[0], text="Answer")
    assert [each["replyTo"] for each in (await page.state(GENERAL))["messages"]] == [None, 1, 1]
    assert (await page.post(f"chats/{GENERAL}/messages", PATTI, text="Hello"))[0] == 403


async def test_a_bot_that_fails_is_reported(page: ChatPage) -> None:
    chat = await page.chat(ALEX, MEGAN)
    page.status = 500
    _, written = await page.post(f"chats/{chat}/messages", ALEX, text="@Chat Sync help")
    assert written == {"notice": "Chat Sync refused the request (HTTP 500)."}
    invoke = {"name": "task/fetch", "value": {}}
    assert await page.post(f"chats/{chat}/invokes", ALEX, **invoke) == (
        502,
        {"error": "Chat Sync refused the request (HTTP 500)."},
    )
    async with chat_page(messages_url="http://127.0.0.1:9/api/messages") as alone:
        chat = await alone.chat(ALEX, MEGAN)
        _, written = await alone.post(f"chats/{chat}/messages", ALEX, text="@Chat Sync help")
        assert written == {"notice": "Chat Sync did not answer. Check that it runs, and try again."}


async def test_chats_stay_usable_on_another_port(tmp_path: Path) -> None:
    async with chat_page(file=tmp_path / "sandbox") as before:
        chat = await before.chat(ALEX, MEGAN)
        await before.post(f"chats/{chat}/messages", ALEX, text="Before")
    async with chat_page(file=tmp_path / "sandbox") as page:
        assert page.url != before.url
        assert (await page.state(chat))["chat"]["isOwn"]
        assert await page.post(f"chats/{chat}/messages", ALEX, text="@Chat Sync help") == (200, {})
        (message,) = page.received()
        assert message["serviceUrl"] == f"{page.url}/teams/"
        assert [each["text"] for each in (await page.state(chat))["messages"]] == ["Before", "@Chat Sync help"]


async def test_a_chat_in_another_client_is_only_shown(page: ChatPage) -> None:
    chat = "19:elsewhere@thread.v2"
    await page.teams.observe(
        {
            "serviceUrl": "http://127.0.0.1:5678/_connector",
            "conversation": {"id": chat, "conversationType": "groupChat"},
            "recipient": {"id": "28:bot", "name": "Test Bot"},
            "from": {"id": "user-1", "aadObjectId": ALEX.object_id},
        }
    )
    assert not (await page.state(chat))["chat"]["isOwn"]
    assert (await page.post(f"chats/{chat}/messages", ALEX, text="Hello"))[0] == 409


DEEP: Any = {}
for _ in range(400):
    DEEP = {"a": DEEP}


@pytest.mark.parametrize(
    ("action", "body", "status"),
    [
        ("messages", {}, 400),
        ("messages", {"text": "  "}, 400),
        ("messages", {"text": 5}, 400),
        ("messages", {"text": "x" * 10_001}, 400),
        ("messages", {"text": "x", "card": "no card"}, 400),
        ("messages", {"text": "x", "card": {"a": "x" * 30_000}}, 400),
        ("messages", {"value": DEEP}, 400),
        ("messages", {"text": "x", "replyTo": 7}, 404),
        ("messages", {"text": "x", "person": PATTI.object_id}, 403),
        ("messages", {"text": "x", "person": "nobody"}, 404),
        ("messages", {"text": "x", "more": "x" * 200_000}, 413),
        ("invokes", {"name": "signin/verifyState", "value": {}}, 400),
        ("invokes", {"name": "task/fetch", "value": []}, 400),
        ("invokes", {"name": "task/fetch", "value": {}, "message": 9}, 404),
        ("topic", {"topic": " "}, 400),
        ("topic", {"topic": "a:b"}, 400),
        ("members", {"user": "nobody", "member": True}, 404),
        ("members", {"user": DIEGO.object_id, "member": True}, 409),
    ],
)
async def test_invalid_requests_change_nothing(page: ChatPage, action: str, body: dict[str, Any], status: int) -> None:
    chat = await page.chat(ALEX, MEGAN)
    before = await page.state(chat)
    page.received()
    got, answer = await page.post(f"chats/{chat}/{action}", **{"person": ALEX.object_id, **body})
    assert (got, bool(answer["error"])) == (status, True)
    assert await page.state(chat) == before
    assert page.received() == []


async def test_unknown_chats_and_channels_are_refused(page: ChatPage) -> None:
    assert (await page.post("chats/19:none@thread.v2/messages", ALEX, text="x"))[0] == 404
    for path in ("chats/19:none@thread.v2", "chats/19:none@thread.v2/state"):
        async with page.session.get(f"{page.url}/{path}") as answer:
            assert answer.status == 404
    for action, body in (("topic", {"topic": "x"}), ("members", {"user": PATTI.object_id, "member": True})):
        assert (await page.post(f"chats/{GENERAL}/{action}", ALEX, **body))[0] == 409


@pytest.mark.parametrize(
    "path", ["chats", "chats/{chat}/messages", "chats/{chat}/invokes", "chats/{chat}/members", "chats/{chat}/topic"]
)
async def test_only_the_page_itself_can_post(page: ChatPage, path: str) -> None:
    chat = await page.chat(ALEX, MEGAN)
    address = f"{page.url}/{path.format(chat=chat)}"
    body = {"person": ALEX.object_id, "text": "x", "topic": "x", "user": PATTI.object_id, "member": True}
    before = await page.state(chat)
    for origin in ("http://127.0.0.1:1", "http://localhost:8000", "https://example.com", "null"):
        async with page.session.post(address, json=body, headers={hdrs.ORIGIN: origin}) as answer:
            assert answer.status == 403
    for content_type in ("text/plain", "application/x-www-form-urlencoded"):
        headers = {hdrs.CONTENT_TYPE: content_type}
        async with page.session.post(address, data=b"{}", headers=headers) as answer:
            assert answer.status == 415
    for content in (b"[]", b"{", b"\xff"):
        headers = {hdrs.CONTENT_TYPE: "application/json"}
        async with page.session.post(address, data=content, headers=headers) as answer:
            assert answer.status == 400
    assert await page.state(chat) == before


async def test_the_page_loads_only_its_own_files(page: ChatPage) -> None:
    chat = await page.chat(ALEX, topic="<script>")
    async with page.session.get(f"{page.url}/chats/{chat}") as answer:
        policy, html = answer.headers["Content-Security-Policy"], await answer.text()
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    files = re.findall(r'(?:src|href)="(/sandbox/(?:static|shared)/[^"]+)"', html)
    assert len(files) >= 4
    for name in files:
        async with page.session.get(page.url.removesuffix("/sandbox") + name) as file:
            assert file.status == 200, name
    assert not re.search(r'(src|href)="https?://|<script>| style=| on\w+=', html)
    async with page.session.get(f"{page.url}/chats") as answer:
        assert "&lt;script&gt;" in await answer.text()


@pytest.mark.parametrize(
    "file", sorted([*STATIC.glob("chat/*.js"), *SHARED.glob("cards/*.js")]), ids=lambda file: file.name
)
def test_scripts_are_small_and_make_no_markup(file: Path) -> None:
    script = file.read_text(encoding="utf-8")
    assert len(script.splitlines()) < 300
    assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|https?://\w", script)


async def targeted(page: ChatPage, method: str, path: str, **activity: object) -> tuple[int, Any]:
    """Send a request about a targeted message; return the status, and the error code or the ID."""
    url = f"{page.url}/teams/v3/conversations/{path}"
    async with page.session.request(method, url, json={"type": "message", **activity}) as response:
        body = await response.json() if response.content_type == "application/json" else {}
        return response.status, body.get("id") or body.get("error", {}).get("code")


async def test_only_one_person_sees_a_targeted_message(page: ChatPage) -> None:
    chat, flag = await page.chat(ALEX, MEGAN), "?isTargetedActivity=true"
    to_megan = {"recipient": {"id": f"29:{MEGAN.object_id}", "isTargeted": True}}
    to_diego = {"recipient": {"id": f"29:{DIEGO.object_id}", "isTargeted": True}}
    posts, path = f"{chat}/activities", f"{chat}/activities/1:1"
    assert await targeted(page, "POST", posts + flag, text="For Megan", **to_megan) == (201, "1:1")
    for query, activity, expected in (
        (flag, {}, (400, "BadArgument")),
        ("", to_megan, (400, "BadArgument")),
        (flag, to_diego, (403, "BotNotInConversationRoster")),
    ):
        assert await targeted(page, "POST", posts + query, text="x", **activity) == expected
    assert await targeted(page, "PUT", path + flag, text="x", **to_megan) == (400, "BadArgument")
    assert await targeted(page, "PUT", path, text="x") == (400, "BadArgument")
    assert await targeted(page, "PUT", path + flag, text="Again for Megan") == (200, "1:1")
    seen, etags = {}, set()
    for name in (MEGAN.object_id, ALEX.object_id, "", "nobody"):
        async with page.session.get(f"{page.url}/chats/{chat}/state?person={name}") as response:
            seen[name] = [(each["text"], each["private"]) for each in (await response.json())["messages"]]
            etags.add(response.headers[hdrs.ETAG])
    assert seen.pop(MEGAN.object_id) == [("Again for Megan", True)]
    assert list(seen.values()) == [[], [], []]
    assert len(etags) == 3
    pressed = {"name": "adaptiveCard/action", "value": {}, "message": 1}
    assert (await page.post(f"chats/{chat}/invokes", ALEX, **pressed))[0] == 404
    assert (await page.post(f"chats/{chat}/invokes", MEGAN, **pressed))[0] == 200
    page.teams.now = lambda: MIDDAY + timedelta(hours=24)
    assert (await page.state(chat))["messages"] == []
    for method in ("PUT", "DELETE"):
        assert await targeted(page, method, path + flag, text="x") == (404, "ActivityNotFoundInConversation")
    page.teams.now = lambda: MIDDAY
    assert (await targeted(page, "DELETE", path))[0] == 400
    assert (await targeted(page, "DELETE", path + flag))[0] == 200
    assert (await targeted(page, "DELETE", path + flag))[0] == 404
