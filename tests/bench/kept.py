"""Rows that the bench adds to the product's store and queries, outside of the measured process."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import count

import orjson
from sqlalchemy import func, insert, select

from bot.domain.outgoing_messages import OutgoingMessage
from bot.domain.values import ChatId
from bot.store.engine import Engines, create_engines
from bot.store.migrate import migrate
from bot.store.tables import PENDING, chat, outbox
from bot.store.unit_of_work import Store
from tests.bench.samples import BOT, card_activity, chat_id
from tests.fakes.sign_in import TENANT

_BLOCK = 2000
"""Rows in one transaction: a longer one would keep SQLite's only writer waiting."""
_numbers = count()


@asynccontextmanager
async def open_store(url: str) -> AsyncIterator[tuple[Store, Engines]]:
    """Open the store of a database after its migration."""
    engines = create_engines(url)
    await migrate(engines.writing)
    yield Store(engines, lambda _: None), engines
    await engines.close()


async def add_chats(engines: Engines, number: int, service_url: str) -> None:
    """Register this many chats. A running bot does not notice them."""
    same = {
        "kind": "group",
        "channel": "msteams",
        "tenant_id": TENANT,
        "service_url": service_url,
        "bot_id": BOT["id"],
        "bot_name": BOT["name"],
        "bot_present": True,
    }
    async with engines.writing.begin() as connection:
        await connection.execute(insert(chat), [{"id": chat_id(each), **same} for each in range(number)])


def messages(number: int, chats: int) -> Sequence[OutgoingMessage]:
    """Return this many cards, distributed over the chats."""
    bodies = [orjson.dumps(card_activity(each)) for each in range(16)]
    return [
        OutgoingMessage(
            key=f"bench {next(_numbers)}", chat_id=ChatId(chat_id(each % chats)), activity=bodies[each % 16]
        )
        for each in range(number)
    ]


async def enqueue_messages(store: Store, waiting: Sequence[OutgoingMessage]) -> None:
    """Enqueue messages in the outbox."""
    for first in range(0, len(waiting), _BLOCK):
        async with store.writing() as work:
            await work.outbox.enqueue(waiting[first : first + _BLOCK], at=datetime.now(UTC))


async def until_acknowledged(engines: Engines) -> None:
    """Wait until the outbox is empty."""
    statement = select(func.count()).select_from(outbox).where(outbox.c.state == PENDING)
    while True:
        async with engines.reading.begin() as connection:
            if not (await connection.execute(statement)).scalar_one():
                return
        await asyncio.sleep(0.01)
