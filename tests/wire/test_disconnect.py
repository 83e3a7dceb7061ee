"""Disconnect records (spec D1-D3), and list the connected ones."""

from typing import Any

import pytest
from sqlalchemy import update

from bot.store.tables import audit, connection, record_type
from tests.steps.members import NOT_CONNECTED
from tests.steps.private_views import private_view
from tests.steps.records import SECRET_CASE
from tests.steps.settings_pages import organization_page, request_page
from tests.wire.people import ADELE, ALEX, ISAIAH, LYNNE, MEGAN, PATTI, Somebody
from tests.wire.world import GROUP, OTHER_GROUP, World, buttons, texts


async def connected(world: World, *numbers: str, by: Somebody = ALEX, chat: str = GROUP) -> None:
    for number in numbers:
        await world.say(f"connect {number} quiet", person=by, chat=chat)
        await world.settle()
        world.card(chat)


async def live(world: World) -> list[str]:
    rows = await world.rows_in(connection, connection.c.ended_at.is_(None))
    return [row["record_number"] for row in rows]


@pytest.mark.parametrize("person", [ALEX, MEGAN, ADELE], ids=lambda person: person.name)
async def test_a_person_with_the_privilege_disconnects_and_the_chat_is_notified(world: World, person: Somebody) -> None:
    await connected(world, "CAS-01001")
    await world.say("disconnect", person=person)
    await world.settle()
    assert texts(world.card()) == [
        f"{person.name} disconnected CAS-01001 from this chat.",
        "You can undo this for 10 minutes. After that, write: connect CAS-01001",
    ]
    assert await live(world) == []
    (ended,) = await world.rows_in(connection)
    assert (ended["ended_by_id"], ended["ended_by_name"]) == (person.object_id, person.name)
    assert [entry["act"] for entry in await world.rows_in(audit)] == ["connect", "disconnect"]


async def test_a_person_without_it_learns_which_rule_would_allow_it(world: World) -> None:
    await connected(world, "CAS-01001", by=ISAIAH)
    await world.say("disconnect CAS-01001", person=ISAIAH)
    assert texts(world.card()) == [
        "You cannot disconnect CAS-01001 from this chat.",
        (
            "Only people whose security role lets them disconnect Teams chats can do this. "
            "Ask one of them, or ask your administrator."
        ),
    ]
    assert await live(world) == ["CAS-01001"]


async def test_the_connector_can_disconnect_if_the_record_type_allows_it(world: World) -> None:
    await allow(world, connector_can_disconnect=True)
    await connected(world, "CAS-01001", by=ISAIAH)
    await world.say("disconnect", person=PATTI)
    assert "the person who connected it" in texts(world.card())[1]
    await world.say("disconnect", person=ISAIAH)
    await world.settle()
    assert "Isaiah Langer disconnected" in texts(world.card())[0]


async def test_the_owner_can_disconnect_directly_or_through_a_team_if_the_record_type_allows_it(world: World) -> None:
    await allow(world, owner_can_disconnect=True)
    own, of_his_team, anothers = [
        await world.case_owned_by(owner) for owner in ("Isaiah Langer", "Tier 2", "Adele Vance")
    ]
    for number in (own, of_his_team):
        await connected(world, number)
        await world.say(f"disconnect {number}", person=ISAIAH)
        await world.settle()
        assert f"Isaiah Langer disconnected {number}" in texts(world.card())[0]
    await connected(world, anothers)
    await world.say(f"disconnect {anothers}", person=ISAIAH)
    assert "You cannot disconnect" in texts(world.card())[0]


async def test_a_chat_with_several_records_gets_a_choice(world: World) -> None:
    await connected(world, "CAS-01001", "CAS-01002")
    card = await private_view(world, "disconnect", says="2 connected records")
    assert texts(card)[0] == "Which record should this chat be disconnected from?"
    answer = await world.press(buttons(card)["Disconnect"])
    assert answer["value"] == "Alex Wilber disconnected CAS-01001 from this chat."
    await world.settle()
    world.card()
    assert await live(world) == ["CAS-01002"]


async def test_the_record_is_found_by_number_words_or_link(world: World) -> None:
    await connected(world, "CAS-01001", "CAS-01002", "CAS-01003")
    for text in ("cas-01002", "firmware", await world.link("CAS-01003")):
        await world.say(f"disconnect {text}")
        await world.settle()
        assert "disconnected" in texts(world.card())[0]
    assert await live(world) == []


async def test_a_record_without_a_connection_cannot_be_disconnected(world: World) -> None:
    await connected(world, "CAS-01001", chat=OTHER_GROUP)
    for text in ("disconnect", "disconnect CAS-01001", f"disconnect {await world.link()}"):
        await world.say(text)
        assert texts(world.card())[0] == "This chat is not connected to a matching record."
    assert await live(world) == ["CAS-01001"]


async def test_a_button_of_another_chat_disconnects_nothing(world: World) -> None:
    await connected(world, "CAS-01001", chat=OTHER_GROUP)
    (foreign,) = await world.rows_in(connection)
    for named in (foreign["public_id"], "0" * 32):
        answer = await world.press({"verb": "disconnect", "data": {"connection": named}})
        assert texts(answer["value"])[0] == NOT_CONNECTED
    for named in (str(foreign["id"]), "999", "-1", "x", "", "9" * 40, foreign["public_id"].upper()):
        answer = await world.press({"verb": "disconnect", "data": {"connection": named}})
        assert texts(answer["value"])[0] == "This button no longer works."
    assert await live(world) == ["CAS-01001"]


async def test_a_button_that_is_pressed_twice_disconnects_once(world: World) -> None:
    await connected(world, "CAS-01001", "CAS-01002")
    button = buttons(await private_view(world, "disconnect"))["Disconnect"]
    await world.press(button)
    answer = await world.press(button)
    assert texts(answer["value"])[0] == NOT_CONNECTED
    await world.settle()
    world.card()


async def test_rights_are_checked_again_when_the_button_is_pressed(world: World) -> None:
    await connected(world, "CAS-01001", "CAS-01002")
    button = buttons(await private_view(world, "disconnect"))["Disconnect"]
    answer = await world.press(button, person=ISAIAH)
    assert texts(answer["value"])[0].startswith("You cannot disconnect")
    world.connector.members[GROUP].remove(MEGAN.account_id)
    answer = await world.press(button, person=MEGAN)
    assert texts(answer["value"])[0] == "Only members of this chat can do this."
    world.join(LYNNE)
    answer = await world.press(button, person=LYNNE)
    assert texts(answer["value"])[0].startswith("You have no user")
    assert len(await live(world)) == 2


async def test_a_disconnect_can_be_undone_and_the_chat_gets_the_missed_changes(world: World) -> None:
    await connected(world, "CAS-01001")
    await world.say("disconnect", person=MEGAN)
    await world.settle()
    undo = buttons(world.card())["Undo"]
    await world.change({"prioritycode": 1})
    await world.window_ends()
    world.connector.posts.clear()
    # Isaiah cannot disconnect, but he can connect.
    answer = await world.press(undo, person=ISAIAH)
    assert answer["value"] == "Isaiah Langer connected CAS-01001 to this chat again."
    await world.settle()
    told = [texts(card) for card in world.connector.cards(GROUP)]
    assert told[0] == [
        "Isaiah Langer connected CAS-01001 to this chat again.",
        "This chat gets updates about the record again.",
    ]
    assert "Priority: Normal → **High**" in told[1]
    world.connector.posts.clear()
    (going_on,) = await world.rows_in(connection)
    assert (going_on["ended_at"], going_on["connector_name"]) == (None, "Alex Wilber")
    assert [each["act"] for each in await world.rows_in(audit)] == ["connect", "disconnect", "undo disconnect"]
    # A second undo is refused, and a new disconnect can be undone again.
    answer = await world.press(undo)
    assert texts(answer["value"])[0] == (
        "There is nothing to undo, or you do not have access to the record. "
        "You can undo a disconnect once, within 10 minutes."
    )
    world.clock.advance(1)
    await world.say("disconnect")
    await world.settle()
    await world.press(buttons(world.card())["Undo"])
    await world.settle()
    assert texts(world.card())[0] == "Alex Wilber connected CAS-01001 to this chat again."
    assert await live(world) == ["CAS-01001"]


async def test_undo_ends_after_ten_minutes(world: World) -> None:
    undo = await disconnected(world)
    world.clock.advance(601)
    answer = await world.press(undo)
    assert texts(answer["value"])[0].startswith("There is nothing to undo")
    assert await live(world) == []


async def test_a_person_who_cannot_connect_cannot_undo(world: World) -> None:
    undo = await disconnected(world, SECRET_CASE)
    world.join(LYNNE)
    for person, reason in ((PATTI, "There is nothing to undo"), (LYNNE, "You have no user")):
        answer = await world.press(undo, person=person)
        assert texts(answer["value"])[0].startswith(reason)
    world.connector.members[GROUP].remove(MEGAN.account_id)
    answer = await world.press(undo, person=MEGAN)
    assert texts(answer["value"])[0] == "Only members of this chat can do this."
    await allow(world, enabled=False)
    answer = await world.press(undo)
    assert texts(answer["value"])[0] == "Chats cannot be connected to records of this type."
    assert await live(world) == []


async def test_undo_does_not_connect_a_record_that_is_connected_again(world: World) -> None:
    undo = await disconnected(world)
    await connected(world, "CAS-01001", by=ADELE)
    answer = await world.press(undo)
    assert texts(answer["value"])[0] == "CAS-01001 is already connected to this chat."
    assert await live(world) == ["CAS-01001"]


async def test_an_undo_button_of_another_chat_is_refused(world: World) -> None:
    undo = await disconnected(world)
    for named in ("0", "99999", "x", str(2**70), "0" * 32):
        answer = await world.press({"verb": "undo disconnect", "data": {"connection": named}})
        said = texts(answer["value"])[0]
        assert said.startswith(("There is nothing to undo", "This button no longer works."))
    answer = await world.press(undo, chat=OTHER_GROUP)
    assert texts(answer["value"])[0].startswith("There is nothing to undo")
    assert await live(world) == []


async def disconnected(world: World, number: str = "CAS-01001") -> dict[str, Any]:
    """Connect and disconnect the record, and return the Undo button."""
    await connected(world, number)
    await world.say(f"disconnect {number}")
    await world.settle()
    button: dict[str, Any] = buttons(world.card())["Undo"]
    return button


async def test_a_disconnected_record_can_be_connected_again_with_a_new_note(world: World) -> None:
    await connected(world, "CAS-01001", by=ADELE)
    await world.say("disconnect")
    await world.settle()
    world.card()
    await world.say("connect CAS-01001", person=MEGAN)
    await world.settle()
    assert "Connected by Megan Bowen" in texts(world.card())[-1]
    old, new = await world.rows_in(connection)
    assert old["ended_at"]
    assert (new["ended_at"], new["connector_name"]) == (None, "Megan Bowen")


async def test_a_deleted_case_can_still_be_disconnected(world: World) -> None:
    await connected(world, "CAS-01001")
    await world.delete("incidents", await world.row("incidents"))
    await world.until(lambda: world.event_answers)
    await world.say("disconnect")
    await world.settle()
    assert "disconnected CAS-01001" in texts(world.card())[0]
    await world.window_ends()
    assert world.nothing_was_said()


async def test_records_lists_the_records_that_the_person_can_open(world: World) -> None:
    await world.say("records")
    assert texts(world.card())[0] == "This chat is not connected to a record."
    await connected(world, "CAS-01001", SECRET_CASE)
    said = texts(await private_view(world, "records", person=ADELE, says="2 connected records"))
    assert said[0] == "Records connected to this chat"
    assert "Pump vibrates after firmware update" in said
    assert f"Case · {SECRET_CASE}" in said
    card = await private_view(world, "records", person=PATTI)
    assert SECRET_CASE not in str(card)
    assert texts(card)[-1] == "You cannot open 1 more record."
    world.join(LYNNE)
    await world.say("records", person=LYNNE)
    assert texts(world.card())[0].startswith("You have no user")


async def allow(world: World, **rights: bool) -> None:
    async with world.engines.writing.begin() as transaction:
        await transaction.execute(update(record_type).where(record_type.c.table == "incident").values(**rights))
    await world.restart()


async def test_a_deletion_is_posted_to_each_chat_and_ends_the_connections(world: World) -> None:
    for chat in (GROUP, OTHER_GROUP):
        await connected(world, "CAS-01001", chat=chat)
    await world.change({"prioritycode": 1})
    await world.delete("incidents", await world.row("incidents"), by=ALEX)
    await world.until(lambda: len(world.event_answers) == 2)
    await world.window_ends()
    for chat in (GROUP, OTHER_GROUP):
        assert texts(world.card(chat)) == [
            "CAS-01001 was deleted in Dynamics 365 by Alex Wilber.",
            "This chat is no longer connected to it. The messages in this chat stay.",
        ]
    assert await live(world) == []
    assert [entry["act"] for entry in await world.rows_in(audit)][2:] == ["record deleted"] * 2
    await world.say("records")
    assert "not connected" in str(world.card())


async def test_while_chats_are_off_a_deletion_is_not_posted_and_it_is_found_when_they_are_on(world: World) -> None:
    await connected(world, "CAS-01001")
    await request_page(world, (await organization_page(world)).step("Save", chats_on="false"))
    await world.delete("incidents", await world.row("incidents"))
    await world.until(lambda: len(world.event_answers) == 1)
    await world.window_ends()
    assert world.nothing_was_said()
    assert len(await live(world)) == 1

    await request_page(world, (await organization_page(world)).step("Save", chats_on="true"))
    world.clock.advance(15 * 60)
    await world.looked_through("incident")
    world.clock.advance(2 * 60)  # delayed events have this much time to arrive
    await world.settle()
    assert any("CAS-01001" in line and "deleted" in line for line in texts(world.card()))
    assert await live(world) == []
