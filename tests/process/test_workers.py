"""Two workers on one PostgreSQL: nothing is lost, and each chat's cards keep their order, whatever happens to them."""

import asyncio
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession, web

from bot.domain.values import Chat, ChatId, ChatKind
from bot.ports import OutgoingMessage
from bot.store.engine import Engines, make_engines
from bot.store.migrate import migrate
from bot.store.unit_of_work import SqlStore
from tests.fakes.clock import START
from tests.fakes.connector import FakeConnector, error
from tests.process.bot_process import ROOT, BotProcess
from tests.wire.conftest import free_port

FULL = os.environ.get("CHATSYNC_TESTS") == "full"
"""Whether the load is that of a large organisation; else it is a tenth of it."""

CHATS, CARDS, KILLS = (200, 50, 20) if FULL else (40, 20, 3)
LEASE_S, AT_ONCE = 3, 20


class Worker(BotProcess):
    """A process that only sends."""

    def _started(self) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "tests.process.launch", str(LEASE_S), str(AT_ONCE)],
                cwd=ROOT,
                env={**os.environ, **self.settings},
                stdout=log,
                stderr=log,
            )


@pytest.fixture
async def connector() -> AsyncIterator[FakeConnector]:
    async with FakeConnector().running() as running:
        yield running


@pytest.fixture
async def engines(database_url: str) -> AsyncIterator[Engines]:
    if database_url.startswith("sqlite"):
        pytest.skip("a SQLite file has one process")
    made = make_engines(database_url)
    await migrate(made.writing)
    yield made
    await made.close()


@pytest.fixture
async def workers(engines: Engines, database_url: str, tmp_path: Path) -> AsyncIterator[list[Worker]]:
    async with ClientSession() as session:
        started = []
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            settings = {
                "PORT": str(free_port()),
                "CHATSYNC_ROLE": "worker",
                "CHATSYNC_DATABASE_URL": database_url,
                "CHATSYNC_DATAVERSE_URL": f"http://127.0.0.1:{free_port()}/sandbox",
                "CHATSYNC_WEBHOOK_KEY": "a-key",
            }
            started.append(Worker(tmp_path / name, settings, session))
        await asyncio.gather(*(worker.start() for worker in started))
        yield started
        for worker in started:
            worker.kill()


async def put(engines: Engines, connector: FakeConnector, cards: int = CARDS, begin: int = 0) -> None:
    """So many cards for each chat, in one transaction."""
    store = SqlStore(engines, lambda _news: None)
    async with store.writing() as work:
        for chat in map(a_chat, range(CHATS), [connector.service_url] * CHATS):
            await work.chats.put(chat)
            messages = [
                OutgoingMessage(key=f"{chat.id} {number}", chat_id=chat.id, activity=b'{"text":"%d"}' % number)
                for number in range(begin, begin + cards)
            ]
            await work.outbox.put(messages, at=START)


def a_chat(number: int, service_url: str) -> Chat:
    return Chat(
        id=ChatId(f"19:{number:08x}@thread.v2"),
        kind=ChatKind.GROUP,
        channel="msteams",
        tenant_id="",
        service_url=service_url,
        bot_id="28:bot",
        bot_name="Chat Sync",
    )


def arrived(connector: FakeConnector) -> int:
    return sum(len(posts) for posts in connector.posts.values())


def numbers(posts: list[dict[str, str]]) -> list[int]:
    return [int(post["text"]) for post in posts]


async def all_have_arrived(connector: FakeConnector, cards: int = CARDS) -> None:
    """Returns when every chat has had each of its cards, and a moment more for what should not come."""
    async with asyncio.timeout(100):
        while any(len(set(numbers(connector.posts.get(a_chat(each, "").id, [])))) < cards for each in range(CHATS)):
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.5)


async def test_order_is_kept_and_each_card_comes_once_where_every_fifth_post_fails(
    engines: Engines, workers: list[Worker], connector: FakeConnector
) -> None:
    chance = random.Random(1)  # noqa: S311 - the same faults in every run

    def fault(_chat: str, _activity: object) -> web.Response | None:
        return error(chance.choice([502, 503, 412]), "ServiceError") if chance.random() < 0.05 else None

    connector.fault = fault
    await put(engines, connector)
    await all_have_arrived(connector)
    for posts in connector.posts.values():
        assert numbers(posts) == list(range(CARDS))


async def test_a_worker_that_is_killed_loses_nothing_and_its_lanes_go_on(
    engines: Engines, workers: list[Worker], connector: FakeConnector
) -> None:
    connector.latency_s = 0.05
    for kill in range(KILLS):
        victim = workers[kill % 2]
        before = arrived(connector)
        await put(engines, connector, begin=kill * CARDS)
        async with asyncio.timeout(30):
            while arrived(connector) < before + CHATS * CARDS // 4:
                await asyncio.sleep(0.01)
        victim.kill()
        await all_have_arrived(connector, cards=(kill + 1) * CARDS)
        await victim.start()
    repeated = 0
    for posts in connector.posts.values():
        counted = Counter(numbers(posts))
        repeated += sum(times - 1 for times in counted.values())
        assert sorted(counted) == list(range(KILLS * CARDS))
        # In order of their first arrival.
        assert list(dict.fromkeys(numbers(posts))) == list(range(KILLS * CARDS))
    # What Teams had taken and the worker had not yet settled: at most what it had in hand.
    assert repeated <= KILLS * AT_ONCE


async def test_a_worker_that_is_stopped_repeats_nothing(
    engines: Engines, workers: list[Worker], connector: FakeConnector
) -> None:
    connector.latency_s = 0.05
    await put(engines, connector)
    async with asyncio.timeout(30):
        while arrived(connector) < CHATS * CARDS // 4:
            await asyncio.sleep(0.01)
    # In a thread: the connector of this process has to answer what is under way.
    assert await asyncio.to_thread(workers[0].stop) == 0
    await all_have_arrived(connector)
    for posts in connector.posts.values():
        assert numbers(posts) == list(range(CARDS))
    await workers[0].start()
