"""The values of a record go from the store when the chat is not connected to it any more (spec K2)."""

from argparse import Namespace

import pytest
from sqlalchemy import select, update

from bot.store.tables import connection, field_value, metadata, record_type
from bot.wiring.command_line import run_command
from tests.patience import until
from tests.wire.people import MEGAN
from tests.wire.world import API, GROUP, OTHER_GROUP, World, buttons

pytestmark = pytest.mark.one_database

SECRET = "The bank account is 4711-0815-marker"
MINUTE = 60
DAY = 24 * 60 * MINUTE


@pytest.fixture
async def told(world: World) -> World:
    """Connect two chats to a case with a secret in a key field, which changes once."""
    async with world.engines.writing.begin() as begun:
        fields = {"key_fields": ["description", "prioritycode"]}
        await begun.execute(update(record_type).where(record_type.c.table == "incident").values(fields))
    world.settings = world.settings.model_copy(update={"public_url": world.url})
    connect = Namespace(command="dataverse", act="connect", environment=None, dry_run=False)
    assert await run_command(world.settings, connect, len) == 0
    await world.restart()
    for chat in (GROUP, OTHER_GROUP):
        await world.say("connect CAS-01001 quiet", chat=chat)
        await world.settle()
    await world.change({"description": SECRET}, by=MEGAN)
    await world.window_ends()
    for chat in (GROUP, OTHER_GROUP):
        assert SECRET in str(world.connector.posts[chat])
    assert len(await holders(world)) == 2
    return world


async def holders(world: World) -> list[int]:
    """Return the connections whose known values contain the secret."""
    rows = await world.rows_in(field_value)
    return sorted(row["connection_id"] for row in rows if SECRET in f"{row['raw']} {row['text']}")


async def holding(world: World) -> set[str]:
    """Return the tables that contain the secret anywhere."""
    found = set()
    for table in metadata.sorted_tables:
        rows = await world.reader.rows(select(table))
        found |= {table.name for row in rows if SECRET in str(dict(row))}
    return found


async def test_the_values_that_a_chat_was_told_go_when_a_disconnect_can_no_longer_be_undone(told: World) -> None:
    await told.say("disconnect")
    await told.settle()
    told.clock.advance(10 * MINUTE)
    await told.settle()
    assert len(await holders(told)) == 2
    # The next periodic deletion is at most five minutes later.
    told.clock.advance(5 * MINUTE)
    await until(lambda: _is_left(told, 1))
    (active,) = await told.rows_in(connection, connection.c.ended_at.is_(None))
    assert (await holders(told), active["chat_id"]) == ([active["id"]], OTHER_GROUP)


async def test_a_disconnect_that_is_undone_keeps_them(told: World) -> None:
    await told.say("disconnect")
    await told.settle()
    undo = buttons(told.connector.cards(GROUP)[-1])["Undo"]
    told.clock.advance(9 * MINUTE)
    await told.settle()
    await told.press(undo)
    await told.settle()
    told.clock.advance(DAY)
    await told.settle()
    assert len(await holders(told)) == 2
    await told.change({"prioritycode": 1}, by=MEGAN)
    await told.window_ends()
    assert "Priority Normal → High" in told.connector.posts[GROUP][-1]["summary"]


async def test_they_go_at_once_when_the_record_is_deleted(told: World) -> None:
    await told.delete("incidents", await told.row("incidents"), by=MEGAN)
    await until(lambda: _is_left(told, 0))
    assert await told.rows_in(field_value) == []


async def test_they_go_at_once_when_the_record_is_merged(told: World) -> None:
    kind = {"@odata.type": "Microsoft.Dynamics.CRM.incident"}
    body = {
        "Target": {**kind, "incidentid": await told.row("incidents", "CAS-01002")},
        "Subordinate": {**kind, "incidentid": await told.row("incidents", "CAS-01001")},
        "PerformParentingChecks": False,
    }
    headers = {"CallerObjectId": MEGAN.object_id}
    async with told.session.post(f"{told.sandbox}{API}/Merge", json=body, headers=headers) as answer:
        assert answer.status == 204, await answer.text()
    await until(lambda: _is_left(told, 0))
    assert await told.rows_in(field_value) != []  # those of the remaining record


async def _is_left(world: World, connections: int) -> bool:
    await world.window_ends()
    return len(await holders(world)) == connections


async def test_after_the_retention_no_table_contains_a_value_of_a_record_that_is_not_connected(told: World) -> None:
    for chat in (GROUP, OTHER_GROUP):
        await told.say("disconnect", chat=chat)
        await told.settle()
    assert {"inbox", "outbox", "field_value"} <= await holding(told)
    told.clock.advance((told.settings.retention_days + 1) * DAY)
    await until(lambda: _is_nowhere(told))


async def _is_nowhere(world: World) -> bool:
    world.clock.advance(1)  # between batches
    return not await holding(world)
