"""Activities of callers with a token that are much larger than those of Teams: they cost little, and nothing stays."""

import time
from collections.abc import Mapping
from typing import Any

import pytest

from bot.store.tables import chat
from tests.wire.world import BOT, GROUP, OTHER_GROUP, PERSONAL, World, texts

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
        assert await cpu_of(world, mentioning(world, BOT, text, mentions)) <= 2 * of_another
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
