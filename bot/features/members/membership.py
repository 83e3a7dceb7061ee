"""Putting people into chats and taking them out, with what follows from it (spec J1, A5)."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from bot.domain.errors import Unavailable
from bot.domain.values import ChatId, ObjectId
from bot.features.shared.services import Services
from bot.logs import get_logger

_log = get_logger(__name__)


async def is_member(services: Services, chat: ChatId, person: ObjectId) -> bool:
    """Whether the person is in the chat now."""
    return any(each.object_id == person for each in await services.chats.list_members(chat))


async def add_to_chat(services: Services, chat: ChatId, person: ObjectId, tell: Callable[[], Awaitable[None]]) -> None:
    """The person is in the chat and it was told; raises what `ChatDirectory.add_member` raises."""
    await _shielded(services, _change(services, services.chats.add_member, chat, person, tell, comes=True))


async def remove_from_chat(
    services: Services, chat: ChatId, person: ObjectId, tell: Callable[[], Awaitable[None]]
) -> None:
    """The person is not in the chat and it was told; raises what `ChatDirectory.remove_member` raises."""
    await _shielded(services, _change(services, services.chats.remove_member, chat, person, tell, comes=False))


async def _change(
    services: Services,
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
        if await is_member(services, chat, person) is not comes:
            raise
    await tell()


async def _shielded(services: Services, work: Awaitable[None]) -> None:
    task = asyncio.ensure_future(work)
    services.membership_changes.add(task)
    task.add_done_callback(partial(_ended, services))
    await asyncio.shield(task)


def _ended(services: Services, task: "asyncio.Task[None]") -> None:
    services.membership_changes.discard(task)
    if not task.cancelled() and (error := task.exception()):
        _log.warning("membership not changed", reason=f"{type(error).__name__}: {error}")
