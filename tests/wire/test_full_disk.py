"""A full disk: each caller gets an error, nothing is half written, and the product recovers once there is space."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import Pool

from bot.store.tables import inbox
from tests.dataverse.samples import context, typed
from tests.wire.world import GROUP, World, texts

HIGH = 1


@contextmanager
def room_for_pages(count: int) -> Iterator[None]:
    """Limit the pages of a SQLite database, which then fails as on a full disk."""

    def limited(connection: DBAPIConnection, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA max_page_count = {count}")
        cursor.close()

    event.listen(Pool, "connect", limited)
    try:
        yield
    finally:
        event.remove(Pool, "connect", limited)


async def pages(world: World) -> int:
    async with world.engines.writing.begin() as connection:
        count: int = (await connection.execute(text("PRAGMA page_count"))).scalar_one()
        return count


@pytest.mark.databases("sqlite")  # the administrator of PostgreSQL has to monitor its disk
async def test_a_full_disk_is_told_to_each_caller_and_nothing_is_lost(world: World) -> None:
    await world.say("connect CAS-01001 quiet")
    await world.settle()
    world.connector.posts.clear()
    case, kept, status = await world.row("incidents"), 0, 202
    with room_for_pages(await pages(world) + 4):
        await world.restart()
        while status == 202:
            changed = {"prioritycode": typed("OptionSetValue", Value=HIGH)}
            status, body = await world.tell(context(changed, PrimaryEntityId=case, OperationId=str(uuid4())))
            kept += status == 202
        assert status == 503
        assert body["error"]["message"] == "The database is not available at the moment. Try again in a few minutes."
        async with world.session.get(f"{world.url}/healthz") as alive:
            assert alive.status == 200
        assert len(await world.rows_in(inbox)) == kept
        await world.stop()
    await world.start()
    await world.window_ends()
    assert "Priority: Normal → **High**" in texts(world.card(GROUP))
