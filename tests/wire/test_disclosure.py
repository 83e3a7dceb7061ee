"""Content of a record that everyone in the chat gets, including parts that no client shows (spec U1)."""

import json
from typing import Any

import pytest

from tests.steps.record_search import search
from tests.steps.records import SECRET_CASE, set_record_type
from tests.wire.people import ADELE, MEGAN, PATTI, Somebody
from tests.wire.world import GROUP, World, buttons, texts

pytestmark = pytest.mark.one_database

NAME = "pump vibrates"
NUMBERED = "{base}/main.aspx?pagetype=entityrecord&etc=112&id={id}"
HIDDEN = "This record does not exist, or you do not have access to it."


def raw(answer: object) -> str:
    """Return everything in an answer, in lowercase."""
    return json.dumps(answer, ensure_ascii=False).lower()


async def searched(world: World, number: str = "CAS-01001", *, person: Somebody = ADELE) -> Any:
    """Search; return the result that is sent into the chat."""
    (found,) = (await search(world, number, person=person))["attachments"]
    return found["content"]


async def numbered(world: World, number: str = "CAS-01001") -> str:
    """Return an older link, which names the table by its number."""
    return NUMBERED.format(base=world.sandbox, id=await world.row("incidents", number))


async def pasted(world: World, link: str, *, person: Somebody = ADELE) -> Any:
    (found,) = await world.paste(link, person=person)
    return found


@pytest.mark.parametrize("level", ["nothing", "table"])
async def test_without_disclosure_of_names_neither_card_nor_preview_has_number_or_name(
    world: World, level: str
) -> None:
    await set_record_type(world, disclosure=level)
    for link in (await world.link(), await numbered(world)):
        told = raw(await pasted(world, link))
        assert "cas-" not in told
        assert NAME not in told
    picked = raw(await searched(world))
    assert "cas-" not in picked
    assert NAME not in picked


async def test_if_nothing_is_disclosed_a_search_result_does_not_show_its_table(
    world: World,
) -> None:
    await set_record_type(world, disclosure="nothing")
    card = await searched(world)
    assert texts(card) == ["Dynamics 365 record"]
    assert list(buttons(card)) == ["Show details", "Connect this chat", "Chats"]
    assert card["refresh"]["userIds"]
    for told in ("case", "incident", "etc=", "etn=", "112"):
        assert told not in raw(card).replace(await world.row("incidents"), "")


async def test_if_nothing_is_disclosed_the_card_of_an_older_link_says_no_more_than_the_link(world: World) -> None:
    await set_record_type(world, disclosure="nothing")
    link = await numbered(world)
    found = await pasted(world, link)
    assert buttons(found["content"])["Open record"]["url"] == link
    assert "case" not in raw(found)
    assert "incident" not in raw(found)
    refused = raw(await world.paste(await numbered(world, SECRET_CASE), person=PATTI))
    assert HIDDEN.lower() in refused
    assert "case" not in refused
    assert "incident" not in refused


async def test_if_nothing_is_disclosed_the_card_of_a_link_names_the_table_like_the_link(world: World) -> None:
    await set_record_type(world, disclosure="nothing")
    link = await world.link()
    found = await pasted(world, link)
    assert buttons(found["content"])["Open record"]["url"] == link
    assert "case" not in raw(found)
    claims = raw(found).count('"table": "incident"')
    assert raw(found).count("incident") == claims + raw(found).count("etn=incident")


@pytest.mark.parametrize("number", ["CAS-01001", SECRET_CASE])
@pytest.mark.parametrize("form", ["searched", "an older link"])
async def test_its_buttons_work_for_readers_and_do_not_disclose_the_table_to_others(
    world: World, form: str, number: str
) -> None:
    await set_record_type(world, disclosure="nothing")
    if form == "searched":
        card = await searched(world, number, person=MEGAN)
    else:
        card = (await pasted(world, await numbered(world, number), person=MEGAN))["content"]
    pressed = {**buttons(card), "refresh": card["refresh"]["action"]}
    answers = {
        each: await world.press(pressed[each], person=PATTI)
        for each in ("refresh", "Show details", "Chats", "Connect this chat")
    }
    if number == SECRET_CASE:
        for answer in answers.values():
            assert texts(answer["value"])[0] == HIDDEN
            assert "case" not in raw(answer)
            assert "incident" not in raw(answer)
        return
    own = answers["refresh"]["value"]
    assert texts(own)[:2] == ["Case", number]
    assert buttons(own)["Open record"]["url"] == await world.link(number)
    assert own["refresh"]["action"] == card["refresh"]["action"]
    assert answers["Show details"]["value"] == own
    assert texts(answers["Chats"]["value"])[0] == f"Chats about {number}"
    assert answers["Connect this chat"]["value"] == f"{number} is connected to this chat"
    await world.settle()
    world.card()


async def test_a_button_sent_as_a_message_discloses_no_more_than_the_card(world: World) -> None:
    await set_record_type(world, disclosure="nothing")
    card = await searched(world)
    fallback = buttons(card)["Show details"]["fallback"]
    await world.post(world.activity(GROUP, ADELE, type="message", value=fallback["data"]))
    assert world.card() == card


async def test_an_earlier_card_without_a_table_still_finds_its_record_after_a_settings_change(world: World) -> None:
    await set_record_type(world, disclosure="nothing")
    card = await searched(world)
    await set_record_type(world, disclosure="name")
    own = (await world.press(card["refresh"]["action"], person=ADELE))["value"]
    assert texts(own)[:2] == ["Case", "CAS-01001"]
