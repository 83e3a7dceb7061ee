"""Notification rules where something is odd: guests, clocks that jump, records that are gone, very many records."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import time

import pytest
from sqlalchemy import insert, select

from bot.domain.notifications.rules import ConnectionRules, Style
from bot.domain.values import ConnectionId
from bot.store.tables import connection
from tests.steps.notification_rules import connection_of, decided, set_chat_rules, set_record_rules
from tests.steps.priorities import HIGH, LOW
from tests.steps.private_views import private_view
from tests.wire.people import ALEX
from tests.wire.test_held_changes import NIGHT, changed, changes_on, connected, is_now, passes
from tests.wire.test_kinds_of_people import JORDAN
from tests.wire.world import GROUP, World, texts

pytestmark = pytest.mark.one_database

MANY = 300


async def test_a_guest_cannot_mute_the_chat(world: World) -> None:
    await connected(world)
    world.join(JORDAN)
    for text in ("mute 1h", "mute always", "mute off", "notifications"):
        world.connector.posts.clear()
        await world.say(text, person=JORDAN)
        await world.settle()
        assert not any("muted" in each for each in texts(world.card())), text
    await changed(world, HIGH)
    assert changes_on(world.card()) == ["Priority: Normal → **High**"]


async def test_a_clock_that_jumps_loses_and_repeats_nothing(world: World) -> None:
    await connected(world)
    await set_chat_rules(world, NIGHT)
    await is_now(world, 22)
    await changed(world, HIGH)
    world.clock.advance(-3 * 3600)  # set back while the change is held
    await changed(world, LOW)
    await passes(world, minutes=1)
    await passes(world, days=3)
    assert world.nothing_was_said()  # the clock jumped into the next quiet hours
    await is_now(world, 6, 1)
    shown = [line for card in world.connector.cards(GROUP) for line in changes_on(card)]
    assert shown == ["Priority: Normal → **Low**"]
    world.connector.posts.clear()
    await is_now(world, 12)
    await changed(world, HIGH)
    assert changes_on(world.card()) == ["Priority: Low → **High**"]
    await passes(world, minutes=3)
    assert world.nothing_was_said()


async def test_a_digest_whose_records_are_gone_says_so_and_keeps_nothing(world: World) -> None:
    await connected(world, "CAS-01001", "CAS-01002")
    for number in ("CAS-01001", "CAS-01002"):
        await set_record_rules(world, ConnectionRules(style=Style.DIGEST, digest_at=time(8)), number)
    await is_now(world, 9)
    for number in ("CAS-01001", "CAS-01002"):
        await changed(world, LOW, number)
        await world.delete("incidents", await world.row("incidents", number))
    await world.settle()
    world.connector.posts.clear()
    await is_now(world, 8, 1)
    assert world.nothing_was_said() or not changes_on(world.card())
    assert not [each for each in await decided(world) if each[0] == "held" and each[2] is None]


async def connect_many(world: World) -> Sequence[ConnectionId]:
    """Connect the chat to many records, most of which the sandbox does not have."""
    first = dict(await connection_of(world))
    rows = [
        {
            **{name: value for name, value in first.items() if name not in {"id", "public_id"}},
            "row_id": f"{number:08}-0000-4000-8000-000000000000",
            "record_number": f"CAS-{number + 20_000}",
            "record_name": f"Case {number}",
        }
        for number in range(MANY)
    ]
    async with world.engines.writing.begin() as begun:
        await begun.execute(insert(connection), rows)
        return [ConnectionId(each) for each in (await begun.execute(select(connection.c.id))).scalars()]


async def test_a_chat_with_very_many_records_has_rules_like_others(world: World) -> None:
    await connected(world, "CAS-01001", "CAS-01002")
    await connect_many(world)
    await set_chat_rules(world, replace(NIGHT, skip_integrations=True))
    await is_now(world, 22)
    for number in ("CAS-01001", "CAS-01002"):
        await changed(world, LOW, number)
    world.connector.posts.clear()
    world.dataverse_was_asked.clear()
    await is_now(world, 6, 1)
    card = world.card()
    assert texts(card)[0] == "During quiet hours"
    assert len(changes_on(card)) == 2
    assert len(world.dataverse_was_asked) < 40
    assert texts(await private_view(world, "status", person=ALEX))[0] == "Status of this chat"
