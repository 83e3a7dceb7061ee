"""Answers for one person in a chat with others are targeted messages (spec V13)."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import text

from bot.store.tables import targeted_answer
from tests.fakes.connector import Cut, error
from tests.steps.hidden_records import MARKER, commands, connect_hidden_records
from tests.steps.records import SECRET_CASE
from tests.wire.people import ADELE, ALEX, PATTI
from tests.wire.world import BOT, GROUP, OTHER_GROUP, PERSONAL, World, buttons, texts

DAY_S = 24 * 3600
pytestmark = pytest.mark.one_database


@pytest.fixture
async def world(bare_world: World) -> AsyncIterator[World]:
    """Start Chat Sync in chats whose connector knows targeted messages."""
    bare_world.knows_targeted = True
    await bare_world.know_chats(GROUP, OTHER_GROUP, PERSONAL)
    await bare_world.start()
    yield bare_world
    bare_world.connector.posts.clear()
    await bare_world.stop()


async def test_only_the_person_who_asked_sees_the_answer(world: World) -> None:
    names = await connect_hidden_records(world)
    for words in ("status", "records"):
        await world.say(words, person=ADELE)
        assert world.nothing_was_said()
        assert SECRET_CASE in names.told(world.private_card(ADELE)), words
        # A button on the card acts with the rights of the person who presses it.
        await world.say(words, person=PATTI)
        assert SECRET_CASE not in names.told(world.private_card(PATTI)), words
    for words in ("help", "nonsense", "connect CAS-99999", "timeline"):
        await world.say(words)
        assert world.nothing_was_said(), words
        world.private_card(ALEX)
    sent = len(world.connector.targeted[GROUP])
    await world.say("status", chat=PERSONAL)
    assert world.card(PERSONAL)
    assert len(world.connector.targeted[GROUP]) == sent
    assert PERSONAL not in world.connector.targeted


async def test_the_same_request_within_a_minute_gets_the_button(world: World) -> None:
    await connect_hidden_records(world)
    await world.say("records", person=ADELE)
    await world.say("records", person=ALEX)  # a request of another person is not the same
    assert world.nothing_was_said()
    world.clock.advance(59)
    await world.say("records", person=ADELE)
    assert "Show records" in buttons(world.card())
    world.clock.advance(2)
    await world.say("records", person=ADELE)
    assert world.nothing_was_said()
    assert world.connector.targeted_calls == ["POST"] * 3


async def test_a_person_who_asks_in_a_targeted_message_is_answered_there_each_time(world: World) -> None:
    await connect_hidden_records(world)
    for _ in range(2):
        recipient = {**BOT, "isTargeted": True}
        message = world.activity(GROUP, ADELE, type="message", text="records", recipient=recipient)
        assert (await world.post(message))[0] == 201
        assert world.nothing_was_said()
    assert world.connector.targeted_calls == ["POST", "POST"]


REFUSALS: dict[str, tuple[web.Response | None, bool]] = {
    "bad argument": (error(400, "Bad argument"), True),
    "denied": (error(403, "THREADACCESSDENIED-209"), True),
    "unknown route": (web.Response(status=404), True),
    "throttled": (error(429, "Throttled"), False),
    "down": (error(503, "ServiceError"), False),
    "other cloud": (error(403, "InvalidBotApiHost"), True),
    "cut": (Cut(), False),
}
"""Responses to a targeted message, and whether they mean that the chat has none for a day."""


CHANGING = ("connect", "disconnect")


async def test_a_private_answer_never_becomes_public(world: World) -> None:
    """Walk over commands and failures: what everyone sees has no name of a hidden record."""
    names = await connect_hidden_records(world)
    every = sorted({f"{command} {each}".strip() for command, words in commands(names).items() for each in ("", *words)})
    walked = [each for each in every if not each.startswith(CHANGING)] + ["disconnect", f"connect {MARKER}"]
    for name, (_, is_remembered) in REFUSALS.items():
        world.connector.targeted_fault = lambda *_, name=name: _again(name)
        world.connector.targeted_calls.clear()
        said = walked if name == "down" else ["status", "records", "disconnect"]
        for words in said:
            await world.say(words, person=ADELE)
        assert len(world.connector.targeted_calls) == (1 if is_remembered else len(said)), name
        public = world.connector.posts.pop(GROUP)
        assert len(public) == len(said)
        assert not names.told(public), name
        world.clock.advance(DAY_S)
    world.connector.targeted_fault = lambda *_: None
    for words in ("status", "records", "disconnect"):
        await world.say(words, person=ADELE)
        assert SECRET_CASE in names.told(world.private_card(ADELE)), words  # the walk would have found the names


def _again(name: str) -> web.Response:
    """Return a fresh copy of the refusal, because a response can be sent only once."""
    refusal, _ = REFUSALS[name]
    assert refusal is not None
    if isinstance(refusal, Cut):
        return Cut()
    return web.Response(status=refusal.status, body=refusal.body, content_type=refusal.content_type)


async def test_a_refusal_counts_for_its_chat_and_for_a_day(world: World) -> None:
    await connect_hidden_records(world)
    world.connector.targeted_fault = lambda chat, _: error(400, "Bad argument") if chat == GROUP else None
    for _ in range(2):
        await world.say("records")
        assert "Show records" in buttons(world.card())
    assert world.connector.targeted_calls == ["POST"]
    await world.say("help", chat=OTHER_GROUP)
    assert world.nothing_was_said()
    world.connector.targeted_fault = lambda *_: None
    world.clock.advance(DAY_S - 60)
    await world.say("records")
    assert world.card()
    world.clock.advance(60)
    await world.say("records")
    assert world.nothing_was_said()


async def test_other_processes_and_the_next_start_know_what_happened(world: World) -> None:
    await connect_hidden_records(world)
    await world.say("help")
    world.connector.targeted_fault = lambda chat, _: error(400, "Bad argument") if chat == OTHER_GROUP else None
    await world.say("help", chat=OTHER_GROUP)
    assert world.card(OTHER_GROUP)
    world.connector.targeted_fault = lambda *_: None
    world.connector.targeted_calls.clear()
    await world.restart()
    await world.say("help")
    await world.say("status", chat=OTHER_GROUP)
    assert world.card()
    assert world.card(OTHER_GROUP)
    assert not world.connector.targeted_calls
    # No word of a message is stored.
    (answered,) = await world.rows_in(targeted_answer)
    assert re.fullmatch("[0-9a-f]{64}", answered["request"])
    world.clock.advance(DAY_S)
    await world.say("help")
    await world.say("status", chat=OTHER_GROUP)
    assert world.connector.targeted_calls == ["POST", "POST"]


@pytest.mark.databases("sqlite")  # the statements that make it fail are those of SQLite
async def test_an_answer_does_not_depend_on_what_is_remembered(world: World) -> None:
    await connect_hidden_records(world)
    await _execute(world, "ALTER TABLE targeted_answer RENAME COLUMN at TO later")
    await world.say("records")
    assert "Show records" in buttons(world.card())
    await _execute(world, "ALTER TABLE targeted_answer RENAME COLUMN later TO at")
    fails = "CREATE TRIGGER fails BEFORE INSERT ON targeted_answer BEGIN INSERT INTO nowhere VALUES (1); END"
    await _execute(world, fails)
    await world.say("records")
    assert world.nothing_was_said()
    assert world.private_card()


async def _execute(world: World, statement: str) -> None:
    async with world.engines.writing.begin() as connection:
        await connection.execute(text(statement))


async def test_a_person_who_left_gets_no_answer_and_the_chat_neither(world: World) -> None:
    await connect_hidden_records(world)
    world.connector.members[GROUP].remove(ADELE.account_id)
    for words in ("help", "records", "status", "nonsense"):
        await world.say(words, person=ADELE)
    assert world.nothing_was_said()
    # The refusals are about the person, and not about the chat.
    await world.say("help")
    assert texts(world.private_card())
    # Nor does anyone get an answer while the roster is not available.
    world.connector.targeted_fault = lambda *_: error(503, "ServiceError")
    world.connector.roster_says = (503, b"")
    await world.say("records")
    assert world.nothing_was_said()


async def test_buttons_of_old_clients_are_answered_as_before(world: World) -> None:
    value: dict[str, Any] = {"verb": "status"}
    await world.post(world.activity(GROUP, ALEX, type="message", value=value))
    assert texts(world.card())[0] == "This client cannot show a private answer."
    assert not world.connector.targeted_calls


async def test_the_setting_turns_targeted_messages_off(bare_world: World) -> None:
    bare_world.knows_targeted = True
    bare_world.settings = bare_world.settings.model_copy(update={"private_answers": "button"})
    await bare_world.know_chats(GROUP)
    await bare_world.start()
    await bare_world.say("help")
    assert bare_world.card()
    assert not bare_world.connector.targeted_calls


async def test_a_local_client_gets_no_targeted_messages(bare_world: World) -> None:
    await bare_world.know_chats(GROUP)
    await bare_world.start()
    await bare_world.say("help")
    assert bare_world.card()
    assert not bare_world.connector.targeted_calls
