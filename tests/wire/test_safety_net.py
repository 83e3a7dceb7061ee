"""Changes without an event are found even if Dataverse does not track changes (spec K9)."""

from sqlalchemy import update

from bot.store.tables import record_type
from tests.steps.records import create
from tests.wire.world import API, GROUP, World, texts

TABLE = "msdyn_ocliveworkitem"
"""A table whose changes the sandbox does not track."""


CHANGED, BEGUN = "filter=modifiedon%20ge", "orderby=modifiedon%20desc"


async def conversation(world: World) -> str:
    """Create a conversation that the chat is connected to; return its ID."""
    row = await create(world, f"{TABLE}s", {"subject": "Leaking pump"})
    told = {"notify": True, "key_fields": ["subject"]}
    async with world.engines.writing.begin() as connection:
        await connection.execute(update(record_type).where(record_type.c.table == TABLE).values(told))
    await world.restart()
    await world.say(f"connect {world.sandbox}/main.aspx?pagetype=entityrecord&etn={TABLE}&id={row} quiet")
    await world.settle()
    world.card()
    return row


async def missed_change(world: World, row: str, subject: str) -> None:
    """Rename the conversation while the webhook is off."""
    await world.switch_webhook(on=False)
    async with world.session.patch(f"{world.sandbox}{API}/{TABLE}s({row})", json={"subject": subject}) as answer:
        assert answer.status == 204, await answer.text()


def asked(world: World, what: str) -> bool:
    return any(what in each for each in world.dataverse_was_asked)


async def time_passes_until(world: World, what: str) -> None:
    """Let quarters of an hour pass until this request reaches Dataverse."""
    world.dataverse_was_asked.clear()
    while not asked(world, what):
        world.clock.advance(15 * 60)
        # The request alone is not enough: the clock can move only after its result is saved.
        await world.looked_through(TABLE)
    # Delayed events have two minutes to arrive.
    world.clock.advance(2 * 60)
    await world.settle()


async def test_where_changes_are_not_tracked_what_was_missed_is_found_by_when_rows_changed(world: World) -> None:
    row = await conversation(world)
    await missed_change(world, row, "Water in the pump")
    await world.restart()
    world.clock.advance(5)
    await world.until(lambda: world.connector.posts.get(GROUP))
    assert "Title: Leaking pump → **Water in the pump**" in texts(world.card())
    await missed_change(world, row, "Pump replaced")
    await time_passes_until(world, CHANGED)
    await world.until(lambda: world.connector.posts.get(GROUP))
    assert "Title: Water in the pump → **Pump replaced**" in texts(world.card())


async def test_a_deleted_row_that_nothing_tells_of_is_found_within_a_day(world: World) -> None:
    row = await conversation(world)
    await world.restart()
    world.clock.advance(5)
    await world.looked_through(TABLE)
    await world.switch_webhook(on=False)
    await world.delete(f"{TABLE}s", row)
    await time_passes_until(world, CHANGED)
    assert world.nothing_was_said()
    world.clock.advance(24 * 3600)
    await time_passes_until(world, BEGUN)
    await world.until(lambda: world.connector.posts.get(GROUP))
    assert any("deleted in Dynamics 365" in each for each in texts(world.card()))


async def test_of_a_table_without_key_fields_a_deleted_row_is_found_too(world: World) -> None:
    row = await create(world, "accounts", {"name": "Contoso Pumps"})
    await world.say(f"connect {world.sandbox}/main.aspx?pagetype=entityrecord&etn=account&id={row} quiet")
    await world.settle()
    world.card()
    await world.switch_webhook(on=False)
    await world.delete("accounts", row)
    await world.restart()
    world.clock.advance(5)
    await world.until(lambda: world.connector.posts.get(GROUP))
    assert any("deleted in Dynamics 365" in each for each in texts(world.card()))
    # Records without a connection are not checked.
    assert not asked(world, "/incidents?$select=incidentid")
