"""Asking every system that the product needs whether it answers."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.domain.errors import ChatSyncError

TIMEOUT_S = 3.0
CACHE_TTL = timedelta(seconds=5)
"""However often somebody asks, the other systems are asked once in this time."""

Check = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """A system, and what is wrong with it, if something is."""

    name: str
    problem: str | None

    @property
    def ok(self) -> bool:
        """Whether it answered as it should."""
        return self.problem is None


class CheckHealth:
    """Asks all of them at once."""

    def __init__(self, checks: Mapping[str, Check], clock: Clock, *, deadline_s: float = TIMEOUT_S) -> None:
        self._checks = checks
        self._clock = clock
        self._deadline_s = deadline_s
        self._last: tuple[datetime, Sequence[CheckResult]] | None = None
        self._one_at_a_time = asyncio.Lock()

    async def __call__(self) -> Sequence[CheckResult]:
        """How each of them is, now or a moment ago."""
        async with self._one_at_a_time:
            if self._last is None or self._clock.now() - self._last[0] > CACHE_TTL:
                checked = await asyncio.gather(*(self._checked(name, check) for name, check in self._checks.items()))
                self._last = self._clock.now(), checked
            return self._last[1]

    async def _checked(self, name: str, check: Check) -> CheckResult:
        try:
            async with asyncio.timeout(self._deadline_s):
                await check()
        except ChatSyncError as error:
            return CheckResult(name=name, problem=f"{error} {error.next_step}".strip())
        except TimeoutError:
            return CheckResult(name=name, problem=f"It does not answer within {self._deadline_s:g} seconds.")
        return CheckResult(name=name, problem=None)
