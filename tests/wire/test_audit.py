"""Everything that a person changes leaves an entry in the audit log. The buttons are in `test_forged_buttons.py`."""

from argparse import Namespace
from collections.abc import Awaitable, Callable, Mapping, Sequence

import pytest
from sqlalchemy import delete

from bot.domain.public_names import Command, Dialog
from bot.sandbox.teams.channels import CHANNELS, TEAM_ID
from bot.store.tables import audit, chat_activity, chat_rules, connection_rules
from bot.wiring.command_line import run_command
from tests.steps.new_chats import button_data, people_page, selection
from tests.steps.new_chats import press as step
from tests.steps.presses import Press, Scene, data, prepare, state
from tests.steps.record_actions import read_case
from tests.steps.saved_messages import MESSAGE, invoke, open_dialog, submit
from tests.steps.settings_pages import first_page, organization_page, record_type_page, request_page
from tests.wire.people import ADELE, ALEX, MEGAN
from tests.wire.world import GROUP, PERSONAL, World, buttons, texts

pytestmark = pytest.mark.one_database

NEW_CHAT = ("new chat", "new chat created", "connect")
NEW_RULES = ("change notifications",)
CHANGED = ("change settings",)


async def acts(world: World) -> Sequence[str]:
    """Return the audited acts, and remove them."""
    await world.settle()
    entries = await world.rows_in(audit)
    assert all(each["person_id"] and each["person_name"] for each in entries)
    await world.forget(audit)
    return tuple(each["act"] for each in entries)


COMMANDS: Mapping[str, tuple[str, ...]] = {
    **{f"{each} CAS-01002": () for each in (Command.CHATS, Command.TIMELINE, Command.JOIN, Command.SUGGEST)},
    **dict.fromkeys((Command.HELP, Command.NEW, Command.RECORDS, Command.STATUS, Command.SETTINGS), ()),
    **dict.fromkeys((Command.MUTE, Command.NOTIFICATIONS), ()),
    **dict.fromkeys(("settings export", "settings import", "no such command", "connect pump"), ()),
    "connect CAS-01002": ("connect",),
    "notifications": (),
    "mute 1h CAS-01002": ("mute",),
    "disconnect CAS-01002": ("disconnect",),
}


async def test_every_command(world: World) -> None:
    assert {text.partition(" ")[0] for text in COMMANDS} >= set(Command)
    for text, expected in COMMANDS.items():
        before = await state(world)
        await world.say(text, person=ALEX)
        await world.settle()
        assert (await state(world) == before) is not bool(expected), text
        assert await acts(world) == expected, text
    world.connector.posts.clear()


async def make_chat(world: World, _scene: Scene) -> None:
    page = await people_page(world, ADELE)
    await step(world, page, "Create chat", person=ADELE, others=selection(MEGAN), name="Pump 2")


async def finish_chat(world: World, scene: Scene) -> None:
    await world.fault("graph", "503; method=POST; ends=installedApps")
    await make_chat(world, scene)
    assert await acts(world) == NEW_CHAT[:2]
    first = await world.ask_page({"dialog": "newChat"}, person=ADELE)
    page = await step(world, first, "Finish my last chat", person=ADELE)
    assert texts(page)[0] == "The chat is ready."


async def connect_this_chat(world: World, _scene: Scene) -> None:
    page = await open_dialog(world, None, command="connectChat")
    assert "connected" in await submit(world, page.step("Connect", words="CAS-01004", note="false"))


async def connect_this_channel(world: World, _scene: Scene) -> None:
    page = await request_page(world, {"dialog": "connectChannel"}, person=ADELE)
    values = page.step("Connect", words="CAS-01004", note="false", channel=f"{TEAM_ID}|{CHANNELS[1].id}")
    assert "connected" in await submit(world, values)


async def save_this_message(world: World, _scene: Scene) -> None:
    page = await open_dialog(world)
    assert (await submit(world, page.step("Save", words="CAS-01001"))).startswith("Saved")


async def timeline_join(world: World, scene: Scene) -> None:
    values = {"dialog": Dialog.TIMELINE_JOIN, "connection": scene.own.connection}
    assert (await submit(world, values, person=ALEX, chat=PERSONAL)).startswith("You joined")


def update(name: str) -> "Change":
    async def change(world: World, scene: Scene) -> None:
        values = await data(world, scene, Press(verb="update", name=name), scene.own)
        assert await submit(world, {"dialog": Dialog.UPDATE, **values}), name

    return change


async def make_channel(world: World, _scene: Scene) -> None:
    page = await world.ask_page({"dialog": Dialog.NEW_CHANNEL, **await button_data(world)})
    await step(world, page, "Create channel", name="Pump", teamId=TEAM_ID)


async def save_organization(world: World, _scene: Scene) -> None:
    await request_page(world, (await organization_page(world)).step("Save", sync_idle_days="9"))


async def sync_existing(world: World, _scene: Scene) -> None:
    async with world.engines.writing.begin() as begun:
        await begun.execute(delete(chat_activity))
    page = await first_page(world)
    page = await request_page(world, {**page.step("Organization"), "dialog": Dialog.SETTINGS_SYNC_EXISTING})
    assert "included" in str(texts(page.card))


async def save_record_type(world: World, _scene: Scene) -> None:
    await request_page(world, (await record_type_page(world, "account")).step("Save", join="true"))


async def add_record_type(world: World, _scene: Scene) -> None:
    page = await request_page(world, (await first_page(world)).step("Add a record type"))
    await request_page(world, page.step("Add", table="lead"))


async def save_import(world: World, _scene: Scene) -> None:
    await world.say("settings import")
    page = await request_page(world, buttons(world.connector.cards(GROUP)[-1])["Import settings"]["data"])
    given = '{"format": 1, "record_types": {"account": {"join": false}}}'
    page = await request_page(world, page.step("Preview changes", settings=given))
    await request_page(world, page.step("Save"))


def rules(dialog: Dialog, **inputs: str) -> "Change":
    async def change(world: World, scene: Scene) -> None:
        named = {"connection": scene.own.connection, "version": "0", "recordVersion": "0", **inputs}
        for table in (chat_rules, connection_rules):
            await world.forget(table)
        values = {"dialog": dialog, **named}
        await world.post(
            world.activity(scene.own.chat, ADELE, type="invoke", name="task/submit", value={"data": values})
        )

    return change


Change = Callable[[World, Scene], Awaitable[None]]
CHANGES: Sequence[tuple[Dialog, Change, tuple[str, ...]]] = (
    (Dialog.MAKE_CHAT, make_chat, NEW_CHAT),
    (Dialog.FINISH_CHAT, finish_chat, ("new chat", "connect")),
    (Dialog.CONNECT_THIS_CHAT, connect_this_chat, ("connect",)),
    (Dialog.CONNECT_THIS_CHANNEL, connect_this_channel, ("install app", "connect")),
    (Dialog.MAKE_CHANNEL, make_channel, ("install app", "new channel", "new channel created", "connect")),
    (Dialog.SAVE_THIS_MESSAGE, save_this_message, ("save to record",)),
    (Dialog.TIMELINE_JOIN, timeline_join, ("join",)),
    (Dialog.UPDATE, update("save fields"), ("on card: change",)),
    (Dialog.UPDATE, update("assign"), ("on card: assign",)),
    (Dialog.UPDATE, update("save note"), ("on card: note",)),
    (Dialog.UPDATE, update("resolve"), ("on card: resolve",)),
    (Dialog.NOTIFICATIONS_SAVE_MUTE, rules(Dialog.NOTIFICATIONS_SAVE_MUTE, span="1h"), ("mute",)),
    (Dialog.NOTIFICATIONS_SAVE_HOURS, rules(Dialog.NOTIFICATIONS_SAVE_HOURS), NEW_RULES),
    (Dialog.NOTIFICATIONS_SAVE_AUTHORS, rules(Dialog.NOTIFICATIONS_SAVE_AUTHORS, ownCards="true"), NEW_RULES),
    (Dialog.NOTIFICATIONS_SAVE_LIMITS, rules(Dialog.NOTIFICATIONS_SAVE_LIMITS, inADay="10"), NEW_RULES),
    (Dialog.NOTIFICATIONS_SAVE_MENTIONS, rules(Dialog.NOTIFICATIONS_SAVE_MENTIONS, noMention="true"), NEW_RULES),
    (Dialog.NOTIFICATIONS_SAVE_RECORD, rules(Dialog.NOTIFICATIONS_SAVE_RECORD, style="live"), NEW_RULES),
    (Dialog.NOTIFICATIONS_SAVE_RULE, rules(Dialog.NOTIFICATIONS_SAVE_RULE, kind="urgent"), NEW_RULES),
    (Dialog.SETTINGS_SAVE_ORGANIZATION, save_organization, CHANGED),
    (Dialog.SETTINGS_SAVE_RECORD_TYPE, save_record_type, CHANGED),
    (Dialog.SETTINGS_ADD, add_record_type, CHANGED),
    (Dialog.SETTINGS_SAVE_IMPORT, save_import, CHANGED),
    (Dialog.SETTINGS_SYNC_EXISTING, sync_existing, ("sync existing",)),
)
"""The pages that change something."""

SHOWN = frozenset(Dialog) - {dialog for dialog, _, _ in CHANGES} | {Dialog.UPDATE}
"""The pages that only show something."""


async def test_every_dialog_page_that_changes_something(world: World) -> None:
    scene = await prepare(world)
    for dialog, change, expected in CHANGES:
        await change(world, scene)
        found = await acts(world)
        assert set(found) == set(expected), dialog
        assert len(found) >= len(expected), dialog
    await world.window_ends()
    world.connector.posts.clear()


async def test_every_other_dialog_page_changes_nothing(world: World) -> None:
    scene = await prepare(world)
    record = {"environment": "localhost/sandbox", "table": "incident", "row": scene.own.row}
    values = {
        **record,
        "record": "|".join(record.values()),
        "words": "CAS-01001",
        "version": (await read_case(world))["@odata.etag"],
        "settings": '{"format": 1, "record_types": {"account": {"join": true}}}',
        "connection": scene.own.connection,
        "person": MEGAN.object_id,
    }
    before = await state(world)
    for dialog in sorted(SHOWN):
        for name in ("task/fetch", "composeExtension/fetchTask"):
            for person in (ADELE, ALEX):
                opened = {"data": {"dialog": dialog, **values}, "commandId": dialog, "messagePayload": MESSAGE}
                assert await invoke(world, name, opened, person, scene.own.chat)
                assert await state(world) == before, dialog
    assert await acts(world) == ()
    world.connector.posts.clear()


async def test_operators_who_register_the_webhook(world: World) -> None:
    world.settings = world.settings.model_copy(update={"public_url": world.url})
    for act, expected in (("connect", "register webhook"), ("status", None), ("disconnect", "remove webhook")):
        for dry_run in (True, False):
            arguments = Namespace(command="dataverse", act=act, environment=None, dry_run=dry_run)
            await run_command(world.settings, arguments, len)
        entries = [(each["act"], each["environment"]) for each in await world.rows_in(audit)]
        assert entries == ([(expected, "localhost/sandbox")] if expected else [])
        await world.forget(audit)


async def test_a_change_that_graph_refuses_is_audited_as_refused(world: World) -> None:
    scene = await prepare(world)
    for verb, method in (("add person", "POST"), ("remove person", "DELETE")):
        await world.fault("graph", f"403; method={method}" + ("; ends=members" if method == "POST" else ""))
        press = Press(verb=verb)
        values = await data(world, scene, press, scene.own)
        answer = await world.press({"verb": verb, "data": values}, person=ADELE, chat=scene.own.chat)
        assert answer["type"] == "application/vnd.microsoft.card.adaptive"
        assert await acts(world) == (verb, f"{verb} refused")
