"""Chats with Microsoft Graph subscriptions, and the notifications that Graph posts."""

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


async def connect_synced_chat(world: World, chat: str = GROUP, number: str = "CAS-01001") -> None:
    """Connect the chat, create it in Graph, and show it on the record's timeline."""
    await world.say(f"connect {number} quiet", chat=chat)
    await world.settle()
    world.connector.posts.pop(chat, None)
    await world.teams.observe(world.activity(chat))
    await enqueued_chats(world)


async def enqueued_chats(world: World) -> Sequence[str]:
    """Return the chats that were enqueued for a check since the last call."""
    before, world.looks = world.looks, {row["lane"]: row["asked"] for row in await world.rows_in(sync_job)}
    return sorted(chat for chat, asked in world.looks.items() if asked > before.get(chat, 0))


async def until_enqueued(world: World, *chats: str) -> None:
    """Let time pass until exactly these chats are enqueued, earlier than all chats would be."""
    before = world.clock.now()
    found: set[str] = set()

    async def all_are() -> bool:
        found.update(await enqueued_chats(world))
        return found >= set(chats)

    await until(world, all_are)
    assert found == set(chats)
    assert world.clock.now() - before < CHECK_INTERVAL


async def until(world: World, condition: Callable[[], bool | Awaitable[bool]], *, step_s: float = 10) -> None:
    """Let time pass in steps until the condition is met. The more slowly the machine works, the more time passes."""
    async with asyncio.timeout(30):
        while True:
            held = condition()
            if held if isinstance(held, bool) else await held:
                return
            world.clock.advance(step_s)
            await asyncio.sleep(0.01)


async def until_subscriptions_settled(world: World, *, step_s: float = 10) -> None:
    """Let time pass until every wanted subscription exists and none is due."""
    await until(world, lambda: subscriptions_settled(world), step_s=step_s)


async def subscriptions_settled(world: World) -> bool:
    """Return whether there are subscriptions and none of them is due."""
    rows = await world.rows_in(subscription)
    return bool(rows) and not any(row["held_until"] or row["due_at"] <= world.clock.now() for row in rows)


async def until_no_event_is_late(world: World) -> None:
    """Let time pass until the next search for missed changes, so that all delayed events have arrived."""
    newer = (change_link.c.table == "incident") & (change_link.c.taken_at > world.clock.now())

    async def looked_through() -> bool:
        return bool(await world.rows_in(change_link, newer))

    async def nothing_waits() -> bool:
        return not await world.leftovers()

    await until(world, looked_through)
    await until(world, nothing_waits)


def subscriptions_in_graph(world: World) -> Sequence[Row]:
    """Return the subscriptions in Graph."""
    return active_subscriptions(world.teams.rows, world.clock.now())


def subscribed_resources(world: World) -> set[str]:
    """Return the resources of these subscriptions."""
    return {row.text("resource") for row in subscriptions_in_graph(world)}


async def lose_subscription(world: World, row: Row) -> None:
    """Delete a subscription in Graph without a notification."""
    async with world.teams.store.transaction() as draft:
        found = draft.get(SUBSCRIPTIONS, row.id)
        assert found
        draft.remove(found)


async def post_notifications(world: World, *notifications: object, **more: object) -> int:
    """Post notifications as Graph does; return the status. The body of the answer is empty."""
    status, text = await post_body(world, {"value": list(notifications), **more})
    assert status != 202 or text == ""
    return status


async def post_body(world: World, body: object) -> tuple[int, str]:
    # Unchanged: including values that are not objects, and numbers of any size.
    content, json_type = BytesIO(json.dumps(body).encode()), {"Content-Type": "application/json"}
    async with world.session.post(world.url + CHANGES, data=content, headers=json_type) as answer:
        return answer.status, await answer.text()


def rename_notification(
    subscription_id: str, client_state: str, chat: str = GROUP, **more: object
) -> Mapping[str, Any]:
    """Return the notification of a new name."""
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
