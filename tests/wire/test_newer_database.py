"""This version goes on while a newer one is rolled out, whose migrations added to the tables (spec O3)."""

import pytest

from tests.steps.backups import command
from tests.steps.schema_changes import LATER_REVISION, change_to_later_revision
from tests.wire.world import GROUP, OTHER_GROUP, World, texts

# The statements are tested on both kinds of databases in `tests/contract/test_upgrades.py`.
pytestmark = pytest.mark.one_database

HIGH, LOW = 1, 3


async def test_a_running_process_goes_on_and_another_one_starts_on_the_tables_of_the_next_version(world: World) -> None:
    await world.say("connect CAS-01001 quiet")
    await world.settle()
    world.connector.posts.clear()
    await change_to_later_revision(world.engines.writing)
    await world.change({"prioritycode": HIGH})
    await world.window_ends()
    assert "Priority: Normal → **High**" in texts(world.card())
    await world.restart()
    await world.say("connect CAS-01001 quiet", chat=OTHER_GROUP)
    await world.settle()
    world.connector.posts.clear()
    await world.change({"prioritycode": LOW})
    await world.window_ends()
    for chat in (GROUP, OTHER_GROUP):
        assert "Priority: High → **Low**" in texts(world.card(chat))
    code, lines = await command(world, "database", "check")
    assert (code, LATER_REVISION in lines[0]) == (3, True)
    assert lines[1].endswith("Start the newer version.")
