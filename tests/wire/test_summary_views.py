"""Cards about several records: everyone sees what changed, and each reader the values that they can see (spec K2)."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bot.domain.jobs import ChatJob, JobKind
from bot.domain.notifications.rules import Budget, ChatRules, Mute
from bot.domain.values import ChatId, ObjectId
from bot.store.tables import posted_card, record_type
from tests.cards.schema import schema_errors
from tests.steps.notification_rules import end_mute, posted, set_chat_rules, store_of
from tests.steps.record_actions import read_case
from tests.steps.records import SECRET_CASE
from tests.wire.people import ADELE, ALEX, EVERYBODY, LYNNE, PATTI, Somebody
from tests.wire.world import GROUP, OTHER_GROUP, World, buttons, texts

pytestmark = pytest.mark.one_database

REFUND = "cs_refundamount"
"""A secured column that Patti cannot read."""
RAISED = "Priority: Normal → **High**"


async def prepare(world: World, *, tell_each: bool = True) -> str:
    """Connect the chat to two cases, of which Patti can open one; return the name of the other."""
    values: dict[str, object] = {"tell_each": tell_each, "key_fields": ["prioritycode", REFUND]}
    async with world.engines.writing.begin() as begun:
        await begun.execute(update(record_type).where(record_type.c.table == "incident").values(**values))
    await world.restart()
    world.connector.members[GROUP] = [each.account_id for each in EVERYBODY]
    for number in ("CAS-01001", SECRET_CASE):
        await world.say(f"connect {number} quiet")
        await world.settle()
    world.connector.posts.clear()
    return str((await read_case(world, SECRET_CASE))["title"])


async def mute(world: World) -> None:
    at = world.clock.now()
    until = Mute(until=at + timedelta(hours=1), by=ObjectId(ALEX.object_id), by_name=ALEX.name, at=at)
    await set_chat_rules(world, ChatRules(mute=until))


async def change(world: World, number: str, **values: object) -> None:
    await world.change({"prioritycode": 1, **values}, number=number, by=ADELE)
    await world.window_ends()


async def seen(world: World, card: Any, person: Somebody, *, chat: str = GROUP) -> Any:
    """Return the card that the reader's client requests automatically."""
    answer = await world.press(card["refresh"]["action"], person=person, chat=chat)
    assert schema_errors(answer["value"]) == []
    return answer["value"]


def everyone_sees_no_values(world: World, card: Any) -> None:
    (post,) = world.connector.posts[GROUP]
    said = json.dumps(post, ensure_ascii=False)
    assert "High" not in said
    assert "4,711" not in said
    assert texts(card).count("Priority: changed") == 2
    assert "Show values" in buttons(card)
    assert card["refresh"]["userIds"] == [each.account_id for each in EVERYBODY]


async def each_reader_sees_their_values(world: World, card: Any, secret: str) -> None:
    whole = await seen(world, card, ADELE)
    assert texts(whole).count(RAISED) == 2
    assert "4,711.25" in json.dumps(whole, ensure_ascii=False)
    assert secret in json.dumps(whole)
    assert texts(whole)[0] == texts(card)[0]
    assert whole["refresh"]["userIds"] == [ADELE.account_id]
    pressed = await world.press(buttons(card)["Show values"], person=ADELE)
    assert pressed["value"] == whole
    mine = await seen(world, card, PATTI)
    assert texts(mine).count(RAISED) == 1
    assert "Refund amount: changed" in texts(mine)
    assert "1 record that you cannot open" in texts(mine)
    for hidden in (secret, SECRET_CASE, "4,711"):
        assert hidden not in json.dumps(mine, ensure_ascii=False)
    # The second client gets the same card without another request to Dataverse, and nothing is edited.
    asked = len(world.dataverse_was_asked)
    assert await seen(world, card, PATTI) == mine
    assert (len(world.dataverse_was_asked), world.connector.edits) == (asked, [])
    assert texts(await seen(world, card, LYNNE))[0].startswith("You have no user in Dynamics 365")


async def test_the_card_after_a_mute_shows_each_reader_the_values_that_they_can_see(world: World) -> None:
    secret = await prepare(world)
    await mute(world)
    await change(world, "CAS-01001", **{REFUND: 4711.25})
    await change(world, SECRET_CASE)
    await end_mute(world, ChatRules(), "Unmuted by Alex Wilber")
    (post,) = world.connector.posts[GROUP]
    card = post["attachments"][0]["content"]
    assert texts(card)[:2] == ["While muted", "Unmuted by Alex Wilber."]
    everyone_sees_no_values(world, card)
    await each_reader_sees_their_values(world, card, secret)
    assert texts(await seen(world, card, ADELE))[1] == "Unmuted by Alex Wilber."
    # A reader who lost the value does not see it either.
    await world.change({"prioritycode": 2, REFUND: None}, number="CAS-01001", by=ADELE)
    await world.restart()
    assert "4,711" not in json.dumps(await seen(world, card, ADELE), ensure_ascii=False)
    await world.window_ends()
    world.connector.posts.clear()


async def test_the_card_above_a_budget_shows_each_reader_the_values_that_they_can_see(world: World) -> None:
    secret = await prepare(world)
    await set_chat_rules(world, ChatRules(budget=Budget(in_a_burst=1)))
    await world.change({"prioritycode": 2}, number="CAS-01001", by=ADELE)
    await change(world, "CAS-01001")
    world.connector.posts.clear()
    await change(world, SECRET_CASE)
    await world.change({"prioritycode": 2, REFUND: 4711.25}, number="CAS-01001", by=ADELE)
    await world.window_ends()
    world.clock.advance(10)
    await world.settle()
    (post,) = world.connector.posts[GROUP]
    card = post["attachments"][0]["content"]
    assert texts(card)[0] == "2 more changes"
    assert "High" not in json.dumps(post)
    whole = await seen(world, card, ADELE)
    assert {RAISED, "Priority: High → **Normal**"} <= set(texts(whole))
    mine = await seen(world, card, PATTI)
    assert RAISED not in texts(mine)
    assert "1 record that you cannot open" in texts(mine)
    assert secret not in json.dumps(mine)
    world.connector.posts.clear()


async def test_without_shared_values_nothing_is_stored_and_no_client_asks(world: World) -> None:
    await prepare(world, tell_each=False)
    await mute(world)
    await change(world, "CAS-01001")
    await end_mute(world, ChatRules(), "Unmuted by Alex Wilber")
    card = world.card()
    assert RAISED in texts(card)
    assert "refresh" not in card
    assert "Show values" not in buttons(card)
    assert await world.rows_in(posted_card) == []


async def test_the_number_of_a_card_is_no_right(world: World) -> None:
    await prepare(world)
    await mute(world)
    await change(world, SECRET_CASE)
    await end_mute(world, ChatRules(), "Unmuted by Alex Wilber")
    card = world.card()
    action = card["refresh"]["action"]
    world.connector.members[OTHER_GROUP] = [ADELE.account_id]
    gone = "The values of this card are no longer available."
    assert texts((await world.press(action, person=ADELE, chat=OTHER_GROUP))["value"])[0] == gone
    expired = "This button no longer works."
    for number, said in (("999999", gone), ("-1", expired), ("x", expired), ("9" * 30, expired)):
        pressed = {**action, "data": {**action["data"], "card": number}}
        assert texts((await world.press(pressed, person=ADELE))["value"])[0] == said, number
    world.connector.members[GROUP].remove(ADELE.account_id)
    await world.restart()
    assert "High" not in json.dumps((await world.press(action, person=ADELE))["value"])
    # Patti can open no record of the card.
    mine = texts((await world.press(action, person=PATTI))["value"])
    assert mine[0] == "This case does not exist, or you do not have access to it."


async def test_the_search_for_due_changes_does_not_split_the_end_of_a_mute(world: World) -> None:
    await prepare(world)
    await mute(world)
    await change(world, SECRET_CASE)
    await set_chat_rules(world, ChatRules())
    at, chat = world.clock.now(), ChatId(GROUP)
    async with store_of(world).writing() as work:
        await work.inbox.enqueue(ChatJob(kind=JobKind.HELD_CHANGES, chat_id=chat), at=at, due_at=at)
        await work.inbox.enqueue(ChatJob(kind=JobKind.END_MUTE, chat_id=chat, text="Unmuted."), at=at, due_at=at)
        (held,) = await work.decisions.open_in_chat(chat)
        await work.decisions.make_due([held.id], at=at)
    world.clock.advance(9)
    await posted(world)
    assert texts(world.card())[:2] == ["While muted", "Unmuted."]
