"""Guests, people without a Teams license, and people who can no longer sign in."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.steps.members import create_chat
from tests.steps.new_chats import button_data, inputs, members, people_page, press, selection
from tests.wire.people import ADELE, DIEGO, ISAIAH, MEGAN, Somebody
from tests.wire.world import PERSONAL, World, texts

pytestmark = pytest.mark.one_database

NESTOR = Somebody("Nestor Wilke", 27)
JORDAN = Somebody("Jordan Reyes", 28)

REMARKS = {"Jordan Reyes · Pump Supplier · guest", "Nestor Wilke · Accountant · has no Teams license"}
ALEXS_NAME = b'"userPrincipalName":"alex.wilber@example.com"'


def sent_roles(world: World) -> dict[str, list[str]]:
    """Return the roles with which people were added to chats, by name; forget them."""
    people = {each.object_id: each.name for each in (ADELE, ISAIAH, MEGAN, JORDAN, NESTOR)}
    bodies = [json.loads(each) for each in world.dataverse_was_sent if b"user@odata.bind" in each]
    world.dataverse_was_sent.clear()
    rows = [row for body in bodies for row in body.get("members", [body]) if "user@odata.bind" in row]
    return {people[row["user@odata.bind"].rpartition("'")[0].rpartition("'")[2]]: row["roles"] for row in rows}


async def add(world: World, chat: str, person: Somebody) -> object:
    answer = await world.press({"verb": "add person", "data": {"person": person.object_id}}, person=ADELE, chat=chat)
    value = answer["value"]
    return value if isinstance(value, str) else texts(value)[0]


async def test_guests_and_people_without_a_license_are_named_as_such_and_added_as_what_they_are(world: World) -> None:
    page = await people_page(world, ADELE)
    listed = {each["title"] for each in inputs(page)["others"]["choices"]}
    assert listed >= REMARKS
    assert not any("Diego" in title for title in listed)
    for words, title in (("jor", "Jordan Reyes · Pump Supplier · guest"), ("nes", max(REMARKS))):
        assert await world.type_in("people", words) == [title]
    assert await world.type_in("people", "Diego") == []
    # People who were chosen before, and typed names.
    before = {"person": selection(JORDAN, NESTOR, DIEGO)}
    chosen = await world.ask_page({"dialog": "newChat", **await button_data(world), **before}, person=ADELE)
    assert {each["title"] for each in inputs(chosen)["suggested"]["choices"]} >= REMARKS
    assert "Diego" not in json.dumps(chosen)
    last = await press(
        world, page, "Create chat", person=ADELE, others=selection(MEGAN, JORDAN), names="Nestor Wilke", note="false"
    )
    assert texts(last)[0] == "The chat is ready. Nestor Wilke has no Teams license."
    assert sent_roles(world) == {
        ADELE.name: ["owner"],
        MEGAN.name: ["owner"],
        JORDAN.name: ["guest"],
        NESTOR.name: ["owner"],
    }


async def test_each_kind_of_person_is_added_to_a_chat_and_removed(world: World) -> None:
    chat = await create_chat(world)
    world.connector.members[chat] = [ADELE.account_id]
    assert await add(world, chat, JORDAN) == "Adele Vance added Jordan Reyes to this chat."
    assert await add(world, chat, NESTOR) == (
        "Adele Vance added Nestor Wilke to this chat. Nestor Wilke has no Teams license."
    )
    assert await add(world, chat, DIEGO) == "This person is no longer in your organization."
    assert await add(world, chat, Somebody("Of another tenant", 99)) == "This person is no longer in your organization."
    roles = sent_roles(world)
    assert (roles[JORDAN.name], roles[NESTOR.name]) == (["guest"], ["owner"])
    assert DIEGO.object_id not in await members(world, chat)
    # A member who can no longer sign in can be removed.
    remove = {"verb": "remove person", "data": {"person": NESTOR.object_id}}
    world.dataverse_says = {b'"accountEnabled":true': b'"accountEnabled":false'}
    answer = await world.press(remove, person=ADELE, chat=chat)
    assert answer["value"] == "Adele Vance removed Nestor Wilke from this chat."
    assert NESTOR.object_id not in await members(world, chat)
    await world.settle()


async def test_a_chat_with_a_person_of_another_organization_opens_by_the_mail_address(world: World) -> None:
    async def address() -> str:
        await world.say("suggest CAS-01001", person=ADELE, chat=PERSONAL)
        links = json.dumps(world.card(PERSONAL)).split('"url": "')
        chats = [link.partition('"')[0] for link in links if link.startswith("https://teams.microsoft.com/l/chat")]
        return " ".join(parse_qs(urlsplit(each).query)["users"][0] for each in chats)

    assert "alex.wilber@example.com" in await address()
    world.dataverse_says = {
        ALEXS_NAME: b'"userPrincipalName":"jo_fabrikam.com#EXT#@example.com"',
        b'"mail":"alex.wilber@example.com"': b'"mail":"jo@fabrikam.com"',
    }
    found = await address()
    assert "jo@fabrikam.com" in found.split()
    assert "#EXT#" not in found
    # Without a mail address, there is no link that opens the right chat.
    world.dataverse_says[b'"mail":"alex.wilber@example.com"'] = b'"mail":null'
    assert len((await address()).split()) == len(found.split()) - 1
