"""Maintain Microsoft Graph subscriptions, and read the requests to Graph."""

from bot.domain.limits import Limits
from bot.features.graph_subscriptions.maintain import maintain_subscriptions
from bot.wiring.services import Runtime, build_runtime, migrate_and_load
from tests.steps.changes import (
    seen_to,
    synced,
    there,
    until,
)
from tests.wire.world import World

EVERY_CHAT = "/appCatalogs/teamsApps/00000005-0000-4000-9000-000000000001/installedToChats"


BOTH = {EVERY_CHAT, f"{EVERY_CHAT}/getAllMembers"}


INSTALLED = {"Chat.ReadBasic.WhereInstalled", "ChatMember.Read.WhereInstalled"}


def calls(world: World, since: int = 0) -> int:
    """Return the number of requests to Graph about subscriptions."""
    return sum("/graph/v1.0/subscriptions" in path for path in world.dataverse_was_asked[since:])


async def one_by_one(world: World, *chats: str) -> None:
    """Use one subscription for each chat, because the permissions for all chats are missing."""
    world.teams.withheld |= INSTALLED
    for chat in chats:
        await synced(world, chat)
    await until(world, lambda: len(there(world)) == len(chats))
    await seen_to(world)


async def another_process(world: World) -> Runtime:
    runtime = await build_runtime(world.settings, world.clock, Limits(graph_pace_s=0))
    await migrate_and_load(runtime)
    return runtime


async def maintain(runtime: Runtime, *, at_most: int = 10_000) -> bool:
    assert runtime.graph_notifications
    feed = runtime.graph_notifications.subscriptions
    return await maintain_subscriptions(runtime.services, feed, at_most=at_most)
