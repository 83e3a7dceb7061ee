"""The turn of a request from the pane: the person, and the chat that the request is about."""

from bot.domain.errors import BotAbsent, NotAllowed
from bot.domain.values import Chat, ChatId, Person
from bot.features.shared import access
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn


async def pane_turn(services: Services, person: Person, address: Chat, chat: str, time_zone: str | None) -> Turn:
    """Return the turn, whose answer only the person sees.

    `chat`: ID of the chat that the request is about, which the person must be in; empty for none. Then the turn is in
    `address`, which is no chat, so nothing is posted there. Raise `NotAllowed` or `Unavailable`.
    """
    known = await _require_own_chat(services, person, ChatId(chat)) if chat else address
    return Turn(chat=known, person=person, private=True, time_zone=time_zone)


async def _require_own_chat(services: Services, person: Person, named: ChatId) -> Chat:
    """Return the chat. There is one error for a chat that is unknown, and one that the person is not in."""
    async with services.store.reading() as work:
        chat = await work.chats.get(named)
    if chat is None:
        raise access.only_members()
    try:
        await access.require_member(services, chat, person)
    except BotAbsent as error:
        raise NotAllowed(
            "Chat Sync is not in this chat, or you are not.", "In Teams, add Chat Sync to the chat."
        ) from error
    return chat
