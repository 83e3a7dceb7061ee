"""A cache of the accounts in each chat, for personal cards (spec U2) and for membership checks."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from bot.clock import Clock
from bot.domain.errors import BotAbsent, ChatSyncError, NotAllowed
from bot.domain.values import Chat, ChatId, ObjectId, Person
from bot.ports.teams import Roster
from bot.runtime.ttl_cache import TtlCache

T = TypeVar("T")

Accounts = tuple[str, ...]
"""Account IDs, each once."""


@dataclass(frozen=True, slots=True)
class _Members:
    """The members of a chat. The pane knows people by their object IDs only."""

    accounts: Accounts
    object_ids: frozenset[ObjectId]


MAX_CHATS = 2_000
"""Chats in memory. Most have a dozen people, whose IDs take 200 bytes each."""

TTL = timedelta(minutes=5)
FAILURE_TTL = timedelta(minutes=1)
"""Interval at which Teams lets clients refresh a card ("Universal Actions for Adaptive Cards")."""

_CONCURRENCY = 5


class RosterCache:
    """Fetch rosters from Teams and cache them, because all clients of a chat refresh a card at the same time."""

    def __init__(self, *, roster: Roster, clock: Clock, turn_timeout_s: float, worker_timeout_s: float) -> None:
        """Limit the wait in a turn, where a person waits for the answer, and in a worker."""
        self._roster = roster
        self._turn_timeout_s = turn_timeout_s
        self._worker_timeout_s = worker_timeout_s
        self._members: TtlCache[ChatId, _Members | None] = TtlCache(
            clock,
            max_size=MAX_CHATS,
            ttl=lambda members: FAILURE_TTL if members is None else TTL,
            system="Microsoft Teams",
        )

    async def accounts(self, chat: Chat) -> Accounts | None:
        """Return the accounts in the chat; None if Teams fails, takes too long, or the bot is not in the chat."""
        return _accounts(await self._fetch(chat, self._turn_timeout_s))

    async def has_member(self, chat: Chat, person: Person) -> bool:
        """Check whether the person was in the chat some minutes ago; False also if the members are not known."""
        members = await self._fetch(chat, self._turn_timeout_s)
        return members is not None and person.object_id in members.object_ids

    async def accounts_by_chat(self, chats: Sequence[Chat]) -> Mapping[ChatId, Accounts | None]:
        """Return the accounts in several chats, for workers; they are fetched a few at a time."""
        slots = asyncio.Semaphore(_CONCURRENCY)

        async def fetch(chat: Chat) -> Accounts | None:
            async with slots:
                return _accounts(await self._fetch(chat, self._worker_timeout_s))

        results = await asyncio.gather(*map(fetch, chats))
        return {chat.id: accounts for chat, accounts in zip(chats, results, strict=True)}

    async def with_accounts(self, chat: Chat, work: Coroutine[Any, Any, T]) -> tuple[T, Accounts | None]:
        """Return the result of the work, and the accounts in the chat. Both run concurrently."""
        members = self._members.get(chat.id)
        if members or chat.id in self._members:
            return await work, _accounts(members)
        result, accounts = await asyncio.gather(work, self.accounts(chat))
        return result, accounts

    async def require_member(self, chat: Chat, person: Person) -> None:
        """Raise `NotAllowed` if the person is not in the chat, or `Unavailable`; pass if the bot is not in the chat."""
        if person.account_id not in (await self.accounts(chat) or ()):
            await self.require_fresh(chat, person)

    async def require_fresh(self, chat: Chat, person: Person) -> None:
        """Check like `require_member`, but without the cache, before the person changes something (spec S7)."""
        try:
            is_member = await self._roster.is_member(chat, person)
        except BotAbsent:
            return
        if not is_member:
            self._members.discard(chat.id)  # the cached roster is older
            raise NotAllowed("Only members of this chat can see this.", "Ask a member to add you.")

    async def close(self) -> None:
        """Cancel running requests."""
        await self._members.close()

    async def _fetch(self, chat: Chat, timeout_s: float) -> _Members | None:
        try:
            async with asyncio.timeout(timeout_s):
                # A request that takes longer continues, and later callers use its result.
                return await self._members.fetch(chat.id, partial(self._load, chat))
        except TimeoutError:
            return None

    async def _load(self, chat: Chat) -> _Members | None:
        try:
            found = await self._roster.accounts(chat)
        except (ChatSyncError, PermissionError):
            return None  # the bot is absent, Teams fails, or the chat's service URL is not trusted
        return _Members(
            tuple(dict.fromkeys(each.id for each in found if each.id)),
            frozenset(each.object_id for each in found if each.object_id),
        )


def _accounts(members: _Members | None) -> Accounts | None:
    return members.accounts if members else None
