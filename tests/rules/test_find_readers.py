"""Who reads along is asked once for a while, and nobody waits long for it (spec U2)."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.domain.directory import ChatAccount
from bot.domain.errors import BotAbsent, NotAllowed, Unavailable
from bot.domain.values import Chat, ChatId, ChatKind, ObjectId, Person
from bot.features.shared.roster_cache import KNOWN_FOR, UNKNOWN_FOR, FindReaders
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
    """A roster that counts how often it is asked."""

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


def person(account: str) -> Person:
    return Person(account_id=account, object_id=None, name="")


async def test_sixty_who_ask_at_once_ask_once_and_again_after_a_while(clock: HeldClock) -> None:
    roster = Asked(["29:a", "29:b", "29:a"])
    readers = FindReaders(roster=roster, clock=clock, patience_s=5)
    assert set(await asyncio.gather(*(readers(CHAT) for _ in range(60)))) == {("29:a", "29:b")}
    for account in ("29:a", "29:b"):
        await readers.require(CHAT, person(account))
    assert roster.times == 1
    clock.advance(KNOWN_FOR / timedelta(seconds=1))
    await readers(CHAT)
    assert roster.times == 2


@pytest.mark.parametrize("trouble", [BotAbsent(), Unavailable("no"), PermissionError("no")])
async def test_where_nobody_says_it_nothing_is_known_for_a_minute(clock: HeldClock, trouble: Exception) -> None:
    roster = Asked(trouble)
    readers = FindReaders(roster=roster, clock=clock, patience_s=5)
    assert [await readers(CHAT) for _ in range(3)] == [None] * 3
    assert roster.times == 1
    clock.advance(UNKNOWN_FOR / timedelta(seconds=1))
    assert await readers(CHAT) is None
    assert roster.times == 2


async def test_who_does_not_wait_leaves_the_answer_to_those_who_come_later(clock: HeldClock) -> None:
    roster = Asked(["29:a"])
    readers = FindReaders(roster=roster, clock=clock, patience_s=0.01)
    roster.hangs.clear()
    assert await readers(CHAT) is None
    roster.hangs.set()
    await asyncio.sleep(0.01)
    assert await readers(CHAT) == ("29:a",)
    assert roster.times == 1


async def test_who_is_not_in_the_chat_is_refused_and_where_the_bot_is_not_nobody_is(clock: HeldClock) -> None:
    readers = FindReaders(roster=Asked(["29:a"]), clock=clock, patience_s=5)
    with pytest.raises(NotAllowed):
        await readers.require(CHAT, person("29:stranger"))
    absent = FindReaders(roster=Asked(BotAbsent()), clock=clock, patience_s=5)
    await absent.require(CHAT, person("29:stranger"))


async def test_who_is_about_to_change_something_is_asked_for_now_and_what_was_remembered_of_the_chat_is_not_believed(
    clock: HeldClock,
) -> None:
    roster = Asked(["29:a"])
    readers = FindReaders(roster=roster, clock=clock, patience_s=5)
    await readers.require(CHAT, person("29:a"))
    roster.answer = ["29:b"]
    with pytest.raises(NotAllowed):
        await readers.require_now(CHAT, person("29:a"))
    assert await readers(CHAT) == ("29:b",)
    await readers.require_now(CHAT, person("29:b"))
