"""Pace large bodies, so that callers who send many of them leave time for everybody else."""

import asyncio

from aiohttp import web

FREE_BYTES = 16_000
"""Maximum bytes of a body that never waits. Nearly all activities of Teams are smaller."""
BYTES_PER_S = 4_000_000
"""Bytes of large bodies that are admitted in a second: 16 of the largest, which take about a tenth of a core."""

_RETRY_AFTER = {"Retry-After": "10"}


class BodyPace:
    """A rate limiter for the bytes of large bodies. Bodies wait in the order of their arrival."""

    def __init__(self, *, max_bytes: int, max_wait_s: float) -> None:
        """Let pass what is larger than `max_bytes`: it is refused unread. Refuse what had to wait over `max_wait_s`."""
        self._max_bytes = max_bytes
        self._max_wait_s = max_wait_s
        self._free_at = 0.0

    async def admit(self, size: int) -> None:
        """Wait until a body of `size` bytes may be read or parsed; raise an HTTP error 429 if there are too many."""
        if not FREE_BYTES < size <= self._max_bytes:
            return
        now = asyncio.get_running_loop().time()
        starts_at = max(now, self._free_at)
        if starts_at - now > self._max_wait_s:
            raise web.HTTPTooManyRequests(reason="Too many large bodies. Try again later.", headers=_RETRY_AFTER)
        self._free_at = starts_at + size / BYTES_PER_S
        await asyncio.sleep(starts_at - now)
