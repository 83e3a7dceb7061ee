"""Maintain Microsoft Graph subscriptions, and read the requests to Graph."""

from bot.domain.limits import Limits
from bot.features.graph_subscriptions.maintain import maintain_subscriptions
from bot.wiring.services import Runtime, build_runtime, migrate_and_load
from tests.steps.changes import (
    connect_synced_chat,
    subscriptions_in_graph,
    until,
    until_subscriptions_settled,
)
from tests.wire.world import World

EVERY_CHAT = "/appCatalogs/teamsApps/00000005-0000-4000-9000-000000000001/installedToChats"


BOTH = {EVERY_CHAT, f"{EVERY_CHAT}/getAllMembers"}


INSTALLED = {"Chat.ReadBasic.WhereInstalled", "ChatMember.Read.WhereInstalled"}


def count_calls(world: World, since: int = 0) -> int:
    """Return the number of requests to Graph about subscriptions."""
    return sum("/graph/v1.0/subscriptions" in path for path in world.dataverse_was_asked[since:])


async def subscribe_per_chat(world: World, *chats: str) -> None:
    """Use one subscription for each chat, because the permissions for all chats are missing."""
    world.teams.withheld |= INSTALLED
    for chat in chats:
        await connect_synced_chat(world, chat)
    await until(world, lambda: len(subscriptions_in_graph(world)) == len(chats))
    await until_subscriptions_settled(world)


async def another_process(world: World) -> Runtime:
    runtime = await build_runtime(world.settings, world.clock, Limits(graph_pace_s=0))
    await migrate_and_load(runtime)
    return runtime


async def maintain(runtime: Runtime, *, at_most: int = 10_000) -> bool:
    assert runtime.graph_notifications
    feed = runtime.graph_notifications.subscriptions
    return await maintain_subscriptions(runtime.services, feed, at_most=at_most)
