"""`python app.py doctor`: passed and failed checks, and the next steps."""

from argparse import Namespace
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path

import pytest
from aiohttp import web
from pydantic import SecretStr
from sqlalchemy import update

from bot.clock import SystemClock
from bot.config.settings import Settings
from bot.domain.errors import BadRequest, NotAllowed, NotSupported
from bot.domain.limits import Limits
from bot.sandbox.sample_data.ids import APPLICATION_USER_ID, row_id
from bot.store.tables import environment
from bot.wiring.command_line import run_command
from bot.wiring.diagnostics.microsoft_365 import check_permissions
from bot.wiring.diagnostics.secrets import check_database_connection
from bot.wiring.services import Runtime, build_runtime, close
from tests.fakes.certificates import Certificates
from tests.fakes.sign_in import TENANT, FakeSignIn
from tests.fakes.tls_proxy import tls_proxy
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
    # The sandbox has one table without change tracking.
    world.dataverse_says[b'"ChangeTrackingEnabled":false'] = b'"ChangeTrackingEnabled":true'
    code, lines = await examined(world.settings)
    assert [line for line in lines if not line.startswith("ok ")] == []
    assert (code, lines) == (
        0,
        [
            "ok     settings",
            "ok     certificates",
            "ok     dataverse localhost/sandbox",
            "ok     impersonation in localhost/sandbox",
            "ok     records in localhost/sandbox",
            "ok     saving messages in localhost/sandbox",
            "ok     timelines in localhost/sandbox",
            "ok     channels in localhost/sandbox",
            "ok     people in localhost/sandbox",
            "ok     views in localhost/sandbox",
            "ok     apps in localhost/sandbox",
            "ok     languages in localhost/sandbox",
            "ok     webhook privileges in localhost/sandbox",
            "ok     secured columns in localhost/sandbox",
            "ok     change tracking in localhost/sandbox",
            "ok     webhook key",
            "ok     client state",
            "ok     private files",
            "ok     database connection",
            "ok     clock",
            "ok     public address",
            "ok     database",
            "ok     database tables",
            "ok     webhook in localhost/sandbox",
            "ok     app catalog",
            "ok     chats in localhost/sandbox",
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


@asynccontextmanager
async def organisation(*, knows_privileges: bool = False, date: str | None = None) -> AsyncIterator[str]:
    """Serve a Dataverse in which no user has a privilege; yield its URL. `date`: the time in its answers."""

    async def answer(request: web.Request) -> web.Response:
        headers = {"Date": date} if date else {}
        if request.path.endswith("/WhoAmI"):
            return web.json_response({"UserId": "00000008-0000-4000-9000-000000000099"}, headers=headers)
        if request.path.endswith("/privileges"):
            return web.json_response({"value": [{"name": "it"}] if knows_privileges else []}, headers=headers)
        return web.json_response({"RolePrivileges": []}, headers=headers)

    app, port = web.Application(), free_port()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


def named(lines: list[str], name: str) -> str:
    """Return the only line about this check."""
    (line,) = [
        line for line in lines if line[7:].split(" in localhost")[0].split(" in 127")[0].partition(":")[0] == name
    ]
    return line


async def test_privileges_that_nobody_was_given_are_named(world: World) -> None:
    async with organisation() as url:
        code, lines = await examined(world.settings.model_copy(update={"dataverse_urls": (url,)}))
    assert code == 1
    (wrong,) = [line for line in lines if line.startswith("WRONG  impersonation in ")]
    assert wrong.endswith(
        "Assign it a security role with the privilege prvActOnBehalfOfAnotherUser. "
        "See docs/set-up.md#2-create-the-application-user."
    )
    (note,) = [line for line in lines if line.startswith("note   saving messages in ")]
    assert "cannot create notes and tasks. The application user lacks these privileges: prvCreateNote" in note
    (note,) = [line for line in lines if line.startswith("note   disconnect privilege in ")]
    assert "The privilege prvUnlinkTeamsChatFromRecord does not exist" in note


async def test_a_database_that_no_version_has_set_up_is_no_success(bare_world: World, tmp_path: Path) -> None:
    empty = {"database_url": f"sqlite+aiosqlite:///{tmp_path}/empty.db"}
    code, lines = await examined(bare_world.settings.model_copy(update=empty))
    assert code == 1
    assert (
        "WRONG  database tables: The database is not set up for this version. "
        "Start Chat Sync: each start updates the database. See docs/set-up.md#4-start-chat-sync." in lines
    )


async def test_a_database_that_does_not_answer_is_named_by_its_setting_without_its_password(world: World) -> None:
    url = "postgresql+asyncpg://chatsync:hunter2@127.0.0.1:1/chatsync"
    code, lines = await examined(world.settings.model_copy(update={"database_url": url}))
    assert code == 1
    assert named(lines, "database").startswith(
        "WRONG  database: The database is not responding. Check CHATSYNC_DATABASE_URL and the server."
    )
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
        "WRONG  records in localhost/sandbox: Chat Sync cannot serve records of these tables. "
        "The application user lacks these privileges: prvWriteAccount, prvWriteActivity, prvWriteContact, "
        "prvWriteIncident, prvWriteKnowledgeArticle, prvWritemsdyn_ocliveworkitem."
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
        ": Chats are turned off in this environment. An administrator can turn them on in the settings. "
        "See docs/set-up.md#7-turn-on-chats."
    )
    assert ": No webhook is registered. Run: python app.py dataverse connect. See docs/set-up.md#5" in notes["webhook"]


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


@pytest.mark.parametrize(
    ("check", "missing"),
    [
        ("channels", "prvReadmsdyn_TeamsCollaboration"),
        ("people", "prvReadUser, prvReadTeam, prvReadRole"),
        ("views", "prvReadQuery"),
        ("apps", "prvReadAppModule"),
        ("languages", "prvReadUserSettings, prvReadOrganization"),
        ("webhook privileges", "prvReadSdkMessage, prvReadSdkMessageFilter"),
    ],
)
async def test_each_privilege_of_the_documentation_that_is_missing_is_named(
    world: World, check: str, missing: str
) -> None:
    async with organisation(knows_privileges=True) as url:
        _, lines = await examined(world.settings.model_copy(update={"dataverse_urls": (url,)}))
    line = named(lines, check)
    assert line.startswith("note")
    assert f"{missing}. Assign it a security role that has these privileges for the whole organization." in line


async def test_tables_without_change_tracking_are_named(world: World) -> None:
    world.dataverse_says[b'"ChangeTrackingEnabled":true'] = b'"ChangeTrackingEnabled":false'
    _, lines = await examined(world.settings)
    line = named(lines, "change tracking")
    assert "These tables have no change tracking: account, contact," in line
    assert "Turn on Track changes in the properties of the tables" in line


async def test_a_wrong_clock_is_named(world: World) -> None:
    async with organisation(date="Tue, 01 Jan 2030 00:00:00 GMT") as url:
        _, lines = await examined(world.settings.model_copy(update={"dataverse_urls": (url,)}))
    assert named(lines, "clock").startswith("note   clock: The clocks of this machine and of Dataverse differ by ")
    assert "Turn on time synchronization on this machine. See docs/set-up.md#3" in named(lines, "clock")
    async with organisation(date="soon") as url:
        _, lines = await examined(world.settings.model_copy(update={"dataverse_urls": (url,)}))
    assert "Dataverse did not tell the time. Check CHATSYNC_DATAVERSE_URL." in named(lines, "clock")


async def test_a_public_address_that_leads_elsewhere_is_named(world: World) -> None:
    _, lines = await examined(world.settings)
    assert "CHATSYNC_PUBLIC_URL is not set. Set it to the address of the reverse proxy." in named(
        lines, "public address"
    )
    nowhere = world.settings.model_copy(update={"public_url": f"http://127.0.0.1:{free_port()}"})
    _, lines = await examined(nowhere)
    assert "CHATSYNC_PUBLIC_URL does not answer this machine. Start Chat Sync, and check" in named(
        lines, "public address"
    )
    # The sandbox stands for a proxy that forwards nothing of the bot.
    elsewhere = world.settings.model_copy(update={"public_url": world.sandbox})
    _, lines = await examined(elsewhere)
    line = named(lines, "public address")
    assert "these paths do not lead to Chat Sync: /api/messages, /api/dataverse/events, /api/graph/events" in line
    assert "/privacy, /terms. Start Chat Sync, and forward these paths in the reverse proxy." in line


async def test_pages_for_operators_that_everyone_can_read_are_named(
    bare_world: World, sign_in: FakeSignIn, certificates: Certificates
) -> None:
    port = free_port()
    graph = {"graph_url": f"{bare_world.sandbox}/graph/v1.0", "public_url": f"https://127.0.0.1:{port}"}
    bare_world.settings = bare_world.settings.model_copy(update={**sign_in.settings(), **graph})
    await bare_world.start()
    async with tls_proxy(certificates, port, bare_world.settings.port):
        _, lines = await examined(bare_world.settings)
    assert named(lines, "public address") == "ok     public address"
    assert "ok     sign-in to Teams" in lines
    assert named(lines, "pages for operators").startswith(
        "note   pages for operators: Everyone can read these pages at CHATSYNC_PUBLIC_URL: /metrics, /readyz. "
        "Forward only the documented paths in the reverse proxy. See docs/set-up.md#3-configure-chat-sync."
    )
    # The app ID of the sandbox's catalog is another one.
    assert "Ask a Teams administrator to upload and allow its package." in named(lines, "app catalog")
    await bare_world.stop()


async def test_an_app_that_gets_no_token_is_wrong(bare_world: World, sign_in: FakeSignIn) -> None:
    wrong = {**sign_in.settings(), "app_password": SecretStr("not-the-secret-of-the-app")}
    graph = {"graph_url": f"{bare_world.sandbox}/graph/v1.0"}
    code, lines = await examined(bare_world.settings.model_copy(update={**wrong, **graph}))
    assert code == 1
    assert "check the app's secret, certificate, or managed identity" in named(lines, "sign-in to Teams")


async def test_permissions_of_graph_that_the_app_lacks_are_named(bare_world: World, sign_in: FakeSignIn) -> None:
    sign_in.graph_roles = ["Chat.Create", "User.Read.All"]
    graph = {"graph_url": "https://graph.contoso.example/v1.0", "app_tenant_id": TENANT}
    settings = bare_world.settings.model_copy(update={**sign_in.settings(), **graph})
    for known, lacking in ((None, True), ("eeeeeeee-0000-4000-8000-000000000005", False)):
        with pytest.raises(NotAllowed) as missing:
            await run_check(settings.model_copy(update={"catalog_app_id": known}), check_permissions)
        assert "Presence.Read.All" in str(missing.value)
        assert "User.Read.All" not in str(missing.value)
        assert ("AppCatalog.Read.All" in str(missing.value)) is lacking
    sign_in.graph_roles = None
    with pytest.raises(NotSupported, match="cannot be read from the token"):
        await run_check(settings, check_permissions)


async def run_check(settings: Settings, check: Callable[[Runtime], Awaitable[object]]) -> None:
    """Run one check without the others."""
    runtime = await build_runtime(settings, SystemClock(), Limits())
    try:
        await check(runtime)
    finally:
        await close(runtime)


@pytest.mark.parametrize(
    ("url", "is_safe"),
    [
        ("postgresql+asyncpg://chatsync@db.contoso.example/chatsync", False),
        ("postgresql+asyncpg://chatsync@/chatsync?host=db.contoso.example&ssl=prefer", False),
        ("postgresql+asyncpg://chatsync@db.contoso.example/chatsync?ssl=require", True),
        ("postgresql+asyncpg://chatsync@localhost/chatsync", True),
        ("postgresql+asyncpg://chatsync@/chatsync?host=/run/postgresql", True),
    ],
)
async def test_a_database_elsewhere_without_tls_is_named(world: World, url: str, is_safe: bool) -> None:
    settings = world.settings.model_copy(update={"database_url": url})
    expected = nullcontext() if is_safe else pytest.raises(BadRequest, match="may be without TLS")
    with expected:
        await run_check(settings, check_database_connection)


async def test_a_certificate_that_expires_or_cannot_be_read_is_named(
    world: World, certificates: Certificates, tmp_path: Path
) -> None:
    file = tmp_path / "bot.pem"
    file.write_bytes(certificates.certificate.read_bytes() + certificates.key.read_bytes())
    settings = world.settings.model_copy(update={"certificate_file": str(file)})
    # The certificate of the tests is valid for a day.
    _, lines = await examined(settings)
    assert "note   certificates: The certificate in CHATSYNC_CERTIFICATE_FILE is valid until " in named(
        lines, "certificates"
    )
    file.write_text("nothing", encoding="utf-8")
    _, lines = await examined(settings)
    assert "CHATSYNC_CERTIFICATE_FILE does not contain a readable certificate" in named(lines, "certificates")


async def test_secrets_that_other_accounts_can_read_are_named(world: World, tmp_path: Path) -> None:
    file, key = tmp_path / ".env", tmp_path / "bot.pem"
    for each in (file, key):
        each.write_text("", encoding="utf-8")
        each.chmod(0o640)
    settings = world.settings.model_copy(update={"graph_certificate_file": None, "certificate_file": str(key)})
    _, lines = await examined(settings)
    assert (
        "Other accounts can read these files: .env, CHATSYNC_CERTIFICATE_FILE. "
        "Let only the account of Chat Sync read them: chmod 600." in named(lines, "private files")
    )
    for each in (file, key):
        each.chmod(0o600)
    _, lines = await examined(settings)
    assert "ok     private files" in lines


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
