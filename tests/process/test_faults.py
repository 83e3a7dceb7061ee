"""A connector with faults: a rejected card arrives later, once and in order; an accepted one may arrive twice."""

import random
from collections import Counter

import pytest
from aiohttp import web

from bot.store.engine import Engines
from tests.fakes.connector import Cut, FakeConnector, error
from tests.process.load import (
    SCALED,
    Crew,
    Figures,
    chats_of,
    in_order_of_first_arrival,
    numbers,
    put,
    repeated,
    until_all_is_sent,
)
from tests.tiers import FULL

CHATS, CARDS = (200, 50) if FULL else (30, 6)
"""Less than elsewhere: every third card waits a second or more."""

pytestmark = pytest.mark.timeout(600)


TAKEN = 201
SEED = 307
"""With this seed, no chat of the smaller load waits for more than a few seconds; some of the larger one wait for
minutes.
"""


def answer_of(attempt: str) -> int:
    """Return a random answer that is the same in every run: each attempt of a card has its own."""
    chance = random.Random(attempt)  # noqa: S311 - not a secret
    return chance.choice([502, 503, 412]) if chance.random() < 0.3 else TAKEN


async def test_a_third_of_the_posts_fails_and_every_card_comes_once_and_in_order(
    engines: Engines, crew: Crew, connector: FakeConnector
) -> None:
    answers: Counter[int] = Counter()
    tries: Counter[str] = Counter()

    def fault(chat: str, activity: dict[str, str]) -> web.Response | None:
        which = f"{SEED} {chat} {activity['text']}"
        tries[which] += 1
        status = answer_of(f"{which} {tries[which]}")
        answers[status] += 1
        return None if status == TAKEN else error(status, "ServiceError")

    connector.fault = fault
    await put(engines, connector, chats=CHATS, cards=CARDS)
    await crew.start(SCALED, SCALED)
    await until_all_is_sent(engines, within_s=500)
    for chat in chats_of(CHATS):
        assert numbers(connector, chat) == list(range(CARDS))
    assert answers[TAKEN] == CHATS * CARDS
    assert min(answers[502], answers[503], answers[412]) > 0


async def test_a_connection_reset_in_mid_answer_loses_nothing_and_repeats_only_that_card(
    engines: Engines, crew: Crew, connector: FakeConnector, record_testsuite_property: Figures
) -> None:
    chance = random.Random(3)  # noqa: S311 - the same faults in every run
    cut: dict[str, Counter[int]] = {chat: Counter() for chat in chats_of(CHATS)}

    def fault(chat: str, activity: dict[str, str]) -> web.Response | None:
        if chance.random() > 0.1:
            return None
        cut[chat][int(activity["text"])] += 1
        return Cut()

    connector.fault = fault
    await put(engines, connector, chats=CHATS, cards=CARDS)
    await crew.start(SCALED, SCALED)
    await until_all_is_sent(engines, within_s=500)
    for chat in chats_of(CHATS):
        assert in_order_of_first_arrival(connector, chat) == list(range(CARDS))
        assert repeated(connector, chat) == cut[chat]
    resets = sum(each.total() for each in cut.values())
    record_testsuite_property("sent twice by resets", resets)
    assert resets > 0
