"""Held changes of chats: enqueue those that are due, and end them with a mute or a connection (spec V1, V2, V6, V8)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from bot.domain.jobs import ChatJob, Job, JobKind
from bot.domain.notifications.decide import Reason
from bot.domain.notifications.history import Closing
from bot.domain.outgoing_messages import OutgoingMessage
from bot.domain.rate_windows import TENANT_WINDOW
from bot.domain.values import Chat, ChatId, Connection
from bot.features.shared.answers import to_outbox
from bot.features.shared.services import Services
from bot.logs import get_logger
from bot.store.unit_of_work import UnitOfWork
from cards.notice import NoticeView, notice
from cards.translator import Translator

BATCH_SIZE = 200
"""Chats in one transaction."""

_log = get_logger(__name__)

_POSTS_SHARE = 0.98
"""Share of the posts that Teams accepts in a tenant.

At the end of the quiet hours of many chats, urgent cards and answers find room between the others.
"""
_BETWEEN_CHATS = TENANT_WINDOW.span / TENANT_WINDOW.posts / _POSTS_SHARE
"""Time between the cards of two chats."""


async def enqueue_due_changes(services: Services, *, undo_within: timedelta, ahead: timedelta) -> bool:
    """Enqueue a job for each chat whose held changes are due, and close those of connections that ended for good.

    `undo_within`: time within which the end of a connection can be undone. `ahead`: enqueue as many chats as can be
    posted in this time. The next search enqueues the others. Return whether any chat was due.
    """
    at = services.clock.now()
    async with services.store.writing() as work:
        await work.decisions.close_ended(ended_before=at - undo_within, at=at)
    after: ChatId | None = None
    count, most = 0, max(1, int(ahead / _BETWEEN_CHATS))
    while count < most and (chats := await _due_chats(services, after, at)):
        # Chats whose records cannot be read stay due, and must not take the place of others.
        count += await enqueue_held_changes(services, chats, at, count)
        after = chats[-1]
    if count:
        _log.info("held_changes.due", chats=count)
    return bool(count)


async def _due_chats(services: Services, after: ChatId | None, at: datetime) -> Sequence[ChatId]:
    async with services.store.reading() as work:
        return await work.decisions.due_chats(at, at_most=BATCH_SIZE, after=after)


async def enqueue_held_changes(services: Services, chats: Sequence[ChatId], at: datetime, count: int) -> int:
    """Enqueue a decision about the held changes of each chat, one after the other. `count`: chats before these.

    Return the number of these chats, without those whose last decision failed.
    """
    jobs: dict[Job, datetime] = {
        ChatJob(kind=JobKind.HELD_CHANGES, chat_id=chat): at + number * _BETWEEN_CHATS
        for number, chat in enumerate(chats, start=count)
    }
    async with services.store.writing() as work:
        return await work.inbox.enqueue_new(jobs, at=at)


async def release(services: Services, work: UnitOfWork, chat: ChatId, said: str) -> None:
    """Post the changes that a mute held, in the transaction that ends the mute.

    `said` says who ended it in the language of the chat, and is posted even if nothing changed. Changes that
    other rules hold, such as quiet hours, go on waiting.
    """
    at = services.clock.now()
    await _make_due(work, chat, at)
    job = ChatJob(kind=JobKind.END_MUTE, chat_id=chat, text=said)
    await work.inbox.enqueue(job, at=at, due_at=at)


async def reconsider(services: Services, work: UnitOfWork, chat: ChatId) -> None:
    """Decide again about the held changes of the chat, in the transaction that changes its rules."""
    at = services.clock.now()
    if await _make_due(work, chat, at):
        await work.inbox.enqueue(ChatJob(kind=JobKind.HELD_CHANGES, chat_id=chat), at=at, due_at=at)


async def _make_due(work: UnitOfWork, chat: ChatId, at: datetime) -> bool:
    """Make held changes due, so that none is forgotten if its record cannot be read now; return whether there are any.

    Digests keep their time: only at that time they are posted.
    """
    # A decision by the old rules is stored before this, or waits for this transaction and uses the new ones.
    await work.connections.for_chat(chat, for_update=True)
    held = await work.decisions.open_in_chat(chat)
    await work.decisions.make_due([each.id for each in held if each.reason is not Reason.DIGEST], at=at)
    return bool(held)


async def end_connection(work: UnitOfWork, connections: Sequence[Connection], at: datetime) -> None:
    """Close the held changes of connections that ended with their record."""
    await work.decisions.close_connections([each.id for each in connections], Closing.CONNECTION_ENDED, at=at)


def unmuted_notice(chat: Chat, said: str, rest: str, at: datetime, t: Translator) -> OutgoingMessage:
    """Return the notice that a mute ended. `rest` says why there is no card about changes."""
    message = notice(NoticeView(text=said, next_step=rest))
    return to_outbox(chat, message, t, key=f"unmuted {chat.id} {at.isoformat()} {uuid4().hex}")
