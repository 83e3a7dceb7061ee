"""The roster cache: one request per TTL, and no long wait (spec U2)."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.domain.directory import ChatAccount
from bot.domain.errors import BotAbsent, NotAllowed, Unavailable
from bot.domain.values import Chat, ChatId, ChatKind, ObjectId, Person
from bot.features.shared.roster_cache import FAILURE_TTL, TTL, RosterCache
from tests.fakes.clock import HeldClock

CHAT = Chat(
    id=ChatId("19:a@thread.v2"),
    kind=ChatKind.GROUP,
    channel="msteams",
    tenant_id="t",
    service_url="https://smba.example/",
    bot_id="28:b",
    bot_name="Chat Sync",
)


class Asked:
    """A roster that counts its requests."""

    def __init__(self, answer: Sequence[str] | Exception) -> None:
        self.answer = answer
        self.times = 0
        self.hangs = asyncio.Event()
        self.hangs.set()

    async def accounts(self, chat: Chat) -> Sequence[ChatAccount]:
        self.times += 1
        await self.hangs.wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return [ChatAccount(id=each, object_id=None) for each in self.answer]

    async def is_member(self, chat: Chat, person: Person) -> bool:
        return person.account_id in {each.id for each in await self.accounts(chat)}

    async def members(self, chat: Chat) -> Sequence[ObjectId | None]:
        raise AssertionError(chat)


def roster_cache(roster: Asked, clock: HeldClock, turn_timeout_s: float = 5) -> RosterCache:
    return RosterCache(roster=roster, clock=clock, turn_timeout_s=turn_timeout_s, worker_timeout_s=5)


def person(account: str) -> Person:
    return Person(account_id=account, object_id=None, name="")


async def test_sixty_concurrent_callers_share_one_request_until_the_ttl_ends(clock: HeldClock) -> None:
    roster = Asked(["29:a", "29:b", "29:a"])
    readers = roster_cache(roster, clock)
    assert set(await asyncio.gather(*(readers.accounts(CHAT) for _ in range(60)))) == {("29:a", "29:b")}
    for account in ("29:a", "29:b"):
        await readers.require_member(CHAT, person(account))
    assert roster.times == 1
    clock.advance(TTL / timedelta(seconds=1))
    await readers.accounts(CHAT)
    assert roster.times == 2


@pytest.mark.parametrize("trouble", [BotAbsent(), Unavailable("no"), PermissionError("no")])
async def test_a_failed_request_is_not_repeated_for_a_minute(clock: HeldClock, trouble: Exception) -> None:
    roster = Asked(trouble)
    readers = roster_cache(roster, clock)
    assert [await readers.accounts(CHAT) for _ in range(3)] == [None] * 3
    assert roster.times == 1
    clock.advance(FAILURE_TTL / timedelta(seconds=1))
    assert await readers.accounts(CHAT) is None
    assert roster.times == 2


async def test_a_caller_that_gives_up_leaves_the_result_for_later_callers(clock: HeldClock) -> None:
    roster = Asked(["29:a"])
    readers = roster_cache(roster, clock, 0.01)
    roster.hangs.clear()
    assert await readers.accounts(CHAT) is None
    roster.hangs.set()
    await asyncio.sleep(0.01)
    assert await readers.accounts(CHAT) == ("29:a",)
    assert roster.times == 1


async def test_a_worker_waits_longer_than_a_turn(clock: HeldClock) -> None:
    roster = Asked(["29:a"])
    readers = roster_cache(roster, clock, 0.01)
    roster.hangs.clear()
    waiting = asyncio.create_task(readers.accounts_by_chat([CHAT]))
    assert await readers.accounts(CHAT) is None
    roster.hangs.set()
    assert await waiting == {CHAT.id: ("29:a",)}
    assert roster.times == 1


async def test_only_members_pass_unless_the_bot_is_absent(clock: HeldClock) -> None:
    readers = roster_cache(Asked(["29:a"]), clock)
    with pytest.raises(NotAllowed):
        await readers.require_member(CHAT, person("29:stranger"))
    absent = roster_cache(Asked(BotAbsent()), clock)
    await absent.require_member(CHAT, person("29:stranger"))


async def test_a_change_bypasses_the_cache(clock: HeldClock) -> None:
    roster = Asked(["29:a"])
    readers = roster_cache(roster, clock)
    await readers.require_member(CHAT, person("29:a"))
    roster.answer = ["29:b"]
    with pytest.raises(NotAllowed):
        await readers.require_fresh(CHAT, person("29:a"))
    assert await readers.accounts(CHAT) == ("29:b",)
    await readers.require_fresh(CHAT, person("29:b"))
