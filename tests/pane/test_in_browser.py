"""The pane in Chromium, in the sandbox: a person sees the chats of a record, and joins one."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect

from tests.patience import PATIENCE_S
from tests.process.bot_process import BotProcess
from tests.steps.accessibility import LOOKS, check, look_name
from tests.steps.browser import become, watched_page

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

NAME = "Pump <b>team</b>"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def connected(bot: BotProcess, browser: Browser) -> None:
    await connect_chat(browser, bot)


async def connect_chat(browser: Browser, bot: BotProcess) -> None:
    """Create a chat of Alex, Megan, and Adele that is connected to the first case."""
    page = await browser.new_page(locale="en-US")
    page.set_default_timeout(PATIENCE_S * 1000)
    await page.goto(f"{bot.url}/sandbox/chats")
    await page.get_by_role("button", name="Create chat").click()
    await page.get_by_role("button", name="@ Mention").click()
    await page.keyboard.type("connect CAS-01001 quiet")
    await page.keyboard.press("Enter")
    await page.locator("#messages .card").filter(has_text="is connected").wait_for()
    await page.get_by_role("button", name=re.compile("^People")).click()
    await page.get_by_label("Name", exact=True).fill(NAME)
    await page.get_by_role("button", name="Rename").click()
    await expect(page.get_by_role("heading", name=NAME)).to_have_count(1)
    # Patti can change the case, and is not in the chat.
    await page.get_by_role("button", name="Remove Adele Vance").click()
    await expect(page.get_by_role("button", name="Add Adele Vance")).to_have_count(1)
    await page.close()


@pytest_asyncio.fixture(loop_scope="module")
async def page(
    bot: BotProcess, browser: Browser, connected: None, request: pytest.FixtureRequest
) -> AsyncIterator[Page]:
    """Open the pane beside the first case. Chromium itself reports each refusal of the server."""
    async with watched_page(browser, ["status of 403"], **getattr(request, "param", {})) as opened:
        await opened.goto(f"{bot.url}/pane?host=sandbox#table=incident&id={await bot.row('CAS-01001')}")
        yield opened


async def test_a_person_sees_the_connected_chat_and_joins_it(page: Page) -> None:
    await become(page, "Adele Vance")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Pump vibrates after firmware update")
    chats = page.get_by_role("region", name="Connected to this record")
    row = chats.get_by_role("listitem").filter(has_text=NAME)
    await expect(row).to_contain_text("You can join this chat and see its full history.")
    await row.get_by_role("button", name=f"Join {NAME}", exact=True).click()
    await expect(page.locator("#notice")).to_contain_text("You joined the chat about CAS-01001.")
    opens = row.get_by_role("link", name=f"Open in Teams {NAME}")
    await expect(opens).to_be_visible()
    await expect(row.get_by_role("button", name="Join")).to_have_count(0)
    assert await page.locator("#content :is(b, img:not(.photo), script)").count() == 0
    # Only one person at a time, and nothing of the one before.
    await page.get_by_role("button", name="Change").click()
    await expect(page.get_by_role("heading", name="Choose a person")).to_be_focused()
    assert await page.get_by_text(NAME).count() == 0


async def test_nothing_of_a_person_reaches_the_next_one(page: Page) -> None:
    late = asyncio.Event()

    async def answer_late(route: Route) -> None:
        await late.wait()
        await route.fulfill(json={"text": "Megan Bowen disconnected CAS-01001.", "isQuestion": False})

    await become(page, "Megan Bowen")
    search = page.get_by_label("Find a chat by name")
    await search.fill(NAME)
    await page.route("**/pane/disconnect", answer_late)
    chats = page.get_by_role("region", name="Connected to this record")
    await chats.get_by_role("button", name=f"More actions {NAME}").click()
    await page.get_by_role("menuitem", name="Disconnect").click()
    await page.get_by_role("dialog").get_by_role("button", name="Disconnect").click()
    await page.get_by_role("button", name="Change").click()
    await expect(page.get_by_role("heading", name="Choose a person")).to_be_focused()
    async with page.expect_response("**/pane/disconnect"):
        late.set()
    await become(page, "Alex Wilber")
    await expect(search).to_have_value("")
    await expect(page.locator("#notice")).to_be_hidden()
    await page.unroute("**/pane/disconnect")


async def test_a_disconnect_is_asked_for_and_undone_by_keyboard(page: Page) -> None:
    await page.get_by_role("button", name="Megan Bowen").focus()
    await page.keyboard.press("Enter")
    chats = page.get_by_role("region", name="Connected to this record")
    more = chats.get_by_role("button", name=f"More actions {NAME}")
    await more.focus()
    await page.keyboard.press("ArrowUp")
    await expect(page.get_by_role("menuitem", name="Disconnect")).to_be_focused()
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text(f"Disconnect “{NAME}” from CAS-01001?")
    await page.keyboard.press("Escape")
    await expect(more).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")
    await dialog.get_by_role("button", name="Disconnect").focus()
    await page.keyboard.press("Enter")
    undo = page.get_by_role("button", name="Undo")
    await expect(undo).to_be_focused()
    await expect(chats).to_contain_text("No chat is connected to this record.")
    await page.keyboard.press("Enter")
    await expect(chats.get_by_role("heading", name=NAME)).to_have_count(1)


async def test_the_tabs_work_with_arrow_keys(page: Page) -> None:
    await become(page, "Alex Wilber")
    await page.get_by_role("tab", name="Chats").focus()
    headings = {"Channels": "General", "Timeline": NAME, "People": "Adele Vance"}
    for name, heading in headings.items():
        await page.keyboard.press("ArrowRight")
        tab = page.get_by_role("tab", name=name)
        await expect(tab).to_be_focused()
        await expect(tab).to_have_attribute("aria-selected", "true")
        await expect(page.get_by_role("tabpanel").get_by_role("heading", name=heading)).to_have_count(1)
        assert await page.locator('[role="tab"][tabindex="0"]').count() == 1
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_role("tab", name="Chats")).to_be_focused()
    await page.keyboard.press("End")
    await expect(page.get_by_role("tab", name="People")).to_be_focused()
    await page.keyboard.press("Home")
    await expect(page.get_by_role("tab", name="Chats")).to_be_focused()
    await expect(page.get_by_role("tabpanel")).to_have_count(1)


async def test_suggested_contacts_and_people_who_look_at_the_record_have_photos(page: Page, bot: BotProcess) -> None:
    other = await page.context.new_page()
    await other.goto(page.url)
    await become(other, "Megan Bowen")
    await expect(other.get_by_role("heading", level=1)).to_have_text("Pump vibrates after firmware update")
    await become(page, "Alex Wilber")
    viewers = page.get_by_role("region", name="Also viewing this record")
    await expect(viewers.get_by_role("heading", name="Megan Bowen")).to_have_count(1)
    suggested = page.get_by_role("region", name="Suggested contacts")
    adele = suggested.get_by_role("listitem").filter(has_text="Adele Vance")
    await expect(adele).to_contain_text("Owner")
    start = adele.get_by_role("link", name="Start chat Adele Vance")
    await expect(start).to_have_attribute("href", re.compile("^https://teams.microsoft.com/l/chat/0/0"))
    photo = adele.locator("img.photo")
    await expect(photo).to_have_attribute("src", re.compile("^data:image/png;base64,"))
    assert await photo.evaluate("image => image.decode().then(() => image.naturalWidth)") == 48
    await other.close()


LONG = "<i>مضخة</i> " + "Überdruck\u202epump " * 30


async def test_people_with_long_names_in_any_direction_look_right(page: Page) -> None:
    """Answer for the server: names of 400 characters, with markup and right to left, and a person without a photo."""

    async def answer(route: Route) -> None:
        response = await route.fetch()
        view = await response.json()
        for section in view.get("sections", []):
            for person in section["people"]:
                person.update(name=LONG[:400], title=LONG[:400], photo="")
        await route.fulfill(response=response, json=view)

    await page.route(re.compile("/pane/view$"), answer)
    await become(page, "Alex Wilber")
    suggested = page.get_by_role("region", name="Suggested contacts")
    await expect(suggested.get_by_role("heading", level=3).first).to_contain_text("<i>مضخة</i>")
    assert await page.locator("#suggested :is(i, script)").count() == 0
    await expect(suggested.locator(".initials").first).to_have_text("IÜ")
    for width in (300, 1280):
        await page.set_viewport_size({"width": width, "height": 800})
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_a_poll_shows_changes_and_keeps_the_focus(page: Page, bot: BotProcess) -> None:
    await page.clock.install()
    await page.reload()
    await become(page, "Alex Wilber")
    search = page.get_by_label("Find a chat by name")
    chats = page.get_by_role("region", name="Connected to this record")
    await expect(chats.get_by_role("heading", name=NAME)).to_have_count(1)
    await search.focus()
    row = await chats.get_by_role("listitem").first.element_handle()
    await post_message(bot, "connect CAS-01002 quiet")
    async with page.expect_response(lambda response: response.url.endswith("/pane/view")):
        await page.clock.run_for(36_000)
    await expect(search).to_be_focused()
    assert row
    assert await row.evaluate("row => row.isConnected")


async def fail(page: Page, status: int, kind: str, text: str) -> None:
    """Make the server answer each request for a view or a poll like this."""
    error = {"error": {"kind": kind, "text": text, "nextStep": "Try again in a moment."}}

    async def answer(route: Route) -> None:
        await route.fulfill(status=status, json=error)

    await page.route(re.compile("/pane/(view|poll)$"), answer)


async def test_a_passing_failure_keeps_what_is_shown_and_a_lost_right_does_not(page: Page) -> None:
    await page.clock.install()
    await page.reload()
    await become(page, "Alex Wilber")
    name = page.get_by_role("heading", name=NAME)
    await expect(name).to_have_count(1)
    await fail(page, 403, "unavailable", "Dynamics 365 is not responding.")
    await page.clock.run_for(36_000)
    await expect(page.locator("#banner")).to_contain_text("Dynamics 365 is not responding. Shown as of")
    await expect(name).to_have_count(1)
    await page.unroute_all()
    # On a slow machine, the next poll has ended the failure already.
    await page.locator("#banner button").dispatch_event("click")
    await expect(page.locator("#banner")).to_be_hidden()
    await fail(page, 403, "notFound", "This case does not exist, or you do not have access to it.")
    await page.clock.run_for(36_000)
    await expect(page.get_by_role("heading", level=1)).to_contain_text("This case does not exist")
    await expect(name).to_have_count(0)
    await expect(page.get_by_text("Pump vibrates")).to_have_count(0)


async def test_an_ended_session_asks_to_sign_in_again(page: Page) -> None:
    await become(page, "Alex Wilber")
    await expect(page.get_by_role("heading", name=NAME)).to_have_count(1)
    await fail(page, 403, "signedOut", "You are not signed in, or your session has ended.")
    await page.get_by_role("tab", name="Timeline").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("your session has ended")
    await expect(page.get_by_role("heading", name=NAME)).to_have_count(0)
    await page.unroute_all()
    await page.get_by_role("button", name="Sign in again").click()
    await become(page, "Alex Wilber")
    await expect(page.get_by_role("heading", name=NAME)).to_have_count(1)


async def post_message(bot: BotProcess, text: str) -> None:
    """Connect the chat to another record as Alex, in the sandbox's own chat client."""
    async with bot.session.get(f"{bot.url}/sandbox/chats") as answer:
        chat = re.findall(r'/sandbox/chats/([^"/]+)"', await answer.text())[0]
    person = "00000000-0000-0000-0000-000000000020"
    body = {"person": person, "text": f"@Chat Sync {text}"}
    async with bot.session.post(f"{bot.url}/sandbox/chats/{chat}/messages", json=body) as answer:
        assert answer.status < 300, await answer.text()


async def test_the_page_around_this_one_names_the_record(page: Page, bot: BotProcess) -> None:
    await page.goto(f"{bot.url}/")
    row = await bot.row("CAS-01002")
    await page.goto(f"{bot.url}/pane?host=sandbox")
    await become(page, "Alex Wilber")
    await expect(page.get_by_role("heading", name="My chats about records")).to_be_visible()
    # A message of another window, or with another shape, changes nothing.
    await page.evaluate("row => window.postMessage({ v: 1, kind: 'record', table: 'incident', id: row }, '*')", row)
    await expect(page.get_by_role("heading", name="My chats about records")).to_be_visible()
    await page.evaluate("row => { location.hash = `table=incident&id=${row}`; }", row)
    await expect(page.locator("#record")).to_contain_text("CAS-01002")
    await page.evaluate("() => { location.hash = 'table=incident'; }")
    await expect(page.get_by_role("heading", name="Save the record first")).to_be_visible()


@pytest.mark.parametrize("address", ["/pane", "/pane/settings"])
async def test_no_person_can_be_chosen_while_another_signs_in_or_out(page: Page, bot: BotProcess, address: str) -> None:
    may_go_on = asyncio.Event()

    async def go_on_late(route: Route) -> None:
        await may_go_on.wait()
        await route.continue_()

    await page.goto(f"{bot.url}{address}?host=sandbox")
    await page.route("**/pane/session", go_on_late)
    list_of_people, loading = page.locator("#people"), page.get_by_role("heading", name="Loading")
    for button in ("Alex Wilber", "Change"):
        may_go_on.clear()
        async with page.expect_request("**/pane/session"):
            await page.get_by_role("button", name=button).first.click()
        await expect(loading).to_be_visible()
        await expect(list_of_people).to_be_hidden()
        may_go_on.set()
        await expect(loading).to_be_hidden()
    await become(page, "Isaiah Langer")


@pytest.mark.parametrize("page", LOOKS, indirect=True, ids=look_name)
async def test_every_view_fits_and_breaks_no_rule_of_accessibility(page: Page) -> None:
    await check(page)
    await become(page, "Isaiah Langer")
    await expect(page.get_by_text("Locked.").first).to_be_visible()
    await check(page)
    await expect(page.locator("#suggested .person").first).to_be_visible()
    await check(page)
    for tab, heading in (("Timeline", NAME), ("Channels", "General"), ("People", "Adele Vance")):
        await page.get_by_role("tab", name=tab).click()
        await expect(page.get_by_role("tabpanel").get_by_role("heading", name=heading)).to_have_count(1)
        await check(page)
    await page.get_by_role("button", name="Change").click()
    await become(page, "Lynne Robbins")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("You have no user in Dynamics 365")
    await check(page)


async def test_scripts_choose_the_form_of_the_language(page: Page) -> None:
    forms = {"zero": "0:", "one": "1:", "two": "2:", "few": "3:", "many": "11:", "other": "100:"}
    templates = "".join(f'<p data-name="n" data-plural="{name}">{each}{{count}}</p>' for name, each in forms.items())
    script = await page.locator('script[src$="/main.js"]').get_attribute("src")

    async def arabic(route: Route) -> None:
        texts = f'<template id="texts">{templates}<p data-name="name">{{name}}</p></template>'
        await route.fulfill(content_type="text/html", body=f'<!doctype html><html lang="ar" dir="rtl">{texts}</html>')

    await page.route("**/pane?host=arabic", arabic)
    await page.goto(page.url.partition("?")[0] + "?host=arabic")
    texts = await page.evaluate(
        """async (address) => {
          const { plural, sentences, text } = await import(address);
          const shown = [0, 1, 2, 5, 11, 100, 1234].map((each) => plural("n", each));
          return [...shown, text("name", { name: "Alex (A)" }), sentences("A.", "", "B.")];
        }""",
        str(script).replace("main.js", "texts.js"),
    )
    assert texts == ["0:0", "1:1", "2:2", "3:5", "11:11", "100:100", "11:1,234", "\u2068Alex (A)\u2069", "A. B."]
