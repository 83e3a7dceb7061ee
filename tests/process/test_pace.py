"""Teams' rate limits, measured by the connector's clock, with workers at the shipped limits."""

import asyncio
from collections.abc import Sequence

import pytest
from aiohttp import web

from bot.store.engine import Engines
from tests.fakes.connector import FakeConnector, error
from tests.process.bot_process import AS_SHIPPED
from tests.process.load import (
    Crew,
    Figures,
    busiest,
    chats_of,
    numbers,
    put,
    until_all_is_sent,
)
from tests.tiers import FULL

CHAT_LIMITS = ((7, 1.0), (8, 2.0), (60, 30.0))
"""Maximum number of posts into one conversation in this many seconds ("Optimize your bot with rate limiting", Teams
documentation).
"""
TENANT_LIMIT, TENANT_SPAN_S = 50, 1.0
LEEWAY = 1.2
"""Posts that leave in time may arrive late on a busy machine, so they count as more. The bench is stricter."""

pytestmark = [pytest.mark.full, pytest.mark.alone, pytest.mark.timeout(300)]
on_postgresql = pytest.mark.databases("postgresql")


def assert_no_chat_had_too_many(connector: FakeConnector) -> None:
    for posts, span_s in CHAT_LIMITS:
        assert max(busiest(tries, span_s) for tries in connector.tries.values()) <= posts


def all_tries(connector: FakeConnector) -> Sequence[float]:
    return sorted(at for tries in connector.tries.values() for at in tries)


async def test_one_chat_that_is_throttled_waits_and_the_others_go_on(
    engines: Engines, crew: Crew, connector: FakeConnector
) -> None:
    chats, cards, wait_s = 50, 3, 9
    throttled, *others = chats_of(chats)
    ends: list[float] = []

    def fault(chat: str, activity: dict[str, str]) -> web.Response | None:
        if chat != throttled or ends or activity["text"] != "1":
            return None
        ends.append(asyncio.get_running_loop().time() + wait_s)
        return error(429, "Throttled", Retry_After=str(wait_s))

    connector.fault = fault
    await put(engines, connector, chats=chats, cards=cards)
    await crew.start(AS_SHIPPED, AS_SHIPPED)
    await until_all_is_sent(engines)
    # A card, the rejected one, and nothing more before the requested time.
    assert len([at for at in connector.tries[throttled] if at < ends[0]]) == 2
    assert len([chat for chat in others if connector.tries[chat][-1] < ends[0]]) == chats - 1
    assert {chat: numbers(connector, chat) for chat in chats_of(chats)} == {
        chat: list(range(cards)) for chat in chats_of(chats)
    }
    assert_no_chat_had_too_many(connector)
    assert busiest(all_tries(connector), TENANT_SPAN_S) <= TENANT_LIMIT * LEEWAY


@on_postgresql
async def test_two_workers_together_keep_to_what_one_chat_takes(
    engines: Engines, crew: Crew, connector: FakeConnector, record_testsuite_property: Figures
) -> None:
    cards = 40
    await crew.start(AS_SHIPPED, AS_SHIPPED)
    await put(engines, connector, chats=5, cards=cards)
    await until_all_is_sent(engines)
    for chat in chats_of(5):
        assert numbers(connector, chat) == list(range(cards))
    assert_no_chat_had_too_many(connector)
    most = max(busiest(tries, 1.0) for tries in connector.tries.values())
    record_testsuite_property("most posts into one chat within a second", most)


@on_postgresql
async def test_two_workers_together_use_what_a_tenant_may_and_no_more(
    engines: Engines, crew: Crew, connector: FakeConnector, record_testsuite_property: Figures
) -> None:
    chats, cards = (200, 20) if FULL else (100, 6)
    await crew.start(AS_SHIPPED, AS_SHIPPED)
    await put(engines, connector, chats=chats, cards=cards)
    await until_all_is_sent(engines, within_s=200)
    for chat in chats_of(chats):
        assert numbers(connector, chat) == list(range(cards))
    tries = all_tries(connector)
    most = busiest(tries, TENANT_SPAN_S)
    # Measured while the queue is full: the end does not count.
    backlog = tries[: -2 * TENANT_LIMIT]
    use = (len(backlog) - 1) / (backlog[-1] - backlog[0]) / TENANT_LIMIT
    record_testsuite_property("most posts of a tenant within a second", most)
    record_testsuite_property("share of a tenant's budget used", round(use, 3))
    assert most <= TENANT_LIMIT * LEEWAY
    assert use >= 0.85
    assert_no_chat_had_too_many(connector)
