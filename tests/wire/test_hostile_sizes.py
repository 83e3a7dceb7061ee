"""Activities of callers with a token that are much larger than those of Teams: they cost little, and nothing stays."""

import io
import time
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import orjson
import pytest
from structlog.testing import capture_logs

from bot.domain.public_names import PERSON, Dialog
from bot.features.shared.action_data import KEY
from bot.store.tables import chat
from cards.buttons import DIALOG
from cards.new_chat import NAME, NAMES, NOTE, OTHERS, SUGGESTED
from cards.record_inputs import RECORD, WORDS
from tests.dataverse.samples import context
from tests.steps.changes import CHANGES, rename_notification
from tests.wire.world import (
    BOT,
    CLIENT_STATE,
    EVENTS,
    GROUP,
    OTHER_GROUP,
    PERSONAL,
    WEBHOOK_KEY,
    World,
    texts,
)

pytestmark = pytest.mark.one_database

LONG = "19:" + "x" * 190_000
OTHER_BOT = {"id": "28:somebody-else", "name": "x"}


async def cpu_of(world: World, activity: Mapping[str, Any]) -> float:
    """Return the processor time of the fastest of several turns with this activity."""
    spent = []
    for _ in range(3):
        before = time.process_time()
        status, _ = await world.post(activity)
        spent.append(time.process_time() - before)
        assert status == 201
    return min(spent)


def mentioning(world: World, bot: Mapping[str, str], text: str, mentions: list[str]) -> dict[str, Any]:
    entities = [{"type": "mention", "mentioned": bot, "text": each} for each in mentions]
    return world.activity(PERSONAL, type="message", text=text, entities=entities)


async def test_mentions_cost_no_more_than_the_bytes_that_they_have(world: World) -> None:
    floods = (
        ("a" * 100_000, ["aaab"] * 1_500),
        ("a" * 100_000, [f"aa{number}b" for number in range(1_300)]),
        ("<at>" * 25_000, ["<at>b"] * 900),
    )
    for text, mentions in floods:
        of_another = await cpu_of(world, mentioning(world, OTHER_BOT, text, mentions))
        assert await cpu_of(world, mentioning(world, BOT, text, mentions)) <= 4 * of_another
    world.connector.posts.clear()
    await world.say("help")
    assert texts(world.card())[0] == "Commands"


def with_id(world: World, place: str, value: object) -> dict[str, Any]:
    """Return an activity with this value at the place."""
    activity = world.activity(type="message", text="help")
    *path, name = place.split(".")
    part = activity
    for step in path:
        part[step] = dict(part.get(step) or {})
        part = part[step]
    part[name] = value
    return activity


IDS = (
    "id",
    "replyToId",
    "conversation.id",
    "conversation.tenantId",
    "conversation.conversationType",
    "channelData.tenant.id",
    "from.id",
    "from.aadObjectId",
    "recipient.id",
    "channelId",
)


async def test_ids_that_are_too_long_or_change_a_path_are_refused(world: World) -> None:
    for place in IDS:
        status, body = await world.post(with_id(world, place, LONG))
        assert (status, body["error"]["message"]) == (400, f"{place} is too long.")
    for place in ("id", "replyToId", "conversation.id", "from.id"):
        for value in (".", "..", "..;messageid=1"):
            status, body = await world.post(with_id(world, place, value))
            assert (status, body["error"]["message"]) == (400, f"{place} is not an ID.")
        status, body = await world.post(with_id(world, place, [LONG]))
        assert status == 400
    assert {row["id"] for row in await world.rows_in(chat)} == {GROUP, OTHER_GROUP, PERSONAL}
    assert world.nothing_was_said()


async def test_long_names_are_cut_before_they_are_stored(world: World) -> None:
    for place in ("from.name", "recipient.name", "conversation.name", "topicName"):
        activity = {**with_id(world, place, LONG), "text": "", "type": "message"}
        activity["conversation"] = {**activity["conversation"], "id": f"19:{place}@thread.v2"}
        status, _ = await world.post(activity)
        assert status == 201
    stored = await world.rows_in(chat)
    assert len(stored) == 7
    assert max(len(str(row)) for row in stored) < 2_000


def many_people() -> str:
    return ",".join(str(uuid4()) for _ in range(5_500))


async def page_of(world: World, page: str, **data: str) -> str:
    """Return everything that the answer to a request for this page of a dialog says."""
    value = {"data": {DIALOG: page, **data}, "context": {"theme": "default"}}
    status, body = await world.post(world.activity(PERSONAL, type="invoke", name="task/submit", value=value))
    assert status == 200
    return str(body)


async def test_a_list_of_people_is_refused_before_anybody_is_looked_up(world: World) -> None:
    row = {"environment": "localhost/sandbox", "table": "incident", "row": await world.row("incidents")}
    too_many = "A chat can have at most 250 members."
    with capture_logs() as logs:
        for page, field in (
            (Dialog.NEW_CHAT, PERSON),
            (Dialog.NEW_CHAT_PEOPLE, OTHERS),
            (Dialog.NEW_CHAT_PEOPLE, SUGGESTED),
            (Dialog.MAKE_CHAT, OTHERS),
        ):
            world.dataverse_was_asked.clear()
            for record in ({}, row):
                said = await page_of(world, page, **record, **{KEY: str(uuid4()), field: many_people()})
                assert too_many in said
            assert not any("$batch" in each for each in world.dataverse_was_asked)
    assert [each for each in logs if each["log_level"] in {"warning", "error"}] == []


async def test_no_input_of_a_dialog_causes_an_error(world: World) -> None:
    huge = "x" * 60_000
    with capture_logs() as logs:
        for page in Dialog:
            for field in (KEY, NAME, NAMES, WORDS, RECORD, NOTE, PERSON, "environment", "table", "row", "text", "view"):
                assert "Something went wrong" not in await page_of(world, page, **{field: huge})
    assert {each["event"] for each in logs if each["log_level"] == "error"} == set()


async def loop_s(world: World, path: str, content: bytes) -> tuple[int, float]:
    """Return the status, and the time that the event loop was busy with the request, the least of several."""
    spent = []
    for _ in range(3):
        before = time.thread_time()
        async with world.session.post(
            world.url + path,
            data=io.BytesIO(content),
            headers={"Content-Type": "application/json", "x-chatsync-key": WEBHOOK_KEY},
        ) as answer:
            await answer.read()
        spent.append(time.thread_time() - before)
    return answer.status, min(spent)


async def test_many_small_members_keep_the_event_loop_no_longer_than_one_large_text(world: World) -> None:
    def notifications(**more: Any) -> bytes:
        return orjson.dumps({"value": [rename_notification("x", CLIENT_STATE, **more)]})

    many, too_many = (notifications(**{f"k{number}": 1 for number in range(count)}) for count in (200_000, 600_000))
    status, one_text = await loop_s(world, CHANGES, notifications(a="x" * len(many)))
    assert status == 202
    status, spent = await loop_s(world, CHANGES, many)
    assert (status, spent <= 3 * one_text) == (202, True), spent / one_text
    status, _ = await loop_s(world, CHANGES, too_many)
    assert status == 400


async def test_an_event_of_many_columns_keeps_the_event_loop_no_longer_than_one_large_text(world: World) -> None:
    many = orjson.dumps(context({f"new_d{number}": "/Date(1795256430000)/" for number in range(15_000)}))
    status, one_text = await loop_s(world, EVENTS, orjson.dumps(context({"new_text": "x" * len(many)})))
    assert status == 200
    status, spent = await loop_s(world, EVENTS, many)
    assert (status, spent <= 3 * one_text) == (200, True), spent / one_text
