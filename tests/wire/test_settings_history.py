"""Administrators read who changed which setting, and when (spec M1, P6)."""

from datetime import timedelta

import pytest

from bot.store.tables import setting_change
from tests.steps.settings_pages import (
    ShownPage,
    first_page,
    make_administrator,
    organization_page,
    record_type_page,
    request_page,
    search,
)
from tests.wire.people import ADELE, ALEX, MEGAN
from tests.wire.world import World, buttons, texts

pytestmark = pytest.mark.one_database

PLACE = "localhost/sandbox"


async def history(world: World) -> ShownPage:
    return await request_page(world, (await first_page(world)).step("History"))


async def test_each_change_is_shown_with_its_person_its_time_and_current_names(world: World) -> None:
    assert texts((await history(world)).card) == [PLACE, "Nobody has changed the settings yet."]
    page = await record_type_page(world)
    views = page.choices("note_view")
    view = next(title for title in views if not title.startswith("Default"))
    fields = await search(world, page.inputs["key_fields"]["choices.data"]["dataset"], "escalated")
    await request_page(
        world, page.step("Save", join="false", note_view=views[view], key_fields=",".join(fields.values()))
    )
    await make_administrator(world, MEGAN)
    world.clock.advance(60)
    await request_page(
        world, (await organization_page(world, person=MEGAN)).step("Save", chats_on="false"), person=MEGAN
    )
    said = texts((await history(world)).card)
    labels = ", ".join(title.partition(" (")[0] for title in fields)
    assert said == [
        PLACE,
        "Megan Bowen · {{DATE(2026-11-21T10:21:30Z, SHORT)}} {{TIME(2026-11-21T10:21:30Z)}}",
        "Chats: On → Off",
        "Alex Wilber · {{DATE(2026-11-21T10:20:30Z, SHORT)}} {{TIME(2026-11-21T10:20:30Z)}}",
        f"Case · View for the note: The default view → {view.removesuffix(' (secured columns)')}",
        "Case · Let people join connected chats: On → Off",
        f"Case · Key fields: Priority, Status, Status Reason → {labels}",
    ]


async def test_a_long_history_has_pages(world: World) -> None:
    changes = [
        {"table": "incident", "setting": "join", "was": number % 2 == 0, "now": number % 2 == 1} for number in range(40)
    ]
    start = world.clock.now()
    saves = [
        {
            "environment": PLACE,
            "version": number + 1,
            "at": start + timedelta(minutes=number),
            "person_id": ALEX.object_id,
            "person_name": f"Somebody {number}",
            "chat_id": "19:x@thread.v2",
            "changes": changes if number == 5 else changes[: number % 3 + 1],
        }
        for number in range(12)
    ]
    async with world.engines.writing.begin() as begun:
        await begun.execute(setting_change.insert(), saves)
    page = await history(world)
    lines: list[str] = []
    pages = 0
    while True:
        found = texts(page.card)
        here = [each for each in found if each.startswith("Case · ")]
        assert len(here) <= 15
        # The name is the current one in the directory.
        assert all(each.startswith("Alex Wilber · ") for each in found if "{{DATE" in each)
        lines += here
        pages += 1
        if "Older changes" not in buttons(page.card):
            break
        page = await request_page(world, page.step("Older changes"))
    assert len(lines) == sum(40 if number == 5 else number % 3 + 1 for number in range(12))
    assert pages == -(-len(lines) // 15)
    newest = await request_page(world, page.step("Newest changes"))
    assert texts(newest.card) == texts((await history(world)).card)
    forged = {**page.step("Newest changes"), "begin": "x"}
    assert texts((await request_page(world, forged)).card)[0] == "This button no longer works."
    beyond = {**page.step("Newest changes"), "begin": "99999", "skip": "3"}
    assert texts((await request_page(world, beyond)).card) == [PLACE, "There are no more changes."]


async def test_only_administrators_see_the_history(world: World) -> None:
    step = (await first_page(world)).step("History")
    for person in (ADELE, MEGAN):
        refused = texts((await request_page(world, step, person=person)).card)
        assert refused[0].startswith("Only people with the security role System Administrator")
    unknown = await request_page(world, {**step, "environment": "elsewhere"})
    assert texts(unknown.card)[0] == "This environment is no longer configured."
