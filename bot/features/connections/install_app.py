"""Getting into a chat: the person is in it, and the bot is or comes in (spec C3, S7)."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.errors import BotAbsent, ChatSyncError, NotAllowed
from bot.domain.values import TEAMS, Chat, ChatKind, ObjectId, Person
from bot.features.shared import access
from bot.features.shared.services import Services


async def install_app(services: Services, chat: Chat) -> None:
    """The app is in the chat, which is not introduced to it: what was asked for is the first that it hears."""
    async with services.store.writing() as work:
        if await work.chats.get(chat.id) is None:
            # Teams may be slow to tell of the chat; until then it is reached where the wish came from.
            await work.chats.save(replace(chat, bot_present=False))
        await work.chats.mark_introduced(chat.id, services.clock.now())
    await services.chats.install(chat.id)


async def require_chat_member(services: Services, chat: Chat, person: Person) -> Sequence[ObjectId | None] | None:
    """None where the bot is in the chat; else who is in this group chat, to which the bot can be added.

    Raises `NotAllowed` where the person is not in it, `BotAbsent` where the bot cannot be added, or `Unavailable`.
    """
    try:
        await access.require_member(services, chat, person)
    except BotAbsent as absent:
        if chat.channel != TEAMS or chat.kind is not ChatKind.GROUP:
            raise
        return await _look_by_graph(services, chat, person, absent)
    return None


async def install_in_chat(services: Services, chat: Chat) -> Chat:
    """The chat as it is reached once the bot's app is in it; raises `BotAbsent` where it could not be added."""
    try:
        await install_app(services, chat)
    except ChatSyncError as error:
        raise BotAbsent from error
    async with services.store.reading() as work:
        return await work.chats.get(chat.id) or chat


async def _look_by_graph(
    services: Services, chat: Chat, person: Person, absent: BotAbsent
) -> Sequence[ObjectId | None]:
    """Graph knows who is in a chat where the bot is not; where it refuses, somebody can add the app by hand."""
    try:
        there = [each.object_id for each in await services.chats.list_members(chat.id)]
    except ChatSyncError as error:
        raise absent from error
    if person.object_id is None or person.object_id not in there:
        raise NotAllowed("Only members of this chat can do this.", "Ask somebody in the chat to add you or to do it.")
    return there
