"""Several workers on one database: nothing is lost, and each chat's order is kept, even if workers die."""

import asyncio
import random

import pytest
from aiohttp import web
from sqlalchemy import select

from bot.store.engine import Engines
from bot.store.tables import lane
from tests.fakes.connector import FakeConnector, error
from tests.process.load import (
    AT_ONCE,
    CARDS,
    CHATS,
    LEASE_S,
    SCALED,
    Crew,
    Figures,
    arrived,
    chats_of,
    in_order_of_first_arrival,
    numbers,
    put,
    repeated,
    until_all_is_sent,
    until_arrived,
)
from tests.tiers import FULL

KILLS = 20 if FULL else 3
SOON_S = 0.5
"""Posts in progress when a process was killed have arrived after this time."""

pytestmark = pytest.mark.timeout(1200 if FULL else 600)
on_postgresql = pytest.mark.databases("postgresql")


async def test_order_is_kept_and_each_card_comes_once_where_some_posts_fail(
    engines: Engines, crew: Crew, connector: FakeConnector
) -> None:
    chance = random.Random(1)  # noqa: S311 - the same faults in every run

    def fault(_chat: str, _activity: object) -> web.Response | None:
        return error(chance.choice([502, 503, 412]), "ServiceError") if chance.random() < 0.05 else None

    connector.fault = fault
    await put(engines, connector, chats=CHATS, cards=CARDS)
    await crew.start(SCALED, SCALED)
    await until_all_is_sent(engines)
    assert {chat: numbers(connector, chat) for chat in chats_of(CHATS)} == {
        chat: list(range(CARDS)) for chat in chats_of(CHATS)
    }


@pytest.mark.alone
@on_postgresql
async def test_a_worker_that_is_killed_loses_nothing_and_its_lanes_go_on(
    engines: Engines, crew: Crew, connector: FakeConnector, record_testsuite_property: Figures
) -> None:
    workers = await crew.start(SCALED, SCALED)
    connector.latency_s = 0.05
    twice, delays = 0, [0.0]
    for kill in range(KILLS):
        before = arrived(connector)
        await put(engines, connector, chats=CHATS, cards=CARDS, begin=kill * CARDS)
        await until_arrived(connector, before + CHATS * CARDS // 4)
        workers[kill % 2].kill()
        killed_at, holders = asyncio.get_running_loop().time(), await holders_of_lanes(engines)
        await until_all_is_sent(engines)
        again = {chat: new for chat in chats_of(CHATS) if (new := of_round(connector, chat, kill))}
        # Only cards that the killed worker was posting arrive twice: at most one for each lane that it held.
        assert max(again.values(), default=0) <= 1
        assert len({holders[chat] for chat in again}) <= 1
        assert len(again) <= AT_ONCE
        twice += len(again)
        delays += delays_after(killed_at, connector, holders)
        await workers[kill % 2].start()
    for chat in chats_of(CHATS):
        assert in_order_of_first_arrival(connector, chat) == list(range(KILLS * CARDS))
    record_testsuite_property("kills", KILLS)
    record_testsuite_property("sent twice", twice)
    record_testsuite_property("longest delay of a lane in seconds", round(max(delays), 2))
    if FULL:
        assert max(delays) <= LEASE_S + 2


async def holders_of_lanes(engines: Engines) -> dict[str, str]:
    """Return the lanes with their workers."""
    async with engines.reading.connect() as connection:
        found = await connection.execute(select(lane.c.name, lane.c.owner).where(lane.c.owner.is_not(None)))
        return {row.name: row.owner for row in found}


def of_round(connector: FakeConnector, chat: str, kill: int) -> int:
    """Return the number of cards enqueued before this kill that arrived twice."""
    return sum(times for number, times in repeated(connector, chat).items() if number // CARDS == kill)


def delays_after(killed_at: float, connector: FakeConnector, lanes: dict[str, str]) -> list[float]:
    """Return how long each lane paused, if a later card arrived in it."""
    later = [[at for at in connector.tries.get(lane, ()) if at > killed_at + SOON_S] for lane in lanes]
    return [instants[0] - killed_at for instants in later if instants]


async def test_a_worker_that_is_stopped_repeats_nothing(engines: Engines, crew: Crew, connector: FakeConnector) -> None:
    connector.latency_s = 0.05
    await put(engines, connector, chats=CHATS, cards=CARDS)
    first, *_ = await crew.start(SCALED, SCALED)
    await until_arrived(connector, CHATS * CARDS // 4)
    # In a thread, because the connector of this process has to answer the posts in progress.
    assert await asyncio.to_thread(first.stop) == 0
    assert arrived(connector) < CHATS * CARDS
    await first.start()
    await until_all_is_sent(engines)
    for chat in chats_of(CHATS):
        assert numbers(connector, chat) == list(range(CARDS))
