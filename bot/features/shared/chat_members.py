"""The members of chats, for lists that are shown even if some members are unknown."""

import asyncio

from bot.domain.errors import ChatSyncError
from bot.domain.values import ChatId, ObjectId
from bot.features.shared.services import Services
from bot.features.shared.view_cache import Cached, fetch_one


async def list_member_ids(services: Services, chat: ChatId) -> frozenset[ObjectId]:
    """Return the members of the chat; nobody if they cannot be read in time."""

    async def load() -> frozenset[ObjectId]:
        members = await services.chats.list_members(chat)
        return frozenset(member.object_id for member in members if member.object_id)

    try:
        async with asyncio.timeout(services.limits.answer_within_s / 3):
            return await fetch_one(services.view_cache, Cached.ROSTERS, chat, load)
    except (TimeoutError, ChatSyncError):
        return frozenset()
