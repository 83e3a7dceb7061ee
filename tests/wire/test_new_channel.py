"""A new channel for a record: created, connected, and resumed after a failure (spec A2, C7, C9, S7)."""

from typing import Any

import pytest

from bot.sandbox.teams.channels import CREATED, TEAM_ID, TEAM_MEMBERS
from bot.store.tables import audit, connection
from tests.steps.new_chats import button_data, inputs, press
from tests.steps.records import SECRET_CASE
from tests.wire.people import ADELE, LYNNE, MEGAN, PATTI, Somebody
from tests.wire.world import GROUP, HURRIED, World, buttons, texts

pytestmark = pytest.mark.one_database


async def page(world: World, person: Somebody = ADELE, **more: str) -> dict[str, Any]:
    """Open the dialog from the page that connects an existing channel."""
    existing = await world.ask_page({"dialog": "connectChannel", **await button_data(world)}, person=person)
    return await press(world, existing, "New channel", person=person, **more)


async def create(world: World, shown: dict[str, Any], name: str, *, person: Somebody = ADELE, **more: str) -> Any:
    return await press(world, shown, "Create channel", person=person, **{"name": name, "teamId": TEAM_ID, **more})


def created(world: World) -> dict[str, str]:
    """Return the IDs of the channels that were created, by name."""
    return {row.text("displayName"): row.id for row in world.teams.rows.all(CREATED)}


async def acts(world: World) -> list[str]:
    return [row["act"] for row in await world.rows_in(audit)]


async def test_a_channel_is_created_connected_and_gets_the_note_and_changes(world: World) -> None:
    shown = await page(world)
    assert inputs(shown)["teamId"]["choices"] == [{"title": "Field Service", "value": TEAM_ID}]
    assert inputs(shown)["teamId"]["value"] == TEAM_ID
    done = await create(world, shown, "  Pump\u200e vibrates ")
    assert texts(done) == [
        "The channel is ready.",
        "Done: Add Chat Sync to the team",
        "Done: Create the channel",
        "Done: Connect the channel to the record",
    ]
    channel = created(world)["Pump vibrates"]
    assert buttons(done)["Open channel"]["url"].endswith(channel)
    await world.settle()
    assert world.posted(channel) == ["CAS-01001 is connected to this chat"]
    (kept,) = await world.rows_in(connection)
    assert (kept["chat_id"], kept["connector_id"]) == (channel, ADELE.object_id)
    assert await acts(world) == ["install app", "new channel", "install app", "new channel created", "connect"]
    await world.change({"prioritycode": 1})
    await world.window_ends()
    assert world.posted(channel)[1:] == ["CAS-01001: Priority Normal → High"]
    # The same press again creates nothing.
    assert texts(await create(world, shown, "Another"))[0] == "The channel is ready."
    assert list(created(world)) == ["Pump vibrates"]
    listed = await world.ask_page({"dialog": "connectChannel"}, person=MEGAN)
    assert "Field Service · Pump vibrates" in {each["title"] for each in inputs(listed)["channel"]["choices"]}


async def test_bad_input_returns_the_form_with_the_reason_and_creates_nothing(world: World) -> None:
    shown = await page(world)
    many = "A channel name can have at most 50 characters."
    characters = "A channel name cannot contain these characters:"
    for name, reason in {
        "": "Enter a name for the channel.",
        "\u200f\u2066 \n": "Enter a name for the channel.",
        "x" * 400: many,
        "🙂" * 26: many,
        "<at>all</at>": characters,
        "a/b": characters,
        "CAS: pump": characters,
        "{0}": characters,
        ".pump": "A channel name cannot start with",
        "pump.": "A channel name cannot start with",
        "_pump": "A channel name cannot start with",
        "COM1": "Teams reserves this channel name.",
        "a_vti_b": "Teams reserves this channel name.",
        "pumps": "This team already has a channel with this name",
        "leads": "This team already has a channel with this name",
    }.items():
        again = await create(world, shown, name)
        assert reason in texts(again)[0].replace("\\", ""), name
        assert inputs(again)["name"].get("value", "") == name[:50]
    assert texts(await create(world, shown, "New", words="zeppelin hangar"))[0] == "No record found."
    assert texts(await create(world, shown, "New", teamName="zeppelin"))[0] == "None of your teams has this name."
    assert texts(await create(world, shown, "New", teamId=""))[0] == "Choose a team."
    assert texts(await create(world, shown, "New", teamId="elsewhere"))[0].startswith("You are not in this team.")
    assert created(world) == {}
    assert await world.rows_in(connection) == []
    # After a rejection by Graph, another name works on the same page.
    assert texts(await create(world, shown, "שאלות על המשאבה"))[0] == "The channel is ready."
    assert list(created(world)) == ["שאלות על המשאבה"]
    await world.settle()


async def test_rights_are_checked_again_at_the_press(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = await page(world)
    forged = {**buttons(shown)["Create channel"]["data"], "name": "New", "teamId": TEAM_ID}
    for person, reason in ((PATTI, "You are not in this team."), (LYNNE, "You have no user in Dynamics 365")):
        refused = texts(await world.ask_page(forged, person=person))
        assert refused[0].startswith(reason) or refused[0] == "You are not in any team.", refused
    monkeypatch.setattr("bot.sandbox.graph.teams.TEAM_MEMBERS", (*TEAM_MEMBERS, PATTI.object_id))
    secret = {**forged, "row": await world.row("incidents", SECRET_CASE)}
    assert texts(await world.ask_page(secret, person=PATTI))[0].startswith("This case does not exist")
    assert not world.teams.team_has_app()
    assert created(world) == {}

    await world.fault("graph", "lost; method=POST; ends=channels")
    unsure = await create(world, shown, "Mine")
    monkeypatch.setattr("bot.sandbox.graph.teams.TEAM_MEMBERS", (MEGAN.object_id,))
    left = texts(await press(world, unsure, "Continue", person=ADELE))
    assert "You are not in this team. Ask a member of the team to do this." in left
    stranger = await press(world, unsure, "Continue", person=MEGAN)
    assert texts(stranger)[0] == "Chat Sync cannot find the chat that you started."
    assert await world.rows_in(connection) == []


async def test_each_step_fails_once_and_the_rest_is_finished(world: World) -> None:
    shown = await page(world)
    await world.fault("graph", "503; method=POST; ends=installedApps")
    failed = texts(await create(world, shown, "Pump", note="false"))
    assert failed[1] == "Not done: Add Chat Sync to the team"
    assert created(world) == {}

    await world.fault("graph", "lost; method=POST; ends=channels")
    again = await create(world, shown, "Pump", note="false")
    assert texts(again)[1:3] == ["Done: Add Chat Sync to the team", "Not done: Create the channel"]
    assert "is not responding" in texts(again)[3]

    world.dataverse_refuses_to_act_for_people = {"error": {"code": "0x8004a110", "message": "no"}}
    again = await press(world, again, "Continue", person=ADELE)
    assert "Done: Connect the channel to the record" not in texts(again)
    world.dataverse_refuses_to_act_for_people = None
    done = await press(world, again, "Continue", person=ADELE)
    assert texts(done)[0] == "The channel is ready."
    assert list(created(world)) == ["Pump"]
    assert len(await world.rows_in(connection)) == 1
    await world.settle()
    assert world.posted(created(world)["Pump"]) == ["CAS-01001 is connected to this chat."]


async def test_a_name_that_was_taken_meanwhile_can_be_changed(world: World) -> None:
    shown = await page(world)
    await world.fault("graph", "503; method=POST; ends=installedApps")
    failed = await create(world, shown, "Pump", note="false")
    await world.teams.create_channel("PUMP")
    rejected = await press(world, failed, "Continue", person=ADELE)
    assert any(line.startswith("This team already has a channel with this name") for line in texts(rejected))
    again = await press(world, rejected, "Start again", person=ADELE)
    assert {name: inputs(again)[name]["value"] for name in ("name", "teamId", "note")} == {
        "name": "Pump",
        "teamId": TEAM_ID,
        "note": "false",
    }
    assert texts(await create(world, again, "Pump 2"))[0] == "The channel is ready."
    assert set(created(world)) == {"PUMP", "Pump 2"}
    await world.settle()


async def test_missing_consent_and_a_slow_creation_are_told(world: World) -> None:
    world.teams.withheld.add("Channel.Create")
    shown = await page(world)
    refused = await create(world, shown, "Pump")
    assert "does not let Chat Sync create channels in this team" in texts(refused)[0]
    assert "Channel.Create" in texts(refused)[0]
    world.teams.withheld.clear()

    # Graph accepts the request before the channel exists.
    await world.fault("graph", "202; method=POST; ends=channels")
    slow = await create(world, refused, "Slow")
    assert "Not done: Create the channel" in texts(slow)
    assert "Microsoft 365 is still creating the channel. Continue in a moment." in texts(slow)
    assert texts(await press(world, slow, "Continue", person=ADELE))[0] == "The channel is ready."
    await world.settle()


async def test_a_creation_that_takes_longer_than_the_answer_is_not_called_failed(bare_world: World) -> None:
    world = bare_world
    world.limits = HURRIED
    await world.know_chats(GROUP)
    await world.start()
    shown = await page(world)
    world.dataverse_hangs_on, world.dataverse_hangs_method = "/channels", "POST"
    slow = await create(world, shown, "Pump", note="false")
    working = "Chat Sync is still working on it. To see the current state, select Refresh."
    assert texts(slow)[0] == working
    world.let_dataverse_answer()
    await world.until(lambda: list(created(world)) == ["Pump"])
    ready = await press(world, slow, "Refresh", person=ADELE)
    assert texts(ready)[0] in {"The channel is ready.", working}
    await world.settle()


async def test_the_person_confirms_a_note_that_reaches_people_without_access(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.sandbox.teams.chats.TEAM_MEMBERS", (*TEAM_MEMBERS, PATTI.object_id))
    shown = await page(world)
    secret = await world.row("incidents", SECRET_CASE)
    data = {**buttons(shown)["Create channel"]["data"], "row": secret, "name": "Secret", "teamId": TEAM_ID}
    asked = await world.ask_page(data, person=ADELE)
    question = "1 of 5 people in this team cannot open this record. Remove the note, or send it anyway."
    assert texts(asked)[0] == question
    assert created(world) == {}
    done = await press(world, asked, "Send it anyway", person=ADELE, name="Secret", teamId=TEAM_ID)
    assert texts(done)[0] == "The channel is ready."
    await world.settle()
    assert world.posted(created(world)["Secret"]) == [f"{SECRET_CASE} is connected to this chat"]


async def test_without_dialogs_the_page_is_a_card_in_the_chat_and_teams_are_searched(world: World) -> None:
    data = {"dialog": "newChannel", **await button_data(world)}
    await world.post(world.activity(GROUP, ADELE, type="message", channelId="emulator", value=data))
    shown = world.card()
    filled = {**buttons(shown)["Create channel"]["data"], "name": "By card", "teamId": TEAM_ID}
    await world.post(world.activity(GROUP, ADELE, type="message", channelId="emulator", value=filled))
    assert texts(world.card())[0] == "The channel is ready."
    await world.settle()
    assert world.posted(created(world)["By card"]) == ["CAS-01001 is connected to this chat"]
    assert await world.type_in("teams", "field", person=ADELE) == ["Field Service"]
    assert await world.type_in("teams", "x" * 400, person=ADELE) == []
    assert await world.type_in("teams", "", person=LYNNE) == []
    assert "teamName" not in inputs(await page(world))
    crews = [{"id": f"t-{number}", "displayName": f"Crew {number}"} for number in range(21)]
    ours = {"id": TEAM_ID, "displayName": "Field Service"}
    world.dataverse_refuses = {"joinedTeams": (200, {"value": [*crews, ours]}), "/teams/t-": (200, {"value": []})}
    shown = await world.ask_page({"dialog": "newChannel", **await button_data(world)}, person=ADELE)
    assert len(inputs(shown)["teamId"]["choices"]) == 20
    assert texts(await create(world, shown, "New", teamId="", teamName="crew"))[0] == (
        "Several of your teams have this name."
    )
    done = await create(world, shown, "New", teamId="", teamName="FIELD serv", note="false")
    assert texts(done)[0] == "The channel is ready."
    await world.settle()
