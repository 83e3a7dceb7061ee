"""The pane and the bot agree on what each person may do, and say it in the same words (spec P3, P7)."""

from typing import Any

import pytest

from bot.domain.public_names import TARGET_CHAT
from bot.store.tables import connection
from tests.steps.members import create_chat
from tests.steps.new_chats import button_data
from tests.steps.pane import PanePage, error_of, open_pane
from tests.wire.people import ADELE, ALEX, COLLEAGUES, DIEGO, EVERYBODY, ISAIAH, LYNNE, MEGAN, PATTI, Somebody
from tests.wire.world import GROUP, OTHER_GROUP, PERSONAL, World, texts

pytestmark = pytest.mark.one_database

Answer = tuple[bool, tuple[str, ...]]
"""True if the act was done; the sentences of a refusal."""


async def in_the_pane(page: PanePage, name: str, **body: object) -> Answer:
    status, answer = await page.send(name, body)
    if status == 200:
        return True, ()
    return False, tuple(each for each in error_of(answer) if each)


async def with_the_bot(world: World, person: Somebody, verb: str, data: dict[str, str], chat: str = PERSONAL) -> Answer:
    """Press the button; return the answer. A refusal has at least two sentences."""
    answer = await world.press({"verb": verb, "data": data}, person=person, chat=chat)
    said = tuple(texts(answer["value"])) if isinstance(answer["value"], dict) else ()
    return not said or said[0].startswith(("You joined", "You are already", "The chat is connected")), said


def agreed(pane: Answer, bot: Answer) -> None:
    assert pane[0] == bot[0]
    if not pane[0]:
        assert pane[1] == bot[1]


@pytest.mark.parametrize("person", EVERYBODY, ids=lambda each: each.name.split()[0])
async def test_the_pane_and_the_bot_agree(world: World, person: Somebody) -> None:
    page = await open_pane(world, person)
    for number in ("CAS-01001", "CAS-01005"):
        twins = [await create_chat(world, "Twin", number) for _ in range(2)]
        named = await public_ids(world, twins)
        pane = await in_the_pane(page, "join", connection=named[0])
        agreed(pane, await with_the_bot(world, person, "join", {"connection": named[1]}))
        record = await button_data(world, "CAS-01003")
        pane = await in_the_pane(page, "connect", record=record, chat=twins[0], note="none")
        data = {**record, TARGET_CHAT: twins[1], "quiet": "quiet"}
        agreed(pane, await with_the_bot(world, person, "connect", data))
    await world.settle()


@pytest.mark.parametrize("person", EVERYBODY, ids=lambda each: each.name.split()[0])
async def test_the_pane_and_the_bot_agree_on_disconnecting(world: World, person: Somebody) -> None:
    for chat in (GROUP, OTHER_GROUP):
        # Rosters of Teams also know people by their object IDs.
        world.connector.members[chat] += [each.object_id for each in (*COLLEAGUES, LYNNE, DIEGO) if each is not ISAIAH]
        world.connector.members[chat].remove(ISAIAH.account_id)
        world.connector.members[chat] += [LYNNE.account_id, DIEGO.account_id]
        await world.say("connect CAS-01001 quiet", person=ADELE, chat=chat)
        await world.settle()
    named = await public_ids(world, [GROUP, OTHER_GROUP])
    page = await open_pane(world, person)
    for act, verb in (("disconnect", "disconnect"), ("undo", "undo disconnect")):
        pane = await in_the_pane(page, act, connection=named[0])
        bot = await pressed(world, person, verb, named[1])
        agreed(pane, bot)
        if not any(await ended(world)):
            # Somebody else disconnects both.
            megan = await open_pane(world, MEGAN)
            assert (await in_the_pane(megan, "disconnect", connection=named[0]))[0]
            assert (await pressed(world, MEGAN, "disconnect", named[1]))[0]
        assert len(set(await ended(world))) == 1
    await world.settle()


async def pressed(world: World, person: Somebody, verb: str, named: str) -> Answer:
    before = await ended(world)
    answer = await world.press({"verb": verb, "data": {"connection": named}}, person=person, chat=OTHER_GROUP)
    said = tuple(texts(answer["value"])) if isinstance(answer["value"], dict) else ()
    return (True, ()) if (await ended(world)) != before else (False, said)


async def ended(world: World) -> list[bool]:
    """Return for each connection whether it ended."""
    return [row["ended_at"] is not None for row in await world.rows_in(connection)]


async def public_ids(world: World, chats: list[str]) -> list[str]:
    """Return the ID of the newest connection of each chat."""
    by_chat = {row["chat_id"]: row["public_id"] for row in await world.rows_in(connection)}
    return [by_chat[chat] for chat in chats]


async def test_connections_that_are_unknown_ended_or_hidden_get_one_answer(world: World) -> None:
    hidden, ended_one = await create_chat(world, "Secret", "CAS-01005"), await create_chat(world, "Pump")
    ids = [*await public_ids(world, [hidden, ended_one]), "0" * 32]
    megan = await open_pane(world, MEGAN)
    assert (await megan.send("disconnect", {"connection": ids[1]}))[0] == 200
    world.clock.advance(11 * 60)
    patti = await open_pane(world, PATTI)
    for act in ("join", "disconnect", "undo", "resume"):
        answers = [await patti.send(act, {"connection": each}) for each in ids]
        assert answers[0] == answers[1] == answers[2], act
        assert answers[0][0] in {403, 404}
    await world.settle()


async def test_only_group_chats_can_be_connected(world: World) -> None:
    page, body = await open_pane(world, ALEX), {"record": await button_data(world), "note": "none"}
    for chat in ("", "x", "19:a@unq.gbl.spaces", "19:a@thread.tacv2", "19:" + "a" * 300 + "@thread.v2"):
        status, answer = await page.send("connect", {**body, "chat": chat})
        assert (status, error_of(answer)[0]) == (400, "You cannot connect this chat from here."), chat
    assert await world.rows_in(connection) == []


async def test_acts_with_values_that_no_page_sends_do_nothing(world: World) -> None:
    page, record = await open_pane(world, ALEX), await button_data(world)
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("join", {}),
        ("join", {"connection": 7}),
        ("disconnect", {"connection": "1"}),
        ("undo", {"connection": "0" * 33}),
        ("connect", {"chat": GROUP}),
        ("connect", {"record": record, "chat": GROUP, "note": "later"}),
        ("connect", {"record": record, "chat": GROUP, "note": ["none"]}),
    ]
    for act, body in wrong:
        assert (await page.send(act, body))[0] == 400, (act, body)
    assert await world.rows_in(connection) == []
