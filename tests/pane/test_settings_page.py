"""Administrators see the settings and their history on a page (spec P6). Each request checks the right again."""

from typing import Any

import pytest

from bot.features.settings.labels import LABELS
from bot.features.settings.list_history import PAGE_SIZE
from bot.store.tables import setting_change
from tests.steps.pane import error_of
from tests.steps.settings_page import HERE, ask, one_change, settings_page, told
from tests.steps.settings_pages import (
    first_page,
    make_administrator,
    organization_page,
    record_type_page,
    request_page,
    saved_changes,
)
from tests.wire.people import ALEX, EVERYBODY, MEGAN, Somebody
from tests.wire.world import World, texts

pytestmark = pytest.mark.one_database

ROUTES: dict[str, dict[str, Any]] = {
    "show": {},
    "history": {},
    "export": {},
    "check": {"file": one_change(join=False)},
    "save": {"file": one_change(join=False), "version": 0},
}


async def test_the_page_shows_what_the_dialog_shows(world: World) -> None:
    page = await settings_page(world)
    shown = await ask(page, "show")
    assert (shown["environments"], shown["environment"], shown["version"]) == ([HERE], HERE, 0)
    assert dict(shown["facts"])["Chats"] == "On"
    assert [name for name, _ in shown["facts"]][:5] == [LABELS[each] for each in list(LABELS)[:5]]
    choices = (await first_page(world)).choices("table")
    assert [f"{each['label']} ({each['summary']})" for each in shown["recordTypes"]] == list(choices)
    case = next(each for each in shown["recordTypes"] if each["table"] == "incident")
    assert case["isEnabled"]
    assert case["defaults"][0] == ["How chats get changes by default", "A card for each change"]
    assert ["Default value rule", "none"] in case["defaults"]


async def test_default_rules_are_shown_with_the_labels_of_columns(world: World) -> None:
    page = await settings_page(world)
    file = one_change(urgent_rule=["any", "prioritycode becomes [1]"], notify_style="digest", digest_at="17:30")
    assert (await ask(page, "save", file=file, version=0))["isSaved"]
    case = next(each for each in (await ask(page, "show"))["recordTypes"] if each["table"] == "incident")
    defaults = dict(case["defaults"])
    assert defaults["Default time of the digest"] == "17:30"
    assert defaults["Default urgent rule"].startswith("Priority becomes High")


@pytest.mark.parametrize("person", EVERYBODY, ids=lambda each: each.name.split()[0])
async def test_the_page_and_the_dialog_refuse_the_same_people(world: World, person: Somebody) -> None:
    page = await settings_page(world, person)
    said = texts((await request_page(world, {"dialog": "settings"}, person=person, name="task/fetch")).card)
    for route, body in ROUTES.items():
        status, answer = await page.send(f"settings/{route}", {"environment": HERE, **body})
        if person is ALEX:
            assert status == 200, answer
        else:
            assert status == 403
            assert list(error_of(answer)) == said[:2]
    assert bool(await saved_changes(world)) == (person is ALEX)
    assert await page.send("settings/access", {}) == (200, {"isAdministrator": person is ALEX})


async def test_a_right_that_is_lost_between_two_requests_counts_at_once(world: World) -> None:
    await make_administrator(world, MEGAN)
    page = await settings_page(world, MEGAN)
    checked = await ask(page, "check", file=one_change(join=False))
    await make_administrator(world, MEGAN, still=False)
    for route, body in ROUTES.items():
        status, answer = await page.send(f"settings/{route}", {"environment": HERE, **body})
        assert status == 403, route
        assert error_of(answer)[0].startswith("Only people with the security role System Administrator")
    assert told(checked["changes"]) == ["Case · Let people join connected chats: On → Off"]
    assert await saved_changes(world) == []


async def test_nobody_sees_settings_without_a_session(world: World) -> None:
    page = await settings_page(world)
    page.token = "x"
    for route, body in {**ROUTES, "access": {}}.items():
        assert (await page.send(f"settings/{route}", {"environment": HERE, **body}))[0] == 401, route


async def test_unknown_environments_and_forged_data_are_refused(world: World) -> None:
    page = await settings_page(world)
    for route, body in ROUTES.items():
        status, answer = await page.send(f"settings/{route}", {"environment": "elsewhere", **body})
        assert (status, error_of(answer)[0]) == (400, "This environment is no longer configured."), route
    forged: list[tuple[str, dict[str, Any]]] = [
        ("show", {"environment": 7}),
        ("show", {"environment": ["x"]}),
        ("history", {"words": 1}),
        ("history", {"before": "2"}),
        ("history", {"skip": -1}),
        ("history", {"before": 2**40}),
        ("history", {"skip": True}),
        ("check", {"file": 7}),
        ("check", {"file": {"format": 1}}),
        ("save", {"file": one_change(join=False), "version": "0"}),
        ("save", {"file": one_change(join=False), "version": 1.5}),
        ("save", {"file": one_change(join=False), "version": 99}),
    ]
    for route, body in forged:
        assert (await page.send(f"settings/{route}", {"environment": HERE, **body}))[0] == 400, (route, body)
    assert await saved_changes(world) == []


async def test_the_history_says_who_when_from_and_to(world: World) -> None:
    await request_page(world, (await record_type_page(world)).step("Save", join="false"))
    await make_administrator(world, MEGAN)
    world.clock.advance(60)
    await request_page(
        world, (await organization_page(world, person=MEGAN)).step("Save", chats_on="false"), person=MEGAN
    )
    page = await settings_page(world)
    found = await ask(page, "history")
    assert found["older"] is None
    assert found["rows"] == [
        {
            "at": "2026-11-21T10:21:30+00:00",
            "who": "Megan Bowen",
            "where": "",
            "setting": "Chats",
            "was": "On",
            "now": "Off",
        },
        {
            "at": "2026-11-21T10:20:30+00:00",
            "who": "Alex Wilber",
            "where": "Case",
            "setting": "Let people join connected chats",
            "was": "On",
            "now": "Off",
        },
    ]


FILTERS: list[tuple[dict[str, str], list[str]]] = [
    ({"table": "environment"}, ["Megan Bowen"]),
    ({"table": "incident"}, ["Alex Wilber"]),
    ({"table": "account"}, []),
    ({"words": "megan"}, ["Megan Bowen"]),
    ({"words": "CASE join off"}, ["Alex Wilber"]),
    ({"words": "off"}, ["Megan Bowen", "Alex Wilber"]),
    ({"words": "off", "table": "incident"}, ["Alex Wilber"]),
    ({"words": "%_*"}, []),
]


async def test_the_history_can_be_filtered(world: World) -> None:
    page = await settings_page(world)
    assert (await ask(page, "save", file=one_change(join=False), version=0))["isSaved"]
    await make_administrator(world, MEGAN)
    other = await settings_page(world, MEGAN)
    off = '{"format": 1, "organisation": {"chats_on": false}}'
    assert (await ask(other, "save", file=off, version=1))["isSaved"]
    for query, people in FILTERS:
        assert [each["who"] for each in (await ask(page, "history", **query))["rows"]] == people, query


async def test_a_long_history_has_pages_and_a_rare_change_is_found(world: World) -> None:
    saves = [
        {
            "environment": HERE,
            "version": number,
            "at": world.clock.now(),
            "person_id": ALEX.object_id,
            "person_name": "Alex Wilber",
            "chat_id": "",
            "changes": [
                {"table": "incident", "setting": "note" if number == 3 else "join", "was": False, "now": True},
                *[{"table": "account", "setting": "join", "was": True, "now": False}] * (40 if number == 400 else 0),
            ],
        }
        for number in range(1, 451)
    ]
    async with world.engines.writing.begin() as begun:
        await begun.execute(setting_change.insert(), saves)
    page = await settings_page(world)
    counts: list[int] = []
    older: dict[str, int] | None = {}
    while older is not None:
        found = await ask(page, "history", **older)
        counts.append(len(found["rows"]))
        older = found["older"]
    assert (sum(counts), set(counts[:-1])) == (450 + 40, {PAGE_SIZE})
    first = await ask(page, "history", words="note")
    assert (first["rows"], first["older"]) == ([], {"before": 251, "skip": 0})
    second = await ask(page, "history", words="note", **first["older"])
    third = await ask(page, "history", words="note", **second["older"])
    assert [len(each["rows"]) for each in (second, third)] == [0, 1]
    assert third["older"] is None
