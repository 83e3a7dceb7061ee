"""`python app.py doctor`: what is right, what is wrong, and what to do next."""

from argparse import Namespace
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.commands import run_command
from bot.config import Settings
from tests.wire.conftest import free_port
from tests.wire.world import WEBHOOK_KEY, World


async def examined(settings: Settings) -> tuple[int, list[str]]:
    """The exit code and the lines."""
    lines: list[str] = []
    code = await run_command(settings, Namespace(command="doctor"), lines.append)
    assert WEBHOOK_KEY not in str(lines)
    return code, [line.rstrip("\n") for line in lines]


async def test_where_all_is_set_up_every_line_is_ok(world: World) -> None:
    assert await examined(world.settings) == (
        0,
        [
            "ok     settings",
            "ok     database",
            "ok     dataverse localhost/sandbox",
            "ok     tables of the database",
            "ok     acting for people in localhost/sandbox",
            "ok     webhook key",
            "ok     disconnecting in localhost/sandbox",
        ],
    )


async def test_a_dataverse_that_does_not_answer_is_told_of_and_the_rest_is_examined_all_the_same(world: World) -> None:
    world.dataverse_is_down = True
    code, lines = await examined(world.settings)
    world.dataverse_is_down = False
    assert code == 1
    assert "ok     tables of the database" in lines
    (wrong,) = [line for line in lines if line.startswith("WRONG  dataverse localhost/sandbox: ")]
    assert "Try again" in wrong


@pytest.fixture
async def bare_organisation() -> AsyncIterator[str]:
    """The address of a Dataverse in which nobody has been given a privilege."""

    async def answer(request: web.Request) -> web.Response:
        if request.path.endswith("/WhoAmI"):
            return web.json_response({"UserId": "00000008-0000-4000-9000-000000000099"})
        empty = "value" if request.path.endswith("/privileges") else "RolePrivileges"
        return web.json_response({empty: []})

    app, port = web.Application(), free_port()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield f"http://127.0.0.1:{port}"
    await runner.cleanup()


async def test_privileges_that_nobody_was_given_are_named(world: World, bare_organisation: str) -> None:
    code, lines = await examined(world.settings.model_copy(update={"dataverse_urls": (bare_organisation,)}))
    assert code == 1
    (wrong,) = [line for line in lines if line.startswith("WRONG  acting for people in ")]
    assert wrong.endswith("Give it a security role with the privilege prvActOnBehalfOfAnotherUser.")
    (note,) = [line for line in lines if line.startswith("note   disconnecting in ")]
    assert "There is no privilege prvUnlinkTeamsChatFromRecord" in note


async def test_a_database_that_no_version_has_set_up_is_no_success(bare_world: World) -> None:
    code, lines = await examined(bare_world.settings)
    assert code == 1
    assert (
        "WRONG  tables of the database: The tables are not those of this version. "
        "Start Chat Sync: each start brings the database up to date." in lines
    )


async def test_a_database_that_does_not_answer_is_named_by_its_setting_without_its_password(world: World) -> None:
    url = "postgresql+asyncpg://chatsync:hunter2@127.0.0.1:1/chatsync"
    code, lines = await examined(world.settings.model_copy(update={"database_url": url}))
    assert code == 1
    assert "WRONG  database: The database does not answer. Check CHATSYNC_DATABASE_URL and the server." in lines
    assert "hunter2" not in str(lines)


async def test_a_key_that_can_be_guessed_is_a_hint_and_nothing_wrong(world: World) -> None:
    code, lines = await examined(world.settings.model_copy(update={"webhook_key": SecretStr("sesame")}))
    assert code == 0
    assert [line for line in lines if line.startswith("note   webhook key: CHATSYNC_WEBHOOK_KEY is short")]
    assert "sesame" not in str(lines)
