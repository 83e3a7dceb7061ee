"""Chats whose changes Microsoft Graph tells of, and what Graph posts."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from io import BytesIO
from typing import Any

from bot.features.chat_sync.enqueue_stale_chats import CHECK_INTERVAL
from bot.sandbox.graph_notifications.subscriptions import SUBSCRIPTIONS, active_subscriptions
from bot.sandbox.values import Row
from bot.store.tables import change_link, subscription, sync_job
from tests.wire.world import GROUP, World

CHANGES = "/api/graph/events"


async def synced(world: World, chat: str = GROUP, number: str = "CAS-01001") -> None:
    """The chat is connected, Graph knows it, and it is shown on the record's timeline."""
    await world.say(f"connect {number} quiet", chat=chat)
    await world.settle()
    world.connector.posts.pop(chat, None)
    await world.teams.observe(world.activity(chat))
    await asked_for(world)


async def asked_for(world: World) -> Sequence[str]:
    """The chats that are to be looked at since this was asked last."""
    before, world.looks = world.looks, {row["lane"]: row["asked"] for row in await world.rows_in(sync_job)}
    return sorted(chat for chat, asked in world.looks.items() if asked > before.get(chat, 0))


async def until_asked_for(world: World, *chats: str) -> None:
    """Lets time pass until just these chats are to be looked at, and sooner than all of them are."""
    before = world.clock.now()
    found: set[str] = set()

    async def all_are() -> bool:
        found.update(await asked_for(world))
        return found >= set(chats)

    await until(world, all_are)
    assert found == set(chats)
    assert world.clock.now() - before < CHECK_INTERVAL


async def until(world: World, condition: Callable[[], bool | Awaitable[bool]]) -> None:
    """Lets time pass until it is so."""
    async with asyncio.timeout(30):
        while True:
            held = condition()
            if held if isinstance(held, bool) else await held:
                return
            world.clock.advance(10)
            await asyncio.sleep(0.01)


async def seen_to(world: World) -> None:
    """Lets time pass until every subscription that is wanted is there and none is due."""
    await until(world, lambda: is_seen_to(world))


async def is_seen_to(world: World) -> bool:
    """Whether there are subscriptions and none of them is due."""
    rows = await world.rows_in(subscription)
    return bool(rows) and not any(row["held_until"] or row["due_at"] <= world.clock.now() for row in rows)


async def nothing_is_late(world: World) -> None:
    """Lets time pass until the records were looked through once more, and what was only late has arrived."""
    newer = (change_link.c.table == "incident") & (change_link.c.taken_at > world.clock.now())

    async def looked_through() -> bool:
        return bool(await world.rows_in(change_link, newer))

    async def nothing_waits() -> bool:
        return not await world.leftovers()

    await until(world, looked_through)
    await until(world, nothing_waits)


def there(world: World) -> Sequence[Row]:
    """The subscriptions that Graph has."""
    return active_subscriptions(world.teams.rows, world.clock.now())


def resources(world: World) -> set[str]:
    """What they are for."""
    return {row.text("resource") for row in there(world)}


async def lose(world: World, row: Row) -> None:
    """Graph loses a subscription without a word."""
    async with world.teams.store.transaction() as draft:
        found = draft.get(SUBSCRIPTIONS, row.id)
        assert found
        draft.remove(found)


async def notify(world: World, *notifications: object, **more: object) -> int:
    """The status with which a POST of Graph's is answered, which says nothing else."""
    status, text = await send(world, {"value": list(notifications), **more})
    assert status != 202 or text == ""
    return status


async def send(world: World, body: object) -> tuple[int, str]:
    # As it is: also what is no object, and numbers of any size.
    content, json_type = BytesIO(json.dumps(body).encode()), {"Content-Type": "application/json"}
    async with world.session.post(world.url + CHANGES, data=content, headers=json_type) as answer:
        return answer.status, await answer.text()


def renamed(subscription_id: str, client_state: str, chat: str = GROUP, **more: object) -> Mapping[str, Any]:
    """That a chat has a new name, as Graph tells it."""
    resource = f"chats('{chat}')"
    return {
        "subscriptionId": subscription_id,
        "changeType": "updated",
        "clientState": client_state,
        "tenantId": "bbbbbbbb-0000-4000-8000-000000000002",
        "resource": resource,
        "resourceData": {"id": chat, "@odata.type": "#microsoft.graph.chat", "@odata.id": resource},
        **more,
    }
