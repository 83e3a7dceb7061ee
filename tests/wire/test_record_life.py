"""Lifecycle changes of a record: closed, assigned to another owner, merged into another record (spec K12)."""

from argparse import Namespace

import pytest
from sqlalchemy import update

from bot.domain.public_names import Verb
from bot.sandbox.teams.chats import messages_of
from bot.store.tables import connection, record_type
from bot.wiring.command_line import run_command
from tests.cards.schema import schema_errors
from tests.steps.members import NOT_CONNECTED
from tests.steps.new_chats import members, people_page, press, selection
from tests.wire.people import ADELE, ISAIAH, MEGAN, PATTI, Somebody
from tests.wire.world import API, GROUP, OTHER_GROUP, World, buttons, texts

pytestmark = pytest.mark.one_database

RESOLVED = {"statecode": 1, "statuscode": 5}
ACTIVE = {"statecode": 0, "statuscode": 1}


@pytest.fixture
async def told(world: World) -> World:
    """Register the steps that the settings require, in addition to those of the sample data."""
    world.settings = world.settings.model_copy(update={"public_url": world.url})
    connect = Namespace(command="dataverse", act="connect", environment=None, dry_run=False)
    assert await run_command(world.settings, connect, len) == 0
    await world.restart()
    return world


async def connected(world: World, *numbers: str, chat: str = GROUP) -> None:
    for number in numbers or ("CAS-01001",):
        await world.say(f"connect {number} quiet", chat=chat)
        await world.settle()
        world.card(chat)


async def given_to(world: World, owner: Somebody) -> None:
    await world.change({"ownerid@odata.bind": f"/systemusers({await world.user_id(owner)})"}, by=MEGAN)
    await world.window_ends()


async def merged(world: World, number: str, into: str, *, told: bool = True) -> None:
    """Merge two cases in Dynamics 365."""
    before = len(world.event_answers)
    kind = {"@odata.type": "Microsoft.Dynamics.CRM.incident"}
    body = {
        "Target": {**kind, "incidentid": await world.row("incidents", into)},
        "Subordinate": {**kind, "incidentid": await world.row("incidents", number)},
        "PerformParentingChecks": False,
    }
    headers = {"CallerObjectId": MEGAN.object_id}
    async with world.session.post(f"{world.sandbox}{API}/Merge", json=body, headers=headers) as answer:
        assert answer.status == 204, await answer.text()
    if told:
        await world.until(lambda: len(world.event_answers) > before)


async def live(world: World, chat: str = GROUP) -> set[str]:
    rows = await world.rows_in(connection, connection.c.ended_at.is_(None), connection.c.chat_id == chat)
    return {row["record_number"] for row in rows}


async def test_the_card_of_a_closed_case_shows_the_change_and_asks_whether_to_stay_connected(told: World) -> None:
    await connected(told)
    await told.change(RESOLVED, by=MEGAN)
    await told.window_ends()
    card = told.card()
    said = texts(card)
    assert "Status: Active → **Resolved**" in said
    assert "This case was closed (Resolved). Keep the chat connected to CAS-01001?" in said
    assert list(buttons(card)) == ["Open record", "Keep connected", "Disconnect"]
    answer = await told.press(buttons(card)["Keep connected"], person=ADELE)
    assert texts(answer["value"]) == ["CAS-01001 stays connected to this chat."]
    assert await live(told) == {"CAS-01001"}
    answer = await told.press(buttons(card)["Disconnect"], person=ADELE)
    assert answer["value"] == "Adele Vance disconnected CAS-01001 from this chat."
    await told.settle()
    told.card()
    answer = await told.press(buttons(card)["Keep connected"], person=ADELE)
    assert texts(answer["value"])[0] == NOT_CONNECTED


async def test_the_question_leaves_the_card_of_a_closed_case_when_it_is_answered(told: World) -> None:
    await connected(told)
    await told.change(RESOLVED, by=MEGAN)
    await told.window_ends()
    (news,) = told.connector.cards(GROUP)
    await told.press(buttons(news)["Keep connected"], message="1:1", person=ADELE)
    (edited,) = told.connector.cards(GROUP)
    assert schema_errors(edited) == []
    assert list(buttons(edited)) == ["Open record"]
    assert texts(edited) == [*texts(news), "CAS-01001 stays connected to this chat."]
    # A client that still shows the old card gets an answer, and the chat keeps the new one.
    await told.press(buttons(news)["Keep connected"], message="1:1")
    assert told.connector.cards(GROUP) == [edited]
    told.connector.posts.clear()


async def test_the_card_of_a_closed_case_does_not_let_everyone_disconnect(told: World) -> None:
    await connected(told)
    await told.change(RESOLVED, by=MEGAN)
    await told.window_ends()
    answer = await told.press(buttons(told.card())["Disconnect"], person=ISAIAH)
    assert texts(answer["value"])[0] == "You cannot disconnect CAS-01001 from this chat."
    assert await live(told) == {"CAS-01001"}


async def test_a_case_that_is_reopened_at_once_or_was_already_closed_is_not_reported_as_closed(told: World) -> None:
    await connected(told)
    await told.change(RESOLVED)
    await told.change(ACTIVE)
    await told.window_ends()
    assert told.nothing_was_said()
    await told.change(RESOLVED)
    await told.window_ends()
    assert "Disconnect" in buttons(told.card())
    await told.change({"statecode": 2, "statuscode": 6})
    await told.window_ends()
    assert "Disconnect" not in buttons(told.card())


async def test_lifecycle_changes_are_reported_for_a_record_type_without_key_fields(told: World) -> None:
    async with told.session.get(f"{told.sandbox}{API}/accounts?$select=accountid&$top=1") as answer:
        row = (await answer.json())["value"][0]["accountid"]
    link = f"{told.sandbox}/main.aspx?pagetype=entityrecord&etn=account&id={row}"
    await told.say(f"connect {link} quiet")
    await told.settle()
    told.card()
    before = len(told.event_answers)
    url = f"{told.sandbox}{API}/accounts({row})"
    async with told.session.patch(url, json={"statecode": 1, "statuscode": 2}) as saved:
        assert saved.status == 204, await saved.text()
    await told.until(lambda: len(told.event_answers) > before)
    await told.window_ends()
    (closing,) = [each for each in texts(told.card()) if "closed" in each]
    assert closing.startswith("This account was closed (Inactive).")


async def test_a_new_owner_who_is_in_the_chat_is_not_reported(told: World) -> None:
    await connected(told)
    await given_to(told, ISAIAH)
    assert told.nothing_was_said()


async def test_a_chat_without_the_new_owner_gets_a_button_to_add_them(told: World) -> None:
    page = await people_page(told, ADELE)
    await press(told, page, "Create chat", person=ADELE, others=selection(MEGAN), name="Pump", note="false")
    await told.settle()
    (chat,) = told.made_chats()
    await given_to(told, ISAIAH)
    assert told.posted(chat)[-1] == "CAS-01001: Isaiah Langer now owns this case and is not in this chat."
    (kept,) = await told.rows_in(connection)
    add = {"verb": Verb.ADD_OWNER, "data": {"connection": kept["public_id"]}}
    told.connector.members[chat] = [ADELE.account_id, MEGAN.account_id]
    answer = await told.press(add, person=PATTI, chat=chat)
    assert texts(answer["value"])[0] == "Only members of this chat can do this."
    assert ISAIAH.object_id not in await members(told, chat)
    answer = await told.press(add, person=ADELE, chat=chat)
    assert answer["value"] == "Adele Vance added Isaiah Langer to this chat."
    assert ISAIAH.object_id in await members(told, chat)
    answer = await told.press(add, person=MEGAN, chat=chat)
    assert texts(answer["value"]) == ["Isaiah Langer is already in this chat."]


async def test_a_new_owner_without_a_license_is_named_as_such_and_a_disabled_one_is_not_offered(told: World) -> None:
    page = await people_page(told, ADELE)
    await press(told, page, "Create chat", person=ADELE, others=selection(MEGAN), name="Pump", note="false")
    await told.settle()
    (chat,) = told.made_chats()
    told.dataverse_says = {b'"servicePlanName":"TEAMS1"': b'"servicePlanName":"OTHER"'}
    await given_to(told, ISAIAH)
    assert told.posted(chat)[-1] == (
        "CAS-01001: Isaiah Langer now owns this case and is not in this chat. Isaiah Langer has no Teams license."
    )
    told.dataverse_says = {b'"accountEnabled":true': b'"accountEnabled":false'}
    await given_to(told, PATTI)
    assert told.posted(chat)[-1] == "CAS-01001: Patti Fernandez now owns this case and is not in this chat."
    newest, before, *_ = (row.text("card") for row in messages_of(told.teams.rows, chat))
    assert Verb.ADD_OWNER in before
    assert Verb.ADD_OWNER not in newest


async def test_a_team_as_the_new_owner_cannot_be_added(told: World) -> None:
    await connected(told)
    async with told.session.get(f"{told.sandbox}{API}/teams?$filter=name eq 'Tier 2'") as answer:
        (tier,) = (await answer.json())["value"]
    await told.change({"ownerid@odata.bind": f"/teams({tier['teamid']})"}, by=MEGAN)
    await told.window_ends()
    assert told.nothing_was_said()
    (kept,) = await told.rows_in(connection)
    pressed = await told.press({"verb": Verb.ADD_OWNER, "data": {"connection": kept["public_id"]}})
    assert texts(pressed["value"])[0] == "The owner of CAS-01001 is not a person who can join a chat."


async def test_without_a_roster_other_changes_are_still_reported(told: World) -> None:
    await connected(told)
    told.connector.members.pop(GROUP)
    await told.change(
        {"prioritycode": 1, "ownerid@odata.bind": f"/systemusers({await told.user_id(ISAIAH)})"}, by=MEGAN
    )
    await told.window_ends()
    assert "Priority: Normal → **High**" in texts(told.card())


async def test_connections_move_to_the_remaining_case(told: World) -> None:
    await connected(told, "CAS-01002")
    await connected(told, "CAS-01001", "CAS-01002", chat=OTHER_GROUP)
    await merged(told, "CAS-01002", into="CAS-01001")
    await told.window_ends()
    assert texts(told.card()) == [
        "CAS-01002 was merged into CAS-01001.",
        "This chat is now connected to CAS-01001 and gets its updates.",
    ]
    assert texts(told.card(OTHER_GROUP))[1] == "This chat was already connected to CAS-01001 and gets its updates."
    assert await live(told) == await live(told, OTHER_GROUP) == {"CAS-01001"}
    await told.change({"prioritycode": 1})
    await told.window_ends()
    for chat in (GROUP, OTHER_GROUP):
        assert "Priority: Normal → **High**" in texts(told.card(chat))


async def test_a_merge_is_not_undone_by_the_button_of_a_disconnect(told: World) -> None:
    await connected(told, "CAS-01002")
    (ended,) = await told.rows_in(connection)
    await merged(told, "CAS-01002", into="CAS-01001")
    await told.window_ends()
    told.card()
    undo = {"verb": Verb.UNDO_DISCONNECT, "data": {"connection": ended["public_id"]}}
    answer = await told.press(undo, person=ADELE)
    assert texts(answer["value"])[0].startswith("There is nothing to undo")
    await told.window_ends()
    assert told.nothing_was_said()
    assert await live(told) == {"CAS-01001"}


async def test_connections_of_a_record_that_was_merged_twice_move_to_the_last_record(told: World) -> None:
    await connected(told, "CAS-01003")
    await told.switch_webhook(on=False)
    for number, into in (("CAS-01003", "CAS-01002"), ("CAS-01002", "CAS-01001")):
        await merged(told, number, into, told=False)
    # No event arrived, so the check at the next start finds the merges.
    await told.restart()
    told.clock.advance(5)
    await told.until(lambda: told.connector.posts.get(GROUP))
    assert texts(told.card())[0] == "CAS-01003 was merged into CAS-01001."
    assert await live(told) == {"CAS-01001"}


async def test_a_merge_is_not_reported_while_the_record_type_is_off(told: World) -> None:
    await connected(told, "CAS-01002")
    async with told.engines.writing.begin() as writing:
        await writing.execute(update(record_type).where(record_type.c.table == "incident").values(enabled=False))
    await told.restart()
    await merged(told, "CAS-01002", into="CAS-01001")
    await told.window_ends()
    assert told.nothing_was_said()
