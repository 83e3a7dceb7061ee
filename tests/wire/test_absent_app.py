"""The app uses its own rights only in chats that it is in (spec J3)."""

from datetime import datetime
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import update

from bot.sandbox.teams.chats import has_app
from bot.sandbox.teams.people import DIRECTORY
from bot.sandbox.values import Row
from bot.store.tables import audit, connection
from bot.store.tables import chat as chats
from tests.steps.changes import until
from tests.steps.chat_sync import chat_row, party_ids, run_due_jobs, user_ids
from tests.steps.members import ASK, OPEN, YOURS, create_chat
from tests.steps.new_chats import members, people_page, press, selection
from tests.wire.people import ADELE, ALEX, ISAIAH, MEGAN, Somebody
from tests.wire.world import PERSONAL, World, buttons, texts

pytestmark = pytest.mark.one_database

ABSENT = "Chat Sync is not in this chat or cannot post in it."


async def listed(world: World, command: str, *, person: Somebody = ALEX) -> dict[str, Any]:
    await world.say(f"{command} CAS-01001", person=person, chat=PERSONAL)
    return world.card(PERSONAL)


async def take_out(world: World, chat: str, *, told: bool = True) -> None:
    """Remove the app from the chat. `told`: the bot gets the activity about it."""
    await world.teams.uninstall(chat)
    if told:
        await world.post(world.activity(chat, ADELE, type="installationUpdate", action="remove"))


async def rename(world: World, chat: str, name: str) -> Row:
    (row,) = [each for each in world.teams.chats() if each.id == chat]
    return await world.teams.rename(row, name)


async def checked(world: World, chat: str, since: datetime) -> bool:
    """Return whether the periodic check of chats came to this one."""
    return bool(await world.rows_in(chats, (chats.c.id == chat) & (chats.c.looked_at >= since)))


async def pause(world: World, reason: str = "MessageWritesBlocked") -> None:
    async with world.engines.writing.begin() as begun:
        paused = {"paused_at": world.clock.now(), "paused_reason": reason}
        await begun.execute(update(connection).values(paused))


async def nobody_joined(world: World, chat: str) -> bool:
    """Check the members, the audit log, and that the chat was told nothing."""
    await world.settle()
    acts = [row["act"] for row in await world.rows_in(audit)]
    is_refused = acts.count("join") == acts.count("join refused")
    return is_refused and ALEX.object_id not in await members(world, chat) and len(world.posted(chat)) == 1


@pytest.mark.parametrize("command", ["chats", "join", "timeline"])
@pytest.mark.parametrize("way", ["taken out", "paused"])
async def test_a_chat_that_the_app_cannot_reach_is_locked(world: World, command: str, way: str) -> None:
    chat = await create_chat(world)
    join = buttons(await listed(world, "chats"))["Join"]
    await (take_out(world, chat) if way == "taken out" else pause(world))
    card = await listed(world, command)
    assert f"Locked. {ABSENT} {ASK}" in texts(card)
    assert "Join" not in buttons(card)
    # Members still see the chat.
    assert YOURS in texts(await listed(world, command, person=MEGAN))
    # The button of an earlier list does not work either.
    assert texts((await world.press(join, chat=PERSONAL))["value"]) == [ABSENT, ASK]
    dialog = {"dialog": "timelineJoin", **join["data"]}
    assert texts(await world.ask_page(dialog, chat=PERSONAL))[0] == ABSENT
    assert await nobody_joined(world, chat)


@pytest.mark.parametrize("way", ["taken out", "paused"])
async def test_only_members_get_the_new_name_of_a_chat_that_the_app_cannot_reach(world: World, way: str) -> None:
    chat = await create_chat(world)
    await run_due_jobs(world)
    # Chat sync still fetches a chat that is paused for another reason, because the app is in it.
    await take_out(world, chat, told=way == "taken out")
    if way == "paused":
        await pause(world, "BotNotInConversationRoster")
    await rename(world, chat, "Layoffs")
    await world.settle()  # the notification about the name is processed
    for command in ("chats", "timeline"):
        world.dataverse_was_asked.clear()
        said = texts(await listed(world, command))
        assert "Pump" in said
        assert "Layoffs" not in str(said)
        assert not [path for path in world.dataverse_was_asked if path.endswith(f"/chats/{quote(chat, safe='')}")]
        assert "Layoffs" in texts(await listed(world, command, person=MEGAN))


@pytest.mark.parametrize("told", [True, False], ids=["told", "not told"])
async def test_after_the_app_is_taken_out_nothing_is_synced_until_it_is_added_again(world: World, told: bool) -> None:
    chat = await create_chat(world)
    await run_due_jobs(world)
    before = await chat_row(world, chat)
    await take_out(world, chat, told=told)
    row = await rename(world, chat, "Layoffs")
    await world.teams.add(row, DIRECTORY[ISAIAH.object_id], None)
    await run_due_jobs(world)
    world.clock.advance(6 * 3600)
    at = world.clock.now()
    await until(world, lambda: checked(world, chat, at))
    await world.settle()
    assert await chat_row(world, chat) == before
    await world.teams.install(chat)
    await run_due_jobs(world, 180)
    after = await chat_row(world, chat)
    assert (before["subject"], after["subject"]) == ("Pump", "Layoffs")
    assert party_ids(after) == party_ids(before) | await user_ids(world, ISAIAH)


async def test_teams_is_asked_whether_the_app_is_in_the_chat(world: World) -> None:
    """Refuse also if no activity has told that the app was taken out."""
    chat = await create_chat(world)
    await take_out(world, chat, told=False)
    card = await listed(world, "chats")
    assert OPEN in texts(card)
    assert texts((await world.press(buttons(card)["Join"], chat=PERSONAL))["value"]) == [ABSENT, ASK]
    assert await nobody_joined(world, chat)
    # From now on, the chat is known to be out of reach.
    assert "Join" not in buttons(await listed(world, "chats"))
    (kept,) = await world.rows_in(connection)
    assert kept["paused_reason"] == "BotNotInConversationRoster"


async def test_an_app_that_is_taken_out_at_the_last_moment_adds_nobody(world: World) -> None:
    chat = await create_chat(world)
    join = buttons(await listed(world, "chats"))["Join"]
    await world.fault("teams", "403; method=POST; ends=activities")
    assert texts((await world.press(join, chat=PERSONAL))["value"]) == [ABSENT, ASK]
    assert await nobody_joined(world, chat)


async def test_when_the_app_is_added_again_people_can_join_again(world: World) -> None:
    chat = await create_chat(world)
    await take_out(world, chat)
    await pause(world)
    await world.teams.install(chat)
    await world.settle()
    card = await listed(world, "chats")
    assert texts((await world.press(buttons(card)["Join"], chat=PERSONAL))["value"])[0].startswith("You joined")
    await world.settle()
    assert world.posted(chat)[-1] == "Alex Wilber is joining from CAS-01001."


async def test_nobody_is_added_or_removed_where_the_app_is_not(world: World) -> None:
    chat = await create_chat(world)
    (kept,) = await world.rows_in(connection)
    await take_out(world, chat, told=False)
    before = await members(world, chat)
    for button in (
        {"verb": "add person", "data": {"person": ISAIAH.object_id}},
        {"verb": "remove person", "data": {"person": MEGAN.object_id}},
        {"verb": "add owner", "data": {"connection": kept["public_id"]}},
    ):
        answer = await world.press(button, person=ADELE, chat=chat)
        assert texts(answer["value"])[0] == "Chat Sync is not in this chat."
    assert await members(world, chat) == before
    assert len(world.posted(chat)) == 1
    assert not has_app(world.teams.rows, chat)


async def test_a_new_chat_is_not_completed_after_the_app_was_taken_out(world: World) -> None:
    page = await people_page(world)
    await world.fault("graph", "400; method=POST; path=chats")
    await world.fault("graph", "403; method=POST; ends=members")
    await world.fault("graph", "400; method=PATCH")
    half = await press(world, page, "Create chat", others=selection(MEGAN, ADELE), name="Pump")
    await world.settle()
    (chat,) = world.made_chats()
    await take_out(world, chat, told=False)
    said = texts(await press(world, half, "Continue"))
    assert said[1:3] == ["Done: Create the chat", "Not done: Add everyone to the chat"]
    assert said[3] == said[5] == f"{ABSENT} Add Chat Sync to the chat, and continue."
    assert await members(world, chat) == [ALEX.object_id, MEGAN.object_id]
    assert not world.teams.chats()[0].text("topic")
    # When the app is back, the rest is done.
    await world.teams.install(chat)
    assert texts(await press(world, half, "Continue"))[0] == "The chat is ready."
    assert await members(world, chat) == [ALEX.object_id, MEGAN.object_id, ADELE.object_id]
    await world.settle()
