"""The keys of signatures in memory, because views and polls need them all the time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.store.unit_of_work import Store

_KEPT_FOR = timedelta(minutes=1)
"""A key of last week ends at most so much later. A new one counts at once, because it is read when it is missing."""


@dataclass(slots=True)
class KnownKeys:
    """The keys that were read last."""

    _valid: Sequence[bytes] = ()
    _valid_until: datetime | None = None
    _current: bytes | None = None
    _current_until: datetime | None = None

    async def current(self, store: Store, now: datetime) -> bytes:
        """Return the key of this week; raise `Unavailable`."""
        if self._current is None or self._current_until is None or now >= self._current_until:
            async with store.writing() as work:
                self._current = await work.signing_keys.current(now)
            self._current_until = now + _KEPT_FOR
        return self._current

    async def valid(self, store: Store, now: datetime, *, renew: bool = False) -> Sequence[bytes]:
        """Return the valid keys; raise `Unavailable`. `renew` reads them again."""
        if renew or self._valid_until is None or now >= self._valid_until:
            async with store.reading() as work:
                self._valid = await work.signing_keys.valid(now)
            self._valid_until = now + _KEPT_FOR
        return self._valid
