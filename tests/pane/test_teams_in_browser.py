"""The tab in Microsoft Teams, in Chromium: the unchanged library in a page that answers like Teams."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Response, async_playwright, expect

from tests.e2e.tools import CHROMIUM_OPTIONS, chromium
from tests.fakes.certificates import Certificates
from tests.fakes.databases import MigratedDatabases
from tests.fakes.sign_in import FakeSignIn
from tests.pane.pseudo import accented, pseudo_catalogs
from tests.steps.accessibility import violations
from tests.steps.browser import watched_page
from tests.steps.teams_tab import TAB, TeamsClient, teams_world
from tests.wire.people import ADELE, ALEX, MEGAN
from tests.wire.world import GROUP, World

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sign_in(certificates: Certificates) -> AsyncIterator[FakeSignIn]:
    async with FakeSignIn(certificates).running() as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(
    tmp_path_factory: pytest.TempPathFactory,
    migrated: MigratedDatabases,
    certificates: Certificates,
    sign_in: FakeSignIn,
) -> AsyncIterator[World]:
    async with teams_world(tmp_path_factory.mktemp("teams"), migrated, certificates, sign_in) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def client(
    world: World, browser: Browser, sign_in: FakeSignIn, request: pytest.FixtureRequest
) -> AsyncIterator[TeamsClient]:
    """Return Teams as Adele uses it. The console must stay empty, except for what the story expects."""
    tolerated: list[str] = []
    async with watched_page(browser, tolerated, **getattr(request, "param", {})) as page:
        opened = TeamsClient(world, page, token=sign_in.tab_token(ADELE.object_id))
        yield opened
        tolerated += opened.tolerated


async def case(world: World, number: str = "CAS-01001") -> str:
    """Return the record as a link into the tab names it."""
    query = {"$filter": f"ticketnumber eq '{number}'"}
    async with world.session.get(f"{world.sandbox}/api/data/v9.2/incidents", params=query) as answer:
        (row,) = (await answer.json())["value"]
        return f"table=incident&id={row['incidentid']}"


async def test_the_personal_tab_signs_in_without_a_question(client: TeamsClient) -> None:
    tab = await client.open()
    await expect(tab.get_by_role("heading", name="My chats about records")).to_be_visible()
    assert client.asked == [True]
    assert await client.calls("appInitialization.appLoaded")
    assert await client.calls("appInitialization.success")
    assert not await client.calls("appInitialization.expectedFailure")
    assert await tab.locator("html").get_attribute("data-theme") == "light"
    # The message with which the library begins names no further hosts to believe.
    ((_, _, origins, *_),) = await client.calls("initialize")
    assert origins is None


async def test_the_tab_has_the_language_of_teams(
    client: TeamsClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.context |= {"locale": "ar-eg", "subEntityId": await case(world)}
    with pseudo_catalogs(monkeypatch):
        tab = await client.open()
        await tab.get_by_role("button", name=accented("New chat"), exact=True).click()
        dialog = tab.get_by_role("dialog")
        await expect(dialog.get_by_role("heading", name=accented("New connected chat"))).to_be_visible()
        # Times of a card, which the browser writes.
        await expect(dialog).to_contain_text("نوفمبر")
    page = tab.locator("html")
    assert [await page.get_attribute(name) for name in ("lang", "dir")] == ["ar", "rtl"]
    # A page that Teams loads in its language stays as it is.
    assert len(await client.calls("initialize")) == 2


async def test_the_tab_stays_in_the_language_of_the_browser_without_a_catalog(client: TeamsClient) -> None:
    client.context["locale"] = "nl-nl"
    tab = await client.open()
    await expect(tab.get_by_role("heading", name="My chats about records")).to_be_visible()
    assert len(await client.calls("initialize")) == 2


async def test_a_link_into_the_tab_opens_the_pane_beside_its_record(client: TeamsClient, world: World) -> None:
    client.context["subEntityId"] = await case(world)
    tab = await client.open()
    await expect(tab.get_by_role("heading", level=1)).to_have_text("Pump vibrates after firmware update")
    link = tab.get_by_role("link", name="Open record")
    address = await link.get_attribute("href")
    await link.click()
    await client.page.wait_for_function("calls.some(([name]) => name === 'executeDeepLink')")
    assert await client.calls("executeDeepLink") == [[address]]
    assert len(client.page.context.pages) == 1


async def test_the_theme_of_teams_counts_and_its_changes(client: TeamsClient) -> None:
    client.context["theme"] = "dark"
    tab = await client.open()
    html, body = tab.locator("html"), tab.locator("body")
    await expect(html).to_have_attribute("data-theme", "dark")
    await expect(body).to_have_css("background-color", "rgb(27, 27, 27)")
    await client.tell("themeChange", "contrast")
    await expect(html).to_have_attribute("data-theme", "contrast")
    await expect(body).to_have_css("background-color", "rgb(0, 0, 0)")
    await client.tell("themeChange", "default")
    await expect(body).to_have_css("background-color", "rgb(245, 245, 245)")


async def test_an_administrator_opens_the_settings_in_the_tab(client: TeamsClient, sign_in: FakeSignIn) -> None:
    client.token = sign_in.tab_token(ALEX.object_id)
    tab = await client.open()
    await tab.get_by_role("link", name="Settings").click()
    await expect(tab.get_by_role("heading", name="Chat Sync settings")).to_be_visible()
    await expect(tab.get_by_role("region", name="General").get_by_role("button", name="Save")).to_be_visible()


async def test_a_new_token_renews_an_ended_session_and_the_view_stays(client: TeamsClient, world: World) -> None:
    client.context["subEntityId"] = await case(world)
    tab = await client.open()
    search = tab.get_by_label("Find a chat by name")
    await expect(tab.get_by_role("region", name="Connected to this record")).to_contain_text("Chat of Adele Vance")
    await search.focus()
    world.clock.advance(31 * 60)
    states: list[int] = []

    def note(response: Response) -> None:
        # A request for suggested contacts from before may end now.
        if response.url.endswith("/session") or "another" in (response.request.post_data or ""):
            states.append(response.status)

    client.page.on("response", note)
    async with client.page.expect_response(lambda each: each.url.endswith("/view") and each.status == 200):
        await search.fill("another")
    await expect(tab.get_by_text("No chat has “another” in its name.").first).to_be_visible()
    await expect(search).to_be_focused()
    assert states == [401, 201, 200]
    assert client.asked == [True, True]
    await expect(tab.get_by_role("heading", level=1)).to_have_text("Pump vibrates after firmware update")


PROBLEMS = [
    ("resourceRequiresConsent", "Allow Chat Sync to see who you are", "Continue"),
    ("CancelledByUser", "You are not signed in", "Continue"),
    ("resourceDisabled", "Chat Sync is not set up for this tab yet", "Try again"),
    ("anything else", "Teams could not sign you in", "Try again"),
]


@pytest.mark.parametrize(("refusal", "title", "button"), PROBLEMS)
async def test_without_a_token_the_page_asks_only_after_a_click(
    client: TeamsClient, refusal: str, title: str, button: str
) -> None:
    client.refusal = refusal
    tab = await client.open()
    await expect(tab.get_by_role("heading", level=1)).to_have_text(title)
    assert client.asked == [True]
    ((reason, *_),) = await client.calls("appInitialization.expectedFailure")
    assert reason in {"PermissionError", "Other"}
    await tab.get_by_role("button", name=button).click()
    await expect(tab.get_by_role("heading", level=1)).to_have_text(title)
    client.consents = True
    await tab.get_by_role("button", name=button).click()
    await expect(tab.get_by_role("heading", name="My chats about records")).to_be_visible()
    assert client.asked == [True, False, False]


async def test_a_page_around_it_that_never_answers_gets_a_readable_page(client: TeamsClient) -> None:
    client.answers = False
    await client.page.clock.install()
    tab = await client.open()
    await expect(tab.get_by_role("heading", name="Loading")).to_be_visible()
    await client.page.clock.run_for(8_500)
    await expect(tab.get_by_role("heading", level=1)).to_have_text("Open Chat Sync in Microsoft Teams")
    assert client.asked == []
    async with client.page.expect_request(TAB):
        await tab.get_by_role("button", name="Try again").click()


async def test_a_late_answer_of_teams_still_opens_the_tab(client: TeamsClient) -> None:
    client.answers = False
    await client.page.clock.install()
    tab = await client.open()
    await expect(tab.get_by_role("heading", name="Loading")).to_be_visible()
    await client.page.clock.run_for(8_500)
    await expect(tab.get_by_role("heading", level=1)).to_have_text("Open Chat Sync in Microsoft Teams")
    await client.page.evaluate("answerLate()")
    await expect(tab.get_by_role("heading", name="My chats about records")).to_be_visible()


async def test_a_page_of_its_own_says_where_to_open_it(client: TeamsClient) -> None:
    await client.open()
    await client.page.goto(TAB)
    await expect(client.page.get_by_role("heading", level=1)).to_have_text("Open Chat Sync in Microsoft Teams")


async def test_messages_of_other_windows_change_nothing(client: TeamsClient) -> None:
    tab = await client.open()
    await expect(tab.get_by_role("heading", name="My chats about records")).to_be_visible()
    html = tab.locator("html")
    # A page of another site in the same Teams window, and the page itself.
    await client.page.evaluate(
        """() => new Promise((done) => {
          const other = document.createElement("iframe");
          other.src = "https://evil.example/";
          other.onload = done;
          document.body.append(other);
        })"""
    )
    (stranger,) = [each for each in client.page.frames if each.url.startswith("https://evil.example")]
    change = "parent.frames[0].postMessage({ func: 'themeChange', args: ['contrast'] }, '*')"
    await stranger.evaluate(change)
    await html.evaluate("() => window.postMessage({ func: 'themeChange', args: ['contrast'] }, '*')")
    await client.tell("themeChange", "dark")
    await expect(html).to_have_attribute("data-theme", "dark")


async def test_another_site_cannot_frame_the_tab(client: TeamsClient) -> None:
    client.tolerated.append("frame-ancestors")
    async with client.page.expect_console_message(lambda message: "frame-ancestors" in message.text):
        await client.open(address="https://evil.example/")
    assert await client.calls("initialize") == []
    assert client.asked == []


async def test_the_focus_goes_to_teams_at_both_ends_and_comes_back(client: TeamsClient) -> None:
    tab = await client.open()
    await expect(tab.get_by_role("heading", name="My chats about records")).to_be_visible()
    await client.tell("focusEnter", True)
    await expect(tab.get_by_role("button", name="New chat")).to_be_focused()
    await client.page.keyboard.press("Shift+Tab")
    await client.page.wait_for_function("calls.some(([name]) => name === 'returnFocus')")
    last = tab.locator("a[href]:visible, button:visible, input:visible").last
    await client.tell("focusEnter", False)
    await expect(last).to_be_focused()
    await client.page.keyboard.press("Tab")
    await client.page.wait_for_function("calls.filter(([name]) => name === 'returnFocus').length === 2")
    assert await client.calls("returnFocus") == [[False], [True]]
    await expect(last).to_be_focused()


async def test_a_client_without_this_capability_keeps_the_focus_of_the_browser(client: TeamsClient) -> None:
    client.supports = ()
    tab = await client.open()
    await tab.get_by_role("button", name="New chat").focus()
    await client.page.keyboard.press("Shift+Tab")
    await expect(client.page.locator("#before")).to_be_focused()
    assert await client.calls("returnFocus") == []


async def test_the_tab_works_if_the_browser_blocks_all_cookies_and_storage(
    world: World, sign_in: FakeSignIn, tmp_path: Path
) -> None:
    preferences = tmp_path / "Default/Preferences"
    preferences.parent.mkdir()
    preferences.write_text(json.dumps({"profile": {"default_content_setting_values": {"cookies": 2}}}))
    options: Any = {"executable_path": chromium(with_profile=True), "args": CHROMIUM_OPTIONS, "locale": "en-US"}
    async with async_playwright() as driver, await driver.chromium.launch_persistent_context(tmp_path, **options) as it:
        client = TeamsClient(world, await it.new_page(), token=sign_in.tab_token(ADELE.object_id))
        tab = await client.open()
        await expect(tab.get_by_role("heading", name="My chats about records")).to_be_visible()
        is_blocked = "() => { try { localStorage; return false; } catch { return true; } }"
        assert await tab.locator("html").evaluate(is_blocked)
        assert await it.cookies() == []
        await it.unroute_all(behavior="ignoreErrors")


async def test_the_tab_of_a_group_chat_shows_its_records_and_opens_the_dialogs_of_the_bot(client: TeamsClient) -> None:
    client.context["chatId"] = GROUP
    tab = await client.open()
    await expect(tab.get_by_role("heading", level=1)).to_have_text("Records of this chat 2")
    record = tab.get_by_role("listitem").filter(has_text="CAS-01001").first
    await expect(record).to_contain_text("Priority Normal → High, posted: every change")
    # Chats of other records, and their search, have no place here.
    await expect(tab.get_by_role("button", name="New chat")).to_be_hidden()
    await expect(tab.get_by_label("Find a chat by name")).to_be_hidden()
    await record.get_by_role("button", name="Notifications Pump vibrates after firmware update").click()
    dialog = tab.get_by_role("dialog")
    await expect(dialog).to_contain_text("Mute")
    await client.page.keyboard.press("Escape")
    connect = tab.get_by_role("button", name="Connect a record")
    await connect.click()
    await expect(dialog.get_by_role("combobox", name="Record")).to_be_visible()
    await client.page.keyboard.press("Escape")
    await expect(connect).to_be_focused()


async def test_a_poll_shows_a_mute_and_keeps_the_focus_and_the_row(client: TeamsClient, world: World) -> None:
    client.context["chatId"] = GROUP
    await client.page.clock.install()
    tab = await client.open()
    record = tab.get_by_role("listitem").filter(has_text="CAS-01001").first
    rules = record.get_by_role("button", name="Notifications")
    await rules.focus()
    await world.say("mute 1h", person=ALEX)
    await world.settle()
    async with client.page.expect_response(lambda each: each.url.endswith("/pane/chat")):
        await client.page.clock.run_for(36_000)
    await expect(tab.locator(".chat-mute")).to_contain_text("Muted by Alex Wilber until")
    await expect(rules).to_be_focused()
    await world.say("mute off", person=ALEX)
    await world.settle()


async def test_a_record_is_disconnected_and_the_disconnect_undone(
    client: TeamsClient, world: World, sign_in: FakeSignIn
) -> None:
    client.context["chatId"] = GROUP
    client.token = sign_in.tab_token(MEGAN.object_id)
    tab = await client.open()
    record = tab.get_by_role("listitem").filter(has_text="CAS-01001")
    await tab.get_by_role("button", name="Disconnect Pump vibrates after firmware update").click()
    dialog = tab.get_by_role("dialog")
    await expect(dialog).to_contain_text("Disconnect CAS-01001 from this chat?")
    await dialog.get_by_role("button", name="Disconnect").click()
    await expect(record).to_have_count(0)
    undo = tab.get_by_role("button", name="Undo")
    await expect(undo).to_be_focused()
    await undo.click()
    await expect(record).to_have_count(1)
    await world.settle()


LOOKS = [(width, theme) for width in (300, 1280) for theme in ("default", "dark", "contrast")]


@pytest.mark.parametrize(("width", "theme"), LOOKS)
async def test_the_tab_fits_and_breaks_no_rule_of_accessibility(client: TeamsClient, width: int, theme: str) -> None:
    await client.page.set_viewport_size({"width": width, "height": 900})
    client.context.update(chatId=GROUP, theme=theme)
    tab = await client.open()
    await expect(tab.get_by_role("heading", level=1)).to_contain_text("Records of this chat")
    frame = client.page.frames[1]
    assert await frame.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert await violations(frame) == []
