"""The search for missed changes in tables without change tracking (spec K9)."""

from sqlalchemy import update

from bot.store.tables import record_type
from tests.steps.records import create
from tests.wire.world import API, GROUP, World, texts

TABLE = "msdyn_ocliveworkitem"
"""A table without change tracking in the sandbox."""


CHANGED, BEGUN = "filter=modifiedon%20ge", "orderby=modifiedon%20desc"


async def conversation(world: World) -> str:
    """Connect the chat to a conversation with a key field, and return the row ID."""
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
    """Advance the clock in steps of 15 minutes until Dataverse gets such a request."""
    world.dataverse_was_asked.clear()
    while not asked(world, what):
        world.clock.advance(15 * 60)
        # The request is sent before its results are stored, so wait for these before the clock advances.
        await world.looked_through(TABLE)
    # Late events have two minutes to arrive.
    world.clock.advance(2 * 60)
    await world.settle()


async def test_missed_changes_are_found_by_the_modification_time(world: World) -> None:
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


async def test_a_missed_deletion_is_found_within_a_day(world: World) -> None:
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


async def test_a_missed_deletion_is_found_for_a_record_type_without_key_fields(world: World) -> None:
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
    # Tables without connected chats are not checked.
    assert not asked(world, "/incidents?$select=incidentid")
