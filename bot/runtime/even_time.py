"""Answers that take the same time. Otherwise, people could learn from the time what was checked for them."""

import asyncio


class EvenTime:
    """The time that an answer takes at least, counted from now."""

    def __init__(self, seconds: float) -> None:
        self._ends_at = asyncio.get_running_loop().time() + seconds

    async def wait(self) -> None:
        """Wait for the rest of the time."""
        await asyncio.sleep(max(0.0, self._ends_at - asyncio.get_running_loop().time()))
