"""Questions disappear when they are answered, so that nobody presses their buttons again (spec V14)."""

from collections.abc import AsyncIterator

import pytest

from tests.fakes.connector import TARGETED_ID, error
from tests.steps.records import SECRET_CASE
from tests.wire.people import ADELE, ALEX, PATTI
from tests.wire.world import GROUP, OTHER_GROUP, PERSONAL, World, buttons, texts

pytestmark = pytest.mark.one_database


@pytest.fixture
async def old_world(bare_world: World) -> AsyncIterator[World]:
    """Start Chat Sync in chats whose connector does not know targeted messages."""
    await bare_world.know_chats(GROUP, OTHER_GROUP, PERSONAL)
    await bare_world.start()
    yield bare_world
    await bare_world.stop()


@pytest.fixture
async def world(bare_world: World) -> AsyncIterator[World]:
    """Start Chat Sync in chats whose connector knows targeted messages."""
    bare_world.knows_targeted = True
    await bare_world.know_chats(GROUP, OTHER_GROUP, PERSONAL)
    await bare_world.start()
    yield bare_world
    await bare_world.stop()


async def test_a_targeted_question_is_deleted_and_the_note_is_posted(world: World) -> None:
    world.join(PATTI)
    for number, title in enumerate(("Cancel", "Send the note"), start=1):
        await world.say(f"connect {SECRET_CASE}")
        assert world.nothing_was_said(), title
        question = buttons(world.private_card())
        await world.press(question[title], message=f"{TARGETED_ID}{number}")
        await world.settle()
        assert world.connector.deleted.pop() == (GROUP, f"{TARGETED_ID}{number}")
        assert (title == "Cancel") == world.nothing_was_said()
        world.clock.advance(60)
    # A second press finds the answer, and nothing to delete.
    again = await world.press(question["Send the note"], message=f"{TARGETED_ID}2")
    assert texts(again["value"])[0] == f"{SECRET_CASE} is already connected to this chat."
    assert not world.connector.deleted
    assert len(world.connector.cards(GROUP)) == 1


async def test_the_question_of_a_mute_is_deleted_when_the_chat_is_muted(world: World) -> None:
    await world.say("connect CAS-01001 quiet")
    await world.settle()
    world.connector.posts.clear()
    await world.say("mute")
    await world.press(buttons(world.private_card())["1 hour"], message=f"{TARGETED_ID}1")
    await world.settle()
    assert world.connector.deleted == {(GROUP, f"{TARGETED_ID}1")}
    assert texts(world.card())[0].startswith("Alex Wilber muted this chat until ")


async def test_a_targeted_choice_is_edited_with_the_flag_and_without_the_recipient(world: World) -> None:
    await world.say("chats pump")
    card = world.private_card()
    await world.press(buttons(card)["Show chats"], message=f"{TARGETED_ID}1")
    assert world.connector.targeted_calls == ["POST", "PUT"]
    assert "Show chats" not in buttons(world.private_card())
    # A refused answer keeps the question, and a message that is gone does no harm.
    world.connector.targeted_age_s = 24 * 3600
    assert (await world.press(buttons(card)["Show chats"], message=f"{TARGETED_ID}1"))["statusCode"] == 200
    assert world.connector.targeted_calls[2:] == ["PUT"]


async def test_a_shared_question_is_deleted_by_its_answer(old_world: World) -> None:
    world = old_world
    world.join(PATTI)
    await world.say(f"connect {SECRET_CASE}")
    question = buttons(world.connector.cards(GROUP)[0])
    # Only the person who is asked can cancel for everyone.
    assert texts((await world.press(question["Cancel"], message="1:1", person=ADELE))["value"]) == [
        "Nothing was changed."
    ]
    # A person who may not connect the chat answers nothing.
    await world.press(question["Send the note"], message="1:1", person=PATTI)
    assert not world.connector.deleted
    await world.press(question["Send the note"], message="1:1", person=ADELE)
    assert world.connector.deleted == {(GROUP, "1:1")}
    await world.settle()
    # Another person who still sees the question gets a calm answer.
    late = await world.press(question["Name only"], message="1:1")
    assert texts(late["value"])[0].endswith("is already connected to this chat.")
    world.connector.posts.clear()


async def test_a_choice_behind_a_shared_button_takes_the_button_with_it(old_world: World) -> None:
    world = old_world
    await world.say("connect pump quiet")
    offered = buttons(world.connector.cards(GROUP)[0])["Show records"]
    choice = (await world.press(offered, message="1:1"))["value"]
    assert not world.connector.deleted
    await world.press(buttons(choice)["Connect"], message="1:1")
    assert world.connector.deleted == {(GROUP, "1:1")}
    # A list is no question: its button stays for the others.
    await world.settle()
    world.connector.posts.clear()
    await world.say("records")
    await world.press(buttons(world.connector.cards(GROUP)[0])["Show records"], message="1:1")
    assert len(world.connector.deleted) == 1
    world.connector.posts.clear()


async def test_a_forged_message_of_a_question_without_a_mark_changes_nothing(old_world: World) -> None:
    world = old_world
    await world.say("help")
    before = world.connector.cards(GROUP)
    for data in ({}, {"question": "elsewhere"}, {"question": "targeted"}, {"question": "news"}):
        await world.press({"verb": "cancel", "data": data}, message="1:1")
    assert world.connector.cards(GROUP) == before
    assert not world.connector.deleted
    # An edit or deletion that Teams refuses does not change the answer.
    world.connector.fault = lambda *_: error(403, "NotEnoughPermissions")
    answer = await world.press(
        {"verb": "cancel", "data": {"question": "chat", "asker": ALEX.account_id}}, message="1:99"
    )
    assert texts(answer["value"]) == ["Nothing was changed."]
    world.connector.posts.clear()
