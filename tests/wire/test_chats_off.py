"""While chats are off, everything answers that the administrator turned them off (spec S1)."""

from typing import Any

import pytest

from bot.domain.public_names import Command, Dialog, Verb
from bot.store.tables import connection
from tests.steps.presses import PRESSES, data, prepare, send, state
from tests.steps.settings_pages import organization_page, request_page, turn_off_chats
from tests.wire.people import ADELE
from tests.wire.world import GROUP, OTHER_GROUP, PERSONAL, World, buttons

pytestmark = pytest.mark.one_database

OFF = "Your administrator turned off chats for Dynamics 365."
SETTINGS = "Open the settings of Chat Sync."
NUMBERS = ("CAS-01001", "CAS-01002")


async def said(world: World, text: str, chat: str) -> dict[str, Any]:
    await world.say(text, chat=chat)
    (card,) = world.connector.cards(chat)
    world.connector.posts.pop(chat)
    return card


async def walk(world: World, chat: str) -> None:
    """Write every command in every way, and press the buttons of the answers."""
    for command in Command:
        for rest in ("", *NUMBERS, "pump", "CAS-01001 quiet", "https://contoso.crm4.dynamics.com/main.aspx"):
            card = await said(world, f"{command} {rest}".strip(), chat)
            if command is Command.SETTINGS:
                assert rest or SETTINGS in str(card)
                continue
            assert OFF in str(card), (command, rest, chat)
            for button in buttons(card).values():
                assert button["verb"] == Verb.STATUS
                assert OFF in str(await world.press(button, chat=chat))
    assert OFF in str(await said(world, "", chat))
    assert OFF in str(await said(world, "hello", chat))


async def test_every_command_says_so_in_a_chat_with_any_number_of_records(world: World) -> None:
    for number, chats in zip(NUMBERS, ((GROUP, OTHER_GROUP), (GROUP,)), strict=True):
        for chat in chats:
            await world.say(f"connect {number} quiet", chat=chat)
            await world.settle()
    world.connector.posts.clear()
    await turn_off_chats(world)
    await world.settle()
    for chat in (GROUP, OTHER_GROUP, PERSONAL):
        await walk(world, chat)
    assert len(await world.rows_in(connection, connection.c.ended_at.is_(None))) == 3
    await request_page(world, (await organization_page(world)).step("Save", chats_on="true"))
    await world.settle()
    assert OFF not in str(await said(world, "records", GROUP))
    assert OFF not in str(await said(world, "help", GROUP))


async def test_every_button_and_dialog_says_so_and_changes_nothing(world: World) -> None:
    scene = await prepare(world)
    values = {press: await data(world, scene, press, scene.own) for press in PRESSES}
    await turn_off_chats(world)
    await world.settle()
    before = await state(world)
    pages = [page for page in Dialog if not page.name.startswith(Dialog.SETTINGS.name)]
    assert len(pages) == 39
    for page in pages:
        assert OFF in str(await world.ask_page({"dialog": page, **values[PRESSES[2]]}, person=ADELE)), page
    for press in PRESSES:
        chat = scene.own.chat if press.person is ADELE else PERSONAL
        answer = await send(world, press, values[press], person=press.person, chat=chat)
        assert OFF in str(answer), (str(press), answer)
        await world.settle()
        assert await state(world) == before, str(press)
