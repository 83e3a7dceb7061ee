"""The sign-in window of the pane in Dynamics 365, at the wire (spec P7)."""

import time
from argparse import Namespace
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.store.tables import pane_session, pane_sign_in
from bot.web.server import serving
from bot.wiring.application import make_app
from bot.wiring.command_line import run_command
from bot.wiring.pane import WINDOWS_PER_MINUTE
from tests.fakes.certificates import Certificates
from tests.fakes.sign_in import APP_ID, TENANT, FakeSignIn, SigningKey
from tests.pane.production_fixtures import connector, settings  # noqa: F401 - fixtures
from tests.pane.pseudo import accented, pseudo_catalogs
from tests.steps.pane import PANE, PanePage, case, error_of
from tests.steps.pane_sign_in import (
    DYNAMICS,
    SESSION_COOKIE,
    SIGN_IN_COOKIE,
    Window,
    new_secret,
    open_signed_in,
    running,
    sign_in_by_window,
)
from tests.tcp_ports import free_port
from tests.wire.people import ADELE
from tests.wire.world import World

pytestmark = pytest.mark.one_database

ANOTHER = "cccccccc-0000-4000-8000-000000000009"
CALLBACK = "https://bot.example.com/pane/sign-in/callback"


@pytest.fixture
async def world(bare_world: World) -> AsyncIterator[World]:
    async with running(bare_world) as started:
        yield started


def page_of(world: World) -> PanePage:
    return PanePage(world, headers=dict(DYNAMICS))


async def session_status(world: World, secret: str) -> tuple[int, str]:
    """Return the status of the page's request for its session, and the kind of the error."""
    status, body = await page_of(world).send("session", {"secret": secret})
    return status, body.get("error", {}).get("kind", "")


NONE = (401, "signedOut")
WAITING = (202, "inProgress")


@pytest.mark.databases("sqlite", "postgresql")
async def test_a_person_signs_in_and_the_page_gets_the_session_once(world: World, sign_in: FakeSignIn) -> None:
    window = Window(world)
    assert await session_status(world, window.secret) == NONE
    address = await window.begin()
    assert await session_status(world, window.secret) == WAITING
    assert await window.come_back(sign_in.pages.returns_to(address)) == "done"
    page = page_of(world)
    status, body = await page.send("session", {"secret": window.secret})
    assert status == 201
    page.token = body["session"]
    assert (await page.view(await case(world)))["record"]["number"] == "CAS-01001"
    (stored,) = await world.rows_in(pane_session)
    assert (stored["object_id"], stored["tenant_id"], stored["host"]) == (ADELE.object_id, TENANT, "dynamics")
    assert await session_status(world, window.secret) == NONE
    assert await world.rows_in(pane_sign_in) == []


async def test_entra_sees_only_derived_values(world: World, sign_in: FakeSignIn) -> None:
    window = await sign_in_by_window(world, sign_in)
    (query,), (form,) = sign_in.pages.queries, sign_in.pages.forms
    fixed = {name: query.pop(name) for name in ("client_id", "redirect_uri", "response_mode", "scope")}
    assert fixed == {
        "client_id": APP_ID,
        "redirect_uri": CALLBACK,
        "response_mode": "query",
        "scope": "openid profile",
    }
    assert query.pop("response_type") == "code"
    assert query.pop("code_challenge_method") == "S256"
    assert set(query) == {"state", "nonce", "code_challenge"}
    values = [*query.values(), form["code_verifier"]]
    assert len(set(values)) == 4
    assert all(len(each) == 43 for each in values)
    assert window.secret not in str(sign_in.pages.queries) + str(sign_in.pages.forms)
    (stored,) = await world.rows_in(pane_sign_in)
    assert stored["digest"] == sha256(window.secret.encode()).hexdigest()
    assert not {window.secret, *values} & set(map(str, stored.values()))


async def test_the_cookies_belong_to_the_window_and_to_the_frame(world: World, sign_in: FakeSignIn) -> None:
    window = Window(world)
    address = await window.begin()
    assert window.set_cookies == [
        f"{SIGN_IN_COOKIE}={window.secret}.en; Max-Age=300; Path=/; Secure; HttpOnly; SameSite=Lax"
    ]
    await window.come_back(sign_in.pages.returns_to(address))
    assert window.cookies == {}
    async with world.session.post(
        f"{world.url}{PANE}/session", json={"secret": window.secret}, headers=DYNAMICS
    ) as answer:
        token = (await answer.json())["session"]
        expected = f"{SESSION_COOKIE}={token}; Max-Age=36000; Path=/; Secure; HttpOnly; SameSite=None; Partitioned"
        assert answer.headers.getall("Set-Cookie") == [expected]


@pytest.mark.databases("sqlite", "postgresql")
async def test_another_browser_cannot_take_over_a_sign_in(world: World, sign_in: FakeSignIn) -> None:
    mine, theirs = Window(world), Window(world)
    address = await mine.begin()
    await theirs.begin()
    back = sign_in.pages.returns_to(address)
    # The link with my code in the browser of somebody else, with and without a sign-in of their own.
    assert await theirs.come_back(back) == "another"
    assert await Window(world).come_back(back) == "cookies"
    assert sign_in.pages.forms == []
    assert await session_status(world, mine.secret) == WAITING
    # A secret that somebody guessed or invented.
    stranger = Window(world, cookies={SIGN_IN_COOKIE: new_secret()})
    assert await stranger.come_back(back) == "another"
    assert await mine.come_back(back) == "done"
    assert await session_status(world, theirs.secret) == WAITING


def changed(address: str, **values: str) -> str:
    parts = urlsplit(address)
    query = {name: found[0] for name, found in parse_qs(parts.query).items()}
    return f"{parts.scheme}://{parts.netloc}{parts.path}?{urlencode({**query, **values})}"


@pytest.mark.parametrize("state", ["", "x" * 43, "\u00e9", "x" * 5_000])
async def test_another_state_is_refused(world: World, sign_in: FakeSignIn, state: str) -> None:
    window = Window(world)
    back = changed(sign_in.pages.returns_to(await window.begin()), state=state)
    assert await window.come_back(back) == "another"
    assert sign_in.pages.forms == []


@pytest.mark.parametrize("cookie", ["", "x", "x" * 44, "\u00e9" * 43, "a b", "x" * 4_000])
async def test_any_other_cookie_is_none(world: World, sign_in: FakeSignIn, cookie: str) -> None:
    window = Window(world)
    back = sign_in.pages.returns_to(await window.begin())
    window.cookies[SIGN_IN_COOKIE] = cookie
    assert await window.come_back(back) == "cookies"


# Cookies that other hosts of the same domain can set, because their names do not begin with `__Host-`. A dollar sign
# stands for the cookie of an attacker.
PLANTED = ["theme=x $", "theme=x\t$", "theme=x, $", 'a=b; theme="x $"', "\u00a0$", "\u2000$", "x$", "theme=x; $; $"]


@pytest.mark.parametrize("planted", PLANTED)
async def test_a_cookie_of_another_host_is_none(world: World, sign_in: FakeSignIn, planted: str) -> None:
    attacker = Window(world)
    back = sign_in.pages.returns_to(await attacker.begin())
    header = planted.replace("$", f"{SIGN_IN_COOKIE}={attacker.secret}.en")
    assert await Window(world, jar=header).come_back(back) == "cookies"
    assert await session_status(world, attacker.secret) == WAITING


@pytest.mark.parametrize("planted", PLANTED)
async def test_a_session_in_the_cookie_of_another_host_is_not_resumed(
    world: World, sign_in: FakeSignIn, planted: str
) -> None:
    theirs = await open_signed_in(world, sign_in)
    header = planted.replace("$", f"{SESSION_COOKIE}={theirs.token}")
    assert (await page_of(world).send("session", {"resume": True}, Cookie=header))[0] == 401
    cookie = f"theme=x; {SESSION_COOKIE}={theirs.token}"
    assert (await page_of(world).send("session", {"resume": True}, Cookie=cookie))[0] == 200


async def test_the_window_keeps_the_language_of_the_pane(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with pseudo_catalogs(monkeypatch):
        window = Window(world)
        address = await window.begin(X_Chat_Sync_Language="de")
        state = parse_qs(urlsplit(address).query)["state"][0]
        refused = f"{CALLBACK}?{urlencode({'state': state, 'error': 'access_denied'})}"
        assert (await window.come_back(refused), window.language) == ("declined", "de")
        async with world.session.get(f"{world.url}{PANE}/sign-in/declined?language=de") as answer:
            assert accented("You did not agree") in await answer.text()


@pytest.mark.parametrize("language", ["", ".", ".nl", ".%22", ".de.fr", ".x" * 100])
async def test_another_language_in_the_cookie_is_ignored(world: World, sign_in: FakeSignIn, language: str) -> None:
    window = Window(world)
    back = sign_in.pages.returns_to(await window.begin())
    window.cookies[SIGN_IN_COOKIE] = f"{window.secret}{language}"
    assert (await window.come_back(back), window.language) == ("done", "")


async def test_a_code_for_another_verifier_signs_nobody_in(world: World, sign_in: FakeSignIn) -> None:
    window = Window(world)
    back = sign_in.pages.returns_to(await window.begin())
    (issued,) = sign_in.pages.codes.values()
    issued["code_challenge"] = "x" * 43
    assert await window.come_back(back) == "rejected"
    assert await session_status(world, window.secret) == NONE


@pytest.mark.parametrize(
    ("claims", "step"),
    [
        ({"nonce": "x" * 43}, "rejected"),
        ({"nonce": None}, "rejected"),
        ({"nonce": 7}, "rejected"),
        ({"aud": ANOTHER}, "rejected"),
        ({"iss": f"https://login.microsoftonline.com/{ANOTHER}/v2.0"}, "rejected"),
        ({"iss": f"https://sts.windows.net/{TENANT}/"}, "rejected"),
        ({"exp": int(time.time()) - 400}, "rejected"),
        ({"oid": None}, "rejected"),
        ({"oid": "x"}, "rejected"),
        ({"tid": ANOTHER}, "tenant"),
        ({"tid": None}, "tenant"),
        ({"tid": [TENANT]}, "tenant"),
    ],
)
async def test_every_other_id_token_signs_nobody_in(
    world: World, sign_in: FakeSignIn, claims: dict[str, Any], step: str
) -> None:
    sign_in.pages.claims = claims
    window = Window(world)
    assert await window.come_back(sign_in.pages.returns_to(await window.begin())) == step
    status, _ = await session_status(world, window.secret)
    assert status == (403 if step == "tenant" else 401)
    assert await world.rows_in(pane_session) == []


@pytest.mark.parametrize("is_known", [True, False], ids=["known id", "unknown id"])
async def test_an_id_token_with_another_key_signs_nobody_in(world: World, sign_in: FakeSignIn, is_known: bool) -> None:
    forged = replace(SigningKey(), id=sign_in.tenant_key.id) if is_known else SigningKey()
    # The right key signs the same token for the second window.
    for key, step in ((forged, "rejected"), (sign_in.tenant_key, "done")):
        window = Window(world)
        address = await window.begin()
        back = sign_in.pages.returns_to(address)
        nonce = sign_in.pages.queries[-1]["nonce"]
        token = sign_in.tab_token(ADELE.object_id, key, nonce=nonce)
        sign_in.pages.answers = partial(web.json_response, {"id_token": token})
        assert await window.come_back(back) == step


def huge() -> web.Response:
    return web.json_response({"id_token": "x" * 200_000})


def deep() -> web.Response:
    return web.Response(text="[" * 30_000, content_type="application/json")


ODD_ANSWERS: list[tuple[Callable[[], web.Response], str]] = [
    (huge, "unavailable"),
    (deep, "rejected"),
    (lambda: web.Response(text="<html>", content_type="text/html"), "rejected"),
    (lambda: web.json_response([]), "rejected"),
    (lambda: web.json_response({"id_token": 7}), "rejected"),
    (lambda: web.json_response({"id_token": "a.b.c"}), "rejected"),
    (lambda: web.Response(status=302, headers={"Location": "https://evil.example"}), "unavailable"),
    (lambda: web.Response(status=503), "unavailable"),
    (lambda: web.json_response({"error": "invalid_client"}, status=401), "unavailable"),
    (lambda: web.json_response({"error": "invalid_grant"}, status=400), "rejected"),
]


async def test_odd_answers_of_entra_sign_nobody_in(world: World, sign_in: FakeSignIn) -> None:
    for answer, step in ODD_ANSWERS:
        sign_in.pages.answers = answer
        window = Window(world)
        assert await window.come_back(sign_in.pages.returns_to(await window.begin())) == step
        assert await session_status(world, window.secret) == NONE
    assert await world.rows_in(pane_session) == []


async def test_while_entra_is_down_the_window_says_so(world: World, sign_in: FakeSignIn) -> None:
    sign_in.is_down = True  # its keys
    window = Window(world)
    assert await window.come_back(sign_in.pages.returns_to(await window.begin())) == "unavailable"
    sign_in.is_down = False
    # Once the pause between two requests for keys is over, the next window works.
    world.clock.advance(2)
    await open_signed_in(world, sign_in)


@pytest.mark.parametrize(
    ("error", "step"),
    [
        ({"error": "access_denied", "error_description": "AADSTS65004: <script>declined"}, "declined"),
        ({"error": "access_denied"}, "declined"),
        ({"error": "access_denied", "error_description": "AADSTS90094: admin"}, "consent"),
        ({"error": "consent_required"}, "consent"),
        ({"error": "temporarily_unavailable"}, "unavailable"),
        ({"error": "<script>alert(1)</script>", "error_description": "x" * 5_000}, "rejected"),
        ({"error": ""}, "rejected"),
    ],
)
async def test_an_error_of_the_sign_in_page_becomes_one_of_our_pages(
    world: World, sign_in: FakeSignIn, error: dict[str, str], step: str
) -> None:
    sign_in.pages.error = error
    window = Window(world)
    assert await window.come_back(sign_in.pages.returns_to(await window.begin())) == step
    assert sign_in.pages.forms == []
    assert await session_status(world, window.secret) == NONE
    async with world.session.get(f"{world.url}{PANE}/sign-in/{step}") as answer:
        assert "alert(1)" not in await answer.text()


async def test_a_sign_in_ends_after_five_minutes(world: World, sign_in: FakeSignIn) -> None:
    late, slow = Window(world), Window(world)
    back = sign_in.pages.returns_to(await late.begin())
    await slow.come_back(sign_in.pages.returns_to(await slow.begin()))
    world.clock.advance(5 * 60)
    assert await late.come_back(back) == "over"
    for window in (late, slow):
        assert await session_status(world, window.secret) == NONE
    assert len(sign_in.pages.forms) == 1


async def test_an_answer_counts_once(world: World, sign_in: FakeSignIn) -> None:
    window = Window(world)
    back = sign_in.pages.returns_to(await window.begin())
    cookies = dict(window.cookies)
    assert await window.come_back(back) == "done"
    window.cookies = cookies
    assert await window.come_back(back) == "over"
    assert len(sign_in.pages.forms) == 1


async def test_a_look_at_the_address_uses_nothing_up(world: World, sign_in: FakeSignIn) -> None:
    window = Window(world)
    back = sign_in.pages.returns_to(await window.begin())
    jar = "; ".join(f"{name}={value}" for name, value in window.cookies.items())
    here = f"{world.url}{PANE}{back.partition(PANE)[2]}"
    async with world.session.head(here, headers={"Cookie": jar}, allow_redirects=False) as looked:
        assert looked.status == 404
    assert await window.come_back(back) == "done"


async def test_a_secret_counts_once(world: World, sign_in: FakeSignIn) -> None:
    window = await sign_in_by_window(world, sign_in)
    status, body = await Window(world, secret=window.secret).try_begin()
    assert (status, error_of(body)[0]) == (400, "This sign-in was already started.")
    (taken,) = [await session_status(world, window.secret)]
    assert taken[0] == 201


@pytest.mark.parametrize("secret", ["", "x", "x" * 44, "\u00e9" * 43, None, 7, ["x" * 43]])
async def test_every_other_secret_is_refused(world: World, secret: Any) -> None:
    assert (await Window(world, secret=secret).try_begin())[0] == 400
    assert (await session_status(world, secret))[0] == 401
    assert await world.rows_in(pane_sign_in) == []


async def test_pages_of_other_sites_cannot_begin_a_sign_in(world: World) -> None:
    foreign = (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Content_Type": "text/plain"},
    )
    for headers in foreign:
        window = Window(world)
        status, _ = await window.try_begin(**headers)
        assert status in {403, 415}, headers
        assert window.set_cookies == []
    assert await world.rows_in(pane_sign_in) == []


async def test_a_flood_of_windows_is_refused_and_costs_no_rows(world: World) -> None:
    begun = [(await Window(world).try_begin())[0] for _ in range(WINDOWS_PER_MINUTE)]
    assert set(begun) == {201}
    status, body = await Window(world).try_begin()
    assert (status, body["error"]["kind"]) == (429, "unavailable")
    assert len(await world.rows_in(pane_sign_in)) == WINDOWS_PER_MINUTE


async def test_requests_without_a_secret_take_no_window_from_others(
    bare_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.wiring.pane.WINDOWS_PER_MINUTE", 2)
    async with running(bare_world) as world:
        statuses = [(await Window(world, secret=each).try_begin())[0] for each in ("", "x", "x" * 44)]
        statuses += [(await Window(world).try_begin())[0] for _ in range(3)]
    assert statuses == [400, 400, 400, 201, 201, 429]


async def test_processes_share_sign_ins_and_sessions(world: World, sign_in: FakeSignIn) -> None:
    first = world.url
    world.settings = world.settings.model_copy(update={"port": free_port()})
    async with running_beside(world) as second:
        window = Window(world)
        back = sign_in.pages.returns_to(await window.begin())
        assert await window.come_back(back, base=second) == "done"
        page = page_of(world)
        status, body = await page.send("session", {"secret": window.secret})
        assert status == 201
        page.token = body["session"]
        world.url = second
        assert (await page.send("view", {"record": None}))[0] == 200
        assert (await page.send("session", {"secret": window.secret}))[0] == 401
        world.url = first


@asynccontextmanager
async def running_beside(world: World) -> AsyncIterator[str]:
    """Start a second bot on the same database; yield its address."""
    app = await make_app(world.settings, clock=world.clock, limits=world.limits)
    async with serving(app, world.settings.host, world.settings.port, world.limits.http):
        yield f"http://127.0.0.1:{world.settings.port}"


async def test_a_certificate_proves_the_bot_too(world: World, sign_in: FakeSignIn, certificates: Certificates) -> None:
    both = certificates.certificate.with_name("both.pem")
    both.write_bytes(certificates.certificate.read_bytes() + certificates.key.read_bytes())
    world.settings = world.settings.model_copy(update={"app_password": None, "certificate_file": str(both)})
    await world.restart()
    await open_signed_in(world, sign_in)
    (form,) = sign_in.pages.forms
    assert "client_secret" not in form
    both.write_bytes(b"not a certificate")
    window = Window(world)
    assert await window.come_back(sign_in.pages.returns_to(await window.begin())) == "unavailable"


async def test_an_own_registration_of_the_pane_signs_in_with_its_own_secret(world: World, sign_in: FakeSignIn) -> None:
    own = {"pane_client_id": ANOTHER.upper(), "pane_client_secret": SecretStr(sign_in.secret), "app_password": None}
    world.settings = world.settings.model_copy(update={**own, "app_type": "UserAssignedMSI", "app_tenant_id": TENANT})
    await world.restart()
    await open_signed_in(world, sign_in)
    (query,) = sign_in.pages.queries
    assert query["client_id"] == ANOTHER


async def test_people_of_several_tenants_start_at_the_pages_of_all_organizations(
    world: World, sign_in: FakeSignIn
) -> None:
    world.settings = world.settings.model_copy(update={"allowed_tenants": (TENANT, ANOTHER)})
    await world.restart()
    window = Window(world)
    address = await window.begin()
    assert address.startswith(f"{sign_in.url}/organizations/oauth2/v2.0/authorize?")
    assert await window.come_back(sign_in.pages.returns_to(address)) == "done"


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        (
            {"app_type": "UserAssignedMSI", "app_password": None},
            "CHATSYNC_PANE_CLIENT_ID and CHATSYNC_PANE_CLIENT_SECRET",
        ),
        ({"pane_client_id": ANOTHER}, "CHATSYNC_PANE_CLIENT_SECRET"),
        ({"public_url": None}, "CHATSYNC_PUBLIC_URL"),
    ],
)
async def test_without_the_settings_nobody_can_sign_in_and_the_page_names_them(
    world: World, changes: dict[str, Any], missing: str
) -> None:
    world.settings = world.settings.model_copy(update=changes)
    await world.restart()
    for path in (f"{PANE}?host=dynamics", f"{PANE}/sign-in"):
        async with world.session.get(world.url + path) as answer:
            assert answer.status == 404
            assert f"complete the settings of Chat Sync: {missing}." in await answer.text()
    assert (await Window(world).try_begin())[0] == 404
    assert (await page_of(world).send("session", {"secret": new_secret()}))[0] == 400
    async with world.session.get(f"{world.url}{PANE}?host=teams") as answer:
        assert answer.status == 200
    lines: list[str] = []
    await run_command(world.settings, Namespace(command="doctor"), lines.append)
    (line,) = [each for each in lines if "sign-in to the pane" in each]
    assert line.startswith("note")
    assert f"Set {missing.replace(', ', ' and ')}." in line
    assert "enter the redirect address https://<your host>/pane/sign-in/callback. See docs/pane.md#1-" in line


async def test_the_doctor_names_a_missing_pane_and_missing_permissions(world: World) -> None:
    world.dataverse_refuses["getPresencesByUserId"] = (403, {"error": {"code": "Forbidden", "message": "secret"}})
    lines: list[str] = []
    await run_command(world.settings, Namespace(command="doctor"), lines.append)
    notes = {line.partition(":")[0]: line.rstrip() for line in lines}
    assert "ok     sign-in to the pane\n" in lines
    assert "Presence.Read.All" in notes["note   people in the pane"]
    assert "Run: python app.py dataverse pane install" in notes["note   pane in localhost/sandbox"]
