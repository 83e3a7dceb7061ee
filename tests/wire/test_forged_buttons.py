"""Buttons with changed data, of other people, or pressed by a client alone do nothing and tell nothing."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.domain.public_names import SHOWING_VERBS, Verb
from bot.store.tables import audit, connection
from tests.steps.presses import PRESSES, SECRET_TOPIC, Press, Scene, Target, data, prepare, send, state
from tests.wire.people import ADELE, ALEX, LYNNE, PATTI, Somebody
from tests.wire.world import API, OTHER_GROUP, PERSONAL, World, texts

pytestmark = pytest.mark.one_database

ERROR = "application/vnd.microsoft.error"


async def press_all(
    world: World,
    scene: Scene,
    target: Target,
    *,
    person: Somebody,
    chat: str,
    presses: tuple[Press, ...] = PRESSES,
    trigger: str = "manual",
) -> Mapping[Press, dict[str, object]]:
    """Press each button, and check that nothing changes; return the answers."""
    answers = {}
    before = await state(world)
    for press in presses:
        values = await data(world, scene, press, target)
        answers[press] = await send(world, press, values, person=person, chat=chat, trigger=trigger)
        await world.settle()
        assert await state(world) == before, str(press)
    return answers


def test_every_verb_is_pressed() -> None:
    assert {press.verb for press in PRESSES} == set(Verb)
    shown = {press.verb for press in PRESSES if not press.acts}
    assert shown >= SHOWING_VERBS
    assert not SHOWING_VERBS & {press.verb for press in PRESSES if press.acts}


async def test_the_rightful_person_can_press_every_button_and_each_change_is_audited(world: World) -> None:
    scene = await prepare(world)
    for press in PRESSES:
        chat = scene.own.chat if press.person is ADELE else PERSONAL
        before = await state(world)
        answer = await send(world, press, await data(world, scene, press, scene.own), person=press.person, chat=chat)
        entries = await world.rows_in(audit)
        assert tuple(each["act"] for each in entries) == press.acts, (str(press), answer)
        assert (await state(world) == before) is not bool(press.acts), str(press)
        assert {each["person_id"] for each in entries} <= {press.person.object_id}
        await world.settle()
        await world.forget(audit)
    await world.window_ends()


async def test_another_chat(world: World) -> None:
    # Adele is neither in the chat of the button nor in the chat that the button connects.
    scene = replace(await prepare(world), free_chat=OTHER_GROUP)
    await press_all(world, scene, scene.own, person=ADELE, chat=OTHER_GROUP)


async def test_another_record(world: World) -> None:
    scene = await prepare(world)
    answers = await press_all(world, scene, scene.hidden, person=PATTI, chat=scene.own.chat, presses=_OF_RECORDS)
    for press, answer in answers.items():
        said = json.dumps(answer)
        assert scene.hidden.title not in said, str(press)
        assert SECRET_TOPIC not in said, str(press)


async def test_another_person(world: World) -> None:
    scene = await prepare(world)
    answers = await press_all(world, scene, scene.own, person=LYNNE, chat=scene.own.chat)
    for press, answer in answers.items():
        assert scene.own.title not in json.dumps(answer), str(press)


async def test_a_lost_right(world: World) -> None:
    scene = await prepare(world)
    user = f"{world.sandbox}{API}/systemusers({await world.user_id(ADELE)})"
    async with world.session.patch(user, json={"isdisabled": True}) as saved:
        assert saved.status == 204, await saved.text()
    await world.restart()
    answers = await press_all(world, scene, scene.own, person=ADELE, chat=scene.own.chat)
    for press, answer in answers.items():
        assert scene.own.title not in json.dumps(answer), str(press)


async def test_a_lost_place_in_the_chat(world: World) -> None:
    scene = replace(await prepare(world), free_chat=OTHER_GROUP)
    world.connector.members[scene.own.chat].remove(ADELE.account_id)
    await press_all(world, scene, scene.own, person=ADELE, chat=scene.own.chat)


async def test_a_connection_that_ended(world: World) -> None:
    scene = await prepare(world)
    async with world.engines.writing.begin() as begun:
        await begun.execute(update(connection).values(ended_at=world.clock.now() - timedelta(hours=1)))
    presses = tuple(press for press in PRESSES if press.names_connection)
    for person in (ADELE, ALEX, PATTI):
        await press_all(world, scene, scene.own, person=person, chat=scene.own.chat, presses=presses)


async def test_an_automatic_trigger(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    scene = await prepare(world)
    for trigger in ("automatic", "something new", ""):
        answers = await press_all(world, scene, scene.own, person=ADELE, chat=scene.own.chat, trigger=trigger)
        for press, answer in answers.items():
            assert (answer["type"] == ERROR) is (press.verb not in SHOWING_VERBS), str(press)
    # A flood of presses is not a flood of lines.
    assert capsys.readouterr().out.count("turn.automatic_button_rejected") == 1


async def test_an_unknown_verb(world: World) -> None:
    scene = await prepare(world)
    press = Press(verb="drop tables")
    for trigger in ("manual", "automatic"):
        answer = await send(world, press, {}, person=ADELE, chat=scene.own.chat, trigger=trigger)
        assert answer["type"] == ERROR or texts(answer["value"])[0] == "This button no longer works."


_OF_RECORDS = tuple(press for press in PRESSES if press.verb not in {Verb.ADD_PERSON, Verb.REMOVE_PERSON})
"""Buttons that name a record or its connection."""
