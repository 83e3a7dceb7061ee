"""Held changes of chats: enqueue those that are due, and end them with a mute or a connection (spec V1, V2, V6, V8)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from bot.domain.jobs import ChatJob, JobKind
from bot.domain.notifications.history import Closing
from bot.domain.outgoing_messages import OutgoingMessage
from bot.domain.rate_windows import TENANT_WINDOW
from bot.domain.values import Chat, ChatId, Connection
from bot.features.shared.answers import display_name, to_outbox
from bot.features.shared.services import Services
from bot.logs import get_logger
from bot.store.unit_of_work import UnitOfWork
from cards.notice import NoticeView, notice

BATCH_SIZE = 200
"""Chats in one transaction."""

_log = get_logger(__name__)

_POSTS_SHARE = 0.96
"""Share of the posts that Teams accepts in a tenant.

At the end of the quiet hours of many chats, urgent cards and answers find room between the others.
"""
_BETWEEN_CHATS = TENANT_WINDOW.span / TENANT_WINDOW.posts / _POSTS_SHARE
"""Time between the cards of two chats."""


async def enqueue_due_changes(services: Services, *, undo_within: timedelta, ahead: timedelta) -> None:
    """Enqueue a job for each chat whose held changes are due, and close those of connections that ended for good.

    `undo_within`: time within which the end of a connection can be undone. `ahead`: enqueue as many chats as can be
    posted in this time. The next search enqueues the others.
    """
    at = services.clock.now()
    async with services.store.writing() as work:
        await work.decisions.close_ended(ended_before=at - undo_within, at=at)
    after: ChatId | None = None
    count, most = 0, max(1, int(ahead / _BETWEEN_CHATS))
    while count < most and (chats := await _enqueue_batch(services, after, at, count)):
        after = chats[-1]
        count += len(chats)
    if count:
        _log.info("held_changes.due", chats=count)


async def _enqueue_batch(services: Services, after: ChatId | None, at: datetime, count: int) -> Sequence[ChatId]:
    async with services.store.reading() as work:
        chats = await work.decisions.due_chats(at, at_most=BATCH_SIZE, after=after)
    if chats:
        async with services.store.writing() as work:
            for number, chat in enumerate(chats, start=count):
                due_at = at + number * _BETWEEN_CHATS
                await work.inbox.enqueue(ChatJob(kind=JobKind.HELD_CHANGES, chat_id=chat), at=at, due_at=due_at)
    return chats


async def release(services: Services, work: UnitOfWork, chat: ChatId, connection: Connection | None, text: str) -> None:
    """Post the changes that a mute held, in the transaction that ends the mute.

    `connection` is the record whose mute ended, or None for the mute of the whole chat. `text` says who ended it, such
    as "Unmuted by Alex Wilber", and is posted even if nothing changed. Changes that other rules hold, such as quiet
    hours, go on waiting.
    """
    at = services.clock.now()
    text = f"{text} ({display_name(connection)})" if connection else text
    await work.inbox.enqueue(ChatJob(kind=JobKind.END_MUTE, chat_id=chat, text=text), at=at, due_at=at)


async def reconsider(services: Services, work: UnitOfWork, chat: ChatId) -> None:
    """Decide again about the held changes of the chat, in the transaction that changes its rules."""
    at = services.clock.now()
    await work.inbox.enqueue(ChatJob(kind=JobKind.HELD_CHANGES, chat_id=chat), at=at, due_at=at)


async def end_connection(work: UnitOfWork, connections: Sequence[Connection], at: datetime) -> None:
    """Close the held changes of connections that ended with their record."""
    await work.decisions.close_connections([each.id for each in connections], Closing.CONNECTION_ENDED, at=at)


def unmuted_notice(chat: Chat, text: str, at: datetime, *, is_waiting: bool) -> OutgoingMessage:
    """Return the line about the end of a mute. `is_waiting`: other rules still hold changes."""
    rest = "Changes wait until quiet hours or the digest." if is_waiting else "Nothing changed in the meantime."
    message = notice(NoticeView(text=f"{text}.", next_step=rest))
    return to_outbox(chat, message, key=f"unmuted {chat.id} {at.isoformat()} {uuid4().hex}")
