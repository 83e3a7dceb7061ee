"""The button that opens the notification rules, on each card about changes (spec V9)."""

from collections.abc import Mapping
from typing import Any

import pytest

from bot.domain.notifications.rules import Budget, ChatRules, ConnectionRules, Style
from tests.steps.notification_rules import end_mute, set_chat_rules, set_record_rules
from tests.steps.settings_pages import ShownPage, request_page
from tests.wire.people import ADELE, LYNNE, Somebody
from tests.wire.test_held_changes import NOTHING, changed, connected, muted
from tests.wire.world import GROUP, World, buttons, texts

pytestmark = pytest.mark.one_database

HIGH, LOW = 1, 3


async def opened(world: World, card: Mapping[str, Any], person: Somebody = ADELE) -> ShownPage:
    data = buttons(dict(card))["Notifications"]["data"]
    return await request_page(world, data, person=person, name="task/fetch")


async def test_a_card_about_a_change_opens_the_rules_of_its_record(world: World) -> None:
    await connected(world, "CAS-01001", "CAS-01002")
    for number in ("CAS-01001", "CAS-01002"):
        await changed(world, LOW, number)
        card = world.card()
        assert list(buttons(card)) == ["Open record", "Chats", "Notifications"]
        page = await opened(world, card)
        assert (page.title, texts(page.card)[0]) == ("Notifications", number)


async def test_a_live_card_opens_the_rules_of_its_record(world: World) -> None:
    await connected(world, "CAS-01001", "CAS-01002")
    await set_record_rules(world, ConnectionRules(style=Style.LIVE))
    await changed(world, HIGH)
    card = world.card()
    assert list(buttons(card)) == ["Open record", "Chats", "Notifications"]
    page = await opened(world, card)
    assert (page.title, texts(page.card)[0]) == ("Notifications", "CAS-01001")
    world.connector.posts.clear()


async def test_a_card_of_held_changes_opens_the_rules_of_its_only_record_or_of_the_chat(world: World) -> None:
    await connected(world, "CAS-01001", "CAS-01002")
    await set_chat_rules(world, muted(world))
    await changed(world, HIGH)
    await end_mute(world, NOTHING, "Unmuted by Alex Wilber")
    page = await opened(world, world.card())
    assert (page.title, texts(page.card)[0]) == ("Notifications", "CAS-01001")
    await set_chat_rules(world, muted(world))
    for number in ("CAS-01001", "CAS-01002"):
        await changed(world, LOW, number)
    await end_mute(world, NOTHING, "Unmuted by Alex Wilber")
    page = await opened(world, world.card())
    assert page.title == "Notifications"
    assert list(page.choices("record")) == ["CAS-01002", "CAS-01001"]


async def test_a_summary_opens_the_rules_that_made_it(world: World) -> None:
    await connected(world, "CAS-01001", "CAS-01002")
    await set_chat_rules(world, ChatRules(budget=Budget(in_a_day=0)))
    await changed(world, HIGH)
    page = await opened(world, world.card())
    assert (page.title, texts(page.card)[0]) == ("Notifications", "CAS-01001")
    limits = await request_page(world, page.step("Limits"), person=ADELE)
    assert limits.title == "Limits"
    world.connector.posts.clear()


async def test_a_person_without_a_user_opens_nothing(world: World) -> None:
    world.connector.members[GROUP].append(LYNNE.account_id)
    await connected(world)
    await changed(world, HIGH)
    page = await opened(world, world.card(), person=LYNNE)
    assert texts(page.card)[0] == "You have no user in Dynamics 365, so you can only read cards."
