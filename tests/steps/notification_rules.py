"""Set the notification rules of chats and records, and read the decisions."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from itertools import count
from typing import Any

from sqlalchemy import insert

from bot.domain.notifications.rules import ChatRules, ConnectionRules
from bot.domain.values import ChatId, ConnectionId
from bot.features.notifications.held_changes import reconsider, release
from bot.store.tables import connection, decision
from bot.store.unit_of_work import Store, UnitOfWork
from tests.patience import PATIENCE_S
from tests.wire.world import GROUP, World


def store_of(world: World) -> Store:
    return Store(world.engines, lambda _: None)


async def set_chat_rules(world: World, rules: ChatRules, chat: str = GROUP) -> None:
    async with store_of(world).writing() as work:
        stored = await work.notification_rules.chats.get_many([ChatId(chat)])
        version = stored[ChatId(chat)].version if stored else 0
        assert await work.notification_rules.chats.save(ChatId(chat), rules, version=version)


async def set_record_rules(world: World, rules: ConnectionRules, number: str = "CAS-01001", chat: str = GROUP) -> None:
    of = ConnectionId((await connection_of(world, number, chat))["id"])
    async with store_of(world).writing() as work:
        stored = await work.notification_rules.connections.get_many([of])
        version = stored[of].version if stored else 0
        assert await work.notification_rules.connections.save(of, rules, version=version)


async def connection_of(world: World, number: str = "CAS-01001", chat: str = GROUP) -> Mapping[str, Any]:
    live = connection.c.ended_at.is_(None) & (connection.c.chat_id == chat)
    (found,) = await world.rows_in(connection, live & (connection.c.record_number == number))
    return found


class _Services:
    """The part of the services that `release` and `reconsider` need."""

    def __init__(self, world: World) -> None:
        self.clock = world.clock


async def end_mute(world: World, rules: ChatRules, text: str, chat: str = GROUP) -> None:
    """End a mute of the chat as the command does: the rules change and held changes are released together."""
    await set_chat_rules(world, rules, chat)
    services: Any = _Services(world)
    async with store_of(world).writing() as work:
        await release(services, work, ChatId(chat), text)
    # Nobody told the bot, which looks for work from time to time. A lease of work that it found lasts ten seconds.
    world.clock.advance(9)
    await posted(world)


async def rules_changed(world: World, chat: str = GROUP) -> None:
    services: Any = _Services(world)
    work: UnitOfWork
    async with store_of(world).writing() as work:
        await reconsider(services, work, ChatId(chat))
    world.clock.advance(9)
    await posted(world)


async def posted(world: World) -> None:
    """Let time pass until no held change is due, and wait until all is posted."""
    # Work that is running must end before the clock moves: its lease lasts ten seconds.
    await world.settle()
    world.clock.advance(10)
    await world.settle()
    is_open = (decision.c.outcome == "held") & decision.c.closed_as.is_(None)
    async with asyncio.timeout(PATIENCE_S):
        for tries in count(1):
            if not await world.rows_in(decision, is_open, decision.c.due_at <= world.clock.now()):
                break
            await asyncio.sleep(0.01)
            if tries % 20 == 0:
                world.clock.advance(10)
    await world.settle()


async def store_decisions(world: World, count: int, *, chat: str = GROUP, **more: Any) -> None:
    """Store past decisions of the chat's only record: Priority changes to High every third time."""
    (of,) = await world.rows_in(connection, connection.c.chat_id == chat)
    column = {"name": "prioritycode", "old": 2, "has_values": True, "old_is_known": True}
    rows = [
        {
            "connection_id": of["id"],
            "chat_id": chat,
            "at": world.clock.now() - timedelta(hours=number + 1),
            "outcome": "posted",
            "reason": "every change",
            "columns": [{**column, "new": 1 + number % 3}],
            "authors": {"people": [], "integrations": [], "on_own_card": False},
            "news": False,
            **more,
        }
        for number in range(count)
    ]
    async with world.engines.writing.begin() as begun:
        await begun.execute(insert(decision), rows)


async def decided(world: World) -> list[tuple[str, str, str | None]]:
    """Return outcome, reason, and end of each decision, oldest first."""
    rows = sorted(await world.rows_in(decision), key=lambda row: row["id"])
    return [(row["outcome"], row["reason"], row["closed_as"]) for row in rows]
