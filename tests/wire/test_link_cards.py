"""The card of a link for everyone, and the personal card of each reader (spec U1-U4)."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import update

from bot.domain.limits import Limits
from bot.store.tables import chat, environment
from tests.cards.schema import schema_errors
from tests.steps.records import SECRET_CASE, set_record_type
from tests.steps.settings_pages import ShownPage
from tests.wire.people import ADELE, ALEX, COLLEAGUES, ISAIAH, LYNNE, MEGAN, PATTI, Somebody
from tests.wire.world import API, GROUP, HURRIED, PERSONAL, World, buttons, texts

pytestmark = pytest.mark.one_database

NO_BOT = "19:5b5b5b5b@thread.v2"
"""A chat without the bot."""

FACTS = ["Customer", "Priority", "Status Reason", "Owner", "Created On"]


async def pasted(world: World, *, number: str = "CAS-01001", person: Somebody = ADELE, chat: str = GROUP) -> Any:
    """Return the card that everyone sees."""
    (found,) = await world.paste(await world.link(number), person=person, chat=chat)
    assert schema_errors(found["content"]) == []
    assert found["preview"]["contentType"] == "application/vnd.microsoft.card.thumbnail"
    return found["content"]


async def refreshed(world: World, card: Mapping[str, Any], person: Somebody, *, chat: str = GROUP) -> Any:
    """Return the card that a reader's client requests automatically."""
    answer = await world.press(card["refresh"]["action"], person=person, chat=chat)
    assert answer["type"] == "application/vnd.microsoft.card.adaptive"
    assert schema_errors(answer["value"]) == []
    return answer["value"]


def facts(card: Mapping[str, Any]) -> dict[str, str]:
    asked = {each.get("title") for each in ShownPage("", dict(card)).inputs.values()}
    told = (each.split(": ", 1) for each in texts(card) if ": " in each)
    return {label: value for label, value in told if label not in asked}


async def test_a_card_in_a_small_chat_lists_its_readers_and_each_gets_the_fields(world: World) -> None:
    card = await pasted(world)
    assert card["refresh"]["userIds"] == [each.account_id for each in COLLEAGUES]
    assert list(buttons(card)) == ["Open record", "Show details", "Connect this chat", "Chats"]
    own = await refreshed(world, card, PATTI)
    assert texts(own)[:3] == ["Case", "CAS-01001", "Pump vibrates after firmware update"]
    assert list(facts(own)) == FACTS
    assert facts(own)["Priority"] == "Normal"


async def test_a_personal_card_is_refreshed_only_for_its_reader(world: World) -> None:
    card = await pasted(world)
    own = await refreshed(world, card, PATTI)
    assert own["refresh"]["userIds"] == [PATTI.account_id]
    assert own["refresh"]["action"] == card["refresh"]["action"]


@pytest.mark.parametrize("people", [60, 61])
async def test_more_than_sixty_readers_are_not_listed_and_press_the_button(world: World, people: int) -> None:
    world.connector.members[GROUP] = [f"29:somebody-{number}" for number in range(people - 1)] + [PATTI.account_id]
    card = await pasted(world)
    assert len(card["refresh"].get("userIds", [])) == (60 if people == 60 else 0)
    own = (await world.press(buttons(card)["Show details"], person=PATTI))["value"]
    assert list(facts(own)) == FACTS


async def test_without_the_bot_the_card_is_complete_and_its_button_works(world: World) -> None:
    card = await pasted(world, chat=NO_BOT)
    assert "refresh" not in card
    own = (await world.press(buttons(card)["Show details"], person=ADELE, chat=NO_BOT))["value"]
    assert list(facts(own)) == FACTS


async def test_the_roster_is_fetched_once_for_many_cards(world: World) -> None:
    asked = world.connector.roster_reads
    card = await pasted(world)
    for person in COLLEAGUES:
        await refreshed(world, card, person)
    await pasted(world)
    assert world.connector.roster_reads == asked + 1


async def test_a_reader_with_less_access_sees_less(world: World) -> None:
    card = await pasted(world, number=SECRET_CASE)
    own = await refreshed(world, card, PATTI)
    assert texts(own)[0].startswith("This case does not exist")
    assert SECRET_CASE not in json.dumps(own)
    assert "actions" not in own
    # Their client requests it again, because they may get access later.
    assert own["refresh"]["userIds"] == [PATTI.account_id]


async def test_a_reader_without_a_user_is_refused_and_sees_nothing(world: World) -> None:
    card = await pasted(world)
    world.join(LYNNE)
    own = await refreshed(world, card, LYNNE)
    assert texts(own)[0].startswith("You have no user in Dynamics 365")
    assert buttons(own) == {}


async def test_a_person_outside_the_chat_sees_nothing(world: World) -> None:
    world.connector.members[GROUP].remove(MEGAN.account_id)
    card = await pasted(world)
    own = await refreshed(world, card, MEGAN)
    assert texts(own)[0] == "Only members of this chat can see this."
    assert "CAS-01001" not in json.dumps(own)


async def test_while_chats_are_off_an_existing_card_discloses_nothing(world: World) -> None:
    card = await pasted(world)
    async with world.engines.writing.begin() as connection:
        await connection.execute(update(environment).values(chats_on=False))
    await world.restart()
    own = await refreshed(world, card, ADELE)
    assert texts(own)[0].startswith("Your administrator turned off chats")
    assert "CAS-01001" not in json.dumps(own)


async def test_after_the_table_is_turned_off_an_existing_card_discloses_nothing(world: World) -> None:
    card = await pasted(world)
    await set_record_type(world, enabled=False)
    own = await refreshed(world, card, ADELE)
    assert texts(own)[0] == "Chats cannot be connected to records of this type."
    assert "CAS-01001" not in json.dumps(own)


async def test_a_record_deleted_between_preview_and_send_leaves_a_card_that_discloses_nothing(world: World) -> None:
    card = await pasted(world)
    await world.delete("incidents", await world.row("incidents"))
    own = await refreshed(world, card, ADELE)
    assert texts(own)[0].startswith("This case does not exist, or you do not have access to it.")
    for button in ("Connect this chat", "Chats", "Show details"):
        answer = await world.press(buttons(card)[button])
        assert "does not exist" in texts(answer["value"])[0]


async def test_a_connected_chat_gets_no_connect_button(world: World) -> None:
    card = await pasted(world)
    await world.say("connect CAS-01001 quiet")
    await world.settle()
    world.card()
    own = await refreshed(world, card, ADELE)
    assert list(buttons(own)) == ["Open record", "Chats"]


@pytest.mark.parametrize("note", ["true", "false"])
async def test_the_connect_button_of_a_personal_card_asks_about_the_note(world: World, note: str) -> None:
    own = await refreshed(world, await pasted(world), ADELE)
    asked = ShownPage("", own)
    assert asked.inputs["note"]["title"] == "Send a note about the record to the chat"
    assert asked.filled_in == {"note": "true"}
    button = buttons(own)["Connect this chat"]
    await world.press({**button, "data": {**button["data"], "note": note}}, person=ADELE)
    await world.settle()
    told = texts(world.card())
    assert (told[-1] == "Connected by Adele Vance.") == (note == "false")
    assert (any(each.startswith("Priority: ") for each in told)) == (note == "true")


async def test_the_card_does_not_ask_about_a_note_if_there_is_none_or_no_connect_button(world: World) -> None:
    card = await pasted(world)
    assert ShownPage("", card).inputs == {}
    await set_record_type(world, note=False)
    own = await refreshed(world, card, ADELE)
    assert "Connect this chat" in buttons(own)
    assert ShownPage("", own).inputs == {}
    await set_record_type(world, note=True)
    await world.say("connect CAS-01001 quiet")
    await world.settle()
    world.card()
    assert ShownPage("", await refreshed(world, card, ADELE)).inputs == {}


async def test_a_one_to_one_chat_is_offered_a_new_chat_instead_of_a_connection(world: World) -> None:
    card = await pasted(world, chat=PERSONAL, person=ALEX)
    own = await refreshed(world, card, ALEX, chat=PERSONAL)
    assert list(buttons(own)) == ["Open record", "Assign to me", "New chat", "Chats"]
    assert ShownPage("", own).inputs == {}
    older = buttons(await pasted(world))["Connect this chat"]
    offer = await world.press(older, person=ALEX, chat=PERSONAL)
    assert texts(offer["value"])[0] == "A one-to-one chat cannot be connected to CAS-01001."
    assert "New chat" in buttons(offer["value"])


@pytest.mark.parametrize("disclosure", ["name", "nothing"])
async def test_the_new_chat_of_a_one_to_one_chat_starts_with_the_other_person(world: World, disclosure: str) -> None:
    await set_record_type(world, disclosure=disclosure)
    chat = f"19:{ADELE.object_id}_{ALEX.object_id}@unq.gbl.spaces"
    card = await pasted(world, chat=chat, person=ALEX)
    assert list(buttons(card)) == ["Open record", "Show details", "New chat", "Chats"]
    for person, other in ((ALEX, ADELE), (ADELE, ALEX)):
        page = await world.ask_page(buttons(card)["New chat"]["data"], person=person, chat=chat, name="task/fetch")
        chosen = [str(each.get("value")) for each in ShownPage("", page).inputs.values()]
        assert any(other.object_id in each for each in chosen)
        assert not any(person.object_id in each for each in chosen)
        assert "CAS-01001" in json.dumps(page)


async def test_a_client_that_sends_buttons_as_messages_discloses_only_the_shared_card(world: World) -> None:
    card = await pasted(world)
    fallback = buttons(card)["Show details"]["fallback"]
    status, _ = await world.post(world.activity(GROUP, ADELE, type="message", value=fallback["data"]))
    assert status == 201
    assert texts(world.card()) == ["Case", "CAS-01001", "Pump vibrates after firmware update"]


async def test_a_missing_note_view_gives_a_card_without_fields(world: World) -> None:
    await set_record_type(world, note_view="00000000-0000-0000-0000-00000000dead", disclosure="fields")
    card = await pasted(world)
    assert texts(card) == ["Case", "CAS-01001", "Pump vibrates after firmware update"]
    assert facts(await refreshed(world, card, ADELE)) == {}


@pytest.mark.parametrize(
    ("level", "told"),
    [
        ("nothing", ["Dynamics 365 record"]),
        ("table", ["Case"]),
        ("name", ["Case", "CAS-01001", "Pump vibrates after firmware update"]),
    ],
)
async def test_the_shared_card_follows_the_settings_and_each_reader_sees_the_rest(
    world: World, level: str, told: list[str]
) -> None:
    await set_record_type(world, disclosure=level)
    card = await pasted(world)
    assert texts(card) == told
    assert texts(await refreshed(world, card, PATTI))[:2] == ["Case", "CAS-01001"]


async def test_if_nothing_is_disclosed_a_refusal_does_not_name_the_table(world: World) -> None:
    await set_record_type(world, disclosure="nothing")
    (found,) = await world.paste(await world.link(SECRET_CASE), person=PATTI)
    assert texts(found["content"])[0] == "This record does not exist, or you do not have access to it."
    assert found["preview"]["content"]["title"] == texts(found["content"])[0]


async def test_if_nothing_is_disclosed_other_refusals_still_give_their_reason(world: World) -> None:
    await set_record_type(world, disclosure="nothing")
    (found,) = await world.paste(await world.link(), person=LYNNE)
    assert texts(found["content"]) == [
        "You have no user in Dynamics 365, so you can only read cards.",
        "Ask your administrator for a Dynamics 365 user.",
    ]


# Forms of links ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "form",
    [
        "{base}/main.aspx?pagetype=entityrecord&etn=incident&id={id}",
        "{base}/main.aspx?etn=incident&id=%7B{ID}%7D&pagetype=EntityRecord",
        "{base}/main.aspx?etn=INCIDENT&ID={{{id}}}&PageType=entityrecord&appid=x&navbar=on&forceUCI=1&newWindow=true",
        "{base}/main.aspx?etc=112&id=%7b{id}%7d&pagetype=entityrecord",
        "{base}/main.aspx?pagetype=entityrecord&etn=incident&extraqs=id%3D%257B{id}%257D%26formid%3D1",
        "{base}/Apps/uniquename/cs_hub/main.aspx?pagetype=entityrecord&etn=incident&id={id}#top",
        "  {base}/main.aspx?etn=incident&id={id}  ",
    ],
)
async def test_every_documented_form_becomes_the_card_and_its_button_finds_the_record(world: World, form: str) -> None:
    row = await world.row("incidents")
    link = form.format(base=world.sandbox, id=row, ID=row.upper())
    (found,) = await world.paste(link, person=ADELE)
    assert texts(found["content"])[1] == "CAS-01001"
    assert list(facts(await refreshed(world, found["content"], ADELE))) == FACTS


ODD = [
    "https://contoso.crm4.dynamics.com@{host}/main.aspx?etn=incident&id={id}",
    "{base}.evil.example/main.aspx?pagetype=entityrecord&etn=incident&id={id}",
    "javascript:{base}/main.aspx?etn=incident&id={id}",
    "{base}/main.aspx?etn=incident&id={id}&id=1",
    "{base}/main.aspx?etn=incident;drop&id={id}",
    "{base}/main.aspx?etc=99999999999999999999&id={id}",
    "{base}/main.aspx?pagetype=webresource&etn=incident&id={id}",
    "{base}/../main.aspx?etn=incident&id={id}",
    "{base}/main.aspx?etn=incident&id={id}%00",
    "http://[::1/main.aspx?etn=incident&id={id}",
    "{base}/main.aspx?" + "a=1&" * 200 + "etn=incident&id={id}",
    "{base}/main.aspx?etn=incident&id={id}&x=" + "y" * 10_000,
    "\u202e{base}/main.aspx?etn=incident&id={id}",
]


async def test_odd_links_get_no_card_and_cause_no_error(world: World) -> None:
    row = await world.row("incidents")
    for form in ODD:
        link = form.format(base=world.sandbox, host=world.sandbox.partition("://")[2], id=row)
        # Some of them do lead to a record, and none causes an error.
        for found in await world.paste(link, person=ADELE):
            assert texts(found["content"])[1] == "CAS-01001" or "You cannot open" in texts(found["content"])[0]


NO_LINK: tuple[object, ...] = (None, 5, [], {}, {"url": None}, {"url": 5}, {"url": ["x"]}, "text")


@pytest.mark.parametrize("name", ["composeExtension/queryLink", "composeExtension/anonymousQueryLink"])
async def test_a_query_without_a_link_is_refused_with_the_reason(world: World, name: str) -> None:
    for value in NO_LINK:
        status, body = await world.post(world.activity(GROUP, ADELE, type="invoke", name=name, value=value))
        assert status == 400
        assert body["error"]["message"] == "A link query needs value.url."


async def test_each_of_fifty_links_in_one_message_gets_a_card(world: World) -> None:
    async with world.session.get(f"{world.sandbox}{API}/incidents?$select=incidentid") as answer:
        rows = [each["incidentid"] for each in (await answer.json())["value"]]
    links = [f"{world.sandbox}/main.aspx?etn=incident&id={rows[number % len(rows)]}" for number in range(50)]
    found = await asyncio.gather(*(world.paste(link, person=ALEX) for link in links))
    assert [len(each) for each in found] == [1] * 50
    assert {texts(each["content"])[0] for (each,) in found} == {"Case"}


# Without the app -----------------------------------------------------------------------------------------------------


def anonymous(world: World, link: str) -> dict[str, Any]:
    """Return the invoke that Teams sends if the app is not installed."""
    redacted = {"id": "redacted", "name": "redacted", "aadObjectId": "redacted"}
    return {
        "type": "invoke",
        "name": "composeExtension/anonymousQueryLink",
        "serviceUrl": world.connector.service_url,
        "channelId": "msteams",
        "from": redacted,
        "recipient": {"id": "28:chat-sync"},
        "conversation": {"id": "redacted", "conversationType": "redacted", "tenantId": "redacted"},
        "channelData": {"tenant": {"id": "redacted"}},
        "value": {"url": link},
    }


async def test_without_the_app_the_card_discloses_nothing_and_asks_to_add_the_app(world: World) -> None:
    status, body = await world.post(anonymous(world, await world.link()))
    assert status == 200
    extension = body["composeExtension"]
    assert extension["type"] == "result"
    (found,) = extension["attachments"]
    assert texts(found["content"]) == [
        "This is a Dynamics 365 record.",
        "To see its details here, add the Chat Sync app in Teams.",
    ]
    assert buttons(found["content"]) == {}
    assert found["preview"]["content"]["title"] == "Dynamics 365 record"
    assert "refresh" not in found["content"]
    for secret in ("CAS-01001", "Pump", await world.row("incidents"), "incident"):
        assert secret not in json.dumps(body)


async def test_the_record_is_not_read_for_a_person_without_the_app(world: World) -> None:
    link = await world.link()
    world.dataverse_was_asked.clear()
    await world.post(anonymous(world, link))
    assert world.dataverse_was_asked == []


async def test_a_query_without_a_chat_stores_no_chat(world: World) -> None:
    await world.post(anonymous(world, await world.link()))
    assert await world.rows_in(chat, chat.c.id == "redacted") == []


@pytest.mark.parametrize("link", ["https://example.com/", "{sandbox}/main.aspx?etn=lead&id={id}", "not a link", ""])
async def test_other_links_get_no_card_without_the_app_either(world: World, link: str) -> None:
    named = link.format(sandbox=world.sandbox, id=await world.row("incidents"))
    _, body = await world.post(anonymous(world, named))
    assert body["composeExtension"]["attachments"] == []


# Deadlines ----------------------------------------------------------------------------------------------------------


async def test_a_link_that_times_out_gets_a_retry_button(world: World) -> None:
    world.limits = HURRIED
    await world.restart()
    link = await world.link()
    world.dataverse_hangs = True
    (found,) = await world.paste(link, person=ADELE)
    assert texts(found["content"])[0] == "Dynamics 365 is taking too long to respond."
    again = buttons(found["content"])["Try again"]
    answer = await world.press(again, person=ADELE)
    assert texts(answer["value"])[0] == "Dynamics 365 is taking too long to respond."
    world.dataverse_hangs = False
    own = (await world.press(buttons(answer["value"])["Try again"], person=ADELE))["value"]
    assert list(facts(own)) == FACTS
    # The client also requests it again automatically, as for the card that it replaces.
    refresh = answer["value"]["refresh"]
    assert refresh["userIds"] == [ADELE.account_id]
    assert list(facts((await world.press(refresh["action"], person=ADELE))["value"])) == FACTS
    (found,) = await world.paste(link, person=ADELE)
    assert texts(found["content"])[1] == "CAS-01001"


async def test_a_link_with_a_table_code_that_times_out_can_be_retried(world: World) -> None:
    world.limits = HURRIED
    await world.restart()
    row = await world.row("incidents")
    world.dataverse_hangs = True
    (found,) = await world.paste(f"{world.sandbox}/main.aspx?etc=112&id={row}", person=ADELE)
    world.dataverse_hangs = False
    own = (await world.press(buttons(found["content"])["Try again"], person=ADELE))["value"]
    assert texts(own)[1] == "CAS-01001"


async def test_a_slow_roster_does_not_delay_the_card(world: World) -> None:
    world.limits = Limits()
    await world.restart()
    link = await world.link()
    asked = world.connector.roster_reads
    world.connector.roster_answers.clear()
    (found,) = await world.paste(link, person=ADELE)
    assert texts(found["content"])[1] == "CAS-01001"
    assert world.connector.roster_reads == asked + 1
    world.connector.roster_answers.set()


# Links of other sites -----------------------------------------------------------------------------------------------


NO_PRESS: tuple[object, ...] = (
    None,
    5,
    "text",
    [],
    {},
    {"action": None},
    {"action": []},
    {"action": "view"},
    {"action": {}},
    {"action": {"verb": None}},
    {"action": {"verb": 5, "data": {}}},
    {"action": {"verb": ["view"], "data": {}}},
)


async def test_a_malformed_press_is_answered_without_an_error(world: World) -> None:
    for value in NO_PRESS:
        invoke = world.activity(GROUP, ADELE, type="invoke", name="adaptiveCard/action", value=value)
        status, body = await world.post(invoke)
        assert status == 200
        assert body["statusCode"] == 400
        assert body["type"] == "application/vnd.microsoft.error"


NO_RECORD: tuple[Any, ...] = (
    None,
    5,
    "text",
    [],
    {},
    {"environment": "localhost/sandbox"},
    {"environment": "contoso.crm4.dynamics.com", "table": "incident", "row": "{id}"},
    {"environment": "{environment}", "table": "incident", "row": "not an id"},
    {"environment": "{environment}", "table": 5, "row": 5},
    {"environment": "{environment}", "table": "systemuser", "row": "{id}"},
    {"environment": "{environment}", "table": "incident' or 1 eq 1", "row": "{id}"},
    {"environment": "{environment}", "code": "99999999999999999999", "row": "{id}"},
    {"environment": "{environment}", "code": "-1", "row": "{id}"},
    {"environment": ["x"], "table": {"a": 1}, "row": None},
)


@pytest.mark.parametrize("verb", ["view", "nothing of ours", ""])
async def test_a_press_without_a_record_of_ours_is_refused(world: World, verb: str) -> None:
    card = await pasted(world)
    mine = card["refresh"]["action"]["data"]
    named = {"{environment}": mine["environment"], "{id}": mine["row"]}
    for data in NO_RECORD:
        given = {key: named.get(str(text), text) for key, text in data.items()} if isinstance(data, dict) else data
        answer = await world.press({"verb": verb, "data": given}, person=ADELE)
        assert answer["statusCode"] == 200
        told = texts(answer["value"])[0]
        assert told in {
            "This button no longer works.",
            "Chats cannot be connected to records of this type.",
        } or ("does not exist" in told)


@pytest.mark.parametrize("person", [ISAIAH, PATTI])
async def test_a_replaced_record_in_a_button_is_checked_against_the_persons_rights(
    world: World, person: Somebody
) -> None:
    card = await pasted(world)
    forged = {**card["refresh"]["action"]["data"], "row": await world.row("incidents", SECRET_CASE)}
    own = (await world.press({"verb": "view", "data": forged}, person=person))["value"]
    seen = SECRET_CASE in json.dumps(own)
    assert seen is (person is ISAIAH)
