"""Events of the store for other parts of this process and, on PostgreSQL, for other processes.

PostgreSQL delivers them with NOTIFY. A lost event only costs time: workers also poll, and a new listener reads the
settings again.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.domain.queue_states import Queue
from bot.domain.values import ChatId
from bot.logs import get_logger
from bot.logs.tracebacks import describe_error

_CHANNEL = "chatsync"
_RECONNECT_S = 2.0

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreEvent:
    """A committed change: a queue has new work, the bot left a chat, or settings were saved."""

    queue: Queue | None = None
    left_chat: ChatId | None = None
    settings_saved: bool = False


Publish = Callable[[StoreEvent], None]


async def notify(connection: AsyncConnection, news: Sequence[StoreEvent]) -> None:
    """Send the events to other processes through PostgreSQL when the transaction commits."""
    if connection.dialect.name != "postgresql":
        return
    for each in news:
        await connection.execute(
            select(func.pg_notify(_CHANNEL, json.dumps([each.queue, each.left_chat, each.settings_saved])))
        )


@asynccontextmanager
async def listen(engine: AsyncEngine, publish: Publish) -> AsyncIterator[None]:
    """Receive the events of other processes during the block, if the database is PostgreSQL. Reconnect if needed."""
    if engine.dialect.name != "postgresql":
        yield
        return
    task = asyncio.create_task(_listen_forever(engine, publish))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _listen_forever(engine: AsyncEngine, tell: Publish) -> None:
    while True:
        try:
            await _listen(engine, tell)
        except (SQLAlchemyError, OSError) as error:
            _log.warning("store.listener_failed", reason=describe_error(error))
        await asyncio.sleep(_RECONNECT_S)


async def _listen(engine: AsyncEngine, tell: Publish) -> None:
    """Receive events until the connection is lost."""
    lost = asyncio.Event()
    async with engine.connect() as connection:
        raw = (await connection.get_raw_connection()).driver_connection
        if raw is None:
            return
        raw.add_termination_listener(lambda _: lost.set())
        await raw.add_listener(_CHANNEL, lambda *heard: tell(_news(heard[-1])))
        # Changes from before the subscription are found by looking.
        for queue in Queue:
            tell(StoreEvent(queue=queue))
        tell(StoreEvent(settings_saved=True))
        try:
            await lost.wait()
        finally:
            # The pool must not reuse a connection that still listens.
            await connection.invalidate()


def _news(payload: str) -> StoreEvent:
    queue, left, settings = json.loads(payload)
    return StoreEvent(
        queue=Queue(queue) if queue else None, left_chat=ChatId(left) if left else None, settings_saved=bool(settings)
    )
