"""The chats of people, kept for a short time, so that the pane need not wait for Microsoft Graph each time.

If Microsoft Graph fails, views show the chats as they were, with the time (spec P8).
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from bot.clock import Clock
from bot.domain.directory import ChatMember, DirectoryChat
from bot.domain.errors import ChatSyncError, Unavailable
from bot.domain.values import ObjectId
from bot.features.chat_lists.my_chats import FIRST_CHATS, MAX_CHATS, MAX_NAMES, MyChats
from bot.features.shared.services import Services
from bot.runtime.ttl_cache import TtlCache

_FRESH_FOR = timedelta(seconds=60)
_KEPT_FOR = timedelta(minutes=30)
"""Time for which the chats may be shown if Microsoft Graph fails."""
_MAX_PEOPLE = 200
"""People whose chats are kept, at about 200 kB each."""
_SOMEBODY = ChatMember(membership_id="", object_id=None, name="")
"""Stands for each member whose name is not in the name of a chat, to save memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownChats:
    """A person's chats, and how current they are."""

    mine: MyChats
    at: datetime
    problem: ChatSyncError | None = None
    """The reason why the chats are those of an earlier time."""
    is_partial: bool = False
    """True if the newest chats were asked for, and the person may have more."""


def teams_too_slow() -> Unavailable:
    """Return the error for parts of a view that do not wait for Microsoft Graph any longer."""
    return Unavailable("Microsoft Teams is taking too long to respond.", "Try again in a moment.")


class ChatMemory:
    """The chats of people whose pane asked recently."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._newest: TtlCache[ObjectId, KnownChats] = TtlCache(clock, max_size=_MAX_PEOPLE, ttl=_KEPT_FOR)
        self._all: TtlCache[ObjectId, KnownChats] = TtlCache(clock, max_size=_MAX_PEOPLE, ttl=_KEPT_FOR)

    async def chats(self, services: Services, person: ObjectId, *, complete: bool, renew: bool = False) -> KnownChats:
        """Return the person's chats, not older than a minute if Microsoft Graph responds; raise `Unavailable`.

        Unless they have to be complete, only the newest ones are returned, which takes one request. `renew` asks again.
        """
        if renew:
            self._all.discard(person)
        found = self._all.get(person, max_age=_FRESH_FOR)
        if found:
            return found
        try:
            async with asyncio.timeout(services.limits.answer_within_s / 2):
                return await self._load(services, person, complete=complete, renew=renew)
        except TimeoutError:
            error: ChatSyncError = teams_too_slow()
        except ChatSyncError as raised:
            error = raised
        return self._earlier(person, error)

    async def _load(self, services: Services, person: ObjectId, *, complete: bool, renew: bool) -> KnownChats:
        load = partial(self._fetch, services, person)
        max_age = timedelta(0) if renew else _FRESH_FOR
        newest = await self._newest.fetch(person, partial(load, FIRST_CHATS), max_age=max_age)
        if len(newest.mine.chats) < FIRST_CHATS:
            return newest
        if not complete:
            return KnownChats(mine=newest.mine, at=newest.at, is_partial=True)
        try:
            async with asyncio.timeout(services.limits.answer_within_s / 3):
                return await self._all.fetch(person, partial(load, MAX_CHATS), max_age=_FRESH_FOR)
        except (TimeoutError, ChatSyncError):
            return newest

    async def _fetch(self, services: Services, person: ObjectId, at_most: int) -> KnownChats:
        now = self._clock.now()
        chats = await services.chats.list_chats(person, at_most=at_most)
        return KnownChats(mine=MyChats(chats=[_slim(each) for each in chats]), at=now)

    def _earlier(self, person: ObjectId, error: ChatSyncError) -> KnownChats:
        found = self._all.get(person) or self._newest.get(person)
        if found is None:
            raise error
        return KnownChats(mine=found.mine, at=found.at, problem=error)

    async def close(self) -> None:
        """Cancel running loads."""
        await self._newest.close()
        await self._all.close()


def _slim(chat: DirectoryChat) -> DirectoryChat:
    """Return the chat with the members that its name needs."""
    named = () if chat.topic else chat.members[:MAX_NAMES]
    others = 0 if chat.topic else len(chat.members) - len(named)
    return DirectoryChat(
        id=chat.id,
        topic=chat.topic,
        created_at=chat.created_at,
        url=chat.url,
        last_message_at=chat.last_message_at,
        members=named + (_SOMEBODY,) * others,
    )
