"""The pane in Dynamics 365 in Chromium: a frame of another site, and a window for the sign-in (spec P7, P8)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass

import pytest
from playwright.async_api import BrowserContext, Error, Frame, FrameLocator, Locator, Page, expect

from bot.config.settings import Settings
from bot.domain.pane_sign_in import SignInFailure
from bot.store.tables import pane_session, pane_sign_in
from tests.fakes.certificates import Certificates
from tests.fakes.model_driven_app import pane_in, show_app, visit
from tests.fakes.sign_in import FakeSignIn
from tests.fakes.tls_proxy import tls_proxy
from tests.pane.production_fixtures import connector  # noqa: F401 - fixtures
from tests.pane.pseudo import accented, pseudo_catalogs
from tests.patience import PATIENCE_S
from tests.steps.accessibility import violations
from tests.steps.browser import running_browser
from tests.steps.pane import PANE, case
from tests.steps.pane_sign_in import SESSION_COOKIE, dynamics_settings, running
from tests.tcp_ports import free_port
from tests.wire.people import ADELE, ALEX
from tests.wire.world import World

pytestmark = [pytest.mark.e2e, pytest.mark.one_database]

SAME_NETWORK = "--disable-features=LocalNetworkAccessChecks"
"""The page of the organization comes from the test and has no address, so browsers take it for one of the internet."""


@dataclass
class Organization:
    """A browser beside the servers: the pane over https, and an organization at another address."""

    context: BrowserContext
    world: World
    sign_in: FakeSignIn
    url: str

    @property
    def origin(self) -> str:
        return self.world.sandbox.removesuffix("/sandbox")

    async def open(self, width: int = 360, lcid: int = 1033) -> Page:
        return await show_app(self.context, self.origin, self.url, width=width, lcid=lcid)


@pytest.fixture
def settings(database_url: str, sign_in: FakeSignIn) -> Settings:
    sign_in.pages.person = ADELE.object_id
    settings = dynamics_settings(database_url, sign_in)
    return settings.model_copy(update={"public_url": f"https://localhost:{free_port()}"})


@pytest.fixture
async def organization(
    bare_world: World, sign_in: FakeSignIn, certificates: Certificates
) -> AsyncIterator[Organization]:
    url = bare_world.settings.own_url
    port = int(url.rpartition(":")[2])
    async with (
        running(bare_world) as world,
        tls_proxy(certificates, port, world.settings.port),
        running_browser([SAME_NETWORK]) as browser,
    ):
        context = await browser.new_context(locale="en-US", ignore_https_errors=True)
        context.set_default_timeout(PATIENCE_S * 1000)
        yield Organization(context, world, sign_in, url)


async def press_sign_in(page: Page, name: str = "Sign in") -> Page:
    """Press the button in the pane; return the window that opens."""
    async with page.expect_popup() as popup:
        await pane_in(page).get_by_role("button", name=name, exact=True).click()
    return await popup.value


async def press_last(window: Page, button: Locator) -> None:
    """Press a button after which the window closes, perhaps before the driver learns of the press."""
    async with window.expect_event("close"):
        with suppress(Error):
            await button.click()


async def finish(window: Page) -> None:
    """Choose the account in the window, which closes then."""
    await press_last(window, window.get_by_role("link", name="Continue"))


async def title_is(pane: FrameLocator, text: str) -> None:
    await expect(pane.get_by_role("heading", name=text, level=1)).to_be_visible()


FIRST = "Sign in to see your chats"
PUMP = "Pump vibrates after firmware update"


async def test_a_person_signs_in_beside_a_record_and_stays_signed_in(organization: Organization) -> None:
    page, world = await organization.open(), organization.world
    pane = pane_in(page)
    await title_is(pane, FIRST)
    await visit(page, await case(world))
    window = await press_sign_in(page)
    await expect(window.get_by_role("heading", name="Pick an account")).to_be_visible()
    await title_is(pane, "Finish the sign-in in the other window")
    await finish(window)
    await title_is(pane, PUMP)
    # The pane follows the app: another record, a record that is not saved, and a list.
    await visit(page, await case(world, "CAS-01002"))
    await expect(pane.locator("#record")).to_contain_text("CAS-01002")
    await visit(page, {"table": "incident", "row": ""})
    await title_is(pane, "Save the record first")
    await visit(page, None)
    await title_is(pane, "My chats about records")
    # A reload keeps the session.
    await page.reload()
    await title_is(pane, "My chats about records")
    (cookie,) = [each for each in await organization.context.cookies() if each["name"] == SESSION_COOKIE]
    assert (cookie["sameSite"], cookie["secure"], cookie["httpOnly"]) == ("None", True, True)
    assert len(await world.rows_in(pane_session)) == 1
    await pane.get_by_role("button", name="Sign out").click()
    await title_is(pane, FIRST)
    assert await world.rows_in(pane_session) == []
    await page.reload()
    await title_is(pane, FIRST)


async def test_a_sign_out_that_fails_is_told_and_repeated(organization: Organization) -> None:
    page, world = await organization.open(), organization.world
    pane = pane_in(page)
    await finish(await press_sign_in(page))
    await title_is(pane, "My chats about records")
    await organization.context.route(f"**{PANE}/session", lambda route: route.fulfill(status=503))
    await pane.get_by_role("button", name="Sign out").click()
    await title_is(pane, "You are still signed in")
    await expect(pane.get_by_text("Try again in a moment.", exact=True)).to_be_visible()
    assert len(await world.rows_in(pane_session)) == 1
    await organization.context.unroute(f"**{PANE}/session")
    await pane.get_by_role("button", name="Try again").click()
    await title_is(pane, FIRST)
    assert await world.rows_in(pane_session) == []


async def test_an_administrator_opens_the_settings_in_the_pane(organization: Organization) -> None:
    organization.sign_in.pages.person = ALEX.object_id
    page = await organization.open()
    pane = pane_in(page)
    await title_is(pane, FIRST)
    await finish(await press_sign_in(page))
    await pane.get_by_role("link", name="Settings").click()
    await title_is(pane, "Chat Sync settings")
    await expect(pane.get_by_role("region", name="General").get_by_role("button", name="Save")).to_be_visible()


async def test_the_pane_and_its_window_have_the_language_of_the_person_in_dynamics(
    organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pseudo_catalogs(monkeypatch):
        page = await organization.open(lcid=1025)
        pane = pane_in(page)
        await title_is(pane, accented(FIRST))
        assert [await pane.locator("html").get_attribute(name) for name in ("lang", "dir")] == ["ar", "rtl"]
        window = await press_sign_in(page, accented("Sign in"))
        await expect(window.get_by_role("heading", name="Pick an account")).to_be_visible()
        await finish(window)
        await title_is(pane, accented("My chats about records"))


async def test_no_address_contains_the_secret(organization: Organization) -> None:
    seen: list[str] = []
    organization.context.on("request", lambda request: seen.append(request.url))
    page = await organization.open()
    await title_is(pane_in(page), FIRST)
    window = await press_sign_in(page)
    await window.get_by_role("heading", name="Pick an account").wait_for()
    jar = {each["name"]: each["value"] for each in await organization.context.cookies()}
    secret, _, language = jar["__Host-chatsync-sign-in"].partition(".")
    assert language == "en"
    await finish(window)
    await title_is(pane_in(page), "My chats about records")
    assert any("/sign-in/callback?" in each for each in seen)
    assert [each for each in seen if secret in each] == []
    left = [each["name"] for each in await organization.context.cookies()]
    assert "__Host-chatsync-sign-in" not in left


def frame_of_pane(page: Page) -> Frame:
    return next(frame for frame in page.frames if "/pane?" in frame.url)


async def test_each_way_in_which_a_window_fails_has_a_next_step(organization: Organization) -> None:
    page, sign_in = await organization.open(), organization.sign_in
    pane = pane_in(page)
    await title_is(pane, FIRST)
    # A blocked window.
    await frame_of_pane(page).evaluate("() => { window.realOpen = window.open; window.open = () => null; }")
    await pane.get_by_role("button", name="Sign in").click()
    await title_is(pane, "Your browser blocked the sign-in window")
    await frame_of_pane(page).evaluate("() => { window.open = window.realOpen; }")
    # A window that is closed before it reaches Microsoft's pages.
    await organization.context.route(f"**{PANE}/sign-in?*", lambda route: route.abort())
    window = await press_sign_in(page, "Try again")
    await window.close()
    await title_is(pane, "The sign-in window was closed")
    await organization.context.unroute(f"**{PANE}/sign-in?*")
    # A window that is closed on Microsoft's pages: nobody can see that, so another one can be opened at any time.
    window = await press_sign_in(page)
    await window.get_by_role("heading", name="Pick an account").wait_for()
    await window.close()
    await title_is(pane, "Finish the sign-in in the other window")
    # A declined consent.
    sign_in.pages.error = {"error": "access_denied", "error_description": "AADSTS65004: <b>no</b>"}
    window = await press_sign_in(page, "Open the window again")
    await window.get_by_role("link", name="Continue").click()
    await expect(window.get_by_role("heading", name="You did not agree")).to_be_visible()
    assert await window.locator("b").count() == 0
    await title_is(pane, "Chat Sync could not verify who you are.")
    await press_last(window, window.get_by_role("button", name="Close window"))
    # Cookies that the browser does not keep.
    sign_in.pages.error = {}
    window = await press_sign_in(page, "Sign in again")
    await window.get_by_role("heading", name="Pick an account").wait_for()
    await organization.context.clear_cookies()
    await window.get_by_role("link", name="Continue").click()
    await expect(window.get_by_role("heading", name="The sign-in could not be continued")).to_be_visible()
    await window.close()
    await finish(await press_sign_in(page, "Open the window again"))
    await title_is(pane, "My chats about records")


async def test_only_the_page_that_opened_the_window_can_give_it_a_secret(organization: Organization) -> None:
    context, world = organization.context, organization.world
    stranger = await context.new_page()
    await stranger.goto(organization.world.url + "/healthz")
    async with stranger.expect_popup() as popup:
        await stranger.evaluate("url => { window.opened = window.open(url); }", f"{organization.url}{PANE}/sign-in")
    window = await popup.value
    await window.clock.install()
    await window.reload()
    await stranger.evaluate("secret => window.opened.postMessage({ v: 1, kind: 'secret', secret }, '*')", "x" * 43)
    await window.clock.run_for(10_000)
    await expect(window.get_by_role("heading", name="Open the sign-in from the pane")).to_be_visible()
    assert await world.rows_in(pane_sign_in) == []


async def test_messages_of_other_pages_and_of_other_shapes_change_nothing(organization: Organization) -> None:
    page, world = await organization.open(), organization.world
    pane = pane_in(page)
    await title_is(pane, FIRST)
    await visit(page, await case(world))
    await finish(await press_sign_in(page))
    await title_is(pane, PUMP)
    other = await case(world, "CAS-01002")
    record = {"v": 1, "kind": "record", "table": "incident", "id": other["row"], "app": "", "lcid": 1033}
    # The top page of the right origin is not the one that frames the pane.
    await page.evaluate("record => frames[0].frames[0].postMessage(record, '*')", record)
    await frame_of_pane(page).evaluate("record => window.postMessage(record, '*')", record)
    inner = next(frame for frame in page.frames if frame.url.endswith("pane.html"))
    odd = [
        {**record, "v": 2},
        {**record, "kind": "other"},
        {**record, "table": "incidents?$x"},
        {**record, "table": ""},
        {**record, "id": "1 or 1"},
        {**record, "id": 7},
        {**record, "app": "<b>"},
        {**record, "lcid": "1033"},
        {**record, "lcid": -1},
        None,
        "record",
    ]
    for each in odd:
        await inner.evaluate("each => frames[0].postMessage(each, '*')", each)
    await expect(pane.get_by_role("heading", name=PUMP, level=1)).to_be_visible()
    await inner.evaluate("record => frames[0].postMessage(record, '*')", record)
    await expect(pane.locator("#record")).to_contain_text("CAS-01002")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_page_of_the_window_fits_and_breaks_no_rule_of_accessibility(
    organization: Organization, scheme: str
) -> None:
    page = await organization.context.new_page()
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await page.set_viewport_size({"width": 300, "height": 640})
    for step in SignInFailure:
        await page.goto(f"{organization.url}{PANE}/sign-in/{step}")
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert await violations(page) == [], step
    await page.goto(f"{organization.url}{PANE}/sign-in")
    await expect(page.get_by_role("heading", name="Open the sign-in from the pane")).to_be_visible()
    assert await violations(page) == []
    framed = await organization.open(width=300)
    await title_is(pane_in(framed), FIRST)
    assert await violations(frame_of_pane(framed)) == []
