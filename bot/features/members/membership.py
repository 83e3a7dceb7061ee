"""Putting people into chats and taking them out, with what follows from it (spec J1, A5)."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.domain.errors import Unavailable
from bot.domain.values import ChatId, ObjectId
from bot.logs import get_logger
from bot.ports.graph import ChatDirectory

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """What was begun is done to its end, though nobody waits for it any more: the chat hears who came and who went."""

    chats: ChatDirectory
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)

    async def has(self, chat: ChatId, person: ObjectId) -> bool:
        """Whether the person is in the chat now."""
        return any(each.object_id == person for each in await self.chats.list_members(chat))

    async def add(self, chat: ChatId, person: ObjectId, tell: Callable[[], Awaitable[None]]) -> None:
        """The person is in the chat and it was told; raises what `ChatDirectory.add_member` raises."""
        await self._to_its_end(self._change(self.chats.add_member, chat, person, tell, comes=True))

    async def remove(self, chat: ChatId, person: ObjectId, tell: Callable[[], Awaitable[None]]) -> None:
        """The person is not in the chat and it was told; raises what `ChatDirectory.remove_member` raises."""
        await self._to_its_end(self._change(self.chats.remove_member, chat, person, tell, comes=False))

    async def _change(
        self,
        change: Callable[[ChatId, ObjectId], Awaitable[None]],
        chat: ChatId,
        person: ObjectId,
        tell: Callable[[], Awaitable[None]],
        *,
        comes: bool,
    ) -> None:
        try:
            await change(chat, person)
        except Unavailable:
            # The answer may be lost and the change made: then nobody else would tell of it.
            if await self.has(chat, person) is not comes:
                raise
        await tell()

    async def _to_its_end(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._under_way.add(task)
        task.add_done_callback(self._ended)
        await asyncio.shield(task)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._under_way.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _log.warning("membership not changed", reason=f"{type(error).__name__}: {error}")
