"""The settings page in Chromium, in the sandbox: administrators change settings, also by keyboard alone."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from functools import partial

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Dialog, FilePayload, Locator, Page, Route, expect

from tests.patience import PATIENCE_S, until
from tests.process.bot_process import BotProcess
from tests.steps.accessibility import LOOKS, check, look_name, violations
from tests.steps.browser import become, tab_to, watched_page

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

SECTIONS = ("General", "Record types", "Notifications", "History", "Export and import")


@pytest_asyncio.fixture(loop_scope="module")
async def page(bot: BotProcess, browser: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Page]:
    """Open the settings page. Chromium itself reports each refusal of the server."""
    async with watched_page(browser, ["status of 40"], **getattr(request, "param", {})) as opened:
        await opened.goto(f"{bot.url}/pane/settings?host=sandbox")
        yield opened


async def section(page: Page, name: str) -> Locator:
    """Open the section; return it."""
    await page.get_by_role("navigation", name="Settings").get_by_role("link", name=name).click()
    await expect(page.get_by_role("heading", name=name, level=2)).to_be_focused()
    return page.get_by_role("region", name=name)


async def open_case(page: Page) -> Locator:
    """Open the form of cases; return it."""
    types = await section(page, "Record types")
    await types.get_by_role("button", name="Change Case", exact=True).click()
    await expect(types.get_by_label("Include a note")).to_be_visible()
    return types


async def has_step(bot: BotProcess, column: str) -> bool:
    """Check whether Dataverse sends events about the column."""
    url = f"{bot.url}/sandbox/api/data/v9.2/sdkmessageprocessingsteps?$select=filteringattributes"
    async with bot.session.get(url) as answer:
        steps = (await answer.json())["value"]
    return any(column in (each["filteringattributes"] or "").split(",") for each in steps)


async def test_a_new_key_field_takes_effect_in_a_chat(page: Page, browser: Browser, bot: BotProcess) -> None:
    chat = await browser.new_page(locale="en-US")
    chat.set_default_timeout(PATIENCE_S * 1000)
    await chat.goto(f"{bot.url}/sandbox/chats")
    await chat.get_by_role("button", name="Create chat").click()
    await chat.get_by_role("button", name="@ Mention").click()
    await chat.keyboard.type("connect CAS-01002 quiet")
    await chat.keyboard.press("Enter")
    await chat.locator("#messages .card").filter(has_text="is connected").wait_for()

    await become(page, "Alex Wilber")
    types = await open_case(page)
    fields = types.get_by_role("combobox", name=re.compile("^Key fields"))
    await fields.fill("title")
    await page.get_by_role("option", name="Case Title (title)").click()
    await types.get_by_role("button", name="Save", exact=True).click()
    result = types.get_by_role("group").filter(has_text="Saved. The change is active.")
    await expect(result).to_be_focused()
    await expect(result).to_contain_text("Case · Key fields: prioritycode, statecode, statuscode → ")
    await expect(types.get_by_role("listitem").filter(has_text="Case")).to_contain_text("4 key fields")

    # Dataverse sends no event before the step of the webhook has the new column.
    await until(partial(has_step, bot, "title"))
    await bot.save("CAS-01002", {"title": "Seal leaks at night"})
    await chat.locator("#messages .card").filter(has_text="Seal leaks at night").wait_for()
    await chat.close()

    history = await section(page, "History")
    row = history.get_by_role("row").filter(has_text="Case · Key fields")
    await expect(row).to_contain_text("Alex Wilber")
    await expect(row.get_by_role("cell").last).to_have_text("Priority, Status, Status Reason, Case Title")


async def test_everyone_else_learns_whom_to_ask(page: Page) -> None:
    await become(page, "Isaiah Langer")
    heading = page.get_by_role("heading", level=1)
    await expect(heading).to_have_text(
        "Only people with the security role System Administrator can see and change the settings."
    )
    await expect(page.locator("#state .next")).to_contain_text("Ask one of them to make the change")
    await expect(page.get_by_role("navigation")).to_have_count(0)
    assert await violations(page) == []


async def test_the_second_of_two_tabs_sees_both_values(page: Page, browser: Browser, bot: BotProcess) -> None:
    await become(page, "Alex Wilber")
    mine = await open_case(page)
    other = await browser.new_page(locale="en-US")
    other.set_default_timeout(PATIENCE_S * 1000)
    await other.goto(f"{bot.url}/pane/settings?host=sandbox#record-types")
    await become(other, "Alex Wilber")
    theirs = await open_case(other)
    await theirs.get_by_label("What the card of a pasted link shows").select_option("The record type")
    await theirs.get_by_role("button", name="Save", exact=True).click()
    await expect(theirs).to_contain_text("Saved. The change is active.")
    await other.close()

    await mine.get_by_label("Name new chats after the record").check()
    await mine.get_by_role("button", name="Save", exact=True).click()
    await expect(mine).to_contain_text("Alex Wilber saved these changes while this page was open")
    await expect(mine).to_contain_text("Type, number, and name → The record type")
    await expect(mine).to_contain_text("Your changes are not saved yet.")
    await expect(mine.get_by_label("Name new chats after the record")).to_be_checked()
    await mine.get_by_role("button", name="Save", exact=True).click()
    await expect(mine).to_contain_text("Case · Name new chats after the record: Off → On")


def file(content: str, name: str = "settings.json") -> FilePayload:
    return {"name": name, "mimeType": "application/json", "buffer": content.encode()}


async def test_settings_move_as_files(page: Page) -> None:
    await become(page, "Alex Wilber")
    files = await section(page, "Export and import")
    async with page.expect_download() as download:
        await files.get_by_role("button", name="Download the settings").click()
    saved = await download.value
    assert saved.suggested_filename == "chat-sync-settings-localhost-sandbox.json"
    body = json.loads(await asyncio.to_thread((await saved.path()).read_text, encoding="utf-8"))
    body["record_types"]["account"]["join"] = True
    await files.get_by_label("Settings file").set_input_files([file(json.dumps(body))])
    result = page.locator("#import-result")
    await expect(result).to_be_focused()
    await expect(result.get_by_role("table", name="These settings will change")).to_contain_text(
        "Account · Let people join connected chats"
    )
    assert await violations(page) == []
    await result.get_by_role("button", name="Save").click()
    await expect(result).to_contain_text("Saved. The change is active.")
    await expect(result.get_by_role("button")).to_have_count(0)
    # The same file again changes nothing.
    await files.get_by_label("Settings file").set_input_files([file(json.dumps(body))])
    await expect(result).to_contain_text("There is nothing to change.")


async def test_a_file_that_is_no_export_is_refused_with_the_reason(page: Page) -> None:
    await become(page, "Alex Wilber")
    files = await section(page, "Export and import")
    chooser, result = files.get_by_label("Settings file"), page.locator("#import-result")
    bad: list[tuple[FilePayload, str]] = [
        ({"name": "a.png", "mimeType": "image/png", "buffer": b"\x89PNG"}, "This is not a settings file."),
        (file(""), "This file is empty."),
        ({"name": "a.json", "mimeType": "application/json", "buffer": b"\xff\xfe{\x00"}, "not text in UTF-8"),
        (file("x" * 100_001), "This file is too large"),
        (file("{"), "This is not JSON"),
        (file('{"format": 1, "record_types": {"incident": {"join": "<b>"}}}'), "This must be true or false."),
    ]
    for payload, reason in bad:
        await chooser.set_input_files([payload])
        await expect(result).to_contain_text(reason)
        await expect(result).to_be_focused()
        await expect(result.get_by_role("button")).to_have_count(0)
    assert await result.locator("b").count() == 0
    assert await violations(page) == []


async def test_unsaved_changes_are_not_lost_without_a_question(page: Page) -> None:
    await become(page, "Alex Wilber")
    types = await open_case(page)
    changed = types.get_by_label("Record owner can disconnect")
    await changed.check()
    await page.get_by_role("link", name="History").click()
    question = page.get_by_role("dialog")
    await expect(question).to_contain_text("Leave without saving?")
    await question.get_by_role("button", name="Stay").click()
    await expect(changed).to_be_checked()
    # Also not by the button that ignores the inputs, by the browser's own one, or by a refresh.
    await types.get_by_role("button", name="Default value rule").click()
    await question.get_by_role("button", name="Stay").click()
    await page.go_back()
    await question.get_by_role("button", name="Stay").click()
    await expect(changed).to_be_checked()
    asked: list[str] = []

    async def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        await dialog.dismiss()

    page.on("dialog", stay)
    await page.evaluate("() => { location.reload(); }")
    await expect(changed).to_be_checked()
    assert asked == ["beforeunload"]
    await page.get_by_role("link", name="History").click()
    await question.get_by_role("button", name="Leave without saving").click()
    await expect(page.get_by_role("heading", name="History", level=2)).to_be_focused()
    await page.go_back()
    await expect(page.get_by_role("region", name="Record types")).to_be_visible()


async def test_an_ended_session_keeps_what_was_entered(page: Page) -> None:
    await become(page, "Alex Wilber")
    types = await open_case(page)
    changed = types.get_by_label("Record owner can disconnect")
    await changed.check()
    error = {"error": {"kind": "signedOut", "text": "Your session has ended.", "nextStep": "Sign in again."}}
    await page.route(re.compile("/pane/dialog$"), lambda route: route.fulfill(status=401, json=error))
    await types.get_by_role("button", name="Save", exact=True).click()
    await expect(page.locator("#banner")).to_contain_text("Your session has ended.")
    await page.unroute_all()
    await page.get_by_role("button", name="Sign in again").click()
    await become(page, "Alex Wilber")
    await expect(changed).to_be_checked()
    await types.get_by_role("button", name="Save", exact=True).click()
    await expect(types).to_contain_text("Case · Record owner can disconnect: Off → On")


async def test_another_person_sees_nothing_of_the_one_before(page: Page) -> None:
    await become(page, "Alex Wilber")
    await open_case(page)
    await page.get_by_role("button", name="Change", exact=True).first.click()
    await become(page, "Isaiah Langer")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Only people with the security role")
    assert await page.locator("#content :is(.card, .type, option[value^=localhost])").count() == 0
    await page.get_by_role("button", name="Change", exact=True).first.click()
    await become(page, "Alex Wilber")
    await expect((await section(page, "History")).get_by_label("Settings of")).to_have_value("")


async def test_a_default_rule_is_previewed_and_saved_by_keyboard_alone(page: Page) -> None:
    await tab_to(page, page.get_by_role("button", name="Alex Wilber"))
    await page.keyboard.press("Enter")
    await tab_to(page, page.get_by_role("link", name="Notifications"))
    await page.keyboard.press("Enter")
    await tab_to(page, page.get_by_role("button", name="Default urgent rule Case"))
    await page.keyboard.press("Enter")
    form = page.get_by_role("region", name="Notifications")
    await expect(form).to_contain_text("Nothing is urgent.")
    await tab_to(page, form.get_by_label("Field"))
    await page.keyboard.type("Priority")
    await press(page, form, "Add condition")
    await expect(form.get_by_role("heading", name="New condition")).to_be_focused()
    await tab_to(page, form.get_by_role("radio").first)
    await page.keyboard.press("ArrowDown")
    await expect(form.get_by_role("radio", name="becomes")).to_be_checked()
    await tab_to(page, form.get_by_role("checkbox", name="High"))
    await page.keyboard.press("Space")
    await press(page, form, "Add")
    await expect(form.get_by_label("Priority becomes High")).to_be_checked()
    await press(page, form, "Preview")
    await expect(form).to_contain_text(re.compile("In the busiest chat|There is no preview"))
    assert await violations(page) == []
    await press(page, form, "Save")
    await expect(form.get_by_role("group").filter(has_text="Saved. The change is active.")).to_be_focused()
    await expect(form.get_by_role("listitem").filter(has_text="Case")).to_contain_text("Priority becomes High")


async def press(page: Page, form: Locator, name: str) -> None:
    """Reach the button by the Tab key, and press it."""
    await tab_to(page, form.get_by_role("button", name=name, exact=True))
    await page.keyboard.press("Enter")


@pytest.mark.parametrize("page", LOOKS, indirect=True, ids=look_name)
async def test_every_section_fits_and_breaks_no_rule_of_accessibility(page: Page) -> None:
    await check(page)
    await become(page, "Alex Wilber")
    await expect(page.get_by_label("Chats", exact=True)).to_be_visible()
    for name in SECTIONS:
        await section(page, name)
        await expect(page.locator("[aria-busy]")).to_have_count(0)
        await check(page)
    await open_case(page)
    await check(page)


async def test_the_page_can_be_read_from_right_to_left(page: Page) -> None:
    await become(page, "Alex Wilber")
    await page.evaluate("() => { document.documentElement.dir = 'rtl'; }")
    types = await open_case(page)
    boxes = types.locator("select")
    assert set(await boxes.evaluate_all("all => all.map((each) => getComputedStyle(each).textAlign)")) == {"right"}
    navigation = await page.get_by_role("navigation", name="Settings").bounding_box()
    content = await page.get_by_role("region", name="Record types").bounding_box()
    assert navigation
    assert content
    assert navigation["x"] > content["x"] + content["width"] - 1
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_only_administrators_get_a_link_to_the_page(page: Page, bot: BotProcess) -> None:
    await page.goto(f"{bot.url}/pane?host=sandbox")
    async with page.expect_response(re.compile("/pane/settings/access$")):
        await become(page, "Isaiah Langer")
    await expect(page.get_by_role("heading", name="My chats about records")).to_be_visible()
    await expect(page.get_by_role("link", name="Settings")).to_have_count(0)
    await page.get_by_role("button", name="Change", exact=True).click()
    await become(page, "Alex Wilber")
    await page.get_by_role("link", name="Settings").click()
    await become(page, "Alex Wilber")
    await expect(page.get_by_role("heading", name="Chat Sync settings")).to_be_visible()
    await page.goto(f"{bot.url}/sandbox/")
    await page.get_by_role("link", name="Settings").click()
    await expect(page.get_by_role("heading", name="Choose a person")).to_be_visible()


async def test_a_sign_out_that_fails_is_told_and_repeated(page: Page) -> None:
    await become(page, "Alex Wilber")
    await expect(page.get_by_role("region", name="General")).to_be_visible()
    await page.route("**/pane/session", lambda route: route.fulfill(status=408))
    await page.get_by_role("button", name="Change", exact=True).first.click()
    await expect(page.get_by_role("heading", name="You are still signed in")).to_be_visible()
    await page.unroute("**/pane/session")
    await page.get_by_role("button", name="Try again").click()
    await expect(page.get_by_role("heading", name="Choose a person")).to_be_visible()


async def test_settings_that_arrive_late_are_not_shown_to_the_next_person(page: Page) -> None:
    late, shown = asyncio.Event(), "**/pane/settings/show"

    async def answer_late(route: Route) -> None:
        answer = await route.fetch()
        await late.wait()
        await route.fulfill(response=answer)

    await page.route(shown, answer_late, times=1)
    async with page.expect_request(shown):
        await become(page, "Alex Wilber")
    await expect(page.get_by_role("heading", name="Choose a person")).to_be_hidden()
    await page.get_by_role("button", name="Change", exact=True).first.click()
    await become(page, "Isaiah Langer")
    refused = page.get_by_role("heading", level=1).filter(has_text="Only people")
    await expect(refused).to_be_visible()
    async with page.expect_response(shown):
        late.set()
    await expect(refused).to_be_visible()
    await expect(page.get_by_role("region", name="General")).to_have_count(0)


async def test_an_administrator_limits_the_pane_to_an_app(page: Page) -> None:
    await become(page, "Alex Wilber")
    general = page.get_by_role("region", name="General")
    await general.get_by_label("Only these apps").check()
    await general.get_by_role("button", name="Save", exact=True).click()
    await expect(general).to_contain_text("Choose at least one app, or all apps.")
    await general.get_by_role("combobox", name=re.compile("^Apps")).fill("service")
    await page.get_by_role("option", name="Contoso Service (contoso_service)").click()
    await general.get_by_role("button", name="Save", exact=True).click()
    result = general.get_by_role("group").filter(has_text="Saved. The change is active.")
    await expect(result).to_contain_text("All model-driven apps, including future ones → contoso_service")
    # The form is there again, with the values that are saved now.
    await expect(general.get_by_role("button", name="Remove Contoso Service (contoso_service)")).to_be_visible()
