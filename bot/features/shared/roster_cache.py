"""Who reads along in a chat: whose clients ask for a card of their own (spec U2), and who may ask."""

import asyncio
from collections import OrderedDict
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from bot.clock import Clock
from bot.domain.errors import BotAbsent, ChatSyncError, NotAllowed
from bot.domain.values import Chat, ChatId, Person
from bot.ports.teams import Roster

T = TypeVar("T")

MAX_CHATS = 2_000
"""Chats in memory. Most have a dozen people, whose account ids take 100 bytes each."""

TTL = timedelta(minutes=5)
FAILURE_TTL = timedelta(minutes=1)
"""As often as Teams lets a card be asked for anew ("Universal Actions for Adaptive Cards")."""

_AT_ONCE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    accounts: tuple[str, ...] | None
    until: datetime


class RosterCache:
    """Asks Teams who is in a chat, and remembers it for a while: when sixty people open a card at once, sixty ask."""

    def __init__(self, *, roster: Roster, clock: Clock, patience_s: float) -> None:
        self._roster = roster
        self._clock = clock
        self._patience_s = patience_s
        self._seen: OrderedDict[ChatId, _Seen] = OrderedDict()
        self._asking: dict[ChatId, asyncio.Task[tuple[str, ...] | None]] = {}

    async def __call__(self, chat: Chat) -> tuple[str, ...] | None:
        """The chat's people by their account ids; None where Teams does not say it in time, or not to the bot."""
        seen = self._seen.get(chat.id)
        if seen and seen.until > self._clock.now():
            return seen.accounts
        task = self._asking.get(chat.id)
        if task is None:
            task = self._asking[chat.id] = asyncio.create_task(self._ask(chat))
            task.add_done_callback(lambda _: self._asking.pop(chat.id, None))
        # Who does not wait for the answer leaves it to those who come later.
        done, _ = await asyncio.wait({task}, timeout=self._patience_s)
        return task.result() if done else None

    async def accounts_of(self, chats: Sequence[Chat]) -> Mapping[ChatId, tuple[str, ...] | None]:
        """The same of several chats, a few at a time."""
        turns = asyncio.Semaphore(_AT_ONCE)

        async def asked(chat: Chat) -> tuple[str, ...] | None:
            async with turns:
                return await self(chat)

        found = await asyncio.gather(*(asked(chat) for chat in chats))
        return {chat.id: accounts for chat, accounts in zip(chats, found, strict=True)}

    async def with_accounts(self, chat: Chat, work: Coroutine[Any, Any, T]) -> tuple[T, tuple[str, ...] | None]:
        """What the work gives, and the chat's people, asked for at the same time where they are not known."""
        seen = self._seen.get(chat.id)
        if seen and seen.until > self._clock.now():
            return await work, seen.accounts
        done, accounts = await asyncio.gather(work, self(chat))
        return done, accounts

    async def require_member(self, chat: Chat, person: Person) -> None:
        """The person is in the chat, as far as the bot is there to know; raises `NotAllowed` or `Unavailable`."""
        if person.account_id not in (await self(chat) or ()):
            await self.require_fresh(chat, person)

    async def require_fresh(self, chat: Chat, person: Person) -> None:
        """The same by what Teams says now, for who is about to change something (spec S7)."""
        try:
            is_member = await self._roster.is_member(chat, person)
        except BotAbsent:
            return
        if not is_member:
            self._seen.pop(chat.id, None)  # what is remembered is older than this
            raise NotAllowed("Only members of this chat see this.", "Ask somebody in the chat to add you.")

    async def _ask(self, chat: Chat) -> tuple[str, ...] | None:
        try:
            accounts = tuple(dict.fromkeys(each.id for each in await self._roster.accounts(chat) if each.id))
        except (ChatSyncError, PermissionError):
            accounts = None  # the bot is not there, Teams is in trouble, or the chat's address is not on the list
        lifetime = FAILURE_TTL if accounts is None else TTL
        self._seen[chat.id] = _Seen(accounts=accounts, until=self._clock.now() + lifetime)
        self._seen.move_to_end(chat.id)
        if len(self._seen) > MAX_CHATS:
            self._seen.popitem(last=False)
        return accounts
