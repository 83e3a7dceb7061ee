"""Cards are checked again when they are sent: settings of key fields, and disconnects (spec S1, K2, D3)."""

import pytest

from bot.store.tables import connection, outbox
from tests.steps.settings_pages import record_type_page, request_page
from tests.wire.people import ADELE
from tests.wire.test_switches import (
    HIGH,
    LOW,
    Delay,
    changed,
    connected,
    dead_letter,
    deliver,
    dropped,
    hold,
    refuse_posts,
    retry,
    retry_dead_letters,
    start_with_a_summary_that_waits,
)
from tests.wire.world import GROUP, PERSONAL, World, buttons, texts

REFUND = "cs_refundamount"
"""A secured column."""
REASONS = {
    "tell_each": "values for each person",
    "tell_secured": "secured values off",
    "key_fields": "key field removed",
}


async def save(world: World, **values: str) -> None:
    """Change settings of cases, as the administrator, in the personal chat."""
    page = await record_type_page(world)
    await request_page(world, page.step("Save", **values), chat=PERSONAL)
    await world.settle()


def said(world: World) -> list[str]:
    """Return the texts of all cards in the group chat, and forget the cards."""
    found = [text for card in world.connector.cards(GROUP) for text in texts(card)]
    world.connector.posts.clear()
    return found


@pytest.mark.parametrize("delay", [hold, retry, dead_letter], ids=lambda each: each.__name__)
async def test_values_of_a_card_that_waits_are_not_shown_to_all_after_the_setting_was_turned_on(
    world: World, delay: Delay
) -> None:
    await connected(world)
    await delay(world)
    await save(world, tell_each="true")
    if delay is dead_letter:
        await retry_dead_letters(world)
    await deliver(world)
    assert await dropped(world) == [REASONS["tell_each"]]
    texts_of_chat = said(world)
    assert texts_of_chat[0] == "While I was away"
    assert "Priority: changed" in texts_of_chat
    assert "High" not in str(texts_of_chat)
    await deliver(world)
    assert world.nothing_was_said()
    await world.forget(outbox)


@pytest.mark.one_database
async def test_a_key_field_that_was_removed_is_not_reported_and_the_others_are(world: World) -> None:
    await save(world, key_fields="prioritycode,title")
    await connected(world)
    refuse_posts(world)
    await world.change({"prioritycode": HIGH, "title": "Pump leaks again"})
    await world.window_ends()
    await save(world, key_fields="title")
    await deliver(world)
    assert await dropped(world) == [REASONS["key_fields"]]
    texts_of_chat = said(world)
    assert "Pump leaks again" in str(texts_of_chat)
    assert "Priority" not in str(texts_of_chat)
    # A key field again: the change was dropped for good, and the next one starts from its value.
    await save(world, key_fields="prioritycode,title")
    world.clock.advance(15 * 60)
    await world.looked_through("incident")
    await deliver(world)
    assert world.nothing_was_said()
    await changed(world, LOW)
    assert "Priority: High → **Low**" in texts(world.card())
    await world.forget(outbox)


@pytest.mark.one_database
async def test_values_of_secured_columns_are_not_shown_after_the_setting_was_turned_off(world: World) -> None:
    await save(world, key_fields=f"{REFUND},prioritycode", tell_secured="true")
    await connected(world)
    refuse_posts(world)
    await world.change({REFUND: 77.5, "prioritycode": HIGH})
    await world.window_ends()
    await save(world, tell_secured="false")
    await deliver(world)
    assert await dropped(world) == [REASONS["tell_secured"]]
    texts_of_chat = said(world)
    assert "Priority: Normal → **High**" in texts_of_chat
    assert "77.5" not in str(texts_of_chat)
    await world.forget(outbox)


@pytest.mark.one_database
async def test_settings_that_a_card_does_not_depend_on_let_it_through(world: World) -> None:
    await connected(world)
    refuse_posts(world)
    await changed(world)
    await save(world, tell_secured="true")
    await save(world, tell_secured="false")
    await save(world, key_fields="title,prioritycode")
    await deliver(world)
    assert "Priority: Normal → **High**" in texts(world.card())
    assert await dropped(world) == []


@pytest.mark.one_database
async def test_several_cards_that_wait_become_one_summary(world: World) -> None:
    await connected(world)
    refuse_posts(world)
    await changed(world, HIGH)
    await changed(world, LOW)
    await save(world, tell_each="true")
    await deliver(world)
    await deliver(world)
    assert await dropped(world) == [REASONS["tell_each"]] * 2
    texts_of_chat = said(world)
    assert texts_of_chat.count("Priority: changed") == 1
    await world.forget(outbox)


@pytest.mark.one_database
async def test_a_dead_letter_that_is_dropped_does_not_repeat_what_a_later_card_said(world: World) -> None:
    await connected(world)
    await dead_letter(world)
    world.connector.fault = lambda *_: None
    await changed(world, LOW)
    assert "Priority: High → **Low**" in said(world)
    await save(world, tell_each="true")
    await retry_dead_letters(world)
    await deliver(world)
    assert await dropped(world) == [REASONS["tell_each"]]
    assert world.nothing_was_said()
    await world.forget(outbox)


@pytest.mark.one_database
async def test_a_summary_that_waits_is_made_again_without_values(world: World) -> None:
    await connected(world)
    await world.stop()
    await world.change({"prioritycode": HIGH}, told=False)
    await start_with_a_summary_that_waits(world)
    await save(world, tell_each="true")
    await deliver(world)
    assert await dropped(world) == [REASONS["tell_each"]]
    texts_of_chat = said(world)
    assert "Priority: changed" in texts_of_chat
    assert "High" not in str(texts_of_chat)
    await world.forget(outbox)


@pytest.mark.parametrize("delay", [hold, retry, dead_letter], ids=lambda each: each.__name__)
async def test_a_card_that_waits_is_not_sent_after_its_record_was_disconnected(world: World, delay: Delay) -> None:
    await connected(world)
    await delay(world)
    await world.say("disconnect CAS-01001")
    await world.settle()
    if delay is dead_letter:
        await retry_dead_letters(world)
    else:
        await deliver(world)
    cards = world.connector.cards(GROUP)
    assert [texts(each)[0] for each in cards] == ["Alex Wilber disconnected CAS-01001 from this chat."]
    assert await dropped(world) == ["disconnected"]
    # Within ten minutes, the disconnect can be undone. The chat then gets what it missed.
    world.connector.posts.clear()
    await world.change({"prioritycode": LOW}, by=ADELE, told=False)
    await world.press(buttons(cards[0])["Undo"])
    await world.settle()
    assert "Priority: Normal → **Low**" in said(world)
    await world.forget(outbox)


@pytest.mark.one_database
async def test_a_card_that_waits_is_sent_if_the_disconnect_was_undone_before(world: World) -> None:
    await connected(world)
    await hold(world)
    await world.say("disconnect CAS-01001")
    await world.settle()
    (ended,) = await world.rows_in(connection)
    await world.press({"verb": "undo disconnect", "data": {"connection": ended["public_id"]}})
    await world.settle()
    assert world.nothing_was_said()
    await deliver(world)
    assert "Priority: Normal → **High**" in said(world)
    assert await dropped(world) == []


@pytest.mark.one_database
async def test_a_summary_that_waits_is_made_again_without_a_record_that_was_disconnected(world: World) -> None:
    await connected(world)
    await connected(world, "CAS-01002")
    await world.stop()
    await world.change({"prioritycode": HIGH}, told=False)
    await world.change({"prioritycode": LOW}, told=False, number="CAS-01002")
    await start_with_a_summary_that_waits(world)
    await world.say("disconnect CAS-01002")
    await deliver(world)
    texts_of_chat = said(world)
    assert await dropped(world) == ["disconnected"]
    assert "Priority: Normal → **High**" in texts_of_chat
    assert "**Low**" not in str(texts_of_chat)
    await world.forget(outbox)
