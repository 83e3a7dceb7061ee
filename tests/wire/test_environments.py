"""Two Dynamics 365 environments: records are found in both, and each has its own settings."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from pydantic import SecretStr
from yarl import URL

from bot.config.settings import Settings
from bot.domain.public_names import CHAT_PERMISSIONS
from bot.sandbox.app import SandboxSettings, make_sandbox
from bot.store.tables import connection, inbox, sync_job
from tests.cards.schema import parts
from tests.dataverse.samples import context
from tests.fakes.clock import HeldClock
from tests.steps.chat_sync import chat_row, party_ids, run_due_jobs, send_event, user_ids, write_message
from tests.steps.pane import error_of
from tests.steps.private_views import private_view
from tests.steps.settings_page import ask, one_change, settings_page
from tests.steps.settings_pages import first_page, make_administrator, request_page
from tests.tcp_ports import free_port
from tests.wire.people import ADELE, ALEX
from tests.wire.world import EVENTS, GROUP, MESSAGES, OTHER_GROUP, WEBHOOK_KEY, World, buttons, texts

pytestmark = pytest.mark.one_database

OTHER_KEY = "a-key-of-the-other-environment"
HERE, ELSEWHERE = "localhost/sandbox", "localhost/fabrikam"


@pytest.fixture
async def settings(database_url: str, clock: HeldClock) -> AsyncIterator[Settings]:
    """Return settings for two environments, of which the other one is running."""
    port, other = free_port(), free_port()
    url = f"http://127.0.0.1:{other}/fabrikam"
    told = SandboxSettings(
        url=url,
        webhook_url=f"http://127.0.0.1:{port}{EVENTS}",
        webhook_key=OTHER_KEY,
        file=None,
        messages_url=f"http://127.0.0.1:{port}{MESSAGES}",
        app_permissions=CHAT_PERMISSIONS,
    )
    app = web.Application()
    app.add_subapp("/fabrikam", make_sandbox(told, now=clock.now))
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", other).start()
    yield Settings(
        port=port,
        database_url=database_url,
        dataverse_urls=(f"http://127.0.0.1:{free_port()}/sandbox", url),
        webhook_key=SecretStr(f"{WEBHOOK_KEY},{OTHER_KEY}"),
    )
    await runner.cleanup()


def presses(card: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the buttons of a choice by the environment that they name."""
    every = [part for part in parts(card) if part.get("type") == "Action.Execute"]
    return {each["data"]["environment"]: each for each in every}


async def switch_cases(world: World, environment: str, *, on: bool) -> None:
    """Turn cases of this environment on or off, as the administrator."""
    page = await request_page(world, (await first_page(world)).step("Open", environment=environment))
    page = await request_page(world, page.step("Change record type", table="incident"))
    saved = await request_page(world, page.step("Save", enabled=str(on).lower()))
    assert "Saved. The change is active." in texts(saved.card)


async def test_a_number_that_both_have_is_a_choice_that_says_which_is_which(world: World) -> None:
    await world.say("connect CAS-01001 quiet", person=ADELE)
    card = (await world.press(buttons(world.card())["Show records"], person=ADELE))["value"]
    assert [each for each in texts(card) if "CAS-01001" in each] == [
        f"Case · CAS-01001 · In Progress · {HERE}",
        f"Case · CAS-01001 · In Progress · {ELSEWHERE}",
    ]
    answer = await world.press(presses(card)[ELSEWHERE], person=ADELE)
    assert answer["value"].startswith("CAS-01001 is connected to this chat")
    await world.settle()
    assert texts(world.card())[0] == "CAS-01001 is connected to this chat."
    (kept,) = await world.rows_in(connection)
    assert (kept["environment"], kept["connector_id"]) == (ELSEWHERE, ADELE.object_id)
    # In the other environment, it is another record, which can also be connected.
    await world.press(presses(card)[HERE], person=ADELE)
    await world.settle()
    world.card()
    assert {row["environment"] for row in await world.rows_in(connection)} == {HERE, ELSEWHERE}


async def test_a_link_means_its_own_organisation(world: World) -> None:
    url = (await world.link()).replace(world.sandbox, world.settings.dataverse_urls[1])
    await world.say(f"connect {url} quiet")
    await world.settle()
    world.card()
    (kept,) = await world.rows_in(connection)
    assert kept["environment"] == ELSEWHERE


async def test_each_has_settings_of_its_own(world: World) -> None:
    page = await first_page(world)
    assert list(page.choices("environment").values()) == [HERE, ELSEWHERE]
    await switch_cases(world, ELSEWHERE, on=False)
    # A case of that environment is no longer a hit, so the choice is unambiguous.
    await world.say("connect CAS-01001 quiet")
    await world.settle()
    world.card()
    assert [row["environment"] for row in await world.rows_in(connection)] == [HERE]
    url = (await world.link()).replace(world.sandbox, world.settings.dataverse_urls[1])
    await world.say(f"connect {url}")
    assert texts(world.card())[0] == "Chats cannot be connected to records of this type."


async def test_records_to_choose_from_in_a_dialog_say_where_they_are(world: World) -> None:
    found = await world.type_in("records", "CAS-01001")
    assert sorted(title.rpartition(" · ")[2] for title in found) == [ELSEWHERE, HERE]


async def test_a_connection_to_one_that_is_not_configured_any_more_stands_in_nobodys_way(world: World) -> None:
    here = await world.link()
    elsewhere = here.replace(world.sandbox, world.settings.dataverse_urls[1])
    for url, chat in ((elsewhere, GROUP), (here, GROUP), (here, OTHER_GROUP)):
        await world.say(f"connect {url} quiet", chat=chat)
        await run_due_jobs(world)
    only = {"dataverse_urls": world.settings.dataverse_urls[:1], "webhook_key": SecretStr(WEBHOOK_KEY)}
    world.settings = world.settings.model_copy(update=only)
    await world.restart()
    for chat in (GROUP, OTHER_GROUP):
        await write_message(world, ADELE, chat=chat)
    assert await send_event(world, topicName="Pumps") == 201
    await run_due_jobs(world)
    shown = [await chat_row(world, chat) for chat in (GROUP, OTHER_GROUP)]
    assert [party_ids(each, 1) for each in shown] == [await user_ids(world, ADELE)] * 2
    assert shown[0]["subject"] == "Pumps"
    assert {each["state"] for each in await world.rows_in(sync_job)} == {"done"}
    for command in ("status", "records"):
        world.connector.posts.clear()
        assert "CAS-01001" in str(texts(await private_view(world, command)))


async def test_a_key_speaks_only_for_its_own_environment(world: World) -> None:
    row = await world.row("incidents")
    for url in (await world.link(), (await world.link()).replace(world.sandbox, world.settings.dataverse_urls[1])):
        await world.say(f"connect {url} quiet")
        await world.settle()
        world.card()
    hosts = {
        name: URL(url).authority for name, url in zip((HERE, ELSEWHERE), world.settings.dataverse_urls, strict=True)
    }
    expected = {
        (WEBHOOK_KEY, HERE): 202,
        (WEBHOOK_KEY, ELSEWHERE): 403,
        (OTHER_KEY, HERE): 403,
        (OTHER_KEY, ELSEWHERE): 202,
        (f"{WEBHOOK_KEY},{OTHER_KEY}", HERE): 401,
    }
    for (key, name), status in expected.items():
        body = context({}, PrimaryEntityId=row, OperationId=None, InputParameters=[], Depth=len(key))
        headers = {"x-ms-dynamics-organization": hosts[name], "x-chatsync-key": key}
        async with world.session.post(world.url + EVENTS, json=body, headers=headers) as answer:
            assert answer.status == status, (key, name)
    # Without the header, the key names the environment.
    body = context({}, PrimaryEntityId=row, OperationId=None, InputParameters=[])
    async with world.session.post(world.url + EVENTS, json=body, headers={"x-chatsync-key": OTHER_KEY}) as answer:
        assert answer.status == 202
    kept = [each["body"]["record"][0] for each in await world.rows_in(inbox)]
    assert kept == [HERE, ELSEWHERE, ELSEWHERE]
    await world.window_ends()


async def test_the_key_of_one_environment_is_replaced_and_the_other_one_keeps_its_own(world: World) -> None:
    new = "the-next-key-of-the-other-environment"
    keys = {"webhook_key": f"{WEBHOOK_KEY},{new}", "webhook_key_previous": f",{OTHER_KEY}"}
    world.settings = world.settings.model_copy(update={name: SecretStr(each) for name, each in keys.items()})
    await world.restart()
    hosts = {
        name: URL(url).authority for name, url in zip((HERE, ELSEWHERE), world.settings.dataverse_urls, strict=True)
    }
    for key, name, status in (
        (WEBHOOK_KEY, HERE, 200),
        (new, ELSEWHERE, 200),
        (OTHER_KEY, ELSEWHERE, 200),
        (OTHER_KEY, HERE, 403),
        (new, HERE, 403),
        (WEBHOOK_KEY, ELSEWHERE, 403),
    ):
        # No chat needs the event.
        body = context({}, OperationId=None, InputParameters=[])
        headers = {"x-ms-dynamics-organization": hosts[name], "x-chatsync-key": key}
        async with world.session.post(world.url + EVENTS, json=body, headers=headers) as answer:
            assert answer.status == status, (key, name)


async def test_the_settings_page_has_one_environment_at_a_time(world: World) -> None:
    page = await settings_page(world)
    assert (await ask(page, "show", environment=""))["environments"] == [HERE, ELSEWHERE]
    assert (await ask(page, "save", environment=ELSEWHERE, file=one_change(join=False), version=0))["isSaved"]
    versions = [(await ask(page, "show", environment=each))["version"] for each in (HERE, ELSEWHERE)]
    rows = [len((await ask(page, "history", environment=each))["rows"]) for each in (HERE, ELSEWHERE)]
    assert (versions, rows) == ([0, 1], [0, 1])
    # An administrator of one of them sees only that one.
    await make_administrator(world, ALEX, still=False)
    shown = await ask(page, "show", environment="")
    assert (shown["environments"], shown["environment"]) == ([ELSEWHERE], ELSEWHERE)
    status, answer = await page.send("settings/show", {"environment": HERE})
    assert (status, error_of(answer)[0].split(" with")[0]) == (403, "Only people")
    assert await page.send("settings/access", {}) == (200, {"isAdministrator": True})
