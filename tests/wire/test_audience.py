"""Confirmation before a note reaches people who cannot open the record (spec C9)."""

import pytest

from bot.domain.limits import Limits
from bot.store.tables import connection
from tests.steps.records import SECRET_CASE
from tests.wire.people import DIEGO, LYNNE, MEGAN, PATTI
from tests.wire.world import GROUP, World, buttons, texts

pytestmark = pytest.mark.one_database

WAYS_ON = ["Send the note", "Name only", "Cancel"]


async def test_the_person_is_asked_and_the_question_reveals_nothing_about_the_record(world: World) -> None:
    # A chat with Patti, who cannot see the case, a colleague without a user, a former colleague, and a stranger
    world.join(LYNNE, DIEGO)
    world.connector.members[GROUP].append("29:stranger")
    await world.say(f"connect {SECRET_CASE}")
    await world.settle()
    card = world.card()
    assert texts(card) == [
        "4 of 8 people in this chat cannot open this case.",
        "The note shows fields of the record to everyone in the chat. Send it anyway?",
    ]
    assert list(buttons(card)) == WAYS_ON
    assert SECRET_CASE not in str(card)
    assert await world.rows_in(connection) == []


async def test_the_note_is_sent_if_the_person_confirms(world: World) -> None:
    await world.say(f"connect {SECRET_CASE}")
    answer = await world.press(buttons(world.card())["Send the note"])
    assert answer["type"].endswith("activity.message")
    await world.settle()
    assert "Connected by Alex Wilber" in texts(world.card())[-1]


async def test_only_the_name_is_sent_if_the_person_chooses_it(world: World) -> None:
    await world.say(f"connect {SECRET_CASE}")
    await world.press(buttons(world.card())["Name only"])
    await world.settle()
    assert texts(world.card()) == [f"{SECRET_CASE} is connected to this chat.", "Connected by Alex Wilber."]


async def test_nothing_is_sent_if_the_person_cancels(world: World) -> None:
    await world.say(f"connect {SECRET_CASE}")
    answer = await world.press(buttons(world.card())["Cancel"])
    assert texts(answer["value"]) == ["Nothing was changed."]
    assert await world.rows_in(connection) == []


async def test_each_person_who_presses_is_checked_with_their_own_rights(world: World) -> None:
    await world.say(f"connect {SECRET_CASE}")
    button = buttons(world.card())["Send the note"]
    answer = await world.press(button, person=PATTI)
    assert texts(answer["value"])[0].startswith("This case does not exist")
    await world.press(button, person=MEGAN)
    await world.settle()
    assert "Connected by Megan Bowen" in texts(world.card())[-1]


async def test_no_question_if_everyone_can_open_the_record_or_without_a_note(world: World) -> None:
    world.connector.members[GROUP].remove(PATTI.account_id)
    await world.say(f"connect {SECRET_CASE}")
    await world.settle()
    assert "Connected by Alex Wilber" in texts(world.card())[-1]
    world.join(PATTI)
    await world.say("connect CAS-01004 quiet")
    await world.settle()
    assert texts(world.card())[0] == "CAS-01004 is connected to this chat."


async def test_no_question_if_the_chat_is_already_connected(world: World) -> None:
    await world.say(f"connect {SECRET_CASE} quiet")
    await world.settle()
    world.card()
    await world.say(f"connect {SECRET_CASE}")
    assert texts(world.card())[0] == f"{SECRET_CASE} is already connected to this chat."


async def test_if_the_check_takes_too_long_the_person_decides(bare_world: World) -> None:
    world = bare_world
    world.limits = Limits(answer_within_s=6)
    await world.start()
    await world.add_bot(GROUP)
    await world.paste(await world.link())  # values are read only once
    world.dataverse_hangs_on = "$batch"
    await world.say(f"connect {SECRET_CASE}")
    assert texts(world.card())[0] == (
        "Chat Sync has not yet checked which of the 5 people in this chat can open this case."
    )
    await world.stop()


async def test_a_chat_with_250_members_is_checked_in_a_few_requests(world: World) -> None:
    guests = [f"29:guest-{number}" for number in range(245)]
    world.connector.members[GROUP] += guests
    world.connector.object_ids |= {each: f"00000000-0000-0000-0001-{n:012}" for n, each in enumerate(guests)}
    world.dataverse_was_asked.clear()
    await world.say("connect CAS-01001")
    assert texts(world.card())[0] == "245 of 250 people in this chat cannot open this case."
    about_people = [each for each in world.dataverse_was_asked if "$batch" in each or "systemusers" in each]
    assert len(about_people) <= 10


async def test_a_chat_without_a_roster_is_not_connected(world: World) -> None:
    world.connector.roster_is_down = True
    await world.say("connect CAS-01001")
    assert texts(world.card())[0] == "Teams did not list the members of this chat."
    assert await world.rows_in(connection) == []


async def test_guests_anonymous_members_and_deleted_users_count_as_people_who_cannot_open_it(world: World) -> None:
    world.connector.members[GROUP] += ["29:anonymous", "29:guest", "29:deleted"]
    world.connector.object_ids |= {
        "29:guest": "00000000-0000-0000-0001-000000000001",
        "29:deleted": "00000000-0000-0000-0001-000000000002",
    }
    await world.say("connect CAS-01001")
    assert texts(world.card())[0] == "3 of 8 people in this chat cannot open this case."
