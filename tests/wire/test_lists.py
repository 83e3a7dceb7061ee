"""What lists of chats and people tell where the directory tells little (spec A1, A3, L1)."""

from dataclasses import replace

import pytest

from tests.wire.people import ADELE, ALEX
from tests.wire.test_timeline import connected
from tests.wire.world import GROUP, OTHER_GROUP, PERSONAL, UNPACED, World, texts

PRESENCES = "communications/getPresencesByUserId"
LISTS = {"chats": "Chats about", "timeline": "Timeline of", "suggest": "People for"}
UNKNOWN = "(presence unknown)"


async def listed(world: World, command: str) -> list[str]:
    await world.say(f"{command} CAS-01001", person=ALEX, chat=PERSONAL)
    return texts(world.card(PERSONAL))


@pytest.mark.parametrize("command", LISTS)
async def test_a_directory_that_does_not_tell_who_is_available_leaves_the_list_without_it(
    world: World, command: str
) -> None:
    await connected(world)
    world.dataverse_refuses[PRESENCES] = (403, {"error": {"code": "Forbidden", "message": "no"}})
    said = await listed(world, command)
    assert said[0] == f"{LISTS[command]} CAS-01001"
    assert [each for each in said if f"Adele Vance {UNKNOWN}" in each]
    world.dataverse_refuses.clear()
    assert [each for each in await listed(world, command) if "Adele Vance (available)" in each]


@pytest.mark.parametrize("command", LISTS)
async def test_a_directory_that_takes_long_to_tell_it_is_not_waited_for(bare_world: World, command: str) -> None:
    world = bare_world
    world.limits = replace(UNPACED, answer_within_s=6)
    await world.start()
    await world.add_bot(GROUP)
    await world.add_bot(PERSONAL)
    await connected(world)
    await listed(world, command)  # what is read once is read
    world.dataverse_hangs_on = PRESENCES
    assert [each for each in await listed(world, command) if f"Adele Vance {UNKNOWN}" in each]
    await world.stop()


async def test_a_page_asks_once_for_all_who_connected_its_chats(world: World) -> None:
    await connected(world)
    await connected(world, OTHER_GROUP)
    world.dataverse_was_asked.clear()
    said = await listed(world, "chats")
    assert said[-1] == "2 chats"
    assert sum(PRESENCES in each for each in world.dataverse_was_asked) == 1
    assert ADELE.object_id in str(world.dataverse_was_sent)
