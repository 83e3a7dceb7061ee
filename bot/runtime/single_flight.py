"""Run work once for all callers that ask for it at the same time."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from contextlib import suppress
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """Share one run of the work between all callers that ask while it is running."""

    def __init__(self, work: Callable[[], Coroutine[Any, Any, T]]) -> None:
        self._work = work
        self._task: asyncio.Task[T] | None = None
        self.waiting = 0
        """Callers of `SharedFlights` that wait for the result."""

    @property
    def is_running(self) -> bool:
        """True while the work is running."""
        return self._task is not None and not self._task.done()

    def start(self) -> asyncio.Task[T]:
        """Start the work unless it is running; the task may be left without a caller that awaits it."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())
            self._task.add_done_callback(_retrieve_exception)
        return self._task

    async def result(self) -> T:
        """Return the result of the work. A caller that is cancelled does not cancel it for the others."""
        return await asyncio.shield(self.start())

    def cancel(self) -> None:
        """Cancel the work if it is running, and with it all callers that wait."""
        if self._task is not None:
            self._task.cancel()

    async def close(self) -> None:
        """Cancel the work if it is running, and wait until it has ended."""
        self.cancel()
        if self._task is not None:
            with suppress(asyncio.CancelledError, Exception):
                await self._task


class SharedFlights(Generic[T]):
    """Share one run of the work between concurrent callers with the same key."""

    def __init__(self) -> None:
        self._flights: dict[Hashable, SingleFlight[T]] = {}

    async def result(self, key: Hashable, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Return the result of the running work of the key, or start this; cancel it if the last caller gives up."""
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = SingleFlight(work)
            flight.start().add_done_callback(lambda _: self._forget(key, flight))
        flight.waiting += 1
        try:
            return await flight.result()
        finally:
            flight.waiting -= 1
            if not flight.waiting:
                self._forget(key, flight)
                flight.cancel()

    def _forget(self, key: Hashable, flight: SingleFlight[T]) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]


def _retrieve_exception(task: asyncio.Task[Any]) -> None:
    """Mark the exception as retrieved: background work logs its own failures, and asyncio need not warn."""
    if not task.cancelled():
        task.exception()
