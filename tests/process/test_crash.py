"""A process that dies at any moment loses nothing (spec K9)."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web
from sqlalchemy import String, cast, func, select

from bot.store.tables import inbox, outbox
from tests.fakes.connector import FakeConnector
from tests.patience import until
from tests.process.bot_process import AS_SHIPPED, BotProcess
from tests.process.many_cards import CASES, CHATS, EVERYTHING, connect_all, count, let_in, told
from tests.steps.bot_messages import message
from tests.steps.priorities import HIGH, LOW
from tests.tcp_ports import free_port


@pytest.fixture
async def connector() -> AsyncIterator[FakeConnector]:
    async with FakeConnector().running() as running:
        let_in(running)
        yield running


@pytest.fixture
async def bot(tmp_path: Path, database_url: str) -> AsyncIterator[BotProcess]:
    settings = {"PORT": str(free_port()), "CHATSYNC_DATABASE_URL": database_url, "CHATSYNC_COALESCE_S": "0.5"}
    async with ClientSession() as session:
        process = BotProcess(tmp_path, settings, session)
        await process.start()
        try:
            yield process
        finally:
            process.kill()


async def test_killed_between_the_answer_to_the_webhook_and_delivery_every_card_arrives_once(
    bot: BotProcess, connector: FakeConnector, database_url: str
) -> None:
    await connect_all(bot, connector)
    for case in CASES:
        await bot.save(case, {"prioritycode": HIGH})
    # Periodic jobs and earlier changes may be waiting there too.
    raised = cast(inbox.c.body, String).like(f'%"prioritycode"%"raw": {HIGH}%')
    kept = select(func.count()).select_from(inbox).where(raised)

    async def all_are_kept() -> bool:
        return await count(database_url, kept) == len(CASES)

    await until(all_are_kept)
    bot.kill()
    await bot.start()
    for chat in CHATS:
        await connector.arrived(chat, len(CASES))
    assert told(connector) == EVERYTHING
    waiting = select(func.count()).select_from(outbox).where(outbox.c.state != "done")

    async def nothing_waits() -> bool:
        return await count(database_url, waiting) == 0

    await until(nothing_waits)
    assert told(connector) == EVERYTHING


async def test_killed_in_the_middle_of_delivery_nothing_is_lost_and_twice_comes_only_what_was_under_way(
    bot: BotProcess, connector: FakeConnector, database_url: str
) -> None:
    await connect_all(bot, connector)
    under_way: set[str] = set()

    def slow(chat: str, _activity: dict[str, Any]) -> web.Response | None:
        under_way.add(chat)
        return None

    connector.fault = slow
    connector.latency_s = 0.2
    for case in CASES:
        await bot.save(case, {"prioritycode": LOW})
    await connector.arrived(CHATS[0], 2)
    bot.kill()
    connector.latency_s = 0
    await bot.start()
    sent = select(func.count()).select_from(outbox).where(outbox.c.state == "done", outbox.c.key.like("key fields%"))

    async def all_are_sent() -> bool:
        return await count(database_url, sent) == len(EVERYTHING)

    await until(all_are_sent)
    seen = told(connector)
    assert set(seen) == set(EVERYTHING)
    # A chat has one post in progress at a time, so no more can have arrived unnoticed.
    twice = {key: times for key, times in seen.items() if times > 1}
    assert set(twice.values()) <= {2}
    assert max(Counter(chat for chat, _ in twice).values(), default=0) <= 1


async def test_asked_to_stop_it_stops_in_good_order(bot: BotProcess, connector: FakeConnector) -> None:
    assert await asyncio.to_thread(bot.stop) == 0
    bot.program = AS_SHIPPED
    await bot.start()
    await bot.post(message(connector, CHATS[0], "connect CAS-01001"))
    await connector.arrived(CHATS[0], 1)
    assert await asyncio.to_thread(bot.stop) == 0
    assert "Traceback" not in bot.log
    await bot.start()
