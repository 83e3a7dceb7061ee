"""Key-field cards that show everyone only the changed fields, and each reader the values they can see (spec K2, N5)."""

import json
from typing import Any

import pytest
from sqlalchemy import update

from bot.store.tables import outbox, record_type, told_change
from tests.cards.schema import schema_errors
from tests.fakes.connector import error
from tests.steps.settings_pages import record_type_page as settings_page
from tests.steps.settings_pages import request_page
from tests.wire.people import ADELE, ALEX, COLLEAGUES, LYNNE, MEGAN, PATTI, Somebody
from tests.wire.world import GROUP, HURRIED, OTHER_GROUP, World, buttons, texts

pytestmark = pytest.mark.one_database

REFUND = "cs_refundamount"
"""A secured column that Patti cannot read."""


async def tell_each(world: World, *key_fields: str) -> None:
    """Show values only to people who can see them, as an administrator."""
    values: dict[str, object] = {"tell_each": True, **({"key_fields": list(key_fields)} if key_fields else {})}
    async with world.engines.writing.begin() as connection:
        await connection.execute(update(record_type).where(record_type.c.table == "incident").values(**values))
    await world.restart()


async def connect(world: World, *, chat: str = GROUP) -> None:
    await world.say("connect CAS-01001 quiet", chat=chat)
    await world.settle()
    world.card(chat)


async def own(world: World, card: Any, person: Somebody, *, chat: str = GROUP) -> Any:
    """Return the card that a reader's client requests automatically."""
    answer = await world.press(card["refresh"]["action"], person=person, chat=chat)
    assert schema_errors(answer["value"]) == []
    return answer["value"]


async def test_a_reader_whose_values_time_out_gets_them_with_the_next_refresh(world: World) -> None:
    await tell_each(world)
    await connect(world)
    await world.change({"prioritycode": 1}, by=ADELE)
    await world.window_ends()
    card = world.card()
    world.limits = HURRIED
    await world.restart()
    world.dataverse_hangs = True
    slow = await own(world, card, PATTI)
    assert texts(slow)[0] == "Dynamics 365 is taking too long to respond."
    world.dataverse_hangs = False
    assert texts(await own(world, slow, PATTI))[3] == "Priority: Normal → **High**"


async def test_a_permanent_refusal_is_not_retried(world: World) -> None:
    answer = await world.press({"verb": "view", "data": {"row": "x"}}, person=PATTI)
    assert texts(answer["value"])[0] == "This button no longer works."
    assert "refresh" not in answer["value"]


async def test_everyone_sees_which_field_changed_and_each_reader_the_values(world: World) -> None:
    await tell_each(world)
    await connect(world)
    await world.change({"prioritycode": 1}, by=ADELE)
    await world.window_ends()
    post = world.connector.posts[GROUP][-1]
    card = world.card()
    assert texts(card)[3] == "Priority: changed"
    assert texts(card)[4].startswith("Adele Vance · ")
    assert post["summary"] == "CAS-01001: Priority changed"
    assert "High" not in json.dumps(post)
    assert "Normal" not in json.dumps(post)
    assert card["refresh"]["userIds"] == [each.account_id for each in COLLEAGUES]
    assert list(buttons(card)) == ["Open record", "Show values", "Chats", "Notifications"]
    shown = await own(world, card, PATTI)
    assert texts(shown)[3] == "Priority: Normal → **High**"
    assert shown["refresh"]["userIds"] == [PATTI.account_id]
    assert texts((await world.press(buttons(card)["Show values"], person=MEGAN))["value"])[3] == (
        "Priority: Normal → **High**"
    )


async def test_a_secured_column_is_shown_only_to_readers_with_access(world: World) -> None:
    await tell_each(world, "prioritycode", REFUND)
    await connect(world)
    await world.change({"prioritycode": 1, REFUND: 4711.25}, by=ADELE)
    await world.window_ends()
    card = world.card()
    assert texts(card)[3:5] == ["Priority: changed", "Refund amount: changed"]
    for person, sees in ((ADELE, True), (PATTI, False)):
        shown = await own(world, card, person)
        assert "Priority: Normal → **High**" in texts(shown)
        assert ("4,711.25" in json.dumps(shown, ensure_ascii=False)) is sees
        assert ("Refund amount: changed" in texts(shown)) is not sees


async def test_a_reader_who_lost_access_does_not_see_the_old_value(world: World) -> None:
    await tell_each(world, "prioritycode", REFUND)
    await connect(world)
    await world.change({"prioritycode": 1, REFUND: 4711.25}, by=ADELE)
    await world.window_ends()
    card = world.card()
    await world.change({"prioritycode": 2, REFUND: None}, by=ADELE)
    await world.window_ends()
    world.card()
    # To everyone else, an empty column looks like one that they cannot read.
    assert "Refund amount: changed" in texts(await own(world, card, ADELE))


async def test_a_reader_without_access_or_user_or_chat_sees_nothing(world: World) -> None:
    await tell_each(world)
    await connect(world)
    await world.change({"prioritycode": 1}, by=ADELE)
    await world.window_ends()
    card = world.card()
    world.join(LYNNE)
    assert texts(await own(world, card, LYNNE))[0].startswith("You have no user in Dynamics 365")
    # In another chat, the button is invalid.
    elsewhere = await own(world, card, ADELE, chat=OTHER_GROUP)
    assert texts(elsewhere)[0] == "The values of this change are no longer available."
    world.connector.members[GROUP].remove(MEGAN.account_id)
    await world.restart()
    assert texts(await own(world, card, MEGAN))[0] == "Only members of this chat can see this."
    told = len(world.event_answers)
    await world.delete("incidents", await world.row("incidents"))
    await world.until(lambda: len(world.event_answers) > told)
    await world.window_ends()
    world.connector.posts.pop(GROUP, None)
    assert texts(await own(world, card, ADELE))[0].startswith("This case does not exist")


@pytest.mark.parametrize("data", [{}, {"change": ""}, {"change": "x" * 5_000}, {"change": 5}, {"change": "' or 1=1"}])
async def test_a_forged_key_shows_nothing(world: World, data: dict[str, object]) -> None:
    answer = await world.press({"verb": "view change", "data": data}, person=ADELE)
    assert texts(answer["value"])[0] == "The values of this change are no longer available."


async def test_each_chat_has_its_own_card(world: World) -> None:
    await tell_each(world)
    await connect(world)
    await connect(world, chat=OTHER_GROUP)
    await world.change({"prioritycode": 1}, by=ADELE)
    await world.window_ends()
    keys = {world.card(chat)["refresh"]["action"]["data"]["change"] for chat in (GROUP, OTHER_GROUP)}
    assert len(keys) == 2
    assert {row["key"] for row in await world.rows_in(told_change)} == keys


async def test_lifecycle_news_have_no_values_and_stay_on_each_card(world: World) -> None:
    await tell_each(world)
    await connect(world)
    await world.change({"statecode": 1, "statuscode": 5}, by=ADELE)
    await world.window_ends()
    card = world.card()
    said = "This case was closed. Keep the chat connected to CAS-01001?"
    assert said in texts(card)
    assert "Resolved" not in json.dumps(card)
    shown = await own(world, card, ADELE)
    assert said in texts(shown)
    assert "Status: Active → **Resolved**" in texts(shown)
    assert {"Keep connected", "Disconnect"} <= set(buttons(shown))


async def test_the_summary_of_missed_changes_has_no_values(world: World) -> None:
    await tell_each(world)
    await connect(world)
    world.connector.fault = lambda *_: error(403, "BotNotInConversationRoster")
    await world.change({"prioritycode": 1}, by=ADELE)
    await world.window_ends()
    world.connector.fault = lambda *_: None
    await world.post(world.activity(type="installationUpdate", action="add"))
    await world.settle()
    *_, card = world.connector.cards(GROUP)
    assert texts(card)[0] == "While I was away"
    assert "Priority: changed" in texts(card)
    assert "High" not in json.dumps(world.connector.posts.pop(GROUP))
    await world.forget(outbox)


async def test_a_client_that_sends_buttons_as_messages_discloses_no_value(world: World) -> None:
    await tell_each(world)
    await connect(world)
    await world.change({"prioritycode": 1}, by=ADELE)
    await world.window_ends()
    data = buttons(world.card())["Show values"]["fallback"]["data"]
    await world.post(world.activity(GROUP, ADELE, type="message", value=data))
    assert texts(world.card())[0] == "This client cannot show a private answer."


async def test_plain_cards_are_the_default_and_an_administrator_can_change_it(world: World) -> None:
    page = await settings_page(world)
    assert page.filled_in["tell_each"] == "false"
    done = await request_page(world, page.step("Save", tell_each="true"))
    assert "Case · Show key field values only to people who can see them: Off → On" in texts(done.card)
    await connect(world)
    await world.change({"prioritycode": 1}, by=ALEX)
    await world.window_ends()
    assert texts(world.card())[3] == "Priority: changed"


async def test_plain_cards_store_no_values(world: World) -> None:
    await connect(world)
    await world.change({"prioritycode": 1}, by=ALEX)
    await world.window_ends()
    card = world.card()
    assert "refresh" not in card
    assert await world.rows_in(told_change) == []
