"""Tables whose timelines cannot show chats (spec Y3)."""

from bot.store.tables import chat_activity
from tests.steps.changes import until
from tests.steps.chat_sync import chat_row, chat_rows, party_ids, run_due_jobs, user_ids
from tests.steps.private_views import private_view
from tests.wire.people import COLLEAGUES
from tests.wire.world import World, texts


async def test_a_table_that_gets_a_timeline_later_shows_chats_connected_before(world: World) -> None:
    world.dataverse_refuses["(LogicalName='chat')/ManyToOneRelationships"] = (200, {"value": []})
    await world.say("connect CAS-01001 quiet")
    await run_due_jobs(world)
    world.connector.posts.clear()
    world.clock.advance(6 * 3600)
    await run_due_jobs(world)
    assert await chat_rows(world) == []
    status = texts(await private_view(world, "status"))
    assert "Not shown in Dynamics 365 because this record type has no timeline for chats." in status
    world.dataverse_refuses.clear()
    world.clock.advance(6 * 3600)

    async def is_shown() -> bool:
        (kept,) = await world.rows_in(chat_activity)
        return kept["row"] is not None and kept["trouble"] is None

    await until(world, is_shown)
    assert party_ids(await chat_row(world)) == await user_ids(world, *COLLEAGUES)
    status = texts(await private_view(world, "status"))
    assert not any("Not shown in Dynamics 365" in text for text in status)
