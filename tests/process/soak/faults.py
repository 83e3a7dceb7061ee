"""Faults of the systems around Chat Sync, one after the other."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

from aiohttp import ClientError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.sandbox.faults import HEADER
from bot.store.engine import Engines
from tests.process.soak.day import Day

EVERY_S = 2.0
BUSY_S = 1.0
_PATHS = {"dataverse": "api/data/v9.2/incidents", "graph": "graph/v1.0/users", "teams": "teams/v3/conversations/x"}
OF_SYSTEMS = (
    *(("teams", each) for each in ("429; retry-after=1; times=5", "500; times=5", "503; times=20", "lost; times=2")),
    *(("teams", each) for each in ("hang; seconds=1; times=3", "403; times=1", "404; times=1")),
    *(("dataverse", each) for each in ("429; retry-after=1; times=10", "503; times=10", "500; times=3")),
    *(("dataverse", each) for each in ("hang; seconds=1; times=5", "lost; times=3", "not-json; times=3")),
    *(("dataverse", each) for each in ("truncated; times=3", "412; times=2", "401; times=1", "403; times=2")),
    *(("graph", each) for each in ("503; times=30", "429; retry-after=1; times=5", "hang; seconds=1; times=3")),
)
_LOCK = "LOCK TABLE chat, lane, inbox, outbox IN ACCESS EXCLUSIVE MODE"
_CUT_OFF = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@dataclass
class Faults:
    """The faults of the day."""

    day: Day
    engines: Engines
    restarted: str | None
    """The process that is killed once an hour; None for none."""
    open: asyncio.Event
    """While this is cleared, no fault begins."""
    counts: Counter[str] = field(default_factory=Counter)

    async def run(self) -> None:
        """Cause one fault after the other until cancelled."""
        chance = Random(7)  # noqa: S311 - the same faults in every run
        kinds: list[Callable[[Random], Awaitable[None]]] = [*[self._system] * 8, self._busy, self._cut_off]
        while True:
            await asyncio.sleep(EVERY_S)
            await self.open.wait()
            await chance.choice(kinds)(chance)

    def taken(self) -> Counter[str]:
        """Return the faults since the last call."""
        taken, self.counts = self.counts, Counter()
        return taken

    async def kill(self) -> None:
        """Kill a process, and start it again."""
        if self.restarted:
            await self.day.restart(self.restarted)
            self.counts["kill"] += 1

    async def _system(self, chance: Random) -> None:
        system, fault = chance.choice(OF_SYSTEMS)
        with suppress(ClientError, TimeoutError):
            await self.day.send("GET", f"{self.day.sandbox}/{_PATHS[system]}", **{HEADER: fault})
            self.counts[system] += 1

    async def _busy(self, _chance: Random) -> None:
        """Lock the database for a while."""
        is_sqlite = self.engines.writing.url.get_backend_name() == "sqlite"
        with suppress(SQLAlchemyError):
            async with self.engines.writing.begin() as held:
                if not is_sqlite:
                    await held.execute(text(_LOCK))
                await asyncio.sleep(BUSY_S)
                self.counts["busy"] += 1

    async def _cut_off(self, _chance: Random) -> None:
        """End all connections to the database."""
        if self.engines.writing.url.get_backend_name() == "sqlite":
            return
        with suppress(SQLAlchemyError):
            async with self.engines.writing.begin() as held:
                await held.execute(text(_CUT_OFF))
                self.counts["cut off"] += 1
