"""Introduce the bot once per chat, with the next step."""

import pytest
from sqlalchemy import update

from bot.store.tables import chat, environment
from tests.wire.people import ALEX, EVERYBODY
from tests.wire.world import BOT, PERSONAL, World, texts

pytestmark = pytest.mark.one_database

NEW = "19:6c6c6c6c@thread.v2"


async def test_the_two_events_of_an_installation_cause_one_introduction_in_any_order(world: World) -> None:
    world.connector.members[NEW] = [each.account_id for each in EVERYBODY]
    installed = world.activity(NEW, type="installationUpdate", action="add")
    added = world.activity(NEW, type="conversationUpdate", membersAdded=[BOT])
    for activity in (added, installed, installed, added):
        await world.post(activity)
    await world.settle()
    (post,) = world.connector.posts[NEW]
    assert post["summary"]
    said = texts(world.card(NEW))
    assert said[0] == "Chat Sync"
    assert any("connect CAS-01001" in line for line in said)


async def test_a_new_member_is_not_greeted_and_a_reinstalled_bot_does_not_repeat_itself(world: World) -> None:
    await world.add_bot(NEW)
    await world.post(world.activity(NEW, type="conversationUpdate", membersAdded=[{"id": "29:new"}]))
    await world.post(world.activity(NEW, type="installationUpdate", action="remove"))
    (kept,) = await world.rows_in(chat, chat.c.id == NEW)
    assert not kept["bot_present"]
    await world.post(world.activity(NEW, type="installationUpdate", action="add"))
    await world.settle()
    assert world.nothing_was_said(NEW)
    (kept,) = await world.rows_in(chat, chat.c.id == NEW)
    assert kept["bot_present"]


async def test_in_a_personal_chat_the_bot_explains_its_use_there(world: World) -> None:
    alone = "a:2personal"
    activity = world.activity(PERSONAL, type="installationUpdate", action="add")
    await world.post({**activity, "conversation": {**activity["conversation"], "id": alone}})
    await world.settle()
    assert any("To connect a group chat, add me to it." in line for line in texts(world.card(alone)))


async def test_the_emulators_first_event_introduces_the_bot_in_its_own_buttons(world: World) -> None:
    conversation = {"id": "11111111-aaaa|livechat"}
    world.connector.members[conversation["id"]] = ["1", "2"]
    activity = {
        "type": "conversationUpdate",
        "channelId": "emulator",
        "serviceUrl": world.connector.service_url,
        "conversation": conversation,
        "recipient": {"id": "2", "name": "Bot", "role": "bot"},
        "from": {"id": "1", "name": "User", "role": "user"},
        "membersAdded": [{"id": "2", "name": "Bot"}, {"id": "1", "name": "User"}],
        "membersRemoved": [],
    }
    await world.post(activity)
    await world.settle()
    assert "Chat Sync" in texts(world.card(conversation["id"]))


async def test_while_chats_are_off_there_is_no_introduction_until_they_are_on(world: World) -> None:
    async with world.engines.writing.begin() as transaction:
        await transaction.execute(update(environment).values(chats_on=False))
    await world.restart()
    world.connector.members[NEW] = [ALEX.account_id]
    await world.post(world.activity(NEW, type="installationUpdate", action="add"))
    await world.settle()
    assert world.nothing_was_said(NEW)
    async with world.engines.writing.begin() as transaction:
        await transaction.execute(update(environment).values(chats_on=True))
    await world.restart()
    await world.post(world.activity(NEW, type="conversationUpdate", membersAdded=[BOT]))
    await world.settle()
    assert texts(world.card(NEW))[0] == "Chat Sync"
