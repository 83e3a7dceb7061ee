"""Requests to `/api/messages`: all formats that Teams sends, and invalid ones."""

import gc
import io
import json
from typing import Any

import pytest
from botbuilder.core import TurnContext
from botbuilder.schema import Activity
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.public_names import USAGE
from bot.store.tables import chat, connection
from cards.text import escape
from tests.tiers import examples
from tests.wire.people import ADELE, ALEX
from tests.wire.world import BOT, GROUP, PERSONAL, World, texts

pytestmark = pytest.mark.one_database

NOT_AN_ACTIVITY: dict[str, tuple[dict[str, Any], int, str]] = {
    "not JSON": ({"data": b"{", "headers": {"Content-Type": "application/json"}}, 400, "not JSON"),
    "a wrong content type": ({"data": b"{}", "headers": {"Content-Type": "text/plain"}}, 415, "application/json"),
    "an empty body": ({"data": b"", "headers": {"Content-Type": "application/json"}}, 400, "not JSON"),
    "a list": ({"json": []}, 400, "not a JSON object"),
    "20 MB": ({"data": io.BytesIO(b"y" * 20_000_000), "headers": {"Content-Type": "application/json"}}, 413, "too"),
    "no type": ({"json": {"serviceUrl": "http://localhost", "conversation": {"id": "1"}}}, 400, "type"),
    "no serviceUrl": ({"json": {"type": "message", "conversation": {"id": "1"}}}, 400, "serviceUrl"),
    "no conversation": ({"json": {"type": "message", "serviceUrl": "http://localhost"}}, 400, "conversation"),
    "a conversation without id": (
        {"json": {"type": "message", "serviceUrl": "http://localhost", "conversation": {"name": "x"}}},
        400,
        "conversation.id",
    ),
    "a conversation of a wrong type": (
        {"json": {"type": "message", "serviceUrl": "http://localhost", "conversation": "19:x"}},
        400,
        "conversation",
    ),
}


@pytest.mark.parametrize(("request_", "status", "reason"), NOT_AN_ACTIVITY.values(), ids=NOT_AN_ACTIVITY)
async def test_what_is_no_activity_is_refused_with_a_reason(
    world: World, request_: dict[str, Any], status: int, reason: str
) -> None:
    async with world.session.post(f"{world.url}/api/messages", **request_) as answer:
        assert answer.status == status
        told = (await answer.json())["error"]
    assert reason in told["message"].lower() or reason in told["message"]
    assert told["correlationId"]


DEEP = "[" * 900 + "]" * 900
HOSTILE = {
    "a list in a list in a list": f'"value": {DEEP}',
    "a text that is a deep list": f'"text": {DEEP}',
    "a name that is a deep list": f'"from": {{"id": "29:x", "name": {DEEP}}}',
    "a sender that is a list": '"from": []',
    "members that are a text": '"membersAdded": "29:x"',
    "entities of numbers": '"entities": [1, 2]',
    "an instant that is a number": '"timestamp": 5',
    "a number of a thousand digits": f'"value": {"9" * 1000}',
    "an id of a thousand digits": f'"id": {"9" * 1000}',
    "a number beyond all": '"value": 1e999',
    "half a character": '"text": "\\ud800"',
    "too deep for any reader": f'"value": {"[" * 100_000}{"]" * 100_000}',
}


def nothing_went_wrong(world: World, answered: object) -> bool:
    """Return whether neither the answer nor a card shows an error. A failed turn has the status of a successful one."""
    return "Something went wrong" not in json.dumps(answered) + str(world.connector.posts)


@pytest.mark.parametrize("part", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("kind", ["message", "invoke"])
async def test_hostile_json_is_refused_or_taken_and_never_a_crash(world: World, part: str, kind: str) -> None:
    known = json.dumps({**world.activity(PERSONAL, type=kind, name="adaptiveCard/action", text="help")})
    body = f"{known[:-1]}, {part}}}".encode()
    headers = {"Content-Type": "application/json"}
    async with world.session.post(f"{world.url}/api/messages", data=body, headers=headers) as answer:
        assert answer.status in {200, 201, 400}
        if answer.status == 400:
            assert (await answer.json())["error"]["message"]
        assert nothing_went_wrong(world, await answer.text())


async def test_without_an_app_id_only_this_machine_is_spoken_to(world: World) -> None:
    message = world.activity(type="message", text="help")
    for service_url in ("https://smba.trafficmanager.net/emea/", "http://evil.example/", "file:///etc/passwd"):
        status, body = await world.post({**message, "serviceUrl": service_url})
        assert status == 403
        assert "CHATSYNC_SERVICE_HOSTS" in body["error"]["message"]
    assert world.nothing_was_said()


SILENT: dict[str, dict[str, Any]] = {
    "an unknown type": {"type": "quantumUpdate"},
    "typing": {"type": "typing"},
    "a ping": {"type": "ping"},
    "a contact relation": {"type": "contactRelationUpdate", "action": "add"},
    "a reaction": {"type": "messageReaction", "reactionsAdded": [{"type": "like"}], "replyToId": "1"},
    "an edited message": {"type": "messageUpdate", "text": "x", "channelData": {"eventType": "editMessage"}},
    "a deleted message": {"type": "messageDelete", "channelData": {"eventType": "softDeleteMessage"}},
    "a person who joins": {"type": "conversationUpdate", "membersAdded": [{"id": "29:new", "aadObjectId": "x"}]},
    "a person who leaves": {"type": "conversationUpdate", "membersRemoved": [{"id": "29:adele"}]},
    "a renamed chat": {"type": "conversationUpdate", "topicName": "Contoso case"},
    "a renamed team": {
        "type": "conversationUpdate",
        "channelData": {"eventType": "teamRenamed", "team": {"id": "19:t", "name": "x"}},
    },
    "an upgrade of the app": {"type": "installationUpdate", "action": "add-upgrade"},
    "an event": {"type": "event", "name": "application/vnd.microsoft.meetingStart", "value": {}},
    "a message to others": {"type": "message", "text": "lunch?"},
    "a message without text": {"type": "message"},
    "nobody's message": {"type": "message", "text": "hi", "from": None},
}


@pytest.mark.parametrize("activity", SILENT.values(), ids=SILENT)
async def test_what_the_bot_has_nothing_to_say_to_is_taken_in_silence(world: World, activity: dict[str, Any]) -> None:
    status, body = await world.post(world.activity(**activity))
    assert (status, body) == (201, None)
    await world.settle()
    assert world.nothing_was_said()


@pytest.mark.parametrize("text", ["help", "HELP me", ""])
async def test_help_lists_all_commands(world: World, text: str) -> None:
    for place in (GROUP, PERSONAL):
        await world.say(text, chat=place)
        shown = texts(world.card(place))
        assert shown[0] == "Commands"
        assert shown[1::2] == [escape(written) for written, _ in USAGE.values()]


UNKNOWN = {
    "frobnicate": ["I don't know **frobnicate**.", "Did you mean connect, notifications, or disconnect?"],
    "what is the weather": ["I don't know **what**.", "Did you mean chats, status, or new?"],
    "Look: the pump": ["I don't know **Look**.", "Did you mean help, join, or notifications?"],
    "?! pump": ["I don't know **?!**.", "Did you mean help, connect, or disconnect?"],
    "CONECT CAS-01001": ["I don't know **CONECT**.", "Did you mean connect, disconnect, or new?"],
    "*stats*": ["I don't know **\\*stats\\***.", "Did you mean status, settings, or chats?"],
}


@pytest.mark.parametrize(("text", "answer"), UNKNOWN.items(), ids=UNKNOWN)
async def test_an_unknown_command_gets_the_three_closest_ones(world: World, text: str, answer: list[str]) -> None:
    await world.say(text)
    assert texts(world.card()) == [*answer, "To see all commands, write help."]
    assert await world.rows_in(connection) == []


async def test_an_invoke_that_is_not_offered_says_so(world: World) -> None:
    for name in ("signin/verifyState", "config/fetch", "composeExtension/onCardButtonClicked", "no such thing", None):
        status, body = await world.post(world.activity(type="invoke", name=name, value={}))
        assert (status, body) == (501, {})


async def test_a_persons_token_that_is_offered_is_not_exchanged_and_not_kept(
    world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    offered = {"id": "e-1", "connectionName": "of another app", "token": "eyJhbGciOi.a-token-of-somebody"}
    status, body = await world.post(world.activity(type="invoke", name="signin/tokenExchange", value=offered))
    assert status == 412
    assert body == {
        "id": "e-1",
        "connectionName": "of another app",
        "failureDetail": "Chat Sync has no sign-in, and accepts no user tokens.",
    }
    told = capfd.readouterr()
    assert "a-token-of-somebody" not in told.out + told.err
    assert world.nothing_was_said()


@pytest.mark.parametrize("value", [None, "x", [], {}, {"id": 5, "connectionName": "c"}, {"id": "e-1", "token": "t"}])
async def test_a_malformed_token_exchange_is_refused(world: World, value: object) -> None:
    status, body = await world.post(world.activity(type="invoke", name="signin/tokenExchange", value=value))
    assert status == 400
    assert body["error"]["message"] == "A token exchange needs value.id and value.connectionName."


@pytest.mark.parametrize(
    "value", [None, "x", [], {}, {"action": None}, {"action": {"verb": 5}}, {"action": {"data": {}}}, {"action": []}]
)
async def test_a_malformed_button_is_an_answer_and_no_crash(world: World, value: object) -> None:
    status, body = await world.post(world.activity(type="invoke", name="adaptiveCard/action", value=value))
    assert status == 200
    assert (body["statusCode"], body["type"]) == (400, "application/vnd.microsoft.error")
    assert "verb" in body["value"]["message"]


async def test_an_unknown_verb_is_a_card_that_says_what_to_do(world: World) -> None:
    for verb in ("drop table", "", "CONNECT"):
        answer = await world.press({"verb": verb, "data": {"row": "1"}})
        assert texts(answer["value"]) == ["This button no longer works.", "To see all commands, write help."]
    await world.post(world.activity(type="message", value={"verb": "fly"}))
    assert texts(world.card())[0] == "This button no longer works."


@pytest.mark.parametrize("value", [None, {}, {"url": 5}, "x"])
async def test_a_link_query_without_a_link_is_refused(world: World, value: object) -> None:
    status, body = await world.post(world.activity(type="invoke", name="composeExtension/queryLink", value=value))
    assert status == 400
    assert "value.url" in body["error"]["message"]


async def test_a_chat_is_learned_from_any_activity(world: World) -> None:
    new = "19:3f3f3f3f@thread.v2"
    world.connector.members[new] = [ALEX.account_id]
    await world.say("help", chat=new)
    assert texts(world.card(new))[0] == "Commands"
    (kept,) = await world.rows_in(chat, chat.c.id == new)
    assert (kept["kind"], kept["bot_present"], kept["service_url"]) == ("group", True, world.connector.service_url)


async def test_the_newest_service_url_is_the_one_that_is_used(world: World) -> None:
    message = world.activity(type="typing", serviceUrl=world.connector.service_url + "_connector")
    await world.post(message)
    (kept,) = await world.rows_in(chat, chat.c.id == GROUP)
    assert kept["service_url"].endswith("/_connector")


async def test_a_pressed_button_does_not_make_the_bot_a_member(world: World) -> None:
    await world.press({"verb": "x", "data": {}}, chat="19:4a4a4a4a@thread.v2")
    (kept,) = await world.rows_in(chat, chat.c.id == "19:4a4a4a4a@thread.v2")
    assert not kept["bot_present"]


async def test_the_playgrounds_own_people_are_the_samples_people(world: World) -> None:
    # Its built-in configuration has object IDs with one digit too many.
    sender = {
        "id": "user-id-2",
        "name": "Adele Vance",
        "aadObjectId": ADELE.object_id.replace("-0000000000", "-00000000000"),
    }
    world.connector.members[GROUP].append("user-id-2")
    mention = {"type": "mention", "mentioned": BOT, "text": "<at>Chat Sync</at>"}
    message = world.activity(type="message", text="<at>Chat Sync</at> connect CAS-01001 quiet", entities=[mention])
    await world.post({**message, "from": sender})
    await world.settle()
    assert "Connected by Adele Vance." in texts(world.card())


async def test_nothing_among_the_entities_is_skipped(world: World) -> None:
    at = {"type": "mention", "mentioned": BOT, "text": "<at>Chat Sync</at>"}
    await world.post(world.activity(type="message", text="<at>Chat Sync</at> help", entities=[None, at]))
    assert texts(world.card())[0] == "Commands"


async def test_replies_can_be_asked_for_in_the_answer_itself(world: World) -> None:
    at = {"type": "mention", "mentioned": BOT, "text": "<at>Chat Sync</at>"}
    message = world.activity(
        type="message", text="<at>Chat Sync</at> help", entities=[at], deliveryMode="expectReplies"
    )
    status, body = await world.post(message)
    assert status == 200
    (reply,) = body["activities"]
    assert texts(reply["attachments"][0]["content"])[0] == "Commands"
    assert world.nothing_was_said()


scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=20)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = [
    "type",
    "action",
    "from",
    "recipient",
    "conversation",
    "channelData",
    "entities",
    "attachments",
    "membersAdded",
    "membersRemoved",
    "text",
    "value",
    "name",
    "channelId",
    "timestamp",
    "id",
    "replyToId",
    "locale",
    "serviceUrl",
    "unheard-of",
]
INVOKES = [
    "adaptiveCard/action",
    "application/search",
    "signin/tokenExchange",
    *(f"composeExtension/{each}" for each in ("query", "queryLink", "anonymousQueryLink", "fetchTask", "submitAction")),
    "x",
]
KINDS = ["message", "invoke", "conversationUpdate", "installationUpdate", "event", "x"]


@given(st.data())
@examples(25)
def test_no_activity_however_broken_is_a_crash(world: World, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(KINDS))
    changes = data.draw(st.dictionaries(st.sampled_from(FIELDS), values, max_size=3))
    name = data.draw(st.sampled_from(INVOKES))
    where = data.draw(st.sampled_from([GROUP, PERSONAL]))
    activity = {**world.activity(where, type=kind, name=name, text="connect x"), **changes}
    status, body = world.run(world.post(activity))
    assert status < 500 or status == 501
    assert nothing_went_wrong(world, body)


VALUES = [
    "id",
    "connectionName",
    "token",
    "commandId",
    "parameters",
    "queryOptions",
    "messagePayload",
    "data",
    "dataset",
    "queryText",
    "action",
    "url",
]


@given(st.data())
@examples(25)
def test_no_invoke_however_broken_is_a_crash(world: World, data: st.DataObject) -> None:
    command = data.draw(st.sampled_from(["searchRecords", "connectChat", "saveToRecord", "saveThisMessage"]))
    broken = data.draw(st.dictionaries(st.sampled_from(VALUES), values, max_size=4))
    value = {"commandId": command, "parameters": [{"name": "words", "value": "x"}], **broken}
    name = data.draw(st.sampled_from(INVOKES[:-1]))
    status, body = world.run(world.post(world.activity(type="invoke", name=name, value=value)))
    assert status in {200, 400, 412}
    assert body
    assert nothing_went_wrong(world, body)


async def test_a_reply_leaves_no_turn_for_the_garbage_collector(world: World) -> None:
    await world.say("help")
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        await world.say("help")
        gc.collect()
        assert [each for each in gc.garbage if isinstance(each, TurnContext | Activity)] == []
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
