"""Settings are checked when a message is sent, not only when it is enqueued (spec S1, T2)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.cli.outbox import resolve_dead_letters
from bot.store.tables import chat, connection, outbox
from bot.store.unit_of_work import Store
from tests.fakes.connector import error
from tests.patience import PATIENCE_S
from tests.steps.private_views import private_view
from tests.steps.records import create
from tests.steps.settings_pages import organization_page, record_type_page, request_page
from tests.wire.people import ALEX
from tests.wire.world import API, BOT, GROUP, OTHER_GROUP, PERSONAL, World, buttons, texts

pytestmark = pytest.mark.one_database

HIGH, LOW = 1, 3
NEW = "19:6c6c6c6c@thread.v2"
CHATS, TYPE, UPDATES = "chats_on", "enabled", "notify"
SENTENCES = {
    CHATS: "The last card was not sent because chats were turned off for Dynamics 365.",
    TYPE: "The last card was not sent because chats were turned off for records of this type.",
    UPDATES: "The last card was not sent because cards about changes were turned off for records of this type.",
}
REASONS = {CHATS: "chats off", TYPE: "record type off", UPDATES: "key fields off"}

Delay = Callable[[World], Awaitable[None]]


async def switch(world: World, setting: str, *, on: bool, table: str = "incident") -> None:
    """Turn a setting on or off, as the administrator, in the personal chat."""
    page = await (organization_page(world) if setting == CHATS else record_type_page(world, table))
    await request_page(world, page.step("Save", **{setting: "true" if on else "false"}), chat=PERSONAL)
    await world.settle()


async def connected(world: World, number: str = "CAS-01001", chat_id: str = GROUP) -> None:
    await world.say(f"connect {number} quiet", chat=chat_id)
    await world.settle()
    world.connector.posts.clear()


def refuse_posts(world: World, *refusals: Any) -> None:
    """Let the connector refuse the next posts into the group chat, or all posts if none are listed."""
    left = list(refusals)

    def fault(conversation: str, _activity: dict[str, Any]) -> Any:
        if conversation != GROUP or (refusals and not left):
            return None
        return left.pop(0) if left else error(503, "ServiceError")

    world.connector.fault = fault


async def deliver(world: World) -> None:
    """Let the connector accept posts again, and wait for everything that is due by then."""
    world.connector.fault = lambda *_: None
    world.clock.advance(600)
    await world.settle()


async def changed(world: World, priority: int = HIGH) -> None:
    await world.change({"prioritycode": priority})
    await world.window_ends()


async def hold(world: World) -> None:
    refuse_posts(world, error(429, "Throttled", Retry_After="300"))
    await changed(world)


async def retry(world: World) -> None:
    refuse_posts(world)
    await changed(world)


async def dead_letter(world: World) -> None:
    refuse_posts(world, error(413, "MessageSizeTooBig"))
    await changed(world)


async def retry_dead_letters(world: World) -> None:
    store = Store(world.engines, lambda _: None)
    assert await resolve_dead_letters(store, world.clock, len, retry=True, messages=None, by="operator") == 0
    world.clock.advance(world.limits.poll_interval.total_seconds())
    await world.settle()
    await world.settle()


async def dropped(world: World) -> list[str]:
    rows = await world.rows_in(outbox, outbox.c.state == "dropped")
    return [row["reason"] for row in rows]


@pytest.mark.parametrize("setting", [CHATS, TYPE, UPDATES])
@pytest.mark.parametrize("delay", [hold, retry, dead_letter], ids=lambda each: each.__name__)
async def test_a_card_that_waits_is_not_sent_after_the_setting_was_turned_off(
    world: World, setting: str, delay: Delay
) -> None:
    await connected(world)
    await delay(world)
    await switch(world, setting, on=False)
    if delay is dead_letter:
        await retry_dead_letters(world)
    await deliver(world)
    assert world.nothing_was_said()
    assert await dropped(world) == [REASONS[setting]]
    assert SENTENCES[setting] in texts(await private_view(world, "status"))
    # On again: nothing is repeated, and the next change starts from the value that was not reported.
    await switch(world, setting, on=True)
    world.clock.advance(15 * 60)
    await world.looked_through("incident")
    await deliver(world)
    assert world.nothing_was_said()
    await changed(world, LOW)
    assert "Priority: High → **Low**" in texts(world.card())
    assert SENTENCES[setting] not in texts(await private_view(world, "status"))
    await world.forget(outbox)


async def test_values_of_a_card_that_was_given_up_with_its_chat_count_as_known_if_it_is_dropped(world: World) -> None:
    await connected(world)
    refuse_posts(world, error(403, "BotNotInConversationRoster"))
    await changed(world)
    await switch(world, TYPE, on=False)
    await world.say("help")  # the bot is there again
    await retry_dead_letters(world)
    await deliver(world)
    assert await dropped(world) == [REASONS[TYPE]]
    world.connector.posts.clear()
    await switch(world, TYPE, on=True)
    await world.post(world.activity(GROUP, type="installationUpdate", action="remove"))
    async with world.engines.writing.begin() as begun:
        await begun.execute(connection.update().values(paused_at=world.clock.now(), paused_reason="x"))
    await world.post(world.activity(GROUP, type="installationUpdate", action="add"))
    await world.settle()
    assert world.nothing_was_said()
    await world.forget(outbox)


async def test_values_of_a_card_that_is_sent_after_all_are_not_reported_again(world: World) -> None:
    await connected(world)
    refuse_posts(world, error(403, "BotNotInConversationRoster"))
    await changed(world)
    world.connector.fault = lambda *_: None
    await retry_dead_letters(world)
    assert "Priority: Normal → **High**" in texts(world.card())
    await world.say("help")  # the bot is there again
    await world.settle()
    assert texts(world.card())[0] == "Commands"
    await world.forget(outbox)


async def test_answers_to_what_people_did_are_sent(world: World) -> None:
    await connected(world)
    await connected(world, "CAS-01002")
    refuse_posts(world)
    await world.say("disconnect CAS-01001")
    await world.say("connect CAS-01003 quiet")
    await switch(world, CHATS, on=False)
    await deliver(world)
    said = [texts(card)[0] for card in world.connector.cards(GROUP)]
    assert said == ["Alex Wilber disconnected CAS-01001 from this chat.", "CAS-01003 is connected to this chat."]
    assert await dropped(world) == []
    world.connector.posts.clear()


async def close(world: World) -> None:
    await world.change({"statecode": 1, "statuscode": 5}, told=False)


async def delete(world: World) -> None:
    await world.delete("incidents", await world.row("incidents"))


async def merge(world: World) -> None:
    kind = {"@odata.type": "Microsoft.Dynamics.CRM.incident"}
    body = {
        "Target": {**kind, "incidentid": await world.row("incidents", "CAS-01002")},
        "Subordinate": {**kind, "incidentid": await world.row("incidents", "CAS-01001")},
        "PerformParentingChecks": False,
    }
    async with world.session.post(f"{world.sandbox}{API}/Merge", json=body) as answer:
        assert answer.status == 204, await answer.text()


@pytest.mark.parametrize("event", [close, delete, merge], ids=lambda each: each.__name__)
@pytest.mark.parametrize("setting", [CHATS, TYPE])
async def test_news_of_a_record_are_dropped_too(world: World, setting: str, event: Delay) -> None:
    await switch(world, UPDATES, on=False)
    await connected(world)
    refuse_posts(world)
    before = len(world.event_answers)
    await event(world)
    await world.until(lambda: len(world.event_answers) > before)
    await world.window_ends()
    assert await world.rows_in(outbox, outbox.c.state == "waiting")
    await switch(world, setting, on=False)
    await deliver(world)
    assert world.nothing_was_said()
    assert await dropped(world) == [REASONS[setting]]
    await world.forget(outbox)


async def test_news_of_a_record_do_not_depend_on_cards_about_changes(world: World) -> None:
    await connected(world)
    refuse_posts(world)
    await delete(world)
    await world.until(lambda: world.event_answers)
    await world.window_ends()
    await switch(world, UPDATES, on=False)
    await deliver(world)
    assert texts(world.card())[0] == "CAS-01001 was deleted in Dynamics 365 by Alex Wilber."


async def test_a_summary_is_made_again_without_the_record_type_that_was_turned_off(world: World) -> None:
    page = await record_type_page(world, "account")
    await request_page(world, page.step("Save", enabled="true", notify="true", key_fields="telephone1"), chat=PERSONAL)
    await world.settle()
    async with world.session.get(f"{world.sandbox}{API}/accounts?$select=accountid&$top=1") as answer:
        account = (await answer.json())["value"][0]["accountid"]
    await connected(world)
    await connected(world, f"{world.sandbox}/main.aspx?pagetype=entityrecord&etn=account&id={account}")
    await world.stop()
    await world.change({"prioritycode": HIGH}, told=False)
    url = f"{world.sandbox}{API}/accounts({account})"
    async with world.session.patch(url, json={"telephone1": "555 0100"}) as saved:
        assert saved.status == 204
    await start_with_a_summary_that_waits(world)
    await switch(world, TYPE, on=False, table="account")
    await deliver(world)
    said = texts(world.card())
    assert said[0] == "While I was away"
    assert "Priority: Normal → **High**" in said
    assert "555 0100" not in str(said)
    assert await dropped(world) == [REASONS[TYPE]]
    await world.forget(outbox)


async def start_with_a_summary_that_waits(world: World) -> None:
    refuse_posts(world)
    await world.start()
    world.clock.advance(5)
    async with asyncio.timeout(PATIENCE_S):
        while not await world.rows_in(outbox, outbox.c.key.like("caught up%"), outbox.c.state == "waiting"):
            # A request to Dataverse that failed is repeated after a while.
            await asyncio.sleep(0.01)
    await world.settle()


async def test_a_summary_depends_on_the_record_types_of_records_that_it_only_names(world: World) -> None:
    account = await create(world, "accounts", {"name": "Fabrikam"})
    await connected(world)
    await connected(world, f"{world.sandbox}/main.aspx?pagetype=entityrecord&etn=account&id={account}")
    await world.stop()
    await world.change({"prioritycode": HIGH}, told=False)
    world.dataverse_refuses["EntityDefinitions(LogicalName='account')"] = (503, {})
    await start_with_a_summary_that_waits(world)
    world.dataverse_refuses.clear()
    await switch(world, TYPE, on=False, table="account")
    await deliver(world)
    # The record that could not be read is tried again later, together with the others.
    world.clock.advance(15 * 60)
    await world.settle()
    said = texts(world.card())
    assert "Priority: Normal → **High**" in said
    assert "Fabrikam" not in str(said)
    assert await dropped(world) == [REASONS[TYPE]]
    await world.forget(outbox)


async def test_an_introduction_that_waits_is_dropped_and_comes_when_the_bot_is_added_again(world: World) -> None:
    world.connector.members[NEW] = [ALEX.account_id]
    world.connector.fault = lambda *_: error(503, "ServiceError")
    await world.post(world.activity(NEW, type="conversationUpdate", membersAdded=[BOT]))
    await world.settle()
    await switch(world, CHATS, on=False)
    await deliver(world)
    assert world.nothing_was_said(NEW)
    assert await dropped(world) == [REASONS[CHATS]]
    (kept,) = await world.rows_in(chat, chat.c.id == NEW)
    assert kept["introduced_at"] is None
    await switch(world, CHATS, on=True)
    await world.post(world.activity(NEW, type="conversationUpdate", membersAdded=[BOT]))
    await world.settle()
    assert texts(world.card(NEW))[0] == "Chat Sync"
    await world.forget(outbox)


async def test_other_chats_and_types_are_not_affected(world: World) -> None:
    await connected(world)
    await connected(world, chat_id=OTHER_GROUP)
    refuse_posts(world)
    await changed(world)
    assert "Priority: Normal → **High**" in texts(world.card(OTHER_GROUP))
    await switch(world, TYPE, on=False, table="account")
    await deliver(world)
    card = world.card()
    assert "Priority: Normal → **High**" in texts(card)
    assert "Chats" in buttons(card)
