"""Work that many may ask for at once and that is to be done once."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Hashable
from contextlib import suppress
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """Lets everybody who asks while the work is under way share its result."""

    def __init__(self, work: Callable[[], Coroutine[Any, Any, T]]) -> None:
        self._work = work
        self._task: asyncio.Task[T] | None = None

    @property
    def is_running(self) -> bool:
        """Whether somebody has started the work and it has not ended."""
        return self._task is not None and not self._task.done()

    def start(self) -> asyncio.Task[T]:
        """Sees to it that the work is under way; nobody has to await it."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())
            self._task.add_done_callback(_looked_at)
        return self._task

    async def result(self) -> T:
        """What comes of the work. Who gives up waiting does not end it for the others."""
        return await asyncio.shield(self.start())

    def cancel(self) -> None:
        """Ends the work where it is under way; whoever waits for it is ended too."""
        if self._task is not None:
            self._task.cancel()

    async def close(self) -> None:
        """Ends the work where it is under way."""
        self.cancel()
        if self._task is not None:
            with suppress(asyncio.CancelledError, Exception):
                await self._task


class SharedFlights(Generic[T]):
    """Of those who ask for the same at the same time, the first does the work and all have its result."""

    def __init__(self) -> None:
        self._flights: dict[Hashable, SingleFlight[T]] = {}
        self._waiting: Counter[SingleFlight[T]] = Counter()

    async def result(self, key: Hashable, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What comes of the work that is under way for the key, or else of this; it ends with the last who waits."""
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = SingleFlight(work)
            flight.start().add_done_callback(lambda _: self._forget(key, flight))
        self._waiting[flight] += 1
        try:
            return await flight.result()
        finally:
            self._waiting[flight] -= 1
            if not self._waiting[flight]:
                del self._waiting[flight]
                self._forget(key, flight)
                flight.cancel()

    def _forget(self, key: Hashable, flight: SingleFlight[T]) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]


def _looked_at(task: asyncio.Task[Any]) -> None:
    """Work in the background tells of its failure itself; asyncio need not complain that nobody asked."""
    if not task.cancelled():
        task.exception()
