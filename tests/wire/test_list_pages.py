"""Every list lets people reach all of its rows, page by page."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.steps.private_views import private_view
from tests.wire.people import ADELE, ALEX, PATTI, Somebody
from tests.wire.world import API, GROUP, PERSONAL, World, buttons, texts

pytestmark = pytest.mark.one_database

CASES = [f"CAS-{number:05}" for number in range(1001, 1015)]


async def readable(world: World, person: Somebody) -> set[str]:
    """Return the cases that the person can open, according to Dataverse."""
    headers = {"CallerObjectId": person.object_id}
    url = f"{world.sandbox}{API}/incidents?$select=ticketnumber"
    async with world.session.get(url, headers=headers) as answer:
        return {row["ticketnumber"] for row in (await answer.json())["value"]} & {*CASES}


async def connected(world: World) -> None:
    for case in CASES:
        await world.say(f"connect {case} quiet")
    await world.settle()
    world.connector.posts.clear()


async def pages(world: World, card: Mapping[str, Any], person: Somebody, chat: str = GROUP) -> list[dict[str, Any]]:
    """Return this page and those behind "Next", and check that "Previous" leads back."""
    found = [dict(card)]
    while turn := buttons(found[-1]).get("Next"):
        found.append((await world.press(turn, person=person, chat=chat))["value"])
        back = (await world.press(buttons(found[-1])["Previous"], person=person, chat=chat))["value"]
        assert texts(back) == texts(found[-2])
    assert "Previous" not in buttons(found[0])
    return found


def numbers(shown: list[dict[str, Any]]) -> list[str]:
    """Return the numbers of the cases on the pages."""
    return [case for page in shown for text in texts(page) for case in CASES if text.split(" · ")[:2] == ["Case", case]]


async def test_all_records_of_a_chat_are_on_the_pages_of_each_list(world: World) -> None:
    await connected(world)
    own = await readable(world, PATTI)
    hidden_first = len({*CASES[4:]} - own)
    assert 1 < hidden_first < 10
    for command in ("records", "status"):
        shown = await pages(world, await private_view(world, command), ALEX)
        assert numbers(shown) == CASES[::-1]
        assert [texts(page)[-1] for page in shown] == ["Records 1 to 10 of 14.", "Records 11 to 14 of 14."]
        shown = await pages(world, await private_view(world, command, person=PATTI), PATTI)
        assert set(numbers(shown)) == own
        assert texts(shown[0])[-1] == f"Records 1 to 10 of 14. You cannot open {hidden_first} of them."
    # The chat saw only the number of records, and nobody else can turn the pages.
    assert world.nothing_was_said()
    turn = buttons(await private_view(world, "records"))["Next"]
    world.connector.members[GROUP].remove(PATTI.account_id)
    refused = await world.press(turn, person=PATTI)
    assert texts(refused["value"])[0] == "Only members of this chat can do this."
    for begin in ("13", "14", "99999"):
        last = await world.press({**turn, "data": {"begin": begin}})
        assert numbers([last["value"]])[-1] == CASES[0]
    for begin in ("-1", "x", "1000000"):
        forged = await world.press({**turn, "data": {"begin": begin}})
        assert texts(forged["value"])[0] == "This button no longer works."


async def test_all_records_are_on_the_pages_of_a_choice(world: World) -> None:
    await connected(world)
    shown = await pages(world, await private_view(world, "disconnect", person=PATTI), PATTI)
    offered = [text for page in shown for text in texts(page) if text.startswith("CAS-")]
    assert [each.split(" · ")[0] for each in offered] == CASES
    assert texts(shown[1])[-1] == "7 to 12 of 14. Or write disconnect and the record's number."
    # A choice of records that match words
    every: dict[str, set[str]] = {}
    for command in ("connect", "chats", "timeline", "suggest"):
        await world.say(f"{command} CAS-010", person=ADELE, chat=PERSONAL)
        shown = await pages(world, world.card(PERSONAL), ADELE, PERSONAL)
        rows = [text.split(" · ")[1] for page in shown for text in texts(page) if text.startswith("Case · ")]
        assert len(rows) == len(set(rows)) > 12
        every[command] = set(rows)
        assert texts(shown[0])[-1] == "1 to 6. Not listed? Write more of its name, or its number."
    assert every["connect"] == every["chats"] == every["timeline"] == every["suggest"]
