"""When a column begins to be watched, its present value counts as known, and nothing from before is told (spec K9)."""

import pytest

from bot.store.tables import connection, field_value, outbox
from tests.fakes.connector import error
from tests.steps.priorities import HIGH, LOW, NORMAL
from tests.steps.settings_pages import organization_page, record_type_page, request_page
from tests.wire.people import ISAIAH
from tests.wire.test_switches import CHATS, TYPE, UPDATES, deliver, switch
from tests.wire.world import BOT, GROUP, PERSONAL, World, buttons, texts

pytestmark = pytest.mark.one_database

RESOLVED = {"statecode": 1, "statuscode": 5}


async def connected(world: World, *numbers: str) -> None:
    for number in numbers or ("CAS-01001",):
        await world.say(f"connect {number} quiet")
        await world.settle()
    world.connector.posts.clear()


async def lost(world: World, values: dict[str, object]) -> None:
    """Change the case while its events are lost, and let the next start find it."""
    await world.stop()
    await world.change(values, told=False)
    await world.start()
    world.clock.advance(5)
    await world.looked_through("incident")


async def removed(world: World) -> None:
    await world.post(world.activity(GROUP, type="conversationUpdate", membersRemoved=[BOT]))


async def added(world: World) -> None:
    await world.post(world.activity(GROUP, type="conversationUpdate", membersAdded=[BOT]))
    for _ in range(2):  # A merge is processed after the check that finds it.
        await world.window_ends()


async def set_key_fields(world: World, names: str) -> None:
    page = await record_type_page(world)
    await request_page(world, page.step("Save", key_fields=names), chat=PERSONAL)
    await world.settle()


async def test_after_a_switch_was_off_only_later_changes_are_told_and_none_is_missed(world: World) -> None:
    await connected(world)
    for setting, value in ((CHATS, HIGH), (TYPE, LOW), (UPDATES, HIGH)):
        await switch(world, setting, on=False)
        await world.change({"prioritycode": value, **RESOLVED}, told=False)
        await world.change({"statecode": 0, "statuscode": 1}, told=False)
        world.clock.advance(1)  # an event that is late is from before
        await switch(world, setting, on=True)
        await lost(world, {"description": "Nothing that a chat is told"})
        assert world.nothing_was_said(), setting
        await lost(world, {"prioritycode": NORMAL})
        said = texts(world.card())
        assert said[0] == "While I was away"
        assert [each for each in said if "→" in each] == [
            f"Priority: {({HIGH: 'High', LOW: 'Low'})[value]} → **Normal**"
        ]
        await removed(world)
        await world.change({"prioritycode": LOW})
        await added(world)
        assert "Priority: Normal → **Low**" in texts(world.card()), setting


async def test_a_column_that_becomes_a_key_field_is_watched_from_then_on(world: World) -> None:
    await connected(world)
    await set_key_fields(world, "prioritycode,caseorigincode")
    await lost(world, {"caseorigincode": 3})
    assert "Origin: Email → **Web**" in texts(world.card())
    await set_key_fields(world, "caseorigincode")
    assert not [row for row in await world.rows_in(field_value) if row["column"] == "prioritycode"]
    await world.change({"prioritycode": HIGH}, told=False)
    await set_key_fields(world, "prioritycode,caseorigincode")
    await lost(world, {"caseorigincode": 1})
    assert [each for each in texts(world.card()) if "→" in each] == ["Origin: Web → **Phone**"]


async def test_a_change_between_the_switch_and_the_read_is_told(world: World) -> None:
    await connected(world)
    await switch(world, CHATS, on=False)
    await world.change({"prioritycode": LOW})
    world.dataverse_refuses["$batch"] = (503, {})
    page = await organization_page(world)
    await request_page(world, page.step("Save", chats_on="true"), chat=PERSONAL)
    world.clock.advance(1)
    await world.change({"prioritycode": HIGH})
    await world.stop()
    world.dataverse_refuses.clear()
    await world.start()
    world.clock.advance(600)
    await world.settle()
    assert "Priority: Low → **High**" in texts(world.card())
    assert {row["raw"] for row in await world.rows_in(field_value, field_value.c.column == "prioritycode")} == {HIGH}
    await lost(world, {"prioritycode": NORMAL})
    assert "Priority: High → **Normal**" in texts(world.card())


@pytest.mark.parametrize("noticed", [True, False], ids=["paused at once", "paused by a refused card"])
async def test_a_chat_hears_what_happened_to_its_records_when_the_bot_is_back(world: World, noticed: bool) -> None:
    await connected(world, "CAS-01001", "CAS-01002", "CAS-01003", "CAS-01006")
    if noticed:
        await removed(world)
        assert {row["paused_reason"] for row in await world.rows_in(connection)} == {"BotNotInConversationRoster"}
        assert "Paused since" in str(await private_list(world))
    world.connector.fault = lambda *_: error(403, "BotNotInConversationRoster")
    await world.change(RESOLVED, told=False)
    owner = {"ownerid@odata.bind": f"/systemusers({await world.user_id(ISAIAH)})"}
    world.connector.members[GROUP].remove(ISAIAH.account_id)
    await world.change(owner, number="CAS-01002", told=False)
    await world.delete("incidents", await world.row("incidents", "CAS-01003"))
    await world.window_ends()
    await lost(world, {"title": "Pump"})
    assert world.nothing_was_said()
    world.connector.fault = lambda *_: None
    if not noticed:
        await removed(world)
    await added(world)
    card = world.card()
    assert {"Keep connected", "Disconnect", "Add new owner"} <= set(buttons(card))
    said = texts(card)
    assert "This case was closed (Resolved). Keep the chat connected to CAS-01001?" in said
    assert "Isaiah Langer now owns this case and is not in this chat." in said
    assert any(each.startswith("CAS-01003 was deleted in Dynamics 365.") for each in said)
    live = await world.rows_in(connection, connection.c.ended_at.is_(None))
    assert {row["record_number"] for row in live} == {"CAS-01001", "CAS-01002", "CAS-01006"}
    assert all(row["paused_at"] is None for row in live)
    await world.forget(outbox)


async def private_list(world: World) -> list[str]:
    world.connector.posts.clear()
    await world.say("chats CAS-01001", chat=PERSONAL)
    return texts(world.card(PERSONAL))


async def test_a_card_that_is_dropped_for_key_updates_does_not_take_the_closing_question_with_it(world: World) -> None:
    await connected(world)
    world.connector.fault = lambda *_: error(503, "ServiceError")
    await world.change(RESOLVED)
    await world.window_ends()
    await switch(world, UPDATES, on=False)
    await deliver(world)
    card = world.card()
    assert {"Keep connected", "Disconnect"} <= set(buttons(card))
    assert not [each for each in texts(card) if "→" in each]
    await world.forget(outbox)
