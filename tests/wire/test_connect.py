"""Connect a chat to a record (spec C1-C6, N1-N4, S1, S4-S7)."""

import asyncio

import pytest
from sqlalchemy import update

from bot.store.tables import audit, connection, environment, field_value, outbox
from tests.fakes.connector import error
from tests.steps.records import SECRET_CASE
from tests.wire.people import ADELE, ALEX, DIEGO, ISAIAH, LYNNE, MEGAN, PATTI, Somebody
from tests.wire.world import GROUP, OTHER_GROUP, PERSONAL, World, buttons, texts


async def test_connecting_by_number_sends_the_note_with_five_facts(world: World) -> None:
    await world.say("connect CAS-01001", person=ADELE)
    await world.settle()
    (post,) = world.connector.posts[GROUP]
    assert post["summary"] == "CAS-01001 is connected to this chat"
    card = world.card()
    kind, number, title, *facts, byline = texts(card)
    assert (kind, number, title) == ("Case", "CAS-01001", "Pump vibrates after firmware update")
    assert [fact.split(":")[0] for fact in facts] == ["Customer", "Priority", "Status Reason", "Owner", "Created On"]
    assert "Priority: Normal" in facts
    assert "Status Reason: In Progress" in facts
    assert byline == "Connected by Adele Vance · {{DATE(2026-11-21T10:20:30Z, SHORT)}} {{TIME(2026-11-21T10:20:30Z)}}"
    assert buttons(card)["Open record"]["url"] == await world.link()


@pytest.mark.parametrize(
    "text",
    [
        *("verbinden CAS-01001", "connecter CAS-01001", "conectar CAS-01001", "接続CAS-01001", "توصيل CAS-01001"),
        *("Bitte verbinden: CAS-01001", "CONECTAR CAS-01001"),
    ],
)
@pytest.mark.one_database
async def test_a_chat_is_connected_in_every_language(world: World, text: str) -> None:
    await world.say(text, person=ADELE)
    await world.settle()
    assert world.card()["body"]
    (kept,) = await world.rows_in(connection)
    assert (kept["chat_id"], kept["record_number"]) == (GROUP, "CAS-01001")


async def test_a_connection_is_stored_with_the_reported_values_and_the_connector(world: World) -> None:
    await world.say("connect CAS-01001", person=ADELE)
    await world.settle()
    world.card()
    (kept,) = await world.rows_in(connection)
    assert (kept["chat_id"], kept["record_number"], kept["connector_id"]) == (GROUP, "CAS-01001", ADELE.object_id)
    (entry,) = await world.rows_in(audit)
    assert (entry["act"], entry["person_name"], entry["table"]) == ("connect", "Adele Vance", "incident")
    known = {row["column"]: (row["raw"], row["text"]) for row in await world.rows_in(field_value)}
    # They show whether the case was closed or has a new owner, even if these are not key fields.
    assert known.pop("lifecycle.statecode") == (0, None)
    assert str(known.pop("lifecycle.ownerid")[0]).startswith("systemuser:")
    assert known == {"prioritycode": (2, "Normal"), "statecode": (0, "Active"), "statuscode": (1, "In Progress")}


async def test_quiet_sends_one_line_instead_of_the_note(world: World) -> None:
    await world.say("connect CAS-01001 quiet")
    await world.settle()
    assert texts(world.card())[:2] == ["CAS-01001 is connected to this chat.", "Connected by Alex Wilber."]


async def test_connecting_again_changes_nothing_and_returns_who_connected_it_and_when(world: World) -> None:
    await world.say("connect CAS-01001", person=ADELE)
    await world.settle()
    world.card()
    world.clock.advance(3600)
    await world.say("connect cas-01001", person=MEGAN)
    await world.settle()
    assert texts(world.card()) == [
        "CAS-01001 is already connected to this chat.",
        "Connected by Adele Vance.",
        "{{DATE(2026-11-21T10:20:30Z, SHORT)}} {{TIME(2026-11-21T10:20:30Z)}}",
    ]
    assert len(await world.rows_in(connection)) == 1


async def test_two_people_who_connect_at_once_create_one_connection_and_one_note(world: World) -> None:
    await asyncio.gather(*(world.say("connect CAS-01001", person=person) for person in (ADELE, MEGAN, ALEX)))
    await world.settle()
    assert len(await world.rows_in(connection)) == 1
    notes = [card for card in world.connector.cards(GROUP) if "Case" in texts(card)]
    assert len(notes) == 1


async def test_a_record_is_named_by_its_link_in_a_sentence(world: World) -> None:
    await world.say(f"connect {await world.link()}&amp;navbar=off quiet")
    await world.settle()
    assert "CAS-01001 is connected" in texts(world.card())[0]


async def test_a_single_match_is_connected_and_several_are_a_choice(world: World) -> None:
    await world.say("connect ærø wasserwerke quiet")
    await world.settle()
    assert "is connected to this chat" in texts(world.card())[0]
    world.connector.members[OTHER_GROUP] = [ALEX.account_id]
    await world.say("connect pump", chat=OTHER_GROUP)
    card = (await world.press(buttons(world.card(OTHER_GROUP))["Show records"], chat=OTHER_GROUP))["value"]
    assert texts(card)[0] == "Which record should this chat be connected to?"
    assert card["msteams"] == {"width": "Full"}
    button = buttons(card)["Connect"]
    answer = await world.press(button, chat=OTHER_GROUP)
    assert answer["type"] == "application/vnd.microsoft.activity.message"
    assert "is connected to this chat" in answer["value"]
    await world.settle()
    assert len(world.connector.cards(OTHER_GROUP)) == 1
    (_, chosen) = await world.rows_in(connection)
    assert chosen["row_id"] == button["data"]["row"]


async def test_each_person_gets_a_private_choice_of_the_matches_they_can_read(world: World) -> None:
    await world.say("connect battery quiet")
    card = world.card()
    assert texts(card) == [
        "Which record should this chat be connected to?",
        "Only you will see the answer.",
    ]
    assert card["refresh"]["userIds"] == [ALEX.account_id]
    button = buttons(card)["Show records"]
    own = {person: str((await world.press(button, person=person))["value"]) for person in (ALEX, PATTI)}
    assert SECRET_CASE in own[ALEX]
    assert SECRET_CASE not in own[PATTI]
    sent = world.activity(type="message", value={**button["data"], "verb": button["verb"]})
    await world.post(sent)
    assert texts(world.card())[0] == "This client cannot show a private answer."


async def test_an_automatic_refresh_connects_nothing_even_if_one_match_is_left(world: World) -> None:
    await world.say("connect battery quiet")
    refresh = world.card()["refresh"]["action"]
    assert refresh["verb"] == "choose"
    one = {**refresh, "data": {**refresh["data"], "named": "Pump vibrates after firmware update"}}
    own = (await world.press(one))["value"]
    assert list(buttons(own)) == ["Connect"]
    await world.settle()
    assert await world.rows_in(connection) == []
    assert world.nothing_was_said()


async def test_a_choice_made_in_the_emulator_comes_as_a_message(world: World) -> None:
    claims = {
        "verb": "connect",
        "environment": "localhost/sandbox",
        "table": "incident",
        "row": await world.row("incidents"),
    }
    status, _ = await world.post(world.activity(type="message", value=claims))
    assert status == 201
    await world.settle()
    assert "CAS-01001" in texts(world.card())


async def test_words_without_a_match_get_a_helpful_answer(world: World) -> None:
    await world.say("connect zeppelin hangar")
    assert texts(world.card()) == ["No record found.", "Check the number, or paste the record's link."]
    await world.say("connect")
    assert texts(world.card())[0] == "Which record?"


@pytest.mark.parametrize("person", [LYNNE, DIEGO], ids=lambda person: person.name)
async def test_a_person_without_an_enabled_user_is_refused(world: World, person: Somebody) -> None:
    world.join(person)
    for text in ("connect CAS-01001", f"connect {await world.link()}", "connect pump"):
        await world.say(text, person=person)
        said = texts(world.card())
        assert "Dynamics 365 user" in " ".join(said)
        assert "administrator" in said[1]
    assert await world.rows_in(connection) == []


async def test_a_person_without_access_is_refused_and_learns_nothing_about_the_row(world: World) -> None:
    await world.say(f"connect {await world.link(SECRET_CASE)}", person=PATTI)
    (post,) = world.connector.posts[GROUP]
    said = texts(world.card())
    assert said[0] == "This case does not exist, or you do not have access to it."
    assert SECRET_CASE not in str(post)
    gone = (await world.link()).rpartition("=")[0] + "=99999999-9999-9999-9999-999999999999"
    await world.say(f"connect {gone}", person=PATTI)
    assert texts(world.card()) == said
    await world.say(f"connect {SECRET_CASE}", person=PATTI)
    assert texts(world.card())[0] == "No record found."
    assert await world.rows_in(connection) == []
    assert await world.rows_in(outbox, outbox.c.key.like("connected%")) == []


async def test_a_person_with_read_only_access_can_connect_the_row(world: World) -> None:
    await world.say("connect CAS-01001", person=ISAIAH)
    await world.settle()
    assert "Connected by Isaiah Langer" in texts(world.card())[-1]


async def test_a_table_that_is_not_enabled_is_refused(world: World) -> None:
    lead = (await world.link()).replace("incident", "lead")
    await world.say(f"connect {lead}")
    assert texts(world.card())[0] == "Chats cannot be connected to records of this type."


@pytest.mark.parametrize(
    "link",
    [
        "https://fabrikam.crm4.dynamics.com/main.aspx?pagetype=entityrecord&etn=incident&id=11111111-2222-3333-4444-555555555555",
        "{base}/main.aspx?pagetype=entitylist&etn=incident&viewid=11111111-2222-3333-4444-555555555555",
        "{base}/main.aspx?pagetype=entityrecord&etn=incident",
        "{base}/main.aspx?pagetype=entityrecord&etn=incident&id=42",
    ],
)
async def test_a_link_that_opens_no_record_is_explained(world: World, link: str) -> None:
    await world.say("connect " + link.format(base=world.sandbox))
    assert texts(world.card())[0] == "This link does not open a record in your Dynamics 365 environment."


async def test_an_older_link_with_the_table_code_works(world: World) -> None:
    link = (await world.link()).replace("etn=incident", "etc=112")
    braced = link.replace("&id=", "&id=%7B") + "%7D"
    await world.say(f"connect {braced} quiet")
    await world.settle()
    assert "CAS-01001 is connected" in texts(world.card())[0]
    await world.say(f"connect {link.replace('etc=112', 'etc=99999')}")
    assert "table of this link does not exist" in texts(world.card())[0]


async def test_a_chat_can_have_many_records_and_a_record_many_chats(world: World) -> None:
    for chat, number in ((GROUP, "CAS-01001"), (GROUP, "CAS-01002"), (OTHER_GROUP, "CAS-01001")):
        await world.say(f"connect {number} quiet", chat=chat)
        await world.settle()
        world.card(chat)
    assert len(await world.rows_in(connection)) == 3


async def test_a_one_to_one_chat_is_offered_a_group_chat(world: World) -> None:
    await world.say("connect CAS-01001", chat=PERSONAL)
    card = world.card(PERSONAL)
    assert texts(card)[0] == "A one-to-one chat cannot be connected to CAS-01001."
    offer = buttons(card)["New chat"]["data"]
    assert (offer["dialog"], offer["row"]) == ("newChat", await world.row("incidents"))
    assert "person" not in offer
    assert await world.rows_in(connection) == []


async def test_the_other_person_is_prefilled_if_the_chat_id_names_them(world: World) -> None:
    chat = f"19:{ADELE.object_id}_{ALEX.object_id}@unq.gbl.spaces"
    await world.add_bot(chat)
    await world.say("connect CAS-01001", chat=chat, person=ALEX)
    assert buttons(world.card(chat))["New chat"]["data"]["person"] == ADELE.object_id


async def test_a_record_that_the_person_cannot_read_is_not_offered(world: World) -> None:
    await world.say(f"connect {await world.link(SECRET_CASE)}", chat=PERSONAL, person=PATTI)
    card = world.card(PERSONAL)
    assert texts(card)[0].startswith("This case does not exist")
    assert buttons(card) == {}


async def test_the_channel_is_connected_and_not_one_of_its_threads(world: World) -> None:
    channel = "19:abc@thread.tacv2"
    world.connector.members[channel] = [ALEX.account_id]
    conversation: dict[str, object] = {
        "id": f"{channel};messageid=1735689600000",
        "conversationType": "channel",
        "isGroup": True,
    }
    at = {"type": "mention", "mentioned": {"id": "28:chat-sync"}, "text": "<at>Chat Sync</at>"}
    message = world.activity(type="message", text="<at>Chat Sync</at> connect CAS-01001", entities=[at])
    await world.post({**message, "conversation": conversation})
    await world.settle()
    thread = str(conversation["id"])
    assert texts(world.card(thread))[:2] == ["Case", "CAS-01001"]
    assert channel not in world.connector.posts
    (kept,) = await world.rows_in(connection)
    assert kept["chat_id"] == channel
    await world.change({"prioritycode": 1})
    await world.window_ends()
    assert "Priority" in str(world.card(channel))
    await world.post({**message, "conversation": conversation, "text": "<at>Chat Sync</at> disconnect CAS-01001"})
    await world.settle()
    assert "disconnected CAS-01001" in texts(world.card(thread))[0]


async def test_the_answer_goes_to_the_channel_if_its_thread_was_deleted(world: World) -> None:
    channel = "19:abc@thread.tacv2"
    world.connector.members[channel] = [ALEX.account_id]
    thread = f"{channel};messageid=1735689600000"
    world.connector.fault = lambda chat, _: error(404, "ConversationNotFound") if chat == thread else None
    conversation = {"id": thread, "conversationType": "channel", "isGroup": True}
    at = {"type": "mention", "mentioned": {"id": "28:chat-sync"}, "text": "<at>Chat Sync</at>"}
    message = world.activity(type="message", text="<at>Chat Sync</at> connect CAS-01001", entities=[at])
    await world.post({**message, "conversation": conversation})
    await world.settle()
    assert texts(world.card(channel))[:2] == ["Case", "CAS-01001"]
    (kept,) = await world.rows_in(connection)
    assert kept["paused_at"] is None


async def test_only_a_member_of_the_chat_can_connect_it(world: World) -> None:
    world.connector.members[GROUP].remove(ADELE.account_id)
    await world.say("connect CAS-01001", person=ADELE)
    assert texts(world.card())[0] == "Only members of this chat can do this."
    assert await world.rows_in(connection) == []


async def test_if_the_bot_is_absent_the_person_adds_the_app_and_continues(world: World) -> None:
    absent = "19:2d2d2d2d@thread.v2"
    claims = {"environment": "localhost/sandbox", "table": "incident", "row": await world.row("incidents")}
    answer = await world.press({"verb": "connect", "data": claims}, chat=absent)
    card = answer["value"]
    assert texts(card) == [
        "Chat Sync is not in this chat.",
        "Add the Chat Sync app to this chat, and then select Continue.",
    ]
    assert await world.rows_in(connection) == []
    await world.add_bot(absent)
    answer = await world.press(buttons(card)["Continue"], chat=absent)
    assert answer["value"] == "CAS-01001 is connected to this chat"
    await world.settle()
    assert "CAS-01001" in texts(world.card(absent))


async def test_while_chats_are_turned_off_every_answer_says_so(world: World) -> None:
    link = await world.link()
    await world.say("connect CAS-01001 quiet")
    await world.settle()
    world.card()
    async with world.engines.writing.begin() as transaction:
        await transaction.execute(update(environment).values(chats_on=False))
    await world.restart()
    said = (
        "connect CAS-01001",
        f"connect {link}",
        "disconnect",
        "records",
        "chats",
        "join CAS-01001",
        "suggest",
        "new",
    )
    for text in said:
        await world.say(text)
        assert texts(world.card())[0] == "Your administrator turned off chats for Dynamics 365."
    assert await world.paste(link) == []


FORGED = {
    "another environment": {"environment": "contoso.crm4.dynamics.com"},
    "another table": {"table": "systemuser"},
    "a table that breaks out": {"table": "incidents(1)?$select=title&x="},
    "no row": {"row": ""},
    "a row that breaks out": {"row": "1)/../systemusers("},
    "a wrong type": {"row": 5},
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
async def test_a_forged_button_connects_nothing(world: World, forged: dict[str, object]) -> None:
    claims = {"environment": "localhost/sandbox", "table": "incident", "row": await world.row("incidents"), **forged}
    answer = await world.press({"verb": "connect", "data": claims})
    assert answer["statusCode"] == 200
    assert texts(answer["value"])[0] in {
        "This button no longer works.",
        "Chats cannot be connected to records of this type.",
    }
    assert await world.rows_in(connection) == []


async def test_a_button_pressed_by_a_person_without_access_connects_nothing(world: World) -> None:
    row = await world.row("incidents", SECRET_CASE)
    claims = {
        "environment": "localhost/sandbox",
        "table": "incident",
        "row": row,
        "person": ALEX.object_id,
        "chat": OTHER_GROUP,
        "quiet": "quiet",
    }
    answer = await world.press({"verb": "connect", "data": claims}, person=PATTI)
    assert texts(answer["value"])[0].startswith("This case does not exist")
    answer = await world.press({"verb": "connect", "data": claims}, person=ALEX)
    assert answer["type"].endswith("activity.message")
    await world.settle()
    # The connected chat is the one in which the button is pressed, regardless of the button's data.
    (kept,) = await world.rows_in(connection)
    assert (kept["chat_id"], kept["connector_id"]) == (GROUP, ALEX.object_id)
    world.card()
