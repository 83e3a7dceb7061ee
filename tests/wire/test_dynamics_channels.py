"""Channels that Dynamics 365's own collaboration connected are listed with the record's chats (spec A2, S5, S7)."""

from typing import Any

import pytest

from bot.sandbox.teams.channels import CHANNELS, TEAM_ID
from tests.wire.people import ADELE, ALEX, MEGAN, PATTI, Somebody
from tests.wire.world import API, PERSONAL, World, buttons, texts

pytestmark = pytest.mark.one_database

CASE, SHARED, TABLE = "CAS-01006", "CAS-01004", "msdyn_teamscollaborations"
GENERAL, PUMPS, LEADS = (each.id for each in CHANNELS)
STATE = "Connected by Dynamics 365, not by Chat Sync. This channel is in your team Field Service."


async def chats(world: World, person: Somebody = ADELE, number: str = CASE) -> dict[str, Any]:
    await world.say(f"chats {number}", person=person, chat=PERSONAL)
    return world.card(PERSONAL)


async def add(world: World, row: str, channel: str, **more: object) -> None:
    values = {
        "msdyn_teamname": "T",
        "msdyn_teamid": "19:t@thread.tacv2",
        "msdyn_groupid": TEAM_ID,
        "msdyn_channelid": channel,
        "regardingobjectid": row,
        "regardingobjecttypename": "incident",
        **more,
    }
    async with world.session.post(f"{world.sandbox}{API}/{TABLE}", json=values) as answer:
        assert answer.status == 204, await answer.text()


async def test_a_member_of_the_team_sees_the_channel_and_others_do_not(world: World) -> None:
    card = await chats(world)
    assert "Pumps" in texts(card)
    assert STATE in texts(card)
    assert "1 chat" in texts(card)
    assert buttons(card)["Open channel"]["url"].endswith(PUMPS)
    assert "No chat is connected to this record." in texts(await chats(world, number="CAS-01005"))

    case = await world.row("incidents", CASE)
    await add(world, case, LEADS)
    await add(world, case, PUMPS)
    await add(world, case, "19:other@thread.tacv2", msdyn_groupid="00000000-0000-4000-9000-00000000dead")
    await add(world, case, "<at>x</at>" + "x" * 80)
    await add(world, case, GENERAL, regardingobjecttypename="account")
    assert [line for line in texts(await chats(world)) if line == STATE] == [STATE]
    # Patti is in none of the teams, and sees neither their names nor how many there are.
    await add(world, await world.row("incidents", SHARED), PUMPS)
    assert STATE in texts(await chats(world, number=SHARED))
    assert "No chat is connected to this record." in texts(await chats(world, PATTI, SHARED))


async def test_a_channel_that_is_connected_here_too_is_listed_once(world: World) -> None:
    data = {"dialog": "connectThisChannel", "channel": f"{TEAM_ID}|{PUMPS}", "words": CASE, "note": "false"}
    await world.post(world.activity(person=ADELE, type="invoke", name="task/submit", value={"data": data}))
    await world.settle()
    card = await chats(world, MEGAN)
    assert "1 chat" in texts(card)
    assert STATE not in texts(card)


async def test_the_channels_follow_the_chats_on_the_last_page_and_are_searched(world: World) -> None:
    names = {}
    case = await world.row("incidents", "CAS-01005")
    for number in range(8):
        channel = await world.teams.create_channel(f"Crew {number}")
        names[channel.id] = channel.name
        await add(world, case, channel.id)
    card = await chats(world, number="CAS-01005")
    assert [line for line in texts(card) if line.startswith("Crew")] == list(names.values())[:6]
    assert "1 to 6 of 8" in texts(card)
    turned = await world.press(buttons(card)["Next"], person=ADELE, chat=PERSONAL)
    assert [line for line in texts(turned) if line.startswith("Crew")] == ["Crew 6", "Crew 7"]
    found = await world.press(_filled(buttons(card)["Find"], "crew 3"), person=ADELE, chat=PERSONAL)
    assert [line for line in texts(found) if line.startswith("Crew")] == ["Crew 3"]


def _filled(button: dict[str, Any], words: str) -> dict[str, Any]:
    return {**button, "data": {**button["data"], "words": words}}


async def test_without_the_table_or_its_answer_the_list_is_shown(world: World) -> None:
    for status, asked_again in ((403, True), (500, True), (404, False)):
        world.dataverse_refuses = {TABLE: (status, {"error": {"code": "", "message": "no"}})}
        assert "No chat is connected to this record." in texts(await chats(world, ALEX))
        world.dataverse_was_asked.clear()
        assert "No chat is connected to this record." in texts(await chats(world, ALEX))
        assert any(TABLE in url for url in world.dataverse_was_asked) == asked_again
    world.dataverse_refuses = {}
    assert STATE not in texts(await chats(world))


async def test_without_graph_the_list_is_shown(world: World) -> None:
    world.dataverse_refuses = {"joinedTeams": (403, {})}
    assert "No chat is connected to this record." in texts(await chats(world))
