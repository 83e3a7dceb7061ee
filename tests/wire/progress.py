"""How a story waits for the bot, lets time pass, and reads what the bot stored."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeVar

from sqlalchemy import Table, and_, or_, select

from bot.store.tables import change_link, inbox, lane, outbox
from tests.patience import PATIENCE_S
from tests.wire.surroundings import (
    Surroundings,
)

T = TypeVar("T")


@dataclass
class Progress(Surroundings):
    """Time, and what becomes of things in it."""

    async def window_ends(self) -> None:
        """The window in which changes are gathered ends, and what follows is done."""
        await self.settle()
        self.clock.advance(2)
        await self.settle()

    async def settle(self) -> None:
        """Returns when nothing is left to do at the time on the clock."""
        due = and_(lane.c.due_at.is_not(None), lane.c.due_at <= self.clock.now())
        busy = lane.select().where(or_(due, lane.c.leased_until.is_not(None))).limit(1)
        async with asyncio.timeout(PATIENCE_S):
            while await self.reader.rows(busy):
                await asyncio.sleep(0.01)

    async def looked_through(self, table: str) -> None:
        """Returns when the table was looked through for missed changes, from now on, and all is told."""
        newest = and_(change_link.c.table == table, change_link.c.taken_at >= self.clock.now())
        async with asyncio.timeout(PATIENCE_S):
            for tries in count(1):
                if await self.rows_in(change_link, newest):
                    break
                await asyncio.sleep(0.01)
                if tries % 200 == 0:
                    # It looked just before the clock was moved, and sleeps until it looks again.
                    self.clock.advance(15 * 60)
        await self.settle()

    async def until(self, condition: Any) -> None:
        """Returns when the condition holds; fails the test where it never does."""
        async with asyncio.timeout(PATIENCE_S):
            while not condition():
                await asyncio.sleep(0.005)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of the work, from a test that is no coroutine (a property of hypothesis)."""
        return self.loop.run_until_complete(work)

    def pass_deadline(self) -> None:
        """Move the clock of the event loop, by which answers have their deadlines, so far that these pass."""
        time, seconds = self.loop.time, self.limits.answer_within_s
        self.loop.time = lambda: time() + seconds  # type: ignore[method-assign] # the rest of the loop is left alone

    async def rows_in(self, table: Table, *where: Any) -> Sequence[Mapping[str, Any]]:
        """What the store keeps."""
        return await self.reader.rows(select(table).where(*where))

    async def forget(self, table: Table) -> None:
        """Empties a table: what is left in it was expected."""
        async with self.engines.writing.begin() as connection:
            await connection.execute(table.delete())

    async def leftovers(self) -> list[str]:
        """What waits or was parked, though the test did not say so."""
        left = []
        for queue in (inbox, outbox):
            left += [f"{queue.name}: {row['reason']}" for row in await self.rows_in(queue, queue.c.state != "done")]
        return left
