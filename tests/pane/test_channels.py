"""The tab of channels: those of the record, and the others in the person's teams (spec P2, A2)."""

import pytest

from bot.sandbox.teams.channels import CHANNELS, TEAM_ID
from tests.steps.pane import case, names, open_pane, rows
from tests.wire.people import ADELE, PATTI
from tests.wire.world import World

pytestmark = pytest.mark.one_database

PUMPS = CHANNELS[1].id


async def connect_pumps(world: World) -> None:
    """Connect the channel to the case in the dialog of Teams, as Adele."""
    data = {"dialog": "connectThisChannel", "channel": f"{TEAM_ID}|{PUMPS}", "words": "CAS-01001", "note": "false"}
    await world.post(world.activity(person=ADELE, type="invoke", name="task/submit", value={"data": data}))
    await world.settle()


async def test_a_member_of_the_team_opens_a_connected_channel_and_others_learn_whom_to_ask(world: World) -> None:
    await connect_pumps(world)
    record = await case(world)
    view = await (await open_pane(world, ADELE)).view(record, tab="channels")
    (row,) = rows(view, "channels")
    assert (row["name"], row["state"], bool(row["url"])) == ("Pumps", "open", True)
    assert row["text"] == "This channel is in your team Field Service."
    (other,) = rows(view, "otherChannels")
    assert (other["name"], other["channel"]) == ("General", {"team": TEAM_ID, "channel": CHANNELS[0].id})
    view = await (await open_pane(world, PATTI)).view(record, tab="channels")
    (row,) = rows(view, "channels")
    assert (row["name"], row["state"], row["url"]) == ("Channel of a team", "locked", "")
    assert row["text"].startswith("Locked. Only team members can see this channel.")
    assert "Adele Vance" in row["text"]
    assert rows(view, "otherChannels") == []


async def test_channels_and_chats_have_lists_of_their_own(world: World) -> None:
    await connect_pumps(world)
    page, record = await open_pane(world, ADELE), await case(world)
    view = await page.view(record)
    assert rows(view, "connected") == []
    assert {each["name"] for each in view["sections"]} == {"connected", "otherRecords", "otherChats"}


async def test_channels_are_found_by_name(world: World) -> None:
    page, record = await open_pane(world, ADELE), await case(world)
    for words, found in (("pum", ["Pumps"]), ("field", ["General", "Pumps"]), ("leads", [])):
        view = await page.view(record, tab="channels", words=words)
        assert names(rows(view, "otherChannels")) == found


async def test_if_graph_fails_the_channels_of_the_record_are_still_shown(world: World) -> None:
    await connect_pumps(world)
    world.dataverse_refuses["/graph/v1.0/"] = (503, {})
    view = await (await open_pane(world, ADELE)).view(await case(world), tab="channels")
    (row,) = rows(view, "channels")
    assert (row["name"], row["url"]) == ("Channel of a team", "")
    (others,) = [each for each in view["sections"] if each["name"] == "otherChannels"]
    assert (others["rows"], others["problem"]["kind"]) == ([], "unavailable")
