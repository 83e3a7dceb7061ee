"""Bars 18 and 19: the tenant's rate limit over two processes, and the delay of a card."""

import asyncio
import time
from bisect import bisect_right
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from statistics import linear_regression
from urllib.parse import unquote

import orjson
from aiohttp import ClientSession

from bot.store.unit_of_work import Store
from tests.bench.bars import Row, percentile
from tests.bench.bench import Bench, Report
from tests.bench.child import AROUND, MEASURED, Child, module, started
from tests.bench.kept import add_chats, enqueue_messages, messages, open_store
from tests.bench.paced import call_at_rate
from tests.bench.parts.events import event_to_card
from tests.bench.samples import card_activity, chat_id
from tests.bench.sides.place import HEADERS

_BUDGET = 50
_PER_S = 20
_NO_POSTGRES = "PostgreSQL is not here"


def pace(bench: Bench) -> Report:
    """Run each measurement once: these are counts and times, not ratios."""
    if not bench.postgres:
        numbers = ("18 most", "18 use", "19 late", "19 idle")
        return Report(rows=[*(Row(number, None, _NO_POSTGRES) for number in numbers), event_to_card(bench)])
    most, use = _budget(bench)
    late_ms, idle = _late(bench)
    rows = [Row("18 most", most), Row("18 use", use), Row("19 late", late_ms), Row("19 idle", idle)]
    return Report(rows=[*rows, event_to_card(bench)])


def _budget(bench: Bench) -> tuple[float, float]:
    """Return the maximum posts in any second, and the use of the rate limit."""
    bench.set_world()
    url, cards = bench.new_postgres(), bench.scaled(600, 75)
    with ExitStack() as stack:
        workers = [_worker(bench, stack, url, cores, "--unpaced-chats") for cores in (MEASURED, AROUND)]
        for worker in workers:
            worker.wait_until_ready()

        async def run() -> None:
            async with open_store(url) as (store, engines):
                await add_chats(engines, cards, bench.plain_url)
                await enqueue_messages(store, messages(cards, cards))
            while bench.seen()["posts"] < cards:
                await asyncio.sleep(0.2)

        asyncio.run(run())
    times = sorted(at for at, _ in bench.times())
    most = max(bisect_right(times, at + 1) - number for number, at in enumerate(times))
    # The slope of all arrivals, because bursts at either end would distort the difference of two.
    return most, linear_regression(times, range(cards)).slope / _BUDGET


def _worker(bench: Bench, stack: ExitStack, url: str, cores: set[int], *flags: str) -> Child:
    command = module("sides.ours", *flags)
    settings = bench.settings(url, CHATSYNC_ROLE="worker")
    return stack.enter_context(started(command, bench.folder, settings, cores=cores))


def _late(bench: Bench) -> tuple[float, float]:
    """Return the milliseconds from commit to arrival, minus those of a bare post; and the percent of a core if idle."""
    url, cards, idle_s = bench.new_postgres(), bench.scaled(200, 20), bench.scaled(20, 1)
    with ExitStack() as stack:
        worker = _worker(bench, stack, url, MEASURED)
        worker.wait_until_ready()
        late = asyncio.run(_arrivals(bench, url, cards))
        time.sleep(1)
        before = worker.cpu_s()
        time.sleep(idle_s)
        return late, 100 * (worker.cpu_s() - before) / idle_s


async def _arrivals(bench: Bench, url: str, cards: int) -> float:
    async with open_store(url) as (store, engines), ClientSession() as session:
        await add_chats(engines, cards, bench.plain_url)
        kept_late = await _p95_ms(bench, _keeping(store, cards), cards)
        bare_late = await _p95_ms(bench, _posting(bench, session), cards)
    return kept_late - bare_late


Sent = Callable[[int], Awaitable[float]]
"""Sends a card into a chat; returns the time from which its delay is measured."""


def _keeping(store: Store, cards: int) -> Sent:
    waiting = messages(cards, cards)

    async def sent(number: int) -> float:
        async with store.writing() as work:
            await work.outbox.enqueue([waiting[number]], at=datetime.now(UTC))
        return time.monotonic()

    return sent


def _posting(bench: Bench, session: ClientSession) -> Sent:
    async def sent(number: int) -> float:
        began = time.monotonic()
        url = f"{bench.plain_url}v3/conversations/{chat_id(number)}/activities"
        async with session.post(url, data=orjson.dumps(card_activity(number)), headers=HEADERS) as answer:
            await answer.read()
        return began

    return sent


async def _p95_ms(bench: Bench, send: Sent, cards: int) -> float:
    """Return the delay of cards."""
    bench.set_world()
    began: dict[str, float] = {}

    async def call(number: int) -> None:
        began[chat_id(number)] = await send(number)

    await call_at_rate(call, per_s=_PER_S, count=cards)
    while bench.seen()["posts"] < cards:
        await asyncio.sleep(0.05)
    arrived = {unquote(conversation): at for at, conversation in bench.times()}
    return 1000 * percentile([at - began[chat] for chat, at in arrived.items()], 0.95)
