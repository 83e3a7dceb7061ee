"""A full disk under a running process: callers get an error, and the process recovers once there is space."""

import asyncio
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from bot.store.engine import Engines
from bot.store.tables import inbox
from tests.dataverse.samples import context, typed
from tests.fakes.connector import FakeConnector
from tests.process.bot_process import BotProcess
from tests.process.chats import CHAT, OTHER_CHAT, connected
from tests.wire.world import texts

HIGH, LOW = 1, 3
KEY = "a-key-that-nobody-guesses"


@contextmanager
def room_for(process: int, octets: int) -> Iterator[None]:
    """Limit the size of the process's files, so that its disk appears full."""
    before = resource.prlimit(process, resource.RLIMIT_FSIZE)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (octets, before[1]))
    try:
        yield
    finally:
        resource.prlimit(process, resource.RLIMIT_FSIZE, before)


async def tell(bot: BotProcess, case: str, priority: int) -> tuple[int, dict[str, Any]]:
    """Send an event of Dataverse about the case; return the status and JSON of the answer."""
    changed = {"prioritycode": typed("OptionSetValue", Value=priority)}
    now = f"/Date({time.time_ns() // 1_000_000}+0000)/"
    event = context(changed, PrimaryEntityId=case, OperationId=str(uuid4()), OperationCreatedOn=now)
    async with bot.session.post(f"{bot.url}/api/dataverse/events?code={KEY}", json=event) as answer:
        return answer.status, await answer.json()


@pytest.mark.databases("sqlite")
async def test_a_full_disk_is_told_to_the_caller_and_with_room_again_all_goes_on_without_a_restart(
    bot: BotProcess, connector: FakeConnector, engines: Engines, database_folder: Path
) -> None:
    await asyncio.to_thread(bot.stop)
    bot.settings["CHATSYNC_WEBHOOK_KEY"] = KEY
    await bot.start()
    await connected(bot, connector)
    assert bot.process
    case, kept = await bot.row("CAS-01001"), await count_events(engines)
    with room_for(bot.process.pid, size_of(database_folder / "test.db-wal") + 100_000):
        status, body = await tell(bot, case, HIGH)
        while status == 202:
            kept += 1
            status, body = await tell(bot, case, HIGH)
        assert status == 503
        assert body["error"]["message"] == "The database is not available at the moment. Try again in a few minutes."
        async with bot.session.get(f"{bot.url}/healthz") as alive:
            assert alive.status == 200
        # No write is partial.
        assert await count_events(engines) == kept
        async with engines.reading.connect() as connection:
            assert (await connection.execute(text("PRAGMA integrity_check"))).scalar() == "ok"
    for chat in (CHAT, OTHER_CHAT):
        await connector.arrived(chat, 1)
    assert (await tell(bot, case, LOW))[0] == 202
    for chat in (CHAT, OTHER_CHAT):
        await connector.arrived(chat, 2)
        assert priorities(connector, chat) == ["Normal → **High**", "High → **Low**"]


def priorities(connector: FakeConnector, chat: str) -> list[str]:
    """Return the priorities in the chat's cards, in order."""
    lines = [line for card in connector.cards(chat) for line in texts(card)]
    return [line.removeprefix("Priority: ") for line in lines if line.startswith("Priority: ")]


def size_of(file: Path) -> int:
    return file.stat().st_size


async def count_events(engines: Engines) -> int:
    async with engines.reading.connect() as connection:
        count: int = (await connection.execute(select(func.count()).select_from(inbox))).scalar_one()
        return count
