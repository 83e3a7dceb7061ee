"""Waiting for the bot, passing time, and reading the store."""

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

_STEPS = 20
"""Steps in which a deadline passes."""


@dataclass
class Progress(Surroundings):
    """Time in a story, and the state of the store."""

    async def window_ends(self) -> None:
        """Let the merge window end, and process the jobs that follow."""
        await self.settle()
        self.clock.advance(2)
        await self.settle()

    async def settle(self) -> None:
        """Wait until nothing is due at the time on the clock."""
        due = and_(lane.c.due_at.is_not(None), lane.c.due_at <= self.clock.now())
        busy = lane.select().where(or_(due, lane.c.leased_until.is_not(None))).limit(1)
        async with asyncio.timeout(PATIENCE_S):
            while await self.reader.rows(busy):
                await asyncio.sleep(0.01)

    async def looked_through(self, table: str) -> None:
        """Wait until a new search for missed changes in the table ends, and its results are processed."""
        newest = and_(change_link.c.table == table, change_link.c.taken_at >= self.clock.now())
        async with asyncio.timeout(PATIENCE_S):
            for tries in count(1):
                if await self.rows_in(change_link, newest):
                    break
                await asyncio.sleep(0.01)
                if tries % 200 == 0:
                    # The last search was just before the clock moved, and the next one is later.
                    self.clock.advance(15 * 60)
        await self.settle()

    async def until(self, condition: Any) -> None:
        """Wait until the condition holds; fail the test if it never does."""
        async with asyncio.timeout(PATIENCE_S):
            while not condition():
                await asyncio.sleep(0.005)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Return the result of the work, from a test that is not a coroutine (a property of hypothesis)."""
        return self.loop.run_until_complete(work)

    async def pass_deadline(self) -> None:
        """Advance the event loop's clock past the deadline of the response, in steps.

        Between the steps, other requests of the response end. Only the one that hangs takes most of the time. While a
        deadline passes, another call does nothing: a response has only one.
        """
        if self.deadline_passes:
            return
        time, skipped_s = self.loop.time, 0.0
        self.loop.time = lambda: time() + skipped_s  # type: ignore[method-assign] # the rest of the loop is left alone
        self.deadline_passes = True
        for _ in range(_STEPS):
            await asyncio.sleep(0.01)
            skipped_s += self.limits.answer_within_s / _STEPS
        self.deadline_passes = False

    async def rows_in(self, table: Table, *where: Any) -> Sequence[Mapping[str, Any]]:
        """Return the stored rows of the table."""
        return await self.reader.rows(select(table).where(*where))

    async def forget(self, table: Table) -> None:
        """Empty a table, because its rows are expected."""
        async with self.engines.writing.begin() as connection:
            await connection.execute(table.delete())

    async def leftovers(self) -> list[str]:
        """Return the pending and dead-lettered rows that the test did not expect."""
        left = []
        for queue in (inbox, outbox):
            left += [f"{queue.name}: {row['reason']}" for row in await self.rows_in(queue, queue.c.state != "done")]
        return left
