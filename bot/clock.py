"""The real time."""

import asyncio
from datetime import UTC, datetime


class SystemClock:
    """See `bot.ports.Clock`."""

    def now(self) -> datetime:
        """The instant, aware and in UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Returns when that much time has passed."""
        await asyncio.sleep(seconds)
