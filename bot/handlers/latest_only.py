"""Work that somebody asks for again while it is under way, as people do who type."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class LatestOnly(Generic[T]):
    """Does the newest that each one asks for: what they asked before is ended, and what is the same is done once.

    Nothing is ever shared between two who ask: what one of them may see is not for the other.
    """

    def __init__(self) -> None:
        self._under_way: dict[Hashable, tuple[object, asyncio.Task[T]]] = {}

    async def run(self, who: Hashable, what: object, work: Callable[[], Coroutine[Any, Any, T]]) -> T | None:
        """What comes of the work; None where the same one has asked for something else meanwhile."""
        task = self._task(who, what, work)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.cancelled():
                return None
            raise

    def _task(self, who: Hashable, what: object, work: Callable[[], Coroutine[Any, Any, T]]) -> asyncio.Task[T]:
        before = self._under_way.get(who)
        if before and before[0] == what:
            return before[1]
        if before:
            before[1].cancel()
        task = asyncio.create_task(work())
        self._under_way[who] = (what, task)
        task.add_done_callback(lambda done: self._forget(who, done))
        return task

    def _forget(self, who: Hashable, done: asyncio.Task[T]) -> None:
        if self._under_way.get(who, (None, None))[1] is done:
            del self._under_way[who]
