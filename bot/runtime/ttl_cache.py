"""A cache in memory with a time to live, a maximum size, and one load for each key at a time."""

from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Generic, TypeVar

from bot.clock import Clock
from bot.runtime.answer_time import waiting_for
from bot.runtime.single_flight import SingleFlight

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

FOREVER = timedelta.max

Load = Callable[[], Coroutine[Any, Any, V]]


@dataclass(frozen=True, slots=True)
class _Entry(Generic[V]):
    value: V
    loaded_at: datetime
    ttl: timedelta

    def is_fresh(self, clock: Clock, max_age: timedelta) -> bool:
        limit = self.ttl if max_age is FOREVER else min(self.ttl, max_age)
        # To read the clock costs more than the rest of a lookup.
        return limit is FOREVER or clock.now() - self.loaded_at < limit


class TtlCache(Generic[K, V]):
    """Cache values by key. If it is full, it evicts the least recently used entry."""

    def __init__(
        self,
        clock: Clock,
        *,
        max_size: int,
        ttl: timedelta | Callable[[V], timedelta] = FOREVER,
        system: str = "",
    ) -> None:
        """`ttl` may be a function that derives the time to live from the value.

        `system`: the name of the system that the values come from, for callers that wait for it.
        """
        self._clock = clock
        self._max_size = max_size
        self._ttl = ttl
        self._system = system
        self._entries: OrderedDict[K, _Entry[V]] = OrderedDict()
        self._loads: dict[K, SingleFlight[V]] = {}

    def __contains__(self, key: K) -> bool:
        """Return whether the key has a fresh value, which may be None."""
        return self._fresh(key, FOREVER) is not None

    def get(self, key: K, *, max_age: timedelta = FOREVER) -> V | None:
        """Return the fresh value of the key; None if there is none, or if it was loaded `max_age` ago or earlier."""
        entry = self._fresh(key, max_age)
        return entry.value if entry else None

    def put(self, key: K, value: V) -> None:
        """Store the value of the key."""
        self._store(key, value, self._clock.now())

    def discard(self, key: K) -> None:
        """Remove the value of the key, if there is one."""
        self._entries.pop(key, None)

    async def fetch(self, key: K, load: Load[V], *, max_age: timedelta = FOREVER) -> V:
        """Return the fresh value of the key, or load and store it.

        Concurrent callers share one load. A cancelled caller does not cancel it for the others, so a caller can limit
        its own wait with `asyncio.timeout`. If the load raises, every caller gets the error and nothing is stored.
        """
        entry = self._fresh(key, max_age)
        if entry:
            return entry.value
        with waiting_for(self._system):  # also for a load that another caller started
            return await self._load(key, load).result()

    def refresh(self, key: K, load: Load[V]) -> None:
        """Start to load the value in the background, unless a load is running; the old value stays until it ends."""
        self._load(key, load).start()

    async def close(self) -> None:
        """Cancel running loads."""
        for flight in list(self._loads.values()):
            await flight.close()

    def _fresh(self, key: K, max_age: timedelta) -> _Entry[V] | None:
        entry = self._entries.get(key)
        if entry is None or not entry.is_fresh(self._clock, max_age):
            return None
        self._entries.move_to_end(key)
        return entry

    def _load(self, key: K, load: Load[V]) -> SingleFlight[V]:
        flight = self._loads.get(key)
        if flight is None or not flight.is_running:
            started = flight = self._loads[key] = SingleFlight(partial(self._load_and_store, key, load))
            flight.start().add_done_callback(lambda _: self._forget(key, started))
        return flight

    def _forget(self, key: K, flight: SingleFlight[V]) -> None:
        if self._loads.get(key) is flight:
            del self._loads[key]

    async def _load_and_store(self, key: K, load: Load[V]) -> V:
        # The value may change while it is loaded: its age counts from the start.
        started_at = self._clock.now()
        value = await load()
        self._store(key, value, started_at)
        return value

    def _store(self, key: K, value: V, loaded_at: datetime) -> None:
        ttl = self._ttl if isinstance(self._ttl, timedelta) else self._ttl(value)
        self._entries[key] = _Entry(value, loaded_at, ttl)
        self._entries.move_to_end(key)
        if len(self._entries) > self._max_size:
            self._entries.popitem(last=False)
