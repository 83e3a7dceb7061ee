"""Tables whose timelines cannot show chats (spec Y3)."""

from bot.store.tables import chat_activity
from tests.steps.changes import until
from tests.steps.chat_sync import goes_on, people, row, rows, users
from tests.wire.people import COLLEAGUES
from tests.wire.world import World, texts


async def test_a_table_that_gets_a_timeline_later_shows_chats_connected_before(world: World) -> None:
    world.dataverse_refuses["(LogicalName='chat')/ManyToOneRelationships"] = (200, {"value": []})
    await world.say("connect CAS-01001 quiet")
    await goes_on(world)
    world.connector.posts.clear()
    world.clock.advance(6 * 3600)
    await goes_on(world)
    assert await rows(world) == []
    await world.say("status")
    assert "Not shown in Dynamics 365 because this record type has no timeline for chats." in texts(world.card())
    world.dataverse_refuses.clear()
    world.clock.advance(6 * 3600)

    async def is_shown() -> bool:
        (kept,) = await world.rows_in(chat_activity)
        return kept["row"] is not None and kept["trouble"] is None

    await until(world, is_shown)
    assert people(await row(world)) == await users(world, *COLLEAGUES)
    await world.say("status")
    assert not any("Not shown in Dynamics 365" in text for text in texts(world.card()))
