"""Add people to chats and remove them (spec J1, A5). Started changes finish even if the caller gives up."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from bot.domain.errors import Unavailable
from bot.domain.values import ChatId, ObjectId
from bot.features.shared.services import Services
from bot.logs import get_logger
from bot.tracebacks import describe_error

_log = get_logger(__name__)

Notify = Callable[[], Awaitable[None]]
"""Enqueues the notice of the change for the chat."""


async def is_member(services: Services, chat: ChatId, person: ObjectId) -> bool:
    """Return whether the person is in the chat now."""
    return any(member.object_id == person for member in await services.chats.list_members(chat))


async def add_to_chat(services: Services, chat: ChatId, person: ObjectId, notify: Notify) -> None:
    """Add the person and notify the chat; raises the errors of `ChatDirectory.add_member`."""
    await _finish(services, _change(services, services.chats.add_member, chat, person, notify, member_after=True))


async def remove_from_chat(services: Services, chat: ChatId, person: ObjectId, notify: Notify) -> None:
    """Remove the person and notify the chat; raises the errors of `ChatDirectory.remove_member`."""
    await _finish(services, _change(services, services.chats.remove_member, chat, person, notify, member_after=False))


async def _change(
    services: Services,
    change: Callable[[ChatId, ObjectId], Awaitable[None]],
    chat: ChatId,
    person: ObjectId,
    notify: Notify,
    *,
    member_after: bool,
) -> None:
    try:
        await change(chat, person)
    except Unavailable:
        # Perhaps only the response was lost. Then the change is made, and the chat must be notified.
        if await is_member(services, chat, person) is not member_after:
            raise
    await notify()


async def _finish(services: Services, change: Awaitable[None]) -> None:
    """Run the change in a task that goes on if the caller is cancelled."""
    task = asyncio.ensure_future(change)
    services.membership_changes.add(task)
    task.add_done_callback(partial(_finished, services))
    await asyncio.shield(task)


def _finished(services: Services, task: "asyncio.Task[None]") -> None:
    services.membership_changes.discard(task)
    if not task.cancelled() and (error := task.exception()):
        _log.warning("membership.change_failed", reason=describe_error(error))
