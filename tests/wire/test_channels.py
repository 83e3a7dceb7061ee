"""Connect channels: the current one, or one of the person's teams (spec A2, S7)."""

from typing import Any

import pytest
from sqlalchemy import update

from bot.sandbox.teams.channels import CHANNELS, TEAM_ID, TEAM_MEMBERS
from bot.store.tables import chat, connection, environment
from tests.steps.chat_sync import run_due_jobs
from tests.steps.new_chats import button_data, inputs, press
from tests.steps.records import SECRET_CASE
from tests.steps.settings_pages import organization_page, request_page
from tests.wire.people import ADELE, ALEX, LYNNE, MEGAN, PATTI, Somebody
from tests.wire.world import PERSONAL, TENANT, World, buttons, texts

pytestmark = pytest.mark.one_database

PUMPS, LEADS = CHANNELS[1].id, CHANNELS[2].id
CHOICE = f"{TEAM_ID}|{PUMPS}"


async def page(world: World, person: Somebody = ADELE) -> dict[str, Any]:
    return await world.ask_page({"dialog": "connectChannel"}, person=person)


async def connect(world: World, channel: str, *, person: Somebody = ADELE, **filled: str) -> str:
    """Connect the channel in the dialog, and return the last line of the answer."""
    data = {"dialog": "connectThisChannel", "channel": f"{TEAM_ID}|{channel}", **filled}
    invoke = world.activity(person=person, type="invoke", name="task/submit", value={"data": data})
    _, body = await world.post(invoke)
    line: str = body["task"]["value"]
    return line


async def test_a_channel_of_the_persons_team_is_chosen_and_connected(world: World) -> None:
    shown = await page(world)
    titles = [each["title"] for each in inputs(shown)["channel"]["choices"]]
    assert [each["value"] for each in inputs(shown)["channel"]["choices"]] == [f"{TEAM_ID}|{CHANNELS[0].id}", CHOICE]
    assert titles == ["Field Service · General", "Field Service · Pumps"]
    row = "|".join((await button_data(world)).values())
    assert await connect(world, PUMPS, record=row) == "CAS-01001 is connected to this chat"
    await world.settle()
    assert world.posted(PUMPS) == ["CAS-01001 is connected to this chat"]
    (kept,) = await world.rows_in(connection)
    assert (kept["chat_id"], kept["connector_id"]) == (PUMPS, ADELE.object_id)
    assert "already connected" in await connect(world, PUMPS, words="CAS-01001", person=MEGAN)


async def test_a_key_field_change_is_posted_to_the_channel(world: World) -> None:
    await connect(world, PUMPS, words="CAS-01001", note="false")
    await world.settle()
    await world.change({"prioritycode": 1})
    await world.window_ends()
    assert world.posted(PUMPS) == ["CAS-01001 is connected to this chat.", "CAS-01001: Priority Normal → High"]


async def test_a_channel_is_not_listed_in_the_dynamics_365_chat_pane(world: World) -> None:
    await request_page(world, (await organization_page(world)).step("Save", mirror_chats="true"))
    await connect(world, PUMPS, words="CAS-01001")
    await run_due_jobs(world)
    async with world.session.get(f"{world.sandbox}/api/data/v9.2/msdyn_teamschatassociations") as answer:
        assert (await answer.json())["value"] == []
    assert [row["mirrored"] for row in await world.rows_in(connection)] == [False]


async def test_only_team_members_can_choose_a_channel(world: World) -> None:
    assert texts(await page(world, PATTI))[0] == "None of your teams has a channel that you can connect."
    assert "You have no user" in texts(await page(world, LYNNE))[0]
    for person, channel in (
        (PATTI, CHOICE),
        (ADELE, f"{TEAM_ID}|{LEADS}"),
        (ADELE, f"{TEAM_ID}|19:elsewhere@thread.tacv2"),
        (ADELE, f"elsewhere|{PUMPS}"),
        (ADELE, PUMPS),
    ):
        data = {"dialog": "connectThisChannel", "channel": channel, "words": "CAS-01001"}
        refused = await world.ask_page(data, person=person)
        assert texts(refused)[0] in {
            "This channel is not in any of your teams.",
            "None of your teams has a channel that you can connect.",
        }
    assert not world.teams.team_has_app()
    assert await world.rows_in(connection) == []


async def test_the_page_names_the_missing_input(world: World) -> None:
    shown = await page(world)
    assert texts(await press(world, shown, "Connect", person=ADELE, words="CAS-01001"))[0] == "Choose a channel."
    nothing = await press(world, shown, "Connect", person=ADELE, words="zeppelin hangar", channel=CHOICE)
    assert texts(nothing)[0] == "No record found."
    assert inputs(nothing)["channel"]["value"] == CHOICE
    several = await press(world, shown, "Connect", person=ADELE, words="pump", channel=CHOICE)
    assert texts(several)[0].startswith("Choose a record.")
    assert len(inputs(several)["record"]["choices"]) > 1


async def test_the_person_confirms_a_note_that_reaches_people_without_access(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.sandbox.teams.chats.TEAM_MEMBERS", (*TEAM_MEMBERS, PATTI.object_id))
    shown = await page(world)
    asked = await press(world, shown, "Connect", person=ADELE, words=SECRET_CASE, channel=CHOICE)
    question = "1 of 5 people in this team cannot open this record. Remove the note, or send it anyway."
    assert texts(asked)[0] == question
    assert await world.rows_in(connection) == []
    anyway = buttons(asked)["Send it anyway"]["data"]
    assert await connect(world, PUMPS, words=SECRET_CASE, sure=anyway["sure"])
    await world.settle()
    assert world.posted(PUMPS) == [f"{SECRET_CASE} is connected to this chat"]


async def test_a_person_in_many_teams_searches_for_a_team(world: World) -> None:
    others = [{"id": f"t-{number}", "displayName": f"Crew {number}"} for number in range(11)]
    general = {"id": "19:general@thread.tacv2", "displayName": "General"}
    ours = {"id": TEAM_ID, "displayName": "Field Service"}
    world.dataverse_refuses = {
        "joinedTeams": (200, {"value": [*others, ours]}),
        "/teams/t-": (200, {"value": [general]}),
    }
    shown = await page(world)
    assert [each["title"] for each in inputs(shown)["channel"]["choices"]][-1] == "Crew 9 · General"
    assert await world.type_in("channels", "field", person=ADELE) == [
        "Field Service · General",
        "Field Service · Pumps",
    ]
    assert await world.type_in("channels", "field", person=LYNNE) == []

    listed = await press(world, shown, "Connect", person=ADELE, words="CAS-01001", team="field serv", channel="")
    assert texts(listed)[0] == "Choose a channel."
    assert [each["value"] for each in inputs(listed)["channel"]["choices"]][-1] == CHOICE
    nothing = await press(world, shown, "Connect", person=ADELE, words="CAS-01001", team="zeppelin", channel="")
    assert texts(nothing)[0] == "None of your teams has this name."
    assert await connect(world, PUMPS, words="CAS-01001") == "CAS-01001 is connected to this chat"
    await world.settle()


async def test_a_person_without_access_cannot_install_the_app_in_a_team(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.sandbox.graph.teams.TEAM_MEMBERS", (*TEAM_MEMBERS, PATTI.object_id, LYNNE.object_id))
    row = "|".join({**await button_data(world), "row": await world.row("incidents", SECRET_CASE)}.values())
    data = {"dialog": "connectThisChannel", "channel": CHOICE, "record": row}
    for person, refusal in ((PATTI, "This case does not exist"), (LYNNE, "You have no user in Dynamics 365")):
        assert texts(await world.ask_page(data, person=person))[0].startswith(refusal)
    async with world.engines.writing.begin() as database:
        await database.execute(update(environment).values(chats_on=False))
    await world.restart()
    assert "turned off chats" in texts(await world.ask_page(data, person=ADELE))[0]
    assert not world.teams.team_has_app()


ASK_FOR_IT = "ask Adele Vance, who connected it, or your administrator."
TEAM_ONLY = (
    "Only team members can see this channel. "
    "To join the team, ask Adele Vance, who connected the channel, or ask your administrator."
)
LOCKED = f"Locked. {TEAM_ONLY}"


async def listed(world: World, command: str, person: Somebody) -> dict[str, Any]:
    await world.say(f"{command} CAS-01001", person=person, chat=PERSONAL)
    return world.card(PERSONAL)


async def connected_pumps(world: World) -> None:
    await connect(world, PUMPS, words="CAS-01001", note="false")
    await world.settle()


@pytest.mark.parametrize("command", ["chats", "timeline"])
async def test_lists_link_team_members_to_the_channel_and_tell_others_whom_to_ask(world: World, command: str) -> None:
    await connected_pumps(world)
    card = await listed(world, command, MEGAN)
    assert "Pumps" in texts(card)
    assert "This channel is in your team Field Service." in texts(card)
    assert buttons(card)["Open channel"]["url"].endswith(PUMPS)
    card = await listed(world, command, PATTI)
    assert texts(card)[2] == "Channel of a team"
    assert LOCKED in texts(card)
    assert "Pumps" not in str(card)
    assert not {"Join", "Open channel", "Open chat"} & set(buttons(card))


async def test_a_channel_without_a_known_team_is_searched_in_the_readers_teams(world: World) -> None:
    await connected_pumps(world)
    async with world.engines.writing.begin() as begun:
        await begun.execute(update(chat).values(team_id=None))
    assert "Pumps" in texts(await listed(world, "chats", MEGAN))
    assert LOCKED in texts(await listed(world, "chats", PATTI))
    world.dataverse_refuses["joinedTeams"] = (403, {"error": {"code": "Forbidden", "message": "no"}})
    assert TEAM_ONLY in texts(await listed(world, "chats", MEGAN))


async def test_the_team_of_a_channel_is_stored_when_teams_sends_it(world: World) -> None:
    async def hears(**team: str) -> None:
        place = {"id": PUMPS, "conversationType": "channel", "tenantId": TENANT}
        told = {"tenant": {"id": TENANT}, "team": {"id": CHANNELS[0].id, **team}}
        await world.post(world.activity(person=MEGAN, type="message", text="hi", conversation=place, channelData=told))

    async def kept() -> object:
        (row,) = await world.rows_in(chat, chat.c.id == PUMPS)
        return row["team_id"]

    await hears()
    assert await kept() is None
    await hears(aadGroupId=TEAM_ID)
    assert await kept() == TEAM_ID
    await hears(aadGroupId="no id")
    await world.restart()
    await hears()
    assert await kept() == TEAM_ID


@pytest.mark.parametrize("person", [ALEX, PATTI])
async def test_nobody_joins_a_channel_by_a_button(world: World, person: Somebody) -> None:
    await connected_pumps(world)
    (kept,) = await world.rows_in(connection)
    join = {"verb": "join", "data": {"connection": kept["public_id"]}}
    answer = await world.press(join, person=person, chat=PERSONAL)
    assert texts(answer["value"]) == [
        "Only team members can see this channel.",
        "To join the team, ask Adele Vance, who connected the channel, or ask your administrator.",
    ]
