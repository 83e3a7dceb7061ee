"""The model-driven app around the pages: commands and side panes, with the very files of the product."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Frame, Page, async_playwright, expect

from bot.config.settings import Settings
from bot.domain.record_links import parse_environment
from bot.sandbox.app import SandboxSettings, make_sandbox
from bot.wiring.pane_files import preinstalled_pane
from manifest.pane.customizations import FILES
from tests.e2e.tools import CHROMIUM_OPTIONS, chromium, what_is_missing
from tests.patience import PATIENCE_S
from tests.sandbox.wire import CASE_ID, KEY, MIDDAY, Api, Client
from tests.tiers import missing

SECOND_CASE_ID = "00000000-0000-4000-9000-0000000003ea"
POLL_MS = 1500

PANE = """<!doctype html><title>Pane</title><script>
window.got = [];
window.addEventListener("message", ({ data, origin, source }) => {
  if (source === window.parent) window.got.push({ ...data, origin });
});
window.ready = () => window.parent.postMessage({ v: 1, kind: "ready" }, "*");
</script><h1>Our pane</h1>"""
"""A pane on another origin than the app, as in Dynamics 365."""


@pytest.fixture
async def pane(aiohttp_server: Callable[[web.Application], Awaitable[TestServer]]) -> str:
    """Serve the pane; return its origin."""

    async def page(request: web.Request) -> web.Response:
        return web.Response(text=PANE, content_type="text/html")

    app = web.Application()
    app.router.add_get("/pane", page)
    server = await aiohttp_server(app)
    return str(server.make_url("")).rstrip("/")


@pytest.fixture
def allowed(pane: str) -> str:
    """Return the address that the policy of the environment allows in frames."""
    return pane


@pytest.fixture
async def client(aiohttp_client: Callable[[web.Application], Awaitable[Client]], pane: str, allowed: str) -> Client:
    """Start a sandbox with the customizations that show this pane."""
    sandbox = "http://127.0.0.1:3978/sandbox"
    bot = Settings(public_url=pane, dataverse_urls=(sandbox,))
    customizations = preinstalled_pane(bot, parse_environment(sandbox))
    settings = SandboxSettings(
        url=sandbox,
        webhook_url=f"{allowed}/api/dataverse/events",
        webhook_key=KEY,
        file=None,
        customizations=customizations,
    )
    app = web.Application()
    app.add_subapp("/sandbox", make_sandbox(settings, now=lambda: MIDDAY))
    return await aiohttp_client(app)


@pytest.fixture
async def page(client: Client) -> AsyncIterator[Page]:
    """Open the page of the first case, with a clock that the test moves."""
    lacking = what_is_missing()
    if lacking:
        missing(lacking)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_OPTIONS)
        opened = await browser.new_page()
        opened.set_default_timeout(PATIENCE_S * 1000)
        await opened.clock.install()
        await opened.goto(str(client.make_url(f"/sandbox/tables/incident/{CASE_ID}")))
        yield opened
        await browser.close()


in_browser = pytest.mark.e2e


async def open_pane(page: Page) -> Frame:
    """Press the command; return the frame of the pane."""
    await page.get_by_role("button", name="Chats").first.click()
    web_resource = page.frame_locator("#side-panes iframe")
    await expect(web_resource.frame_locator("iframe").get_by_role("heading", name="Our pane")).to_be_visible()
    return next(frame for frame in page.frames if "/pane?" in frame.url)


async def got(frame: Frame, *, at_least: int) -> list[dict[str, Any]]:
    """Wait for this many messages; return all of them."""
    await frame.wait_for_function("count => window.got.length >= count", arg=at_least)
    found: list[dict[str, Any]] = await frame.evaluate("window.got")
    return found


async def last(page: Page, frame: Frame, *, table: str, row_id: str) -> dict[str, Any]:
    """Let the web resource look until it has sent this record; return the last message."""
    for _ in range(20):
        await page.clock.run_for(POLL_MS)
        found: dict[str, Any] = await frame.evaluate("window.got.at(-1) ?? {}")
        if (found.get("table"), found.get("id")) == (table, row_id):
            return found
    raise AssertionError(found)


@in_browser
async def test_the_command_opens_the_pane_and_tells_it_the_record(page: Page, pane: str, client: Client) -> None:
    frame = await open_pane(page)
    assert frame.url == f"{pane}/pane?host=sandbox&language=1033"
    message = await last(page, frame, table="incident", row_id=CASE_ID)
    assert message == {
        "v": 1,
        "kind": "record",
        "table": "incident",
        "id": CASE_ID,
        "app": "contoso_service",
        "lcid": 1033,
        "origin": str(client.make_url("")).rstrip("/"),
    }


@in_browser
async def test_the_pane_stays_and_follows_the_visited_pages(page: Page) -> None:
    frame = await open_pane(page)
    await last(page, frame, table="incident", row_id=CASE_ID)
    await frame.evaluate("window.mark = 'the same page'")
    await page.get_by_role("link", name="Cases").click()
    await expect(page.get_by_role("heading", name="Cases")).to_be_visible()
    await last(page, frame, table="", row_id="")
    await page.get_by_label("Search by name").focus()
    await page.get_by_role("link", name="Newer").or_(page.get_by_role("link", name="Older")).click()
    await page.locator(f"a[href$='{SECOND_CASE_ID}']").click()
    await last(page, frame, table="incident", row_id=SECOND_CASE_ID)
    # The replaced page works like a loaded one.
    await page.get_by_label("Priority").select_option("Low")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("#result")).to_have_text("Saved. Priority is now Low.")
    await page.go_back()
    await last(page, frame, table="", row_id="")
    assert await frame.evaluate("window.mark") == "the same page"


@in_browser
async def test_nothing_is_sent_twice(page: Page) -> None:
    frame = await open_pane(page)
    await last(page, frame, table="incident", row_id=CASE_ID)
    before = len(await frame.evaluate("window.got"))
    await page.clock.run_for(10 * POLL_MS)
    assert len(await frame.evaluate("window.got")) == before


@in_browser
async def test_without_an_answer_of_the_app_the_last_record_stays(page: Page) -> None:
    frame = await open_pane(page)
    await last(page, frame, table="incident", row_id=CASE_ID)
    before = await frame.evaluate("window.got")
    await page.evaluate("window.kept = Xrm; delete window.Xrm")
    await page.clock.run_for(3 * POLL_MS)
    await page.evaluate("window.Xrm = { Utility: { getPageContext() { throw new Error('between pages') } } }")
    await page.clock.run_for(3 * POLL_MS)
    sent = (await frame.evaluate("window.got"))[len(before) :]
    assert {(each["table"], each["id"], each["app"]) for each in sent} <= {("incident", CASE_ID, "contoso_service")}
    # The client API is read again on each page.
    await page.evaluate("window.Xrm = window.kept; document.querySelector('main').dataset.entityId = ''")
    await last(page, frame, table="incident", row_id="")


@in_browser
async def test_the_command_selects_an_open_pane(page: Page) -> None:
    frame = await open_pane(page)
    await page.get_by_role("button", name="Collapse pane").click()
    await expect(page.locator(".side-pane")).to_be_hidden()
    # The script of a collapsed pane follows the page.
    await page.get_by_role("link", name="Cases").click()
    await last(page, frame, table="", row_id="")
    await page.get_by_role("button", name="Chats").first.click()
    await expect(page.locator(".side-pane")).to_be_visible()
    await page.evaluate("Promise.all([ChatSync.openPane(), ChatSync.openPane()])")
    assert await page.locator(".side-pane").count() == 1
    await page.get_by_role("button", name="Close pane").click()
    await expect(page.locator("#side-panes")).to_be_hidden()
    # Two clicks before the pane exists open one.
    await page.evaluate("void Promise.all([ChatSync.openPane(), ChatSync.openPane()])")
    await expect(page.locator(".side-pane iframe")).to_have_count(1)
    assert await page.locator("dialog").count() == 0


@in_browser
async def test_a_page_that_is_ready_late_gets_the_record_again(page: Page) -> None:
    frame = await open_pane(page)
    await last(page, frame, table="incident", row_id=CASE_ID)
    before = len(await frame.evaluate("window.got"))
    # Only our page can say that it is ready.
    forged = "contentWindow.postMessage({v: 1, kind: 'ready'}, '*')"
    await page.evaluate(f"document.querySelector('#side-panes iframe').{forged}")
    await page.clock.run_for(POLL_MS)
    assert len(await frame.evaluate("window.got")) == before
    await frame.evaluate("window.ready()")
    assert (await got(frame, at_least=before + 1))[-1]["id"] == CASE_ID


@in_browser
@pytest.mark.parametrize("allowed", ["http://127.0.0.1:9"])
async def test_a_strict_policy_that_does_not_allow_the_pane_is_explained(page: Page, pane: str) -> None:
    await page.get_by_role("button", name="Chats").click()
    notice = page.frame_locator("#side-panes iframe").locator("#notice")
    await expect(notice).to_contain_text(f"Ask your administrator to allow {pane.removeprefix('http://')} in frames.")


@in_browser
async def test_an_app_without_side_panes_says_so(page: Page) -> None:
    await page.evaluate("window.kept = Xrm.App; Xrm.App = {}")
    await page.get_by_role("button", name="Chats").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("in web browsers only")
    await dialog.get_by_role("button", name="OK").click()
    await page.evaluate("Xrm.App = { sidePanes: { ...kept.sidePanes, createPane: () => Promise.reject(new Error()) } }")
    await page.get_by_role("button", name="Chats").click()
    await expect(dialog).to_contain_text("The chats could not be opened.")
    await dialog.get_by_role("button", name="OK").click()
    # The next click tries again.
    await page.evaluate("Xrm.App = kept")
    await open_pane(page)


@pytest.fixture
def api(client: Client) -> Api:
    return Api(client)


async def html(client: Client, path: str) -> str:
    async with client.get(path) as answer:
        return await answer.text()


COMMAND = 'data-function="ChatSync.openPane"'


async def test_the_commands_stand_on_forms_and_lists_until_somebody_hides_them(client: Client, api: Api) -> None:
    form, grid = f"/sandbox/tables/incident/{CASE_ID}", "/sandbox/tables/account"
    assert [COMMAND in await html(client, each) for each in (form, grid, "/sandbox/")] == [True, True, False]
    (command,) = await api.rows("appactions?$filter=location eq 0")
    path = f"appactions({command['appactionid']})"
    for change, back in (({"hidden": True}, {"hidden": False}), ({"statecode": 1}, {"statecode": 0})):
        await api.patch(path, change)
        assert [COMMAND in await html(client, each) for each in (form, grid)] == [False, True]
        await api.patch(path, back)
    await api.patch(path, {"clienttype": "1"})
    assert COMMAND not in await html(client, form)


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("launcher.js", "text/javascript; charset=utf-8"),
        ("pane.js", "text/javascript; charset=utf-8"),
        ("pane.css", "text/css; charset=utf-8"),
        ("icon.png", "image/png"),
    ],
)
async def test_web_resources_are_served_as_they_were_published(client: Client, name: str, content_type: str) -> None:
    async with client.get(f"/sandbox/WebResources/chatsync_/pane/{name}") as answer:
        assert (answer.status, answer.headers["Content-Type"]) == (200, content_type)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        if name != "icon.png":
            assert await answer.read() == (FILES / name).read_bytes()


async def test_a_web_resource_frames_only_the_bot(client: Client, pane: str) -> None:
    async with client.get("/sandbox/WebResources/chatsync_/pane/pane.html") as answer:
        policy = answer.headers["Content-Security-Policy"]
    assert f"frame-src 'self' {pane};" in policy
    assert policy.endswith("frame-ancestors 'self'")


async def test_a_change_is_served_after_it_was_published(client: Client, api: Api) -> None:
    (row,) = await api.rows("webresourceset?$filter=name eq 'chatsync_/pane/pane.css'")
    row_id, address = row["webresourceid"], "/sandbox/WebResources/chatsync_/pane/pane.css"
    before = await html(client, address)
    await api.patch(f"webresourceset({row_id})", {"content": b64encode(b"new").decode()})
    assert await html(client, address) == before
    parameter = f"<importexportxml><webresources><webresource>{row_id}</webresource></webresources></importexportxml>"
    await api.post("PublishXml", {"ParameterXml": parameter})
    assert await html(client, address) == "new"


@pytest.mark.parametrize("name", ["chatsync_/pane/other.js", "..%2f..%2fapp.py", "chatsync_"])
async def test_other_names_are_not_found(client: Client, name: str) -> None:
    async with client.get(f"/sandbox/WebResources/{name}") as answer:
        assert answer.status == 404


async def test_people_without_a_user_get_no_web_resources(client: Client) -> None:
    cookie = {"sandbox_person": "00000000-0000-0000-0000-000000000025"}
    async with client.get("/sandbox/WebResources/chatsync_/pane/pane.js", cookies=cookie) as answer:
        assert answer.status == 403
