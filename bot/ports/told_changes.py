"""What cards said had changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.reported_change import ToldChange


class ToldChanges(Protocol):
    """Changes whose values are shown to each reader by themselves; they are kept as long as what is done."""

    async def put(self, changes: Sequence[ToldChange], *, at: datetime) -> None: ...

    async def get(self, key: str) -> ToldChange | None: ...
