"""The turn of a request from the pane: the person, and the chat that the request is about."""

from dataclasses import dataclass

from bot.domain.errors import BotAbsent, NotAllowed
from bot.domain.values import Chat, ChatId, Person, PublicId
from bot.features.connections.install_app import require_chat_member
from bot.features.shared import access
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from bot.runtime.even_time import EvenTime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatClaim:
    """The chat that a page says its request is about: its ID, or one of its connections; both empty for none."""

    chat: str = ""
    connection: PublicId | None = None


async def pane_turn(services: Services, person: Person, address: Chat, claim: ChatClaim, time_zone: str | None) -> Turn:
    """Return the turn, whose answer only the person sees.

    The person must be in the claimed chat. Without one, the turn is in `address`, which is no chat, so nothing is
    posted there. Raise `NotAllowed` or `Unavailable`.
    """
    known = await _chat_in_even_time(services, person, claim) if claim.chat or claim.connection else address
    return Turn(chat=known, person=person, private=True, time_zone=time_zone)


async def _chat_in_even_time(services: Services, person: Person, claim: ChatClaim) -> Chat:
    await access.require_user_anywhere(services, person)
    even = EvenTime(services.limits.refuse_after_s)
    try:
        return await _require_own_chat(services, person, claim)
    except NotAllowed:
        await even.wait()
        raise


async def _require_own_chat(services: Services, person: Person, claim: ChatClaim) -> Chat:
    """Return the chat. There is one error for a chat that is unknown, and for one that the person is not in."""
    async with services.store.reading() as work:
        connection = await work.connections.get(claim.connection) if claim.connection else None
        chat = await work.chats.get(connection.chat_id if connection else ChatId(claim.chat))
    if chat is None:
        raise access.only_members()
    try:
        members = await require_chat_member(services, chat, person)
    except BotAbsent as error:
        # Nobody knows whether the person is in the chat.
        raise access.only_members() from error
    if members is not None:
        raise NotAllowed("Chat Sync is not in this chat.", "In Teams, add Chat Sync to the chat.")
    return chat
