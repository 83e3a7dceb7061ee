"""Tell a chat of a change of its members before the change, so that nobody joins unseen (spec J3)."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from bot.domain.errors import BotAbsent, ChatSyncError, NotSupported, Unavailable
from bot.domain.values import Chat
from bot.features.members.app_presence import mark_absent, unreachable
from bot.features.shared.answers import render, to_outbox
from bot.features.shared.reader_languages import chat_translator
from bot.features.shared.services import Services
from cards.message import Message
from cards.notice import NoticeView, notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """Texts for the chat: before the change, and in place of the first one if the change fails."""

    chat: Chat
    text: str
    failure_text: str
    next_step: str
    """Advice for the person who asked, if the app is not in the chat."""


class OutcomeUnknown(Unavailable):
    """Error for a change that was perhaps made. The announcement stays."""

    def __init__(self, *, retry_after_s: float | None = None) -> None:
        super().__init__(
            "Microsoft 365 did not confirm the change.",
            "Look at the members of the chat before you try again.",
            retry_after_s=retry_after_s,
        )


async def announce(services: Services, announcement: Announcement, change: Callable[[], Awaitable[None]]) -> None:
    """Post the announcement, then make the change; edit the message if the change fails.

    Nothing is changed if the chat cannot be told. Raises `NotAllowed` if the app is not in the chat, `NotSupported`,
    `Unavailable`, and the errors of the change.
    """
    message = await _post(services, announcement)
    try:
        await change()
    except OutcomeUnknown:
        raise
    except ChatSyncError:
        await _retract(services, announcement, message)
        raise


async def _post(services: Services, announcement: Announcement) -> str:
    chat = announcement.chat
    t = await chat_translator(services, chat.id)
    try:
        message = await services.chat_messages.post(chat, render(_card(announcement.text), t, chat.channel))
    except BotAbsent as error:
        await mark_absent(services, chat, error)
        raise unreachable(announcement.next_step) from error
    async with services.store.writing() as work:
        await work.rate_history.add_posts([(chat.id, services.clock.now())])
    return message


async def _retract(services: Services, announcement: Announcement, message: str) -> None:
    """Edit the message. If Teams does not let us, tell the chat in another one."""
    chat, card = announcement.chat, _card(announcement.failure_text)
    t = await chat_translator(services, chat.id)
    with suppress(BotAbsent, NotSupported, Unavailable):
        await services.chat_messages.edit(chat, message, render(card, t, chat.channel))
        return
    now = services.clock.now()
    async with services.store.writing() as work:
        key = f"not added {message} {chat.id} {now.isoformat()}"
        await work.outbox.enqueue([to_outbox(chat, card, t, key=key)], at=now)


def _card(text: str) -> Message:
    return notice(NoticeView(text=text))
