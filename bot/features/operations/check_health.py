"""Health checks of all systems that the product needs."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.domain.errors import ChatSyncError
from bot.logs import get_logger
from bot.logs.tracebacks import describe_error

_log = get_logger(__name__)

TIMEOUT_S = 3.0
CACHE_TTL = timedelta(seconds=5)
"""The other systems are checked at most once in this time, however many probes arrive."""

Check = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """A system, and its problem; None if there is none."""

    name: str
    problem: str | None

    @property
    def ok(self) -> bool:
        """True if the check passed."""
        return self.problem is None


class CheckHealth:
    """Run all checks concurrently, and cache the results briefly."""

    def __init__(self, checks: Mapping[str, Check], clock: Clock, *, deadline_s: float = TIMEOUT_S) -> None:
        self._checks = checks
        self._clock = clock
        self._deadline_s = deadline_s
        self._last: tuple[datetime, Sequence[CheckResult]] | None = None
        self._lock = asyncio.Lock()

    async def __call__(self) -> Sequence[CheckResult]:
        """Return the result of each check, which may be from the cache."""
        async with self._lock:
            if self._last is None or self._clock.now() - self._last[0] > CACHE_TTL:
                results = await asyncio.gather(*(self._check(name, check) for name, check in self._checks.items()))
                self._last = self._clock.now(), results
            return self._last[1]

    async def _check(self, name: str, check: Check) -> CheckResult:
        try:
            async with asyncio.timeout(self._deadline_s):
                await check()
        except ChatSyncError as error:
            return CheckResult(name=name, problem=f"{error} {error.next_step}".strip())
        except TimeoutError:
            return CheckResult(name=name, problem=f"It did not respond within {self._deadline_s:g} seconds.")
        except Exception as error:  # noqa: BLE001 - the check's boundary: the others still run
            _log.exception("health.check_failed", check=name)
            return CheckResult(name=name, problem=f"An unexpected error occurred: {describe_error(error)}.")
        return CheckResult(name=name, problem=None)
