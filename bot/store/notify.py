"""News of what was committed, for the other parts of this process and, on PostgreSQL, for other processes.

PostgreSQL passes them on with NOTIFY. News that were lost cost time and nothing else: workers look again by
themselves, and who begins to listen reads the settings again.
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

_CHANNEL = "chatsync"
_AGAIN_S = 2.0

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreEvent:
    """What was committed and others have to know.

    One of: something was put into a queue; the bot has left a chat; an administrator has saved settings.
    """

    queue: Queue | None = None
    left_chat: ChatId | None = None
    settings_saved: bool = False


Publish = Callable[[StoreEvent], None]


async def notify(connection: AsyncConnection, news: Sequence[StoreEvent]) -> None:
    """Lets PostgreSQL tell other processes, when and if the transaction is committed."""
    if connection.dialect.name != "postgresql":
        return
    for each in news:
        await connection.execute(
            select(func.pg_notify(_CHANNEL, json.dumps([each.queue, each.left_chat, each.settings_saved])))
        )


@asynccontextmanager
async def listen(engine: AsyncEngine, publish: Publish) -> AsyncIterator[None]:
    """Passes on the news of other processes, where the database is PostgreSQL; connects again where it must."""
    if engine.dialect.name != "postgresql":
        yield
        return
    task = asyncio.create_task(_listen_for_ever(engine, publish))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _listen_for_ever(engine: AsyncEngine, tell: Publish) -> None:
    while True:
        try:
            await _listen(engine, tell)
        except (SQLAlchemyError, OSError) as error:
            _log.warning("news of other processes are not heard", reason=type(error).__name__)
        await asyncio.sleep(_AGAIN_S)


async def _listen(engine: AsyncEngine, tell: Publish) -> None:
    """Returns when the connection is lost."""
    lost = asyncio.Event()
    async with engine.connect() as connection:
        raw = (await connection.get_raw_connection()).driver_connection
        if raw is None:
            return
        raw.add_termination_listener(lambda _: lost.set())
        await raw.add_listener(_CHANNEL, lambda *heard: tell(_news(heard[-1])))
        # What was put in or saved while nobody listened is found by looking.
        for queue in Queue:
            tell(StoreEvent(queue=queue))
        tell(StoreEvent(settings_saved=True))
        try:
            await lost.wait()
        finally:
            # The pool must not give a connection that still listens to somebody else.
            await connection.invalidate()


def _news(payload: str) -> StoreEvent:
    queue, left, settings = json.loads(payload)
    return StoreEvent(
        queue=Queue(queue) if queue else None, left_chat=ChatId(left) if left else None, settings_saved=bool(settings)
    )
