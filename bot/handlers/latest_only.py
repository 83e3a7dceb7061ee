"""Run only the latest request of each caller, for searches while a person types."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class LatestOnly(Generic[T]):
    """Run the latest work of each caller. A different request cancels the running one; an equal one shares it.

    Callers never share work with each other, because they may have different permissions.
    """

    def __init__(self) -> None:
        self._running: dict[Hashable, tuple[object, asyncio.Task[T]]] = {}

    async def run(self, caller: Hashable, request: object, work: Callable[[], Coroutine[Any, Any, T]]) -> T | None:
        """Return the result of the work; None if the caller sent a different request in the meantime."""
        task = self._task(caller, request, work)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.cancelled():
                return None
            raise

    def _task(self, caller: Hashable, request: object, work: Callable[[], Coroutine[Any, Any, T]]) -> asyncio.Task[T]:
        running = self._running.get(caller)
        if running and running[0] == request:
            return running[1]
        if running:
            running[1].cancel()
        task = asyncio.create_task(work())
        self._running[caller] = (request, task)
        task.add_done_callback(lambda done: self._forget(caller, done))
        return task

    def _forget(self, caller: Hashable, done: asyncio.Task[T]) -> None:
        if self._running.get(caller, (None, None))[1] is done:
            del self._running[caller]
