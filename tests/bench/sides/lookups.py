"""Lookups in the product's store, measured by the process that makes them: `lookups <url> <connections> <count>`."""

import asyncio
import json
import random
import sys
import time
from collections.abc import Awaitable, Callable
from statistics import median

from bot.domain.values import ChatId
from bot.store.engine import create_engines
from bot.store.unit_of_work import Store, UnitOfWork
from tests.bench.filled import RECORDS_SHARE, chat_name, record_of

LookUp = Callable[[UnitOfWork, int], Awaitable[int]]


async def _by_chat(work: UnitOfWork, number: int) -> int:
    return len(await work.connections.for_chat(ChatId(chat_name(number))))


async def _by_record(work: UnitOfWork, number: int) -> int:
    return len(await work.connections.for_record(record_of(number)))


async def _median_us(store: Store, look_up: LookUp, connections: int, count: int) -> float:
    seconds = []
    for _ in range(count):
        number = random.randrange(connections // RECORDS_SHARE)  # noqa: S311 - which one it is does not matter
        began = time.perf_counter()
        async with store.reading() as work:
            if not await look_up(work, number):
                raise RuntimeError(f"no connection of {number}")
        seconds.append(time.perf_counter() - began)
    return 1_000_000 * median(seconds)


async def _main(url: str, connections: int, count: int) -> None:
    engines = create_engines(url)
    store = Store(engines, lambda _: None)
    found = {}
    for name, look_up in (("chat", _by_chat), ("record", _by_record)):
        await _median_us(store, look_up, connections, count // 4)
        found[name] = await _median_us(store, look_up, connections, count)
    await engines.close()
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
