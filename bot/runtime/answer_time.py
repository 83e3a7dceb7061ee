"""The time limit of an answer: how much is left, which systems took it, and what goes on after it.

The clients of other systems report their waits, so that the person is told which system is slow. Work in tasks that the
answer starts counts, too. Outside an answer, nothing is recorded.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

_SLOW_SHARE = 0.5
"""Share of the time that a system must have taken to be called slow."""


@dataclass(slots=True)
class _Waits:
    """The time spent on one system. Concurrent waits count once."""

    running: int = 0
    since: float = 0
    total: float = 0

    def seconds(self, now: float) -> float:
        """Return the seconds until now."""
        return self.total + (now - self.since if self.running else 0)


@dataclass(slots=True, eq=False)
class AnswerTime:
    """The time of one answer, on the clock of the event loop."""

    began_at: float
    limit_s: float
    is_over: bool = False
    """True if the person got another answer, because the time was over."""
    in_progress: Exception | None = None
    """The error to answer with if the time is over. It says that a change was started, and goes on."""
    _waits: dict[str, _Waits] = field(default_factory=dict)

    def left_s(self) -> float:
        """Return the seconds that are left."""
        return self.began_at + self.limit_s - _now()

    def slow_system(self) -> str:
        """Return the system that took most of the time; empty if none did."""
        now = _now()
        seconds, name = max(((each.seconds(now), name) for name, each in self._waits.items()), default=(0.0, ""))
        return name if seconds >= _SLOW_SHARE * (now - self.began_at) else ""

    def wait_begins(self, system: str) -> None:
        """Record that the answer waits for the system."""
        waits = self._waits.setdefault(system, _Waits())
        if not waits.running:
            waits.since = _now()
        waits.running += 1

    def wait_ends(self, system: str) -> None:
        """Record that one of the waits for the system is over."""
        waits = self._waits[system]
        waits.running -= 1
        if not waits.running:
            waits.total += _now() - waits.since


_current: ContextVar[AnswerTime | None] = ContextVar("answer_time", default=None)


def current_answer() -> AnswerTime | None:
    """Return the time of the answer that this code works on; None outside an answer."""
    return _current.get()


@contextmanager
def answering(limit_s: float) -> Iterator[AnswerTime]:
    """Measure the time of an answer."""
    time = AnswerTime(began_at=_now(), limit_s=limit_s)
    token = _current.set(time)
    try:
        yield time
    finally:
        _current.reset(token)


@contextmanager
def waiting_for(system: str) -> Iterator[None]:
    """Record a wait for the system, which has the name that users know; an empty name records nothing."""
    time = _current.get()
    if time is None or not system:
        yield
        return
    time.wait_begins(system)
    try:
        yield
    finally:
        time.wait_ends(system)


def _now() -> float:
    return asyncio.get_running_loop().time()
