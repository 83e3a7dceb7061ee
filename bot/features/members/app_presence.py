"""Check that the app is in a chat before it uses its own rights there (spec S6, J3).

Microsoft Graph lets the app change the members of every chat, also of chats that people removed it from.
"""

from bot.domain.errors import BotAbsent, ChatMissing, NotAllowed
from bot.domain.send_outcomes import BOT_REMOVED
from bot.domain.texts import text
from bot.domain.values import Chat, ObjectId, Person
from bot.features.shared.chat_presence import leave_chat
from bot.features.shared.services import Services

UNREACHABLE = text("Chat Sync is not in this chat or cannot post in it.")


async def require_app_in_chat(services: Services, chat: Chat, person: ObjectId, next_step: str) -> None:
    """Raise `NotAllowed` with the next step if the app is not in the chat, or `Unavailable`.

    Teams answers questions about members only to an app that is in the chat. `person` need not be a member.
    """
    try:
        await services.roster.is_member(chat, Person(account_id=person, object_id=person, name=""))
    except BotAbsent as error:
        await mark_absent(services, chat, error)
        raise unreachable(next_step) from error


async def mark_absent(services: Services, chat: Chat, error: BotAbsent) -> None:
    """Store that the app is not in the chat, and pause the chat's connections until it is added again (spec K9).

    Store nothing if Teams did not find the chat: the next message into it finds out whether that lasts.
    """
    if isinstance(error, ChatMissing):
        return
    async with services.store.writing() as work:
        await leave_chat(work, chat.id, BOT_REMOVED, at=services.clock.now())


def unreachable(next_step: str) -> NotAllowed:
    """Return the error for a chat that the app is not in, or where it cannot post."""
    return NotAllowed(UNREACHABLE, next_step)
