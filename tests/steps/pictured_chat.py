"""A chat whose cards are taken as pictures while its rules hold changes of a case."""

from dataclasses import dataclass
from pathlib import Path

from tests.steps.notification_rules import posted
from tests.wire.world import World


@dataclass
class PicturedChat:
    """A chat that is connected to a case. The clock is held."""

    world: World
    folder: Path
    size: str
    """Name of the size of the page."""

    async def change(self, priority: int) -> None:
        await self.world.change({"prioritycode": priority})
        await self.world.window_ends()

    async def pass_time(self, hours: float) -> None:
        """Let time pass, and post what was held until then."""
        self.world.clock.advance(3600 * hours)
        await posted(self.world)
