"""Mutes, quiet hours, digests, and rules by which a chat is not disturbed (spec V1-V6, V8, V15)."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.domain.notifications.conditions import Condition, Conditions, Test
from bot.domain.notifications.quiet_hours import QuietHours
from bot.domain.notifications.rules import ChatRules, ConnectionRules, Mute, Style
from bot.domain.values import ObjectId, UserId
from bot.store.tables import decision
from tests.contract.test_retention import delete_old
from tests.patience import PATIENCE_S
from tests.steps.notification_rules import (
    decided,
    end_mute,
    posted,
    rules_changed,
    set_chat_rules,
    set_record_rules,
    store_of,
)
from tests.steps.priorities import HIGH, LOW, NORMAL
from tests.steps.reads import repeated_reads
from tests.steps.record_actions import ALL, allow_actions, first_page, press
from tests.wire.people import ADELE, ALEX, MEGAN
from tests.wire.test_record_life import merged
from tests.wire.test_switches import TYPE, switch
from tests.wire.world import API, GROUP, OTHER_GROUP, World, buttons, texts

pytestmark = pytest.mark.one_database

BECOMES_HIGH = Conditions(conditions=(Condition(column="prioritycode", test=Test.BECOMES, values=(HIGH,)),))
NIGHT = ChatRules(quiet_hours=QuietHours(zone="Europe/Berlin", start=time(20), end=time(7)))
NOTHING = ChatRules()


def muted(world: World, *, hours: int | None = 1, also_urgent: bool = False) -> ChatRules:
    at = world.clock.now()
    until = at + timedelta(hours=hours) if hours else None
    mute = Mute(until=until, by=ObjectId(ALEX.object_id), by_name=ALEX.name, at=at, also_urgent=also_urgent)
    return ChatRules(mute=mute)


async def connected(world: World, *numbers: str, chat: str = GROUP) -> None:
    for number in numbers or ("CAS-01001",):
        await world.say(f"connect {number} quiet", chat=chat)
        await world.settle()
    world.connector.posts.clear()


async def changed(world: World, value: int, number: str = "CAS-01001", **by: object) -> None:
    await world.change({"prioritycode": value}, number=number, **by)  # type: ignore[arg-type]
    await world.window_ends()


async def passes(world: World, **span: float) -> None:
    world.clock.advance(timedelta(**span).total_seconds())
    await posted(world)
    world.clock.advance(120)  # the search for missed changes gives late events this much time
    await world.settle()


async def is_now(world: World, hour: int, minute: int = 0) -> None:
    """Let time pass until this time of a day in UTC."""
    now = world.clock.now()
    then = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    await passes(world, seconds=((then - now).total_seconds() - 1) % 86_400 + 1)


def changes_on(card: dict[str, object]) -> list[str]:
    return [each for each in texts(card) if "→" in each]


async def test_a_transaction_reads_nothing_twice_for_a_card(world: World) -> None:
    await connected(world, "CAS-01001", "CAS-01002")
    with repeated_reads() as repeated:
        await changed(world, HIGH)
        await set_chat_rules(world, muted(world))
        await changed(world, LOW)
        await changed(world, LOW, "CAS-01002")
        await passes(world, hours=1)
    assert len(world.connector.cards(GROUP)) == 2
    assert repeated == []


async def test_a_mute_holds_changes_and_its_end_posts_the_net_change_once(world: World) -> None:
    await connected(world)
    await set_chat_rules(world, muted(world))
    await changed(world, LOW)
    await changed(world, HIGH)
    assert world.nothing_was_said()
    assert await decided(world) == [("held", "mute", None)] * 2
    assert all(not column["has_values"] for row in await world.rows_in(decision) for column in row["columns"])
    await world.restart()
    await passes(world, hours=1)
    card = world.card()
    assert texts(card)[0] == "While muted"
    assert changes_on(card) == ["Priority: Normal → **High**"]
    assert await decided(world) == [("held", "mute", "posted")] * 2
    await changed(world, LOW)
    assert changes_on(world.card()) == ["Priority: High → **Low**"]


async def test_what_canceled_out_is_not_posted_and_a_person_who_unmutes_is_named(world: World) -> None:
    await connected(world)
    await set_chat_rules(world, muted(world, hours=None))
    await changed(world, HIGH)
    await passes(world, days=3)
    assert world.nothing_was_said()
    await changed(world, NORMAL)
    await end_mute(world, NOTHING, "Unmuted by Alex Wilber")
    assert texts(world.card()) == ["Unmuted by Alex Wilber.", "Nothing changed in the meantime."]
    assert {closed for *_, closed in await decided(world)} == {"canceled out"}
    await set_chat_rules(world, muted(world, hours=None))
    await changed(world, HIGH)
    await end_mute(world, NOTHING, "Unmuted by Alex Wilber")
    card = world.card()
    assert texts(card)[:2] == ["While muted", "Unmuted by Alex Wilber."]
    assert changes_on(card) == ["Priority: Normal → **High**"]


async def test_a_mute_that_lasts_longer_than_the_history_is_kept_loses_no_change(world: World) -> None:
    await connected(world)
    await set_chat_rules(world, muted(world, hours=None))
    await changed(world, HIGH)
    await passes(world, days=31)
    await delete_old(store_of(world), world.clock.now())
    await end_mute(world, NOTHING, "Unmuted by Alex Wilber")
    assert changes_on(world.card()) == ["Priority: Normal → **High**"]


async def test_quiet_hours_hold_changes_of_all_records_for_one_card_with_urgent_ones_first(world: World) -> None:
    numbers = ("CAS-01001", "CAS-01002", "CAS-01003", "CAS-01006")
    await connected(world, *numbers)
    await set_chat_rules(world, NIGHT)
    await is_now(world, 22)
    for number in numbers:
        await changed(world, LOW, number)
    assert world.nothing_was_said()
    await set_record_rules(world, ConnectionRules(urgent_rule=BECOMES_HIGH), "CAS-01003")
    await changed(world, HIGH, "CAS-01003")
    assert changes_on(world.card()) == ["Priority: Normal → **High**"], "from the value that the chat knows"
    await is_now(world, 6, 1)  # 7:01 in Berlin, in winter
    card = world.card()
    assert texts(card)[0] == "During quiet hours"
    assert [each.endswith("→ **Low**") for each in changes_on(card)] == [True] * 3
    assert not [each for each in await decided(world) if each[0] == "held" and each[2] != "posted"]


async def test_a_digest_is_posted_at_its_time_and_waits_for_other_rules(world: World) -> None:
    await connected(world)
    await set_record_rules(world, ConnectionRules(style=Style.DIGEST, digest_at=time(8)))
    await is_now(world, 9)
    await changed(world, LOW)
    await passes(world, hours=3)
    await changed(world, HIGH)
    assert world.nothing_was_said()
    await is_now(world, 8, 1)
    card = world.card()
    assert texts(card)[0] == "Digest"
    assert changes_on(card) == ["Priority: Normal → **High**"]
    await changed(world, LOW)
    await set_chat_rules(world, NIGHT)
    await is_now(world, 21)
    await set_record_rules(world, ConnectionRules())
    await rules_changed(world)
    assert world.nothing_was_said()
    assert (await decided(world))[-1] == ("held", "quiet hours", None)
    await set_chat_rules(world, NOTHING)
    await rules_changed(world)
    assert changes_on(world.card()) == ["Priority: High → **Low**"]
    await is_now(world, 9)
    assert world.nothing_was_said()


async def test_a_value_rule_skips_changes_and_their_values_count_as_known(world: World) -> None:
    await connected(world)
    await set_record_rules(world, ConnectionRules(value_rule=BECOMES_HIGH))
    await changed(world, LOW)
    assert world.nothing_was_said()
    await changed(world, HIGH)
    assert changes_on(world.card()) == ["Priority: Low → **High**"]
    assert await decided(world) == [("skipped", "value rule", None), ("posted", "every change", None)]
    skipped, shown = sorted(await world.rows_in(decision), key=lambda row: row["id"])
    assert [each["has_values"] for row in (skipped, shown) for each in row["columns"]] == [False, True]


async def test_changes_by_some_authors_are_skipped(world: World) -> None:
    await connected(world)
    await set_chat_rules(world, ChatRules(skip_people={UserId(await world.user_id(MEGAN)): MEGAN.name}))
    await changed(world, LOW, by=MEGAN)
    assert world.nothing_was_said()
    await changed(world, HIGH, by=ADELE)
    assert changes_on(world.card()) == ["Priority: Low → **High**"]
    await set_chat_rules(world, muted(world))
    await changed(world, LOW, by=ADELE)
    await set_chat_rules(world, replace(muted(world), skip_people={UserId(await world.user_id(MEGAN)): "Megan"}))
    await changed(world, NORMAL, by=MEGAN)
    await passes(world, hours=1)
    # A skipped change of a held column is part of the net change: the chat does not know the value in between.
    assert changes_on(world.card()) == ["Priority: High → **Normal**"]


async def test_a_change_on_a_card_of_this_chat_is_skipped_and_told_to_others(world: World) -> None:
    await allow_actions(world, acts=ALL, fields=["prioritycode"])
    for chat in (GROUP, OTHER_GROUP):
        await connected(world, chat=chat)
        await set_chat_rules(world, ChatRules(skip_own_cards=True), chat)
    form = await press(world, await first_page(world, person=ALEX), "Change fields", person=ALEX)
    await press(world, form, "Save", {"field prioritycode": str(HIGH)}, person=ALEX)
    await world.until(lambda: world.event_answers)
    await world.window_ends()
    assert changes_on(world.card(OTHER_GROUP)) == ["Priority: Normal → **High**"]
    assert world.nothing_was_said(GROUP)
    assert sorted(await decided(world)) == [("posted", "every change", None), ("skipped", "own card", None)]
    await changed(world, LOW, by=ALEX)
    assert changes_on(world.card(GROUP)) == ["Priority: High → **Low**"]


async def test_changes_by_integrations_are_skipped(world: World) -> None:
    await connected(world)
    await set_chat_rules(world, ChatRules(skip_integrations=True))
    url = f"{world.sandbox}{API}/incidents({await world.row('incidents')})"
    async with world.session.patch(url, json={"prioritycode": LOW}) as answer:  # as the application user
        assert answer.status == 204
    await world.until(lambda: world.event_answers)
    await world.window_ends()
    assert world.nothing_was_said()
    await changed(world, HIGH)
    assert changes_on(world.card()) == ["Priority: Low → **High**"]
    assert await decided(world) == [("skipped", "integration", None), ("posted", "every change", None)]
    async with world.session.get(f"{world.url}/metrics") as answer:
        metrics = await answer.text()
    assert 'chatsync_decisions_total{outcome="skipped",reason="integration"} 1.0' in metrics


async def test_a_merge_ends_held_changes_and_the_mute_moves_with_the_connection(world: World) -> None:
    await connected(world, "CAS-01001")
    mute = muted(world).mute
    await set_record_rules(world, ConnectionRules(mute=mute))
    await changed(world, HIGH)
    await merged(world, "CAS-01001", into="CAS-01002")
    for _ in range(2):
        await world.window_ends()
    assert "CAS-01001 was merged into CAS-01002." in str(texts(world.card()))
    assert ("held", "mute", "connection ended") in await decided(world)
    await changed(world, LOW, "CAS-01002")
    assert world.nothing_was_said()
    assert (await decided(world))[-1] == ("held", "mute", None)
    await passes(world, hours=1)
    assert changes_on(world.card()) == ["Priority: High → **Low**"]


async def test_on_a_merge_a_record_that_was_connected_before_keeps_its_rules_also_if_they_are_the_defaults(
    world: World,
) -> None:
    await connected(world, "CAS-01001", "CAS-01002")
    await set_record_rules(world, ConnectionRules(mute=muted(world, hours=None).mute, style=Style.DIGEST))
    await merged(world, "CAS-01001", into="CAS-01002")
    for _ in range(2):
        await world.window_ends()
    world.card()
    await changed(world, LOW, "CAS-01002")
    assert changes_on(world.card()) == ["Priority: High → **Low**"]


async def test_a_disconnect_ends_held_changes_when_undo_ends_and_undo_goes_on_holding(world: World) -> None:
    await connected(world)
    await set_chat_rules(world, muted(world, hours=5))
    await changed(world, HIGH)
    await world.say("disconnect")
    await world.settle()
    undo = buttons(world.card())["Undo"]
    await passes(world, minutes=5)
    await world.press(undo)
    await posted(world)
    said = {texts(card)[0] for card in world.connector.cards(GROUP)}
    world.connector.posts.clear()
    assert said == {"Alex Wilber connected CAS-01001 to this chat again."}
    assert await decided(world) == [("held", "mute", None)]
    await world.say("disconnect")
    await world.settle()
    world.card()
    world.clock.advance(11 * 60)
    async with asyncio.timeout(PATIENCE_S):
        while await decided(world) != [("held", "mute", "connection ended")]:
            await asyncio.sleep(0.01)
    await passes(world, hours=5)
    assert world.nothing_was_said()


async def test_a_switch_that_is_off_drops_held_changes(world: World) -> None:
    await connected(world)
    await set_chat_rules(world, muted(world))
    await changed(world, HIGH)
    await switch(world, TYPE, on=False)
    await passes(world, hours=1)
    assert (await decided(world))[0] == ("held", "mute", "dropped")
    await switch(world, TYPE, on=True)
    await passes(world, hours=1)
    assert world.nothing_was_said()


async def test_a_mute_of_everything_holds_urgent_changes_but_no_news(world: World) -> None:
    await connected(world)
    await set_record_rules(world, ConnectionRules(urgent_rule=BECOMES_HIGH))
    await set_chat_rules(world, muted(world))
    await changed(world, HIGH)
    assert changes_on(world.card()) == ["Priority: Normal → **High**"]
    await set_chat_rules(world, muted(world, also_urgent=True))
    await changed(world, LOW)
    await changed(world, HIGH)
    assert world.nothing_was_said()
    await world.change({"statecode": 1, "statuscode": 5})
    await world.window_ends()
    assert any("was closed" in each for each in texts(world.card()))
    await world.say("records")
    assert texts(world.card()), "answers are never held"


async def test_another_chat_is_not_disturbed_by_rules_of_this_one(world: World) -> None:
    for chat in (GROUP, OTHER_GROUP):
        await connected(world, chat=chat)
    await set_chat_rules(world, muted(world))
    await changed(world, HIGH)
    assert changes_on(world.card(OTHER_GROUP)) == ["Priority: Normal → **High**"]
    assert world.nothing_was_said(GROUP)
    assert world.clock.now() > datetime(2020, 1, 1, tzinfo=UTC)


async def test_a_change_that_is_held_while_a_digest_is_made_is_not_lost(world: World) -> None:
    await connected(world)
    await set_record_rules(world, ConnectionRules(style=Style.DIGEST, digest_at=time(8)))
    await is_now(world, 7)
    await changed(world, HIGH)
    assert world.nothing_was_said()
    world.dataverse_hangs_on = "$batch"
    world.clock.advance(3600)
    await world.until(lambda: world.dataverse_pending)
    await world.change({"prioritycode": LOW})
    world.clock.advance(2)
    async with asyncio.timeout(PATIENCE_S):
        while len(await decided(world)) < 2:
            await asyncio.sleep(0.01)
    world.dataverse_says = {b'"prioritycode":3': b'"prioritycode":1', b"Low": b"High"}  # as it was read before
    world.let_dataverse_answer()
    await world.settle()
    world.dataverse_says = {}
    await passes(world, seconds=60)
    assert changes_on(world.card()) == ["Priority: Normal → **Low**"]
    assert {closed for *_, closed in await decided(world)} == {"posted"}
