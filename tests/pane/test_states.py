"""States of the pane that the server decides (spec P4, P8, P12)."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from bot.features.pane.running_requests import MAX_REQUESTS
from bot.store.tables import environment
from tests.steps.members import create_chat
from tests.steps.pane import PanePage, case, error_of, names, open_pane, rows
from tests.wire.people import ADELE, ALEX, MEGAN
from tests.wire.world import GROUP, HURRIED, OTHER_GROUP, World

pytestmark = pytest.mark.one_database

CHATS_OF_MEGAN = f"/users/{MEGAN.object_id}/chats"


async def set_organization(world: World, **values: object) -> None:
    """Store settings as another process does."""
    async with world.engines.writing.begin() as begun:
        await begun.execute(update(environment).values(**values))
    await world.restart()


async def test_a_record_without_chats_shows_the_next_step(world: World) -> None:
    view = await (await open_pane(world, ALEX)).view(await case(world))
    assert [(each["name"], each["total"], each["problem"]) for each in view["sections"]] == [
        ("connected", 0, None),
        ("otherRecords", 0, None),
        ("otherChats", 0, None),
    ]


async def test_a_deleted_record_gets_the_answer_of_a_hidden_one(world: World) -> None:
    page, record = await open_pane(world, ALEX), await case(world)
    watch = (await page.view(record))["watch"]
    await world.delete("incidents", record["row"])
    await world.settle()
    for name, body in (("view", {"record": record}), ("poll", watch)):
        status, answer = await page.send(name, body)
        assert (status, error_of(answer)[0]) == (404, "This case does not exist, or you do not have access to it.")


async def test_in_other_apps_the_pane_says_that_chats_are_not_enabled_there(world: World) -> None:
    await set_organization(world, pane_apps=["msdyn_CustomerServiceHub"])
    page, record = await open_pane(world, ALEX), await case(world)
    for shown in (record, None):
        status, body = await page.send("view", {"record": shown, "app": "sales_hub"})
        assert (status, error_of(body)) == (
            422,
            (
                "Chats are not enabled in this app.",
                "Open the record in another app, or ask your administrator to enable chats in this one.",
            ),
        )
        # Outside of Dynamics 365, there is no app.
        for app in ("msdyn_CustomerServiceHub", ""):
            assert (await page.send("view", {"record": shown, "app": app}))[0] == 200
    await set_organization(world, pane_apps=None)
    assert (await page.send("view", {"record": record, "app": "sales_hub"}))[0] == 200
    wrong: list[object] = [7, None, ["x"], "x" * 401]
    for each in wrong:
        assert (await page.send("view", {"record": record, "app": each}))[0] == 400


async def test_without_a_record_other_chats_follow_unless_an_administrator_turns_them_off(world: World) -> None:
    await create_chat(world, "Pump")
    loose = await create_chat(world, "Lunch", "CAS-01002")
    page = await open_pane(world, MEGAN)
    (row,) = rows(await page.view(await case(world, "CAS-01002")), "connected")
    await page.send("disconnect", {"connection": row["connection"]})
    view = await page.view(renew=True)
    assert (names(rows(view, "myChats")), names(rows(view, "otherChats"))) == (["Pump"], ["Lunch"])
    assert rows(view, "otherChats")[0]["key"] == loose
    assert names(rows(await page.view(words="lun"), "otherChats")) == ["Lunch"]
    assert rows(await page.view(words="pum"), "otherChats") == []
    await set_organization(world, other_chats=False)
    view = await page.view()
    assert [each["name"] for each in view["sections"]] == ["myChats"]
    # Beside a record, people connect them.
    assert names(rows(await page.view(await case(world)), "otherChats")) == ["Lunch"]


async def test_chats_are_asked_for_again_after_a_minute_or_an_act(world: World) -> None:
    page, record = await open_pane(world, MEGAN), await case(world)
    counts = []
    for seconds, renew in ((0, False), (59, False), (1, False), (1, True), (1, False)):
        world.clock.advance(seconds)
        world.dataverse_was_asked.clear()
        await page.view(record, renew=renew)
        counts.append(sum(CHATS_OF_MEGAN in each for each in world.dataverse_was_asked))
    assert counts == [1, 0, 1, 1, 0]
    wrong: list[object] = [1, "true", None]
    for each in wrong:
        assert (await page.send("view", {"record": record, "renew": each}))[0] == 400


async def test_if_graph_fails_the_last_known_chats_are_shown_with_their_time(world: World) -> None:
    await create_chat(world, "Booster", "CAS-01002")
    page, record = await open_pane(world, MEGAN), await case(world)
    known = (await page.view(record))["at"]
    world.clock.advance(120)
    world.dataverse_refuses["/graph/v1.0/"] = (503, {})
    for view, name in ((await page.view(record), "otherRecords"), (await page.view(), "myChats")):
        (section,) = [each for each in view["sections"] if each["name"] == name]
        assert names(section["rows"]) == ["Booster"]
        assert (section["problem"]["kind"], section["asOf"]) == ("unavailable", known)
    # After half an hour, they are forgotten.
    world.clock.advance(29 * 60)
    again = await open_pane(world, MEGAN)
    assert (await again.send("view", {"record": None}))[0] == 503


async def test_a_hanging_graph_hides_neither_the_record_nor_its_chats(bare_world: World) -> None:
    world = bare_world
    world.limits = replace(HURRIED, answer_within_s=6)
    await world.start()
    await create_chat(world)
    page, record = await open_pane(world, ADELE), await case(world)
    world.dataverse_hangs_on = "/graph/"
    view = await page.view(record)
    assert view["record"]["number"] == "CAS-01001"
    assert len(rows(view, "connected")) == 1
    (section,) = [each for each in view["sections"] if each["name"] == "otherRecords"]
    assert section["problem"]["text"] == "Microsoft Teams is taking too long to respond."
    view = await page.view(record, tab="channels")
    (section,) = [each for each in view["sections"] if each["name"] == "otherChannels"]
    assert section["problem"]["text"] == "Microsoft Teams is taking too long to respond."
    world.let_dataverse_answer()
    await world.stop()


def chat_page(chats: int, *, first: int = 0, more: str = "") -> tuple[int, object]:
    """Return a page of Megan's chats as Microsoft Graph formats it."""
    found = [
        {"id": f"19:{number:03}@thread.v2", "topic": f"Talk {number}", "chatType": "group", "members": []}
        for number in range(first, first + chats)
    ]
    return 200, {"value": found, **({"@odata.nextLink": more} if more else {})}


async def test_the_newest_chats_are_shown_at_once_and_the_others_when_they_arrive(world: World) -> None:
    link = f"{world.sandbox}/graph/v1.0/users/{MEGAN.object_id}/chats?$skiptoken=older-ones"
    world.dataverse_refuses["older-ones"] = chat_page(20, first=50)
    world.dataverse_refuses[CHATS_OF_MEGAN] = chat_page(50, more=link)
    page, record = await open_pane(world, MEGAN), await case(world)
    assert await talks(page, record) == (50, 50, True)
    assert await talks(page, record, complete=True) == (50, 70, False)
    assert await talks(page, record) == (50, 70, False)
    assert await talks(page, record, shown=100) == (70, 70, False)
    assert await talks(page, record, words="talk 6") == (11, 11, False)


async def talks(page: PanePage, record: object, **more: Any) -> tuple[int, int, bool]:
    """Return the numbers of shown and of all other chats, and whether more are on their way."""
    view = await page.view(record, **more)
    (section,) = [each for each in view["sections"] if each["name"] == "otherChats"]
    return len(section["rows"]), section["total"], view["isPartial"]


@pytest.mark.parametrize(
    ("name", "about"),
    [
        ("view", {}),
        ("chat", {"chat": GROUP}),
        ("connect", {"chat": OTHER_GROUP, "note": "none"}),
        ("dialog", {"page": "newChatPeople"}),
        ("button", {"verb": "suggest"}),
        ("search", {"dataset": "records", "text": "pump"}),
        ("settings/show", {"environment": "localhost/sandbox"}),
    ],
)
async def test_the_requests_of_one_person_at_the_same_time_are_limited(
    world: World, name: str, about: dict[str, object]
) -> None:
    record = await case(world)
    megan = await open_pane(world, MEGAN)
    world.dataverse_hangs_on = "/"
    tasks = [asyncio.create_task(megan.send(name, {"record": record, **about})) for _ in range(MAX_REQUESTS + 3)]
    await world.until(lambda: sum(each.done() for each in tasks) >= 3)
    refused = [error_of(each.result()[1])[0] for each in tasks if each.done()]
    assert refused == ["Chat Sync is still answering other requests of yours."] * 3
    world.dataverse_hangs_on = ""
    await asyncio.gather(*tasks)
    # The next request has room again.
    assert (await megan.send("view", {"record": record}))[0] == 200


async def test_polls_of_one_person_at_the_same_time_are_limited(world: World) -> None:
    megan = await open_pane(world, MEGAN)
    watch = (await megan.view(await case(world)))["watch"]
    # What is known about rights is forgotten by then.
    world.clock.advance(240)
    world.dataverse_hangs_on = "/"
    tasks = [asyncio.create_task(megan.send("poll", watch)) for _ in range(MAX_REQUESTS + 3)]
    await world.until(lambda: sum(each.done() for each in tasks) >= 3)
    assert [each.result()[0] for each in tasks if each.done()] == [503] * 3
    world.dataverse_hangs_on = ""
    assert [status for status, _ in await asyncio.gather(*tasks)].count(204) == MAX_REQUESTS


async def test_one_person_who_loads_many_views_does_not_delay_others(world: World) -> None:
    record = await case(world)
    megan, alex = await open_pane(world, MEGAN), await open_pane(world, ALEX)
    await alex.view(record)
    world.dataverse_hangs_on = "/graph/"
    tasks = [asyncio.create_task(megan.send("view", {"record": record})) for _ in range(MAX_REQUESTS + 3)]
    await world.until(lambda: sum(each.done() for each in tasks) >= 3)
    for each in (each for each in tasks if each.done()):
        status, body = each.result()
        assert (status, error_of(body)[0]) == (503, "Chat Sync is still answering other requests of yours.")
    assert (await alex.send("view", {"record": record}))[0] == 200
    world.dataverse_hangs_on = ""
    assert [status for status, _ in await asyncio.gather(*tasks)].count(200) == MAX_REQUESTS
    # The next view has room again.
    assert (await megan.send("view", {"record": record}))[0] == 200
