"""A pasted record link becomes a card (spec U1, U3)."""

import asyncio
import json

import pytest

from tests.steps.records import SECRET_CASE
from tests.wire.people import ADELE, LYNNE, PATTI
from tests.wire.world import GROUP, HURRIED, World, buttons, texts

pytestmark = pytest.mark.one_database


async def test_a_record_link_becomes_a_card_with_table_number_and_name(world: World) -> None:
    (found,) = await world.paste(await world.link(), person=ADELE)
    assert texts(found["content"]) == ["Case", "CAS-01001", "Pump vibrates after firmware update"]
    assert list(buttons(found["content"])) == ["Open record", "Show details", "Connect this chat", "Chats"]
    assert buttons(found["content"])["Open record"]["url"] == await world.link()
    assert found["preview"]["content"]["title"] == "Case · CAS-01001 · Pump vibrates after firmware update"


async def test_the_shared_card_has_only_table_number_and_name(world: World) -> None:
    (found,) = await world.paste(await world.link(), person=ADELE)
    shown = json.dumps(found)
    for secret in ("Normal", "In Progress", "Adele", "Priority"):
        assert secret not in shown


async def test_its_button_connects_the_chat_in_which_it_is_pressed(world: World) -> None:
    (found,) = await world.paste(await world.link(), person=ADELE)
    answer = await world.press(buttons(found["content"])["Connect this chat"], person=PATTI)
    assert answer["value"] == "CAS-01001 is connected to this chat"
    await world.settle()
    assert "Connected by Patti Fernandez" in texts(world.card())[-1]


async def test_its_button_lists_the_chats_privately_and_offers_a_new_chat(world: World) -> None:
    await world.say("connect CAS-01001", person=ADELE)
    await world.settle()
    world.card()
    (found,) = await world.paste(await world.link(), person=ADELE)
    answer = await world.press(buttons(found["content"])["Chats"], person=PATTI)
    assert texts(answer["value"])[0] == "Chats about CAS-01001"
    assert "New chat" in buttons(answer["value"])
    await world.settle()


async def test_without_access_the_card_says_so_and_discloses_nothing(world: World) -> None:
    (found,) = await world.paste(await world.link(SECRET_CASE), person=PATTI)
    assert texts(found["content"])[0].startswith("This case does not exist")
    assert SECRET_CASE not in json.dumps(found)
    assert buttons(found["content"]) == {}
    (found,) = await world.paste(await world.link(), person=LYNNE)
    assert texts(found["content"])[0].startswith("You have no user in Dynamics 365")


@pytest.mark.parametrize(
    "link",
    [
        "https://fabrikam.crm4.dynamics.com/main.aspx?pagetype=entityrecord&etn=incident&id=11111111-2222-3333-4444-555555555555",
        "{sandbox}/main.aspx?pagetype=entitylist&etn=incident&viewid=11111111-2222-3333-4444-555555555555",
        "{sandbox}/main.aspx?pagetype=entityrecord&etn=incident",
        "{sandbox}/main.aspx?pagetype=entityrecord&etn=lead&id=11111111-2222-3333-4444-555555555555",
        "{sandbox}/main.aspx?pagetype=entityrecord&etn=nosuchtable&id=11111111-2222-3333-4444-555555555555",
        "{sandbox}/main.aspx?pagetype=entityrecord&etc=99999&id=11111111-2222-3333-4444-555555555555",
        "not a link",
        "",
    ],
)
async def test_other_links_get_no_card(world: World, link: str) -> None:
    assert await world.paste(link.format(sandbox=world.sandbox)) == []


async def test_a_slow_dataverse_is_reported_in_time(world: World) -> None:
    world.limits = HURRIED
    await world.restart()
    link = await world.link()
    world.dataverse_hangs = True
    (found,) = await world.paste(link)
    assert texts(found["content"])[0] == "Dynamics 365 is taking too long to respond."
    await world.say("connect CAS-01001")
    assert texts(world.card())[0] == "Dynamics 365 is taking too long to respond."
    world.dataverse_hangs = False
    await asyncio.sleep(0)


async def test_a_failing_dataverse_gives_a_card_with_a_retry_button(world: World) -> None:
    (found,) = await world.paste(await world.link())
    world.dataverse_is_down = True
    answer = await world.press(buttons(found["content"])["Connect this chat"])
    assert texts(answer["value"])[0] == "Dynamics 365 is not responding."
    world.dataverse_is_down = False
    answer = await world.press(buttons(answer["value"])["Try again"])
    assert answer["value"] == "CAS-01001 is connected to this chat"
    await world.settle()
    world.card()


async def test_pasting_a_link_posts_and_stores_nothing(world: World) -> None:
    await world.paste(await world.link(), chat="19:5b5b5b5b@thread.v2")
    await world.settle()
    assert world.nothing_was_said(GROUP, "19:5b5b5b5b@thread.v2")
