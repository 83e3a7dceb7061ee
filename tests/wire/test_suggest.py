"""Suggested people for a record, with reasons (spec A3-A5)."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import update

from bot.store.tables import record_type
from tests.steps.members import create_chat
from tests.steps.new_chats import inputs, members
from tests.steps.records import create
from tests.wire.people import ADELE, ALEX, ISAIAH, LYNNE, MEGAN, PATTI, Somebody
from tests.wire.world import API, GROUP, PERSONAL, World, buttons, texts

pytestmark = pytest.mark.one_database


async def told(world: World, number: str, *, person: Somebody = ALEX, chat: str = PERSONAL) -> list[str]:
    """Return the names and reasons on the card."""
    await world.say(f"suggest {number}", person=person, chat=chat)
    said = texts(world.card(chat))
    assert said[0] == f"People for {number}"
    return said[2:]


async def task(world: World, number: str, by: Somebody) -> None:
    row, user = await world.row("incidents", number), await world.user_id(by)
    bind = {"regardingobjectid_incident_task@odata.bind": f"/incidents({row})"}
    owner = {"ownerid@odata.bind": f"/systemusers({user})"}
    await create(world, "tasks", {"subject": "Call back", **bind, **owner})


async def test_people_are_listed_with_reasons_the_strongest_relation_first(world: World) -> None:
    """Compare line by line with the sample data and the actions of this test."""
    await create_chat(world)  # by Adele, with Megan
    for _ in range(3):
        await task(world, "CAS-01001", ISAIAH)
    await task(world, "CAS-01001", MEGAN)
    assert await told(world, "CAS-01001") == [
        "Adele Vance (available)",
        "Owner · Connected a chat · Last changed it",
        "Isaiah Langer (do not disturb)",
        "Worked on 3 activities this month",
        "Megan Bowen (in a call)",
        "Worked on 1 activity this month",
    ]
    # Only members of a chat see its members, and people are not suggested to themselves.
    assert await told(world, "CAS-01001", person=ADELE) == [
        "Isaiah Langer (do not disturb)",
        "Worked on 3 activities this month",
        "Megan Bowen (in a call)",
        "Worked on 1 activity this month · In 1 connected chat",
        "Alex Wilber (available)",
        "Created it",
    ]


ADELE_FREE, ISAIAH_BUSY, MEGAN_CALLS = (
    "Adele Vance (available)",
    "Isaiah Langer (do not disturb)",
    "Megan Bowen (in a call)",
)
SAMPLE = {
    "CAS-01001": [ADELE_FREE, "Owner · Last changed it"],
    "CAS-01002": [
        ADELE_FREE,
        "Member of the owner team · Last changed it",
        MEGAN_CALLS,
        "Administrator of the owner team",
    ],
    "CAS-01004": [ISAIAH_BUSY, "Owner", ADELE_FREE, "Last changed it", MEGAN_CALLS, "Handled 1 similar record"],
    "CAS-01006": [MEGAN_CALLS, "Owner", ADELE_FREE, "Last changed it"],
}
"""The ranking of the sample data: owners before people who changed the record, and these before similar records."""


async def test_the_sample_data_is_ranked_line_by_line(world: World) -> None:
    assert {number: await told(world, number) for number in SAMPLE} == SAMPLE


async def test_members_and_the_administrator_of_the_owner_team_are_suggested(world: World) -> None:
    said = await told(world, "CAS-01002")
    assert said == SAMPLE["CAS-01002"]
    # If the team cannot be read, nobody else is lost.
    world.dataverse_refuses = {"_administratorid_value": (403, {"error": {"code": "0x80040220", "message": "no"}})}
    assert await told(world, "CAS-01002") == said[:2]


async def test_people_who_handled_similar_records_are_suggested(world: World) -> None:
    said = await told(world, "CAS-01010")
    assert said[said.index("Megan Bowen (in a call)") + 1] == "Handled 1 similar record"


async def solved(world: World, title: str, owner: Somebody, *, account: str = "") -> None:
    """Resolve a case with this title."""
    account = account or await an_account(world)
    binds = {
        "customerid_account@odata.bind": f"/accounts({account})",
        "ownerid@odata.bind": f"/systemusers({await world.user_id(owner)})",
    }
    row = await create(world, "incidents", {"title": title, **binds})
    url = f"{world.sandbox}{API}/incidents({row})"
    async with world.session.patch(url, json={"statecode": 1, "statuscode": 5}) as answer:
        assert answer.status == 204, await answer.text()


async def an_account(world: World, name: str = "Any") -> str:
    return await create(world, "accounts", {"name": name})


async def test_only_readable_similar_records_count(world: World) -> None:
    """Count only similar records that the person can read: Adele's cases, but not Isaiah's."""
    for owner in (ISAIAH, ISAIAH, ADELE):
        await solved(world, "Pump vibrates after a firmware update", owner)
    said = await told(world, "CAS-01001")
    assert said[said.index("Isaiah Langer (do not disturb)") + 1] == "Handled 2 similar records"
    said = await told(world, "CAS-01001", person=PATTI)
    assert "Isaiah Langer (do not disturb)" not in said
    assert "Handled 1 similar record" in said[said.index("Adele Vance (available)") + 1]


async def test_a_title_of_one_word_does_not_match_every_title_with_it(world: World) -> None:
    for title in ("Pump", "Update", "Pump update"):
        await solved(world, title, ISAIAH)
    assert "Isaiah Langer (do not disturb)" not in await told(world, "CAS-01001")


async def test_the_subject_is_compared_for_both_records(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compare customers, because the sample cases have no subject."""
    monkeypatch.setattr("bot.dataverse.record_people._SUBJECT_COLUMN", "customerid")
    account = await an_account(world, "Northern Highlands Municipal Waterworks and Sewage Company")
    await solved(world, "Flange leaks", ISAIAH, account=account)
    row: dict[str, object] = {"title": "Valve drips", "customerid_account@odata.bind": f"/accounts({account})"}
    case = await create(world, "incidents", row)
    link = f"{world.sandbox}/main.aspx?pagetype=entityrecord&etn=incident&id={case}"
    await world.say(f"suggest {link}", chat=PERSONAL)
    said = texts(world.card(PERSONAL))
    assert said[said.index("Isaiah Langer (do not disturb)") + 1] == "Handled 1 similar record"


async def test_people_are_still_suggested_if_similar_records_cannot_be_read(world: World) -> None:
    link = await world.link("CAS-01010")
    world.dataverse_refuses["/incidents?"] = (403, {})
    await world.say(f"suggest {link}", chat=PERSONAL)
    assert texts(world.card(PERSONAL))[2:] == [
        "Isaiah Langer (do not disturb)",
        "Owner",
        "Adele Vance (available)",
        "Last changed it",
    ]


async def test_each_person_has_buttons_to_write_start_a_chat_or_add_them(world: World) -> None:
    chat = await create_chat(world)
    await world.say("suggest CAS-01010", chat=PERSONAL)
    ways = buttons(world.card(PERSONAL))
    assert list(ways) == ["Write", "New chat"]
    query = parse_qs(urlsplit(ways["Write"]["url"]).query)
    assert query["users"][0].endswith("@example.com")
    assert query["message"] == [await world.link("CAS-01010")]
    page = await world.ask_page(ways["New chat"]["data"], name="task/fetch", chat=PERSONAL)
    assert texts(page)[1] == "CAS-01010"
    add = {"verb": "add person", "data": {"person": ISAIAH.object_id}}
    world.connector.members[chat] = [ADELE.account_id]
    answer = await world.press(add, person=ALEX, chat=chat)
    assert texts(answer["value"])[0] == "Only members of this chat can do this."
    answer = await world.press(add, person=ADELE, chat=chat)
    assert answer["value"] == "Adele Vance added Isaiah Langer to this chat."
    assert ISAIAH.object_id in await members(world, chat)
    answer = await world.press(add, person=ADELE, chat=chat)
    assert texts(answer["value"]) == ["Isaiah Langer is already in this chat."]
    # And be removed again
    remove = {"verb": "remove person", "data": {"person": ISAIAH.object_id}}
    answer = await world.press(remove, person=ALEX, chat=chat)
    assert texts(answer["value"])[0] == "Only members of this chat can do this."
    answer = await world.press(remove, person=ADELE, chat=chat)
    assert answer["value"] == "Adele Vance removed Isaiah Langer from this chat."
    assert ISAIAH.object_id not in await members(world, chat)
    answer = await world.press(remove, person=ADELE, chat=chat)
    assert texts(answer["value"]) == ["This person is not in this chat."]
    for nobody in ("x", "00000000-0000-0000-0000-000000000099"):
        answer = await world.press({"verb": "add person", "data": {"person": nobody}}, person=ADELE, chat=chat)
        assert texts(answer["value"])[0].startswith(
            ("This button no longer works.", "This person is no longer in your organization.")
        )
    await world.settle()
    world.connector.posts.clear()


async def test_a_person_without_access_gets_no_suggestions(world: World) -> None:
    world.join(LYNNE)
    await world.say(f"suggest {await world.link('CAS-01005')}")
    button = buttons(world.card(GROUP))["Show people"]
    for person, refusal in ((PATTI, "This case does not exist"), (LYNNE, "You have no user")):
        shown = await world.press(button, person=person)
        assert texts(shown["value"])[0].startswith(refusal)
    await world.say(f"suggest {await world.link('CAS-01005')}", person=LYNNE)
    assert texts(world.card(GROUP))[0].startswith("You have no user")
    async with world.engines.writing.begin() as begun:
        await begun.execute(update(record_type).values(enabled=False))
    await world.restart()
    await world.say(f"suggest {await world.link()}", chat=PERSONAL)
    assert texts(world.card(PERSONAL))[0] == "Chats cannot be connected to records of this type."


async def test_in_a_chat_members_can_be_removed_and_others_added(world: World) -> None:
    chat = await create_chat(world)
    await world.say("suggest CAS-01010", person=MEGAN, chat=chat)
    shown = await world.press(buttons(world.card(chat))["Show people"], person=MEGAN, chat=chat)
    ways = buttons_by_person(shown["value"])
    assert "Remove" in ways["Adele Vance (available)"]
    assert "Add to this chat" in ways["Isaiah Langer (do not disturb)"]


def buttons_by_person(card: dict[str, Any]) -> dict[str, list[str]]:
    rows = [part for part in card["body"] if part["type"] == "Container" and texts(part)]
    return {texts(row)[0]: list(buttons(row)) for row in rows}


async def test_everyone_can_be_added_and_every_member_removed(world: World) -> None:
    chat = await create_chat(world)  # of Adele and Megan
    world.connector.members[chat] = [each.account_id for each in (ADELE, MEGAN, LYNNE)]
    await world.say("suggest CAS-01010", person=ADELE, chat=chat)
    shown = await world.press(buttons(world.card(chat))["Show people"], person=ADELE, chat=chat)
    opening = buttons(shown["value"])["All members"]["data"]
    page = await world.ask_page(opening, person=ADELE, chat=chat, name="task/fetch")
    found = inputs(page)
    assert [each["title"] for each in found["member"]["choices"]] == ["Adele Vance", "Lynne Robbins", "Megan Bowen"]
    listed = {each["value"] for each in found["other"]["choices"]}
    assert PATTI.object_id in listed
    assert not {ADELE.object_id, MEGAN.object_id} & listed
    assert await world.type_in("members", "MEG", person=ADELE) == ["Megan Bowen"]
    assert await world.type_in("members", "MEG", person=LYNNE) == []
    for title, filled, said in (
        ("Add", {"other": PATTI.object_id}, "Adele Vance added Patti Fernandez to this chat."),
        ("Add", {"names": "isaiah langer"}, "Adele Vance added Isaiah Langer to this chat."),
        ("Remove", {"member": MEGAN.object_id}, "Adele Vance removed Megan Bowen from this chat."),
        ("Remove", {"member": MEGAN.object_id}, "This person is not in this chat."),
    ):
        assert await submitted(world, {**buttons(page)[title]["data"], **filled}, chat) == said
    assert set(await members(world, chat)) == {each.object_id for each in (ADELE, PATTI, ISAIAH)}
    # The rights are checked again for each press.
    for filled in ({"other": PATTI.object_id}, {"names": "Nobody Known"}, {}, {"names": "a, b"}):
        again = await world.ask_page({**buttons(page)["Add"]["data"], **filled}, person=PATTI, chat=chat)
        assert texts(again)[0] == "Only members of this chat can do this."
    problem = await world.ask_page({**buttons(page)["Add"]["data"], "names": "Nobody Known"}, person=ADELE, chat=chat)
    assert texts(problem)[0].startswith("This name is not clear: Nobody Known.")
    for title, text in (("Add", "Choose one person to add."), ("Remove", "Choose one person to remove.")):
        empty = await world.ask_page(buttons(page)[title]["data"], person=ADELE, chat=chat)
        assert texts(empty)[0] == text
    refused = await world.ask_page(opening, person=LYNNE, chat=chat)
    assert texts(refused)[0].startswith("You have no user")
    outside = await world.ask_page(opening, person=ADELE, chat=PERSONAL)
    assert texts(outside)[0] == "You can add and remove people only in group chats."
    await world.settle()
    world.connector.posts.clear()


async def submitted(world: World, data: dict[str, str], chat: str) -> str:
    """Submit a page as Adele; return the closing message."""
    value = {"data": data, "context": {"theme": "default"}}
    _, body = await world.post(world.activity(chat, ADELE, type="invoke", name="task/submit", value=value))
    return str(body["task"]["value"])


async def test_all_suggested_people_are_on_the_pages(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.features.suggestions.list_suggestions.MAX_ROWS", 1)
    monkeypatch.setattr("cards.suggestions.MAX_ROWS", 1)
    await world.say("suggest CAS-01004", chat=PERSONAL)
    card, said = world.card(PERSONAL), []
    for number in (1, 2, 3):
        said += texts(card)[2:4]
        assert texts(card)[-1] == f"{number} to {number} of 3"
        turn = buttons(card).get("Next")
        card = (await world.press(turn, chat=PERSONAL))["value"] if turn else card
    assert said == SAMPLE["CAS-01004"]
    assert list(buttons(card)) == ["Write", "New chat", "Previous"]
