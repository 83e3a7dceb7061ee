"""Subscriptions that are to be made anew: the old one ends first, and where the new one is refused, that is said."""

from tests.wire.changes import CHANGES, resources, seen_to, synced, there, until, until_asked_for
from tests.wire.test_subscriptions import BOTH
from tests.wire.world import GROUP, World


async def test_after_a_start_at_another_address_they_are_made_anew_for_it(world: World) -> None:
    await synced(world)
    await seen_to(world)
    old, moved = {row.id for row in there(world)}, world.url.replace("127.0.0.1", "localhost")
    assert moved != world.url
    world.settings = world.settings.model_copy(update={"public_url": moved})
    await world.restart()
    await until(world, lambda: len(there(world)) == 2 and not old & {row.id for row in there(world)})
    assert resources(world) == BOTH
    assert {row.text("notificationUrl") for row in there(world)} == {moved + CHANGES}
    await until_asked_for(world, GROUP)
    await seen_to(world)
