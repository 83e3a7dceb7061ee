"""People see who else has the record open now (spec P14)."""

from itertools import pairwise

import pytest

from bot.features.shared.pane_activity import SAVED_WITHIN
from bot.store.tables import open_pane as open_panes
from tests.steps.pane import PanePage, case, names, open_pane, people
from tests.wire.people import ADELE, ALEX, MEGAN, PATTI
from tests.wire.world import World

pytestmark = pytest.mark.one_database


async def viewers(page: PanePage, record: object, **more: object) -> list[str]:
    return names(people(await page.view(record, **more), "viewers"))


async def test_people_who_have_the_record_open_see_each_other(world: World) -> None:
    record = await case(world)
    megan, adele = await open_pane(world, MEGAN), await open_pane(world, ADELE)
    assert await viewers(megan, record) == []
    view = await adele.view(record)
    (row,) = people(view, "viewers")
    assert (row["name"], row["presence"]) == ("Megan Bowen", "IN_A_CALL")
    assert "megan.bowen%40example.com" in row["url"]
    for tab in ("channels", "people", "timeline"):
        assert await viewers(megan, record, tab=tab) == ["Adele Vance"]


async def test_a_page_learns_of_others_by_its_polls(world: World) -> None:
    record = await case(world)
    megan, adele = await open_pane(world, MEGAN), await open_pane(world, ADELE)
    watch = (await megan.view(record))["watch"]
    assert not await megan.is_outdated(watch)
    await adele.view(record)
    assert await megan.is_outdated(watch)
    watch = (await megan.view(record))["watch"]
    world.clock.advance(60)
    assert await megan.is_outdated(watch)
    assert await viewers(megan, record) == []


async def test_a_poll_keeps_the_record_open_and_a_hidden_pane_ends_after_a_minute(world: World) -> None:
    record = await case(world)
    megan, adele = await open_pane(world, MEGAN), await open_pane(world, ADELE)
    watch = (await megan.view(record))["watch"]
    for _ in range(4):
        world.clock.advance(30)
        await megan.is_outdated(watch)
    assert await viewers(adele, record) == ["Megan Bowen"]
    world.clock.advance(59)
    assert await viewers(adele, record) == ["Megan Bowen"]
    world.clock.advance(1)
    assert await viewers(adele, record) == []


async def test_another_record_no_record_and_signing_out_end_it_at_once(world: World) -> None:
    record, other = await case(world), await case(world, "CAS-01002")
    megan, adele = await open_pane(world, MEGAN), await open_pane(world, ADELE)
    for left in (other, None):
        await megan.view(record)
        assert await viewers(adele, record) == ["Megan Bowen"]
        await megan.view(left)
        assert await viewers(adele, record) == []
    await megan.view(record)
    assert (await megan.send("session", method="DELETE"))[0] == 204
    assert await viewers(adele, record) == []


async def test_a_person_without_access_neither_sees_nor_is_seen(world: World) -> None:
    hidden = await case(world, "CAS-01005")
    patti, alex = await open_pane(world, PATTI), await open_pane(world, ALEX)
    assert (await patti.send("view", {"record": hidden}))[0] == 404
    assert await viewers(alex, hidden) == []
    status, body = await patti.send("view", {"record": hidden})
    assert (status, "Alex" in str(body)) == (404, False)


async def test_two_panes_of_one_person_are_one_person(world: World) -> None:
    record, adele = await case(world), await open_pane(world, ADELE)
    for _ in range(2):
        await (await open_pane(world, MEGAN)).view(record)
    assert await viewers(adele, record) == ["Megan Bowen"]
    assert await viewers(await open_pane(world, ADELE), record) == ["Megan Bowen"]


async def saved(world: World) -> None:
    """Wait until the open panes are stored, and the next time to store them is known."""
    next_at = world.clock.now() + SAVED_WITHIN
    await world.until(lambda: next_at in world.clock.times_of_sleepers())


async def test_a_pane_writes_at_most_every_half_minute(world: World) -> None:
    megan, record = await open_pane(world, MEGAN), await case(world)
    watch, begun_at = (await megan.view(record))["watch"], world.clock.now()
    seconds = []
    for _ in range(6):
        for _ in range(3):
            world.clock.advance(SAVED_WITHIN.total_seconds())
            await saved(world)
        await megan.is_outdated(watch)
        (row,) = await world.rows_in(open_panes)
        seconds.append((row["seen_at"] - begun_at).total_seconds())
    # The row is stored a few seconds later, with the time of the poll.
    stored = sorted(set(seconds))
    assert stored[0] == 0
    assert len(stored) <= 4
    assert all(later - earlier >= 30 for earlier, later in pairwise(stored))
