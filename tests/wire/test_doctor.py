"""`python app.py doctor`: passed and failed checks, and the next steps."""

from argparse import Namespace
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from pydantic import SecretStr
from sqlalchemy import update

from bot.config.settings import Settings
from bot.sandbox.sample_data.ids import APPLICATION_USER_ID, row_id
from bot.store.tables import environment
from bot.wiring.command_line import run_command
from tests.tcp_ports import free_port
from tests.wire.world import API, WEBHOOK_KEY, World

pytestmark = pytest.mark.one_database


async def examined(settings: Settings) -> tuple[int, list[str]]:
    """Run the doctor; return its exit code and lines."""
    lines: list[str] = []
    code = await run_command(settings, Namespace(command="doctor"), lines.append)
    assert WEBHOOK_KEY not in str(lines)
    return code, [line.rstrip("\n") for line in lines]


async def test_where_all_is_set_up_every_line_is_ok(world: World) -> None:
    world.settings = world.settings.model_copy(update={"public_url": world.url})
    connect = Namespace(command="dataverse", act="connect", environment=None, dry_run=False)
    assert await run_command(world.settings, connect, len) == 0
    assert await examined(world.settings) == (
        0,
        [
            "ok     settings",
            "ok     database",
            "ok     dataverse localhost/sandbox",
            "ok     database tables",
            "ok     impersonation in localhost/sandbox",
            "ok     records in localhost/sandbox",
            "ok     webhook key",
            "ok     client state",
            "ok     chats in localhost/sandbox",
            "ok     webhook in localhost/sandbox",
            "ok     secured columns in localhost/sandbox",
            "ok     timelines in localhost/sandbox",
            "ok     saving messages in localhost/sandbox",
            "ok     disconnect privilege in localhost/sandbox",
            "ok     notifications from Microsoft 365",
        ],
    )


async def test_a_dataverse_that_does_not_respond_is_reported_and_the_other_checks_still_run(world: World) -> None:
    world.dataverse_is_down = True
    code, lines = await examined(world.settings)
    world.dataverse_is_down = False
    assert code == 1
    assert "ok     database tables" in lines
    (wrong,) = [line for line in lines if line.startswith("WRONG  dataverse localhost/sandbox: ")]
    assert "Try again" in wrong


@pytest.fixture
async def bare_organisation() -> AsyncIterator[str]:
    """Return the URL of a Dataverse in which no user has a privilege."""

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
    (wrong,) = [line for line in lines if line.startswith("WRONG  impersonation in ")]
    assert wrong.endswith("Assign it a security role with the privilege prvActOnBehalfOfAnotherUser.")
    (note,) = [line for line in lines if line.startswith("note   saving messages in ")]
    assert "cannot create notes and tasks. It lacks these privileges: prvCreateNote, prvAppendNote" in note
    (note,) = [line for line in lines if line.startswith("note   disconnect privilege in ")]
    assert "The privilege prvUnlinkTeamsChatFromRecord does not exist" in note


async def test_a_database_that_no_version_has_set_up_is_no_success(bare_world: World, tmp_path: Path) -> None:
    empty = {"database_url": f"sqlite+aiosqlite:///{tmp_path}/empty.db"}
    code, lines = await examined(bare_world.settings.model_copy(update=empty))
    assert code == 1
    assert (
        "WRONG  database tables: The database is not set up for this version. "
        "Start Chat Sync: each start updates the database." in lines
    )


async def test_a_database_that_does_not_answer_is_named_by_its_setting_without_its_password(world: World) -> None:
    url = "postgresql+asyncpg://chatsync:hunter2@127.0.0.1:1/chatsync"
    code, lines = await examined(world.settings.model_copy(update={"database_url": url}))
    assert code == 1
    assert "WRONG  database: The database is not responding. Check CHATSYNC_DATABASE_URL and the server." in lines
    assert "hunter2" not in str(lines)


async def test_a_key_that_can_be_guessed_is_a_hint_and_nothing_wrong(world: World) -> None:
    code, lines = await examined(world.settings.model_copy(update={"webhook_key": SecretStr("sesame")}))
    assert code == 0
    assert [line for line in lines if line.startswith("note   webhook key: CHATSYNC_WEBHOOK_KEY is short")]
    assert "sesame" not in str(lines)


async def test_a_client_state_that_can_be_guessed_and_a_previous_key_are_hints(world: World) -> None:
    secrets = {
        "graph_client_state": SecretStr("sesame"),
        "webhook_key_previous": SecretStr("an-old-key-of-27-characters"),
    }
    code, lines = await examined(world.settings.model_copy(update=secrets))
    assert code == 0
    assert [line for line in lines if line.startswith("note   client state: CHATSYNC_GRAPH_CLIENT_STATE is short")]
    assert [line for line in lines if line.startswith("note   webhook key: CHATSYNC_WEBHOOK_KEY_PREVIOUS is still")]
    assert "sesame" not in str(lines)


async def test_what_the_application_user_may_not_do_with_records_is_named(world: World) -> None:
    await give_only(world, "Support Agent")
    code, lines = await examined(world.settings)
    assert code == 1
    (wrong,) = [line for line in lines if line.startswith("WRONG")]
    # It reads all rows and writes its own. All activities share one privilege.
    assert wrong.startswith(
        "WRONG  records in localhost/sandbox: The application user lacks organization-wide privileges: "
        "prvWriteAccount, prvWriteActivity, prvWriteContact, prvWriteIncident, prvWriteKnowledgeArticle, "
        "prvWritemsdyn_ocliveworkitem."
    )
    (note,) = [line for line in lines if line.startswith("note   secured columns in localhost/sandbox: ")]
    assert "incident.cs_refundamount" in note
    assert "Add it to a column security profile" in note


async def test_chats_that_are_off_and_a_webhook_that_is_missing_are_hints(world: World) -> None:
    async with world.engines.writing.begin() as connection:
        await connection.execute(update(environment).values(chats_on=False))
    elsewhere = world.settings.model_copy(update={"public_url": "https://chatsync.contoso.example"})
    code, lines = await examined(elsewhere)
    assert code == 0
    notes = {each[7:].partition(" in ")[0]: each for each in lines if not each.startswith("ok")}
    assert notes["chats"].endswith(
        ": Chats are turned off in this environment. An administrator can turn them on in the settings."
    )
    assert notes["webhook"].endswith(": No webhook is registered. Run: python app.py dataverse connect")


@pytest.mark.parametrize(
    ("changed", "answer", "missing"),
    [
        ("(LogicalName='chat')?", (404, {"error": {"code": "0x80060888", "message": "chat"}}), "chat"),
        ("(LogicalName='chat')/OneToMany", (200, {"value": []}), "chat_activity_parties"),
        ("(LogicalName='activityparty')/ManyToOne", (200, {"value": []}), "partyid_systemuser"),
        (
            "(LogicalName='chat')?",
            (200, {"Attributes": [{"LogicalName": each} for each in ("subject", "description", "regardingobjectid")]}),
            "modifiedinteamsby, modifiedinteamson, statecode, statuscode, teamschatid",
        ),
    ],
)
async def test_a_table_of_chats_that_is_not_as_rows_are_written_is_named_with_what_it_lacks(
    world: World, changed: str, answer: tuple[int, object], missing: str
) -> None:
    world.dataverse_refuses[changed] = answer
    _, lines = await examined(world.settings)
    world.dataverse_refuses.clear()
    (note,) = [line for line in lines if line.startswith("note   timelines in localhost/sandbox: ")]
    assert f"Table chat lacks required columns or relationships: {missing}." in note


async def test_privileges_without_which_chats_are_not_shown_are_named(world: World) -> None:
    await give_only(world, "Support Agent")
    _, lines = await examined(world.settings)
    (note,) = [line for line in lines if line.startswith("note   timelines in localhost/sandbox: ")]
    assert "prvWriteActivity" in note


async def give_only(world: World, role: str) -> None:
    """Assign only this role to the application user, let it act for people, and give it no column security profile."""
    api = f"{world.sandbox}{API}"
    async with world.session.get(f"{api}/roles?$select=name,roleid") as answer:
        ids = {row["name"]: row["roleid"] for row in (await answer.json())["value"]}
    held = f"{api}/systemusers({APPLICATION_USER_ID})"
    new = {"@odata.id": f"{api}/roles({ids[role]})"}
    async with world.session.post(f"{held}/systemuserroles_association/$ref", json=new) as answer:
        assert answer.status == 204, await answer.text()
    administrator = f"systemuserroles_association({ids['System Administrator']})"
    # Its own rights come last, because without them it can remove nothing else.
    for each in (f"systemuserprofiles_association({row_id(1200, 1)})", administrator):
        async with world.session.delete(f"{held}/{each}/$ref") as answer:
            assert answer.status == 204, await answer.text()
