"""Add people to chats and remove them (spec J1, A5). Started changes finish even if the caller gives up."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from bot.domain.errors import ChatSyncError, Unavailable
from bot.domain.values import ChatId, ObjectId
from bot.features.members.announcement import Announcement, OutcomeUnknown, announce
from bot.features.shared.people_details import find_guests
from bot.features.shared.services import Services
from bot.logs import get_logger
from bot.logs.tracebacks import describe_error

_log = get_logger(__name__)

Notify = Callable[[], Awaitable[None]]
"""Enqueues the notice of the change for the chat."""


async def is_member(services: Services, chat: ChatId, person: ObjectId) -> bool:
    """Return whether the person is in the chat now."""
    return any(member.object_id == person for member in await services.chats.list_members(chat))


async def add_to_chat(
    services: Services,
    chat: ChatId,
    person: ObjectId,
    notify: Notify | None = None,
    announcement: Announcement | None = None,
) -> None:
    """Add the person, and then call `notify`; raises the errors of `ChatDirectory.add_member`.

    The announcement is posted before. If that fails, nobody is added: see `announce`.
    """
    guests = await find_guests(services, [person])
    add = partial(services.chats.add_member, guest=True) if guests else services.chats.add_member
    change = partial(_change, services, add, chat, person, member_after=True)
    announced = partial(announce, services, announcement, change) if announcement else change
    await _finish(services, _in_turn(announced, *([notify] if notify else ())))


async def remove_from_chat(services: Services, chat: ChatId, person: ObjectId, notify: Notify) -> None:
    """Remove the person, and then call `notify`; raises the errors of `ChatDirectory.remove_member`."""
    change = partial(_change, services, services.chats.remove_member, chat, person, member_after=False)
    await _finish(services, _in_turn(change, notify))


async def _in_turn(*steps: Callable[[], Awaitable[None]]) -> None:
    for step in steps:
        await step()


async def _change(
    services: Services,
    change: Callable[[ChatId, ObjectId], Awaitable[None]],
    chat: ChatId,
    person: ObjectId,
    *,
    member_after: bool,
) -> None:
    try:
        await change(chat, person)
    except Unavailable as error:
        # Perhaps only the response was lost. Then the change is made, and the chat must be notified.
        if await _is_member_for_sure(services, chat, person, error) is not member_after:
            raise


async def _is_member_for_sure(services: Services, chat: ChatId, person: ObjectId, error: Unavailable) -> bool:
    """Return whether the person is in the chat after the error; raise `OutcomeUnknown` if nobody can say."""
    try:
        return await is_member(services, chat, person)
    except ChatSyncError as unknown:
        raise OutcomeUnknown(str(error), error.next_step, retry_after_s=error.retry_after_s) from unknown


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
