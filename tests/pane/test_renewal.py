"""Sessions in Dynamics 365: renewed while the account is enabled, and kept over a reload by a cookie (spec P7)."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.store.tables import pane_session
from tests.fakes.sign_in import FakeSignIn
from tests.pane.production_fixtures import connector, settings  # noqa: F401 - fixtures
from tests.steps.pane import PANE, PanePage, case, error_of
from tests.steps.pane_sign_in import DYNAMICS, SESSION_COOKIE, open_signed_in, running
from tests.wire.people import ADELE, LYNNE
from tests.wire.world import World

pytestmark = pytest.mark.one_database

GONE = ("Your account is no longer enabled for Dynamics 365.", "Ask your administrator.")
OVER = ("You are not signed in, or your session has ended.", "Sign in again.")
ENTRA = {b'"accountEnabled":true': b'"accountEnabled":false'}
DATAVERSE = {b'"isdisabled":false': b'"isdisabled":true'}
FIVE_MINUTES = 5 * 60


@pytest.fixture
async def page(bare_world: World, sign_in: FakeSignIn) -> AsyncIterator[PanePage]:
    async with running(bare_world) as started:
        yield await open_signed_in(started, sign_in)


async def status_of(page: PanePage) -> int:
    return (await page.send("view", {"record": None}))[0]


async def test_the_account_is_checked_every_five_minutes_at_most(page: PanePage) -> None:
    world = page.world
    for seconds, expected in ((0, 0), (FIVE_MINUTES - 1, 0), (1, 1), (FIVE_MINUTES - 1, 1), (1, 2)):
        world.clock.advance(seconds)
        assert await status_of(page) == 200
        assert account_checks(world) == expected


def account_checks(world: World) -> int:
    """Return how often Microsoft Graph was asked for the person."""
    return sum(ADELE.object_id.encode() in sent and b"accountEnabled" in sent for sent in world.dataverse_was_sent)


async def test_a_session_lasts_ten_hours_while_the_account_is_enabled(page: PanePage) -> None:
    for _ in range(29):
        page.world.clock.advance(20 * 60)
        assert await status_of(page) == 200
    page.world.clock.advance(20 * 60)
    assert await status_of(page) == 401


@pytest.mark.parametrize("disabled", [ENTRA, DATAVERSE], ids=["entra", "dataverse"])
async def test_the_session_of_a_disabled_person_ends_at_once(page: PanePage, disabled: dict[bytes, bytes]) -> None:
    world = page.world
    world.clock.advance(FIVE_MINUTES)
    world.dataverse_says = disabled
    status, body = await page.send("poll", {"record": None, "chats": [], "version": "", "signature": ""})
    assert (status, body["error"]["kind"], error_of(body)) == (401, "signedOut", GONE)
    assert await world.rows_in(pane_session) == []
    world.dataverse_says = {}
    status, body = await page.send("view", {"record": None})
    assert (status, error_of(body)) == (401, OVER)


async def tab_of(world: World, sign_in: FakeSignIn) -> PanePage:
    """Return the person's tab in Teams."""
    tab = PanePage(world, headers={"X-Chat-Sync-Host": "teams"})
    status, body = await tab.send("session", {"token": sign_in.tab_token(ADELE.object_id)})
    assert status == 201
    tab.token = body["session"]
    return tab


@pytest.mark.parametrize("disabled", [ENTRA, DATAVERSE], ids=["entra", "dataverse"])
async def test_the_session_of_a_disabled_person_ends_in_teams_too(
    page: PanePage, sign_in: FakeSignIn, disabled: dict[bytes, bytes]
) -> None:
    world, tab = page.world, await tab_of(page.world, sign_in)
    world.clock.advance(FIVE_MINUTES)
    assert await status_of(tab) == 200
    world.clock.advance(FIVE_MINUTES)
    world.dataverse_says = disabled
    status, body = await tab.send("poll", {"record": None, "chats": [], "version": "", "signature": ""})
    assert (status, error_of(body)) == (401, GONE)


async def test_the_token_of_a_disabled_person_begins_no_other_session(page: PanePage, sign_in: FakeSignIn) -> None:
    """Teams gives out tokens that are valid for an hour, or longer."""
    world = page.world
    tab, token = PanePage(world, headers={"X-Chat-Sync-Host": "teams"}), sign_in.tab_token(ADELE.object_id)
    assert (await tab.send("session", {"token": token}))[0] == 201
    before = len(await world.rows_in(pane_session))
    world.dataverse_says = ENTRA
    status, body = await tab.send("session", {"token": token})
    assert (status, body["error"]["kind"], error_of(body)) == (401, "signedOut", GONE)
    assert len(await world.rows_in(pane_session)) == before


async def test_in_teams_a_session_goes_on_while_nobody_can_check(page: PanePage, sign_in: FakeSignIn) -> None:
    world, tab = page.world, await tab_of(page.world, sign_in)
    world.dataverse_refuses = {"/graph/v1.0/": (403, {"error": {"code": "Authorization_RequestDenied", "message": ""}})}
    for _ in range(5):
        world.clock.advance(2 * FIVE_MINUTES)
        assert (await tab.send("settings/access", {}))[0] == 200


async def test_a_person_who_is_not_in_the_directory_is_signed_out(bare_world: World, sign_in: FakeSignIn) -> None:
    sign_in.pages.person = "99999999-0000-0000-0000-000000000099"
    async with running(bare_world) as world:
        page = await open_signed_in(world, sign_in)
        assert await status_of(page) == 403
        world.clock.advance(FIVE_MINUTES)
        assert await status_of(page) == 401
        assert await world.rows_in(pane_session) == []


async def test_while_nobody_can_check_the_session_goes_on_for_half_an_hour(page: PanePage) -> None:
    world = page.world
    world.dataverse_refuses = {"/graph/v1.0/": (403, {"error": {"code": "Authorization_RequestDenied", "message": ""}})}
    record = await case(world)
    for seconds in (*[FIVE_MINUTES] * 5, FIVE_MINUTES - 1):
        world.clock.advance(seconds)
        assert (await page.send("view", {"record": record}))[0] == 200
    world.clock.advance(1)
    status, body = await page.send("view", {"record": record})
    assert (status, error_of(body)) == (401, OVER)


async def test_people_of_a_tenant_that_graph_does_not_show_sign_in_every_half_hour(page: PanePage) -> None:
    world = page.world
    another = "cccccccc-0000-4000-8000-000000000009"
    world.settings = world.settings.model_copy(update={"dataverse_tenant_id": another})
    await world.restart()
    world.clock.advance(30 * 60 - 1)
    assert await status_of(page) == 200
    assert account_checks(world) == 0
    world.clock.advance(1)
    assert await status_of(page) == 401


async def test_requests_at_the_same_time_check_once(page: PanePage) -> None:
    page.world.clock.advance(FIVE_MINUTES)
    assert await asyncio.gather(*(status_of(page) for _ in range(5))) == [200] * 5
    assert account_checks(page.world) == 1


async def test_a_person_without_a_user_is_told_whom_to_ask(bare_world: World, sign_in: FakeSignIn) -> None:
    sign_in.pages.person = LYNNE.object_id
    async with running(bare_world) as world:
        page = await open_signed_in(world, sign_in)
        status, body = await page.send("view", {"record": None})
    assert (status, error_of(body)[1]) == (403, "Ask your administrator for a Dynamics 365 user.")


async def resumed(world: World, cookie: str, **headers: str) -> tuple[int, str, list[str]]:
    """Return the status, the session, and the cookies of the answer to a page that was loaded again."""
    sent = {**DYNAMICS, "Cookie": f"{SESSION_COOKIE}={cookie}", **headers}
    url = f"{world.url}{PANE}/session"
    async with world.session.post(url, json={"resume": True}, headers=sent) as answer:
        body = await answer.json()
        return answer.status, body.get("session", ""), answer.headers.getall("Set-Cookie", [])


async def test_a_reloaded_page_goes_on_with_its_session(page: PanePage) -> None:
    assert await resumed(page.world, page.token) == (200, page.token, [])
    assert len(await page.world.rows_in(pane_session)) == 1


async def test_signing_out_deletes_the_session_and_the_cookie(page: PanePage) -> None:
    url, headers = f"{page.world.url}{PANE}/session", {**DYNAMICS, "Authorization": f"Bearer {page.token}"}
    async with page.world.session.delete(url, headers=headers) as answer:
        assert answer.status == 204
        assert answer.headers.getall("Set-Cookie") == [CLEARED]
    assert await page.world.rows_in(pane_session) == []
    assert await resumed(page.world, page.token) == (401, "", [CLEARED])


CLEARED = f"{SESSION_COOKIE}=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=None; Partitioned"


async def test_the_cookie_ends_with_the_session(page: PanePage) -> None:
    page.world.clock.advance(30 * 60)
    assert await resumed(page.world, page.token) == (401, "", [CLEARED])


async def test_a_cookie_alone_neither_reads_nor_changes_anything(page: PanePage) -> None:
    stranger = PanePage(page.world, headers=dict(DYNAMICS))
    cookie = f"{SESSION_COOKIE}={page.token}"
    for name in ("view", "poll", "connect", "join"):
        assert (await stranger.send(name, {"record": None, "resume": True}, Cookie=cookie))[0] == 401
    assert (await stranger.send("session", method="DELETE", Cookie=cookie))[0] == 401
    assert len(await page.world.rows_in(pane_session)) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Content-Type": "text/plain"},
        {"X-Chat-Sync-Host": "teams"},
    ],
)
async def test_other_sites_cannot_use_the_cookie(page: PanePage, headers: dict[str, str]) -> None:
    status, token, _ = await resumed(page.world, page.token, **headers)
    assert status in {401, 403, 415}
    assert token == ""


@pytest.mark.parametrize("cookie", ["", "x", "x" * 3_000])
async def test_any_other_cookie_is_no_session(page: PanePage, cookie: str) -> None:
    assert (await resumed(page.world, cookie))[:2] == (401, "")
