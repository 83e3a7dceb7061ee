"""The page of a row in Chromium."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, Route, async_playwright, expect

from tests.e2e.tools import CHROMIUM_OPTIONS, chromium, what_is_missing
from tests.sandbox.wire import CASE, CASE_ID, Api, Client
from tests.tiers import missing

pytestmark = pytest.mark.e2e


@pytest.fixture
async def page(client: Client) -> AsyncIterator[Page]:
    """Open the page of the first case."""
    lacking = what_is_missing()
    if lacking:
        missing(lacking)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_OPTIONS)
        opened = await browser.new_page()
        await opened.goto(str(client.make_url(f"/sandbox/tables/incident/{CASE_ID}")))
        yield opened
        await browser.close()


async def save(page: Page) -> None:
    await page.get_by_role("button", name="Save").click()


async def test_a_saved_change_is_confirmed(page: Page, api: Api) -> None:
    await page.get_by_label("Priority").select_option("High")
    await save(page)
    await expect(page.get_by_role("status")).to_have_text("Saved. Priority is now High.")
    case = await api.get(f"{CASE}?$select=prioritycode,_modifiedby_value")
    assert (case["prioritycode"], case["_modifiedby_value"][-2:]) == (1, "20")


async def test_only_what_was_changed_is_sent(page: Page) -> None:
    async with page.expect_request(lambda request: request.method == "PATCH") as caught:
        await page.get_by_label("Vibration").check()
        await page.get_by_label("Resolve By (UTC)").fill("2026-12-01T10:11:12")
        await save(page)
    request = await caught.value
    assert request.post_data_json == {"cs_symptoms": "1,6", "resolveby": "2026-12-01T10:11:12.000Z"}
    assert request.headers["callerobjectid"] == "00000000-0000-0000-0000-000000000020"
    assert request.headers["if-match"].startswith('W/"')


async def test_without_a_change_nothing_is_sent(page: Page, api: Api) -> None:
    before = await api.get(CASE)
    await save(page)
    await expect(page.get_by_role("status")).to_have_text("There are no changes to save.")
    assert await api.get(CASE) == before


async def test_a_second_change_follows_the_first(page: Page, api: Api) -> None:
    for label in ("High", "Low"):
        await page.get_by_label("Priority").select_option(label)
        await save(page)
        await expect(page.get_by_role("status")).to_have_text(f"Saved. Priority is now {label}.")
    assert (await api.get(f"{CASE}?$select=prioritycode"))["prioritycode"] == 3


async def test_a_status_reason_selects_its_state(page: Page, api: Api) -> None:
    await page.get_by_label("Status Reason").select_option("Problem Solved")
    await save(page)
    await expect(page.get_by_role("status")).to_have_text(
        "Saved. Status is now Resolved, Status Reason is now Problem Solved."
    )
    assert (await api.get(f"{CASE}?$select=statecode"))["statecode"] == 1


async def test_a_row_changed_by_another_user_is_not_overwritten(page: Page, api: Api) -> None:
    await api.patch(CASE, {"prioritycode": 3}, person=21)
    await page.get_by_label("Priority").select_option("High")
    await save(page)
    await expect(page.get_by_role("status")).to_contain_text("Megan Bowen changed this case on ")
    assert (await api.get(f"{CASE}?$select=prioritycode"))["prioritycode"] == 3


async def test_a_person_without_write_access_sees_an_error(page: Page) -> None:
    await page.get_by_label("Acting as").select_option("Patti Fernandez – reads EMEA cases")
    await page.get_by_role("button", name="Switch").click()
    await page.get_by_label("Priority").select_option("High")
    await save(page)
    await expect(page.get_by_role("status")).to_contain_text("Patti Fernandez cannot change this case.")


async def test_an_invalid_value_shows_an_error(page: Page) -> None:
    await page.get_by_label("Operating Hours").fill("-5")
    await save(page)
    await expect(page.get_by_role("status")).to_contain_text("Not saved.")
    await expect(page.get_by_role("status")).to_contain_text("outside the valid range")


async def test_the_page_works_with_the_keyboard(page: Page) -> None:
    await page.get_by_label("Serial Number").focus()
    await page.keyboard.press("Control+A")
    await page.keyboard.type("AQ-1")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_have_text("Saved. Serial Number is now AQ-1.")


@pytest.mark.parametrize("path", [f"tables/incident/{CASE_ID}", "chats"])
async def test_a_button_waits_for_the_script_of_its_page(page: Page, client: Client, path: str) -> None:
    held = asyncio.Event()

    async def hold(route: Route) -> None:
        await held.wait()
        await route.continue_()

    await page.route("**/*.js", hold)
    await page.goto(str(client.make_url(f"/sandbox/{path}")), wait_until="commit")
    buttons = page.locator("main button")
    await expect(buttons.first).to_be_visible()
    assert [await each.text_content() for each in await buttons.all() if await each.is_enabled()] == []
    held.set()
    await expect(page.locator("main button:disabled")).to_have_count(0)
