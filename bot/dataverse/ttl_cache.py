"""What was read once and holds for a while, by its name."""

from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Generic, TypeVar

from bot.clock import Clock
from bot.http.single_flight import SingleFlight

T = TypeVar("T")

LIFETIME = timedelta(minutes=10)
RECENT = timedelta(seconds=30)
"""For those who miss something in what is kept: it is read again, but not for each of them."""


class TtlCache(Generic[T]):
    """Reads each thing once for a while, for all who ask at the same time."""

    def __init__(self, read: Callable[[str], Coroutine[Any, Any, T]], clock: Clock) -> None:
        self._read = read
        self._clock = clock
        self._kept: dict[str, tuple[T, datetime]] = {}
        self._reading: dict[str, SingleFlight[T]] = {}

    async def get(self, name: str, *, not_older_than: timedelta = LIFETIME) -> T:
        """The thing of this name; raises what reading it raises, of which nothing is kept."""
        kept = self._kept.get(name)
        if kept and self._clock.now() - kept[1] < not_older_than:
            return kept[0]
        flight = self._reading.get(name)
        if flight is None:
            flight = self._reading[name] = SingleFlight(partial(self._load, name))
            flight.start().add_done_callback(lambda _: self._reading.pop(name, None))
        return await flight.result()

    async def _load(self, name: str) -> T:
        begun = self._clock.now()
        thing = await self._read(name)
        self._kept[name] = (thing, begun)
        return thing
