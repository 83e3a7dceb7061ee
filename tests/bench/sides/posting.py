"""Proactive posts, measured by the process that sends them: `posting <side> <count> <service URL> [tick]`."""

import asyncio
import gc
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from urllib.parse import quote

import orjson
from aiohttp import ClientSession

from tests.bench.samples import card_activity, chat_id
from tests.bench.sides.place import HEADERS, Place, place
from tests.bench.ticker import Ticker

AT_ONCE = 50
Post = Callable[[int], Awaitable[object]]


def _bare(session: ClientSession, service_url: str) -> Post:
    body = orjson.dumps(card_activity(0))

    async def post(number: int) -> None:
        url = f"{service_url}v3/conversations/{quote(chat_id(number), safe='')}/activities"
        async with session.post(url, data=body, headers=HEADERS) as answer:
            assert answer.status == 201
            await answer.read()

    return post


@asynccontextmanager
async def _ours(service_url: str) -> AsyncIterator[Post]:
    """Yield the product's sender, as `bot.wiring.application` builds it."""
    from bot.clock import SystemClock
    from bot.config.load import load_settings
    from bot.domain.send_outcomes import Sent
    from bot.domain.values import Chat, ChatId, ChatKind
    from bot.http.session import create_session
    from bot.teams.connector import Connector
    from bot.teams.sender import ConnectorMessageSender
    from bot.teams.service_hosts import teams_urls
    from bot.wiring.credentials import bot_tokens

    settings = load_settings()
    session = create_session(settings.ca_file)
    tokens = bot_tokens(settings, session, SystemClock())
    sender = ConnectorMessageSender(Connector(session, tokens, teams_urls(frozenset(settings.service_hosts))))
    body = orjson.dumps(card_activity(0))

    async def post(number: int) -> None:
        to = Chat(
            id=ChatId(chat_id(number)),
            kind=ChatKind.GROUP,
            channel="msteams",
            tenant_id="t",
            service_url=service_url,
            bot_id="b",
            bot_name="b",
        )
        assert isinstance(await sender.send(to, body), Sent)

    yield post
    await tokens.close()
    await session.close()


def _stock(where: Place) -> Post:
    from tests.bench.sides import stock

    os.environ["REQUESTS_CA_BUNDLE"] = where.certificate
    adapter = stock.cloud(where)
    return lambda number: stock.post(adapter, where, number)


async def _all(post: Post, count: int, at_once: int) -> None:
    numbers = iter(range(count))

    async def one_after_the_other() -> None:
        for number in numbers:
            await post(number)

    await asyncio.gather(*(one_after_the_other() for _ in range(at_once)))


async def _measured(post: Post, count: int, at_once: int, *, tick: bool) -> None:
    # The first post makes imports and reads keys; with the ticker on, the first token counts too.
    if not tick:
        await post(0)
    ticker = Ticker()
    ticking = asyncio.create_task(ticker.run()) if tick else None
    # As `app.py` does, and the same for every side.
    gc.collect()
    gc.freeze()
    cpu, began = time.process_time(), time.perf_counter()
    await _all(post, count, at_once)
    seconds, cpu_s = time.perf_counter() - began, time.process_time() - cpu
    if ticking:
        ticking.cancel()
    found = {"rate": count / seconds, "cpu_ms": 1000 * cpu_s / count, "stall_ms": ticker.taken_ms()}
    sys.stdout.write(json.dumps(found) + "\n")


async def _main(side: str, count: int, service_url: str, *, tick: bool) -> None:
    where = place()
    if side == "stock":
        await _measured(_stock(where), count, 1, tick=tick)
    elif side == "ours":
        async with _ours(service_url) as post:
            await _measured(post, count, AT_ONCE, tick=tick)
    else:
        async with where.session() as session:
            await _measured(_bare(session, service_url), count, AT_ONCE, tick=tick)


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], int(sys.argv[2]), sys.argv[3], tick="tick" in sys.argv))
