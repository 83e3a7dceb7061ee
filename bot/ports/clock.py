"""The time."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The time, so that tests can hold it still."""

    def now(self) -> datetime:
        """The instant, aware and in UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Returns when that much time has passed."""
        ...
