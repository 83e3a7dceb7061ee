"""For each person and each act, the pane and the bot come to the same result, in the same words (spec P3, P7)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from bot.sandbox.teams.channels import CHANNELS, TEAM_ID
from bot.sandbox.teams.people import DIRECTORY
from bot.store.tables import audit, connection
from tests.steps.chat_sync import run_due_jobs
from tests.steps.members import create_chat
from tests.steps.new_chats import button_data, selection
from tests.steps.pane import PanePage, case, error_of, open_pane, rows
from tests.wire.people import ADELE, ALEX, COLLEAGUES, DIEGO, EVERYBODY, ISAIAH, LYNNE, MEGAN, PATTI, Somebody
from tests.wire.world import GROUP, OTHER_GROUP, PERSONAL, World, texts

pytestmark = pytest.mark.one_database

everybody = pytest.mark.parametrize("person", EVERYBODY, ids=lambda each: each.name.split()[0])
Said = tuple[str, ...]
"""The text at the end of a dialog, or the texts of its page."""


async def in_the_pane(page: PanePage, name: str, data: Mapping[str, str], **about: str) -> Said:
    status, body = await page.send("dialog", {"page": name, "data": data, **about})
    if "error" in body:
        return tuple(filter(None, error_of(body)))
    assert status == 200
    return (body["text"],) if "text" in body else tuple(texts(body["card"]))


async def with_the_bot(
    world: World, person: Somebody, name: str, data: Mapping[str, str], chat: str = PERSONAL
) -> Said:
    value = {"data": {**data, "dialog": name}}
    status, body = await world.post(world.activity(chat, person, type="invoke", name="task/submit", value=value))
    assert status == 200
    task: dict[str, Any] = body["task"]
    return (task["value"],) if task["type"] == "message" else tuple(texts(task["value"]["card"]["content"]))


async def put_in_chats(world: World, *, except_for: Somebody) -> None:
    """Put everybody else into both chats, also by their object IDs, which rosters of Teams know, too."""
    for chat in (GROUP, OTHER_GROUP):
        present = [each for each in (*COLLEAGUES, LYNNE, DIEGO) if each is not except_for]
        world.connector.members[chat] = [name for each in present for name in (each.account_id, each.object_id)]


@everybody
async def test_a_new_chat(world: World, person: Somebody) -> None:
    page, other = await open_pane(world, person), ADELE if person is MEGAN else MEGAN
    for number in ("CAS-01001", "CAS-01005"):
        record = await button_data(world, number)
        opened = await in_the_pane(page, "newChat", record)
        assert opened == await with_the_bot(world, person, "newChat", record)
        filled = {**record, "others": selection(other), "name": "Pump", "note": "false"}
        created = await in_the_pane(page, "makeChat", {**filled, "wish": str(uuid4())})
        assert created == await with_the_bot(world, person, "makeChat", {**filled, "wish": str(uuid4())})
    await world.settle()
    assert len(world.made_chats()) == {ALEX: 4, ADELE: 4, MEGAN: 4}.get(person, len(world.made_chats()))
    assert (person in {LYNNE, DIEGO}) == (world.made_chats() == [])


@everybody
async def test_a_chat_without_a_record(world: World, person: Somebody) -> None:
    page, other = await open_pane(world, person), ADELE if person is MEGAN else MEGAN
    assert await in_the_pane(page, "newChat", {}) == await with_the_bot(world, person, "newChat", {})
    filled = {"others": selection(other), "name": "Lunch"}
    created = await in_the_pane(page, "makeChat", {**filled, "wish": str(uuid4())})
    assert created == await with_the_bot(world, person, "makeChat", {**filled, "wish": str(uuid4())})
    assert len(world.made_chats()) == (0 if person in {LYNNE, DIEGO} else 2)


async def chat_of_everybody(world: World, *, except_for: Somebody) -> str:
    """Return a new chat of everybody else, who are in it for Microsoft Graph and for the connector."""
    chat = await create_chat(world)
    row = next(each for each in world.teams.chats() if each.id == chat)
    others = [each for each in EVERYBODY if each is not except_for]
    for each in others:
        if each not in {ADELE, MEGAN}:
            await world.teams.add(row, DIRECTORY[each.object_id], None)
    world.connector.members[chat] = [each.account_id for each in others]
    await world.settle()
    return chat


@everybody
async def test_members(world: World, person: Somebody) -> None:
    ours, theirs = [await chat_of_everybody(world, except_for=ISAIAH) for _ in range(2)]
    page = await open_pane(world, person)
    answers = []
    for name, data in (
        ("addMember", {"names": "Nobody Atall"}),
        ("addMember", {"names": ISAIAH.name}),
        ("addMember", {"names": ISAIAH.name}),
        ("removeMember", {}),
        ("removeMember", {"member": PATTI.object_id}),
    ):
        answers.append(await in_the_pane(page, name, data, chat=ours))
        bot = await with_the_bot(world, person, name, data, theirs)
        assert told(answers[-1]) == told(bot), (name, data)
    is_allowed = person not in {ISAIAH, LYNNE, DIEGO}
    assert (answers[1] == (f"{person.name} added Isaiah Langer to this chat.",)) == is_allowed
    assert (answers[4] == (f"{person.name} removed Patti Fernandez from this chat.",)) == is_allowed
    acts = await world.rows_in(audit, audit.c.act.endswith(" person"))
    assert len(acts) == (4 if is_allowed else 0)
    await world.settle()


def told(said: Said) -> Said:
    """Return the texts without the people to choose, whose order is that of each roster."""
    return tuple(each for each in said if "0000-0000-" not in each)


@everybody
async def test_a_channel(world: World, person: Somebody) -> None:
    page, record = await open_pane(world, person), await button_data(world)
    assert await in_the_pane(page, "connectChannel", record) == await with_the_bot(
        world, person, "connectChannel", record
    )
    pane = await in_the_pane(page, "connectThisChannel", filled(record, CHANNELS[0].id))
    assert pane == await with_the_bot(world, person, "connectThisChannel", filled(record, CHANNELS[1].id))
    connected = [row["chat_id"] for row in await world.rows_in(connection)]
    assert sorted(connected) in ([], sorted(each.id for each in CHANNELS[:2]))
    assert bool(connected) == (pane == ("CAS-01001 is connected to this chat.",))
    await world.settle()


def filled(record: Mapping[str, str], channel: str) -> Mapping[str, str]:
    return {**record, "record": "|".join(record.values()), "channel": f"{TEAM_ID}|{channel}", "note": "false"}


async def let_it_become_idle(world: World) -> None:
    """Let more than seven days pass without activity in the chats."""
    world.clock.advance(timedelta(days=8).total_seconds())
    await world.looked_through("incident")
    world.clock.advance(180)  # missed changes of this time are found
    await world.settle()


@everybody
async def test_resuming_the_sync(world: World, person: Somebody) -> None:
    await put_in_chats(world, except_for=ISAIAH)
    for chat in (GROUP, OTHER_GROUP):
        await world.say("connect CAS-01001 quiet", person=ADELE, chat=chat)
    await run_due_jobs(world)
    await let_it_become_idle(world)
    by_chat = {row["chat_id"]: row["public_id"] for row in await world.rows_in(connection)}
    page = await open_pane(world, person)
    status, body = await page.send("resume", {"connection": by_chat[GROUP]})
    pane = (body["text"],) if status == 200 else tuple(filter(None, error_of(body)))
    press = {"verb": "resume sync", "data": {"connection": by_chat[OTHER_GROUP]}}
    assert pane == tuple(texts((await world.press(press, person=person, chat=OTHER_GROUP))["value"]))
    resumed = await world.rows_in(audit, audit.c.act == "resume sync")
    assert {row["chat_id"] for row in resumed} in (set(), {GROUP, OTHER_GROUP})
    assert bool(resumed) == (pane == ("This chat is now shown on the timeline of CAS-01001.",))
    assert bool(resumed) == (person not in {ISAIAH, LYNNE, DIEGO})


async def test_the_timeline_offers_to_resume_only_what_stopped_and_only_to_members(world: World) -> None:
    await create_chat(world)
    await run_due_jobs(world)
    record, megan = await case(world), await open_pane(world, MEGAN)
    (row,) = rows(await megan.view(record, tab="timeline"), "timeline")
    assert row["resumable"] is None
    await let_it_become_idle(world)
    megan, alex = await open_pane(world, MEGAN), await open_pane(world, ALEX)
    (row,) = rows(await alex.view(record, tab="timeline"), "timeline")
    assert row["resumable"] is None
    (row,) = rows(await megan.view(record, tab="timeline"), "timeline")
    assert (await megan.send("resume", {"connection": row["resumable"]}))[0] == 200
    await run_due_jobs(world)
    (row,) = rows(await megan.view(record, tab="timeline"), "timeline")
    assert row["resumable"] is None


async def test_a_row_names_the_chat_of_a_dialog_by_its_connection(world: World) -> None:
    chat = await create_chat(world)
    record, page = await case(world), await open_pane(world, MEGAN)
    (row,) = rows(await page.view(record), "connected")
    shown = await in_the_pane(page, "members", {}, connection=row["connection"])
    assert shown == await in_the_pane(page, "members", {}, chat=chat)
    (mine,) = rows(await page.view(), "myChats")
    assert mine["ownChat"] == chat
    refused = await in_the_pane(await open_pane(world, ALEX), "members", {}, connection=row["connection"])
    unknown = await in_the_pane(page, "members", {}, connection="0" * 32)
    assert refused == unknown
    assert refused[0] == "Only members of this chat can do this."
