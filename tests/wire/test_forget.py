"""`python app.py database forget` beside a running bot (spec O6)."""

import pytest
from sqlalchemy import select, update

from bot.domain.errors import NotSupported, Unavailable
from bot.store.tables import audit, chat, connection, metadata
from tests.steps.backups import command
from tests.wire.people import ADELE, MEGAN
from tests.wire.world import GROUP, OTHER_GROUP, TENANT, World, texts

# The statements are tested on both kinds of databases in `tests/contract/test_erasure.py`.
pytestmark = pytest.mark.one_database

HIGH, LOW = 1, 3
OTHER_TENANT = "cccccccc-0000-4000-8000-000000000003"
STRANGER = "dddddddd-0000-4000-8000-000000000004"
HOST = "localhost/sandbox"


async def acts_of(world: World) -> None:
    """Let Adele connect, mute, and change a record."""
    await world.say("connect CAS-01001 quiet", person=ADELE)
    await world.say("connect CAS-01001 quiet", person=MEGAN, chat=OTHER_GROUP)
    await world.say("mute 1h", person=ADELE)
    await world.say("mute off", person=ADELE)
    await world.change({"prioritycode": HIGH}, by=ADELE)
    await world.window_ends()
    world.connector.posts.clear()


async def stored_text(world: World) -> str:
    """Return everything in the database."""
    return str([[dict(row) for row in await world.rows_in(table)] for table in metadata.sorted_tables])


async def test_a_person_is_erased_and_the_chat_goes_on_without_them(world: World) -> None:
    await acts_of(world)
    user, before = await world.user_id(ADELE), await stored_text(world)
    assert all(word in before for word in (ADELE.object_id, user, ADELE.name))
    code, counted = await command(world, "database", "forget", "--person", ADELE.object_id, "--dry-run")
    assert (code, counted[-1]) == (0, "Nothing was changed, because of --dry-run.")
    assert await stored_text(world) == before
    code, lines = await command(world, "database", "forget", "--person", ADELE.object_id.upper())
    assert (code, lines[-1]) == (0, "The person was erased.")
    assert lines[:-1] == counted[:-1]
    assert "connection\t0 deleted\t1 changed" in lines
    after = await stored_text(world)
    assert [word for word in (ADELE.object_id, user, ADELE.name) if word in after] == []
    assert MEGAN.name in after
    # The act stays, without the person. That somebody was erased is an act, too.
    acts = {row["act"]: row["person_id"] for row in await world.rows_in(audit)}
    assert {name: acts[name] for name in ("mute", "forget person")} == {"mute": None, "forget person": None}
    # The second time, nothing is left.
    assert await command(world, "database", "forget", "--person", ADELE.object_id) == (
        1,
        ["Found in Dynamics 365: 1 user.", "Nothing is stored about this person."],
    )
    # The record is still connected, and the list has a sign in place of the name.
    await world.change({"prioritycode": LOW}, by=MEGAN)
    await world.window_ends()
    assert "Priority: High → **Low**" in texts(world.card())
    assert "Priority: High → **Low**" in texts(world.card(OTHER_GROUP))
    await world.say("connect CAS-01001")
    await world.settle()
    assert any("Connected by –." in line for line in texts(world.card()))


async def test_nothing_is_erased_of_a_stranger_or_while_dynamics_does_not_respond(world: World) -> None:
    await acts_of(world)
    before = await stored_text(world)
    assert (await command(world, "database", "forget", "--person", STRANGER))[0] == 1
    assert await command(world, "database", "forget", "--tenant", STRANGER) == (
        1,
        ["Nothing is stored about this tenant."],
    )
    world.dataverse_is_down = True
    with pytest.raises(Unavailable, match="nothing was erased"):
        await command(world, "database", "forget", "--person", ADELE.object_id)
    world.dataverse_is_down = False
    assert await stored_text(world) == before


async def test_another_name_of_a_person_is_erased_too(world: World) -> None:
    await acts_of(world)
    async with world.engines.writing.begin() as database:
        named = update(chat).where(chat.c.id == GROUP).values(topic="Lunch with Adele Miller")
        await database.execute(named)
    code, _ = await command(world, "database", "forget", "--person", ADELE.object_id, "--also", "Adele Miller")
    topics = [row["topic"] for row in await world.rows_in(chat, chat.c.id == GROUP)]
    assert (code, topics) == (0, ["Lunch with –"])


async def test_a_tenant_is_erased_and_the_other_one_keeps_its_chat(world: World) -> None:
    await acts_of(world)
    async with world.engines.writing.begin() as database:
        await database.execute(update(chat).where(chat.c.id == OTHER_GROUP).values(tenant_id=OTHER_TENANT))
    with pytest.raises(NotSupported, match="another tenant"):
        await command(world, "database", "forget", "--tenant", TENANT, "--environment", HOST)
    with pytest.raises(NotSupported, match="not stored"):
        await command(world, "database", "forget", "--tenant", TENANT, "--environment", "other.example.com")
    code, lines = await command(world, "database", "forget", "--tenant", TENANT)
    assert (code, lines[-1]) == (0, "The tenant was erased.")
    assert not any("Only this tenant" in line for line in lines)
    assert [row["id"] for row in await world.reader.rows(select(chat.c.id))] == [OTHER_GROUP]
    assert GROUP not in await stored_text(world)
    await world.restart()
    await world.change({"prioritycode": LOW}, by=MEGAN)
    await world.window_ends()
    assert "Priority: High → **Low**" in texts(world.card(OTHER_GROUP))
    assert world.nothing_was_said(GROUP)


async def test_the_last_tenant_takes_everything_with_it_and_the_bot_starts_as_new(world: World) -> None:
    await acts_of(world)
    await world.stop()
    code, lines = await command(world, "database", "forget", "--tenant", TENANT)
    assert (code, lines[-1]) == (0, "The tenant was erased.")
    assert await world.rows_in(connection) == []
    await world.start()
    await world.say("connect CAS-01001 quiet", person=MEGAN)
    await world.settle()
    assert "Megan Bowen" in str(texts(world.card()))
    assert (await world.rows_in(connection))[0]["connector_name"] == MEGAN.name


async def test_the_environment_of_a_tenant_is_erased_only_if_it_is_named(world: World) -> None:
    await acts_of(world)
    async with world.engines.writing.begin() as database:
        other = {"id": "19:other@thread.v2", "tenant_id": OTHER_TENANT}
        (known, *_) = await world.rows_in(chat, chat.c.id == GROUP)
        await database.execute(chat.insert().values({**known, **other}))
    offer = f"Only this tenant used {HOST}. To erase its settings and events, too, add: --environment {HOST}"
    options = ("database", "forget", "--tenant", TENANT, "--dry-run")
    assert (await command(world, *options))[1][-1] == offer
    code, lines = await command(world, *options, "--environment", HOST.upper())
    assert (code, lines[-1]) == (0, "Nothing was changed, because of --dry-run.")
    assert "environment\t1 deleted\t0 changed" in lines


async def test_options_that_do_not_belong_together_are_refused(world: World) -> None:
    with pytest.raises(NotSupported, match="--also"):
        await command(world, "database", "forget", "--tenant", TENANT, "--also", "Adele")
    with pytest.raises(NotSupported, match="--environment"):
        await command(world, "database", "forget", "--person", ADELE.object_id, "--environment", HOST)
