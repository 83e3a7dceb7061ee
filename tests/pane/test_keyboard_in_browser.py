"""The pane in Chromium by keyboard alone: a chat is connected and joined, and a refusal keeps the focus (spec P10)."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, Page, Route, expect

from tests.pane.test_in_browser import NAME, connected, page
from tests.process.bot_process import BotProcess
from tests.steps.browser import tab_to

__all__ = ["connected", "page"]
"""Fixtures."""

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]


async def choose_person(page: Page, name: str) -> Locator:
    """Choose the person by keyboard; return the connected chats of the record."""
    await tab_to(page, page.get_by_role("button", name=name))
    await page.keyboard.press("Enter")
    chats = page.get_by_role("region", name="Connected to this record")
    await expect(chats).to_be_visible()
    return chats


async def press(page: Page, button: Locator) -> None:
    await tab_to(page, button)
    await page.keyboard.press("Enter")


async def test_a_chat_is_joined_and_left_connected(page: Page) -> None:
    chats = await choose_person(page, "Adele Vance")
    join = chats.get_by_role("button", name=f"Join {NAME}", exact=True)
    await page.route(re.compile("/pane/join$"), refuse)
    await press(page, join)
    await expect(page.locator("#notice")).to_contain_text("Microsoft Graph is not responding.")
    await expect(join).to_be_focused()
    await page.unroute_all()
    await page.keyboard.press("Enter")
    notice = page.locator("#notice p")
    await expect(notice).to_contain_text("You joined the chat about CAS-01001.")
    await expect(notice).to_be_focused()
    await tab_to(page, chats.get_by_role("link", name=f"Open in Teams {NAME}"))


async def refuse(route: Route) -> None:
    error = {"kind": "unavailable", "text": "Microsoft Graph is not responding.", "nextStep": "Try again in a moment."}
    await route.fulfill(status=403, json={"error": error})


async def test_a_chat_is_connected_to_another_record(page: Page, bot: BotProcess) -> None:
    await page.goto("about:blank")
    await page.goto(f"{bot.url}/pane?host=sandbox#table=incident&id={await bot.row('CAS-01002')}")
    chats = await choose_person(page, "Alex Wilber")
    others = page.get_by_role("region", name="My chats connected to other records")
    await press(page, others.get_by_role("button", name=f"Connect {NAME}"))
    notice = page.locator("#notice p")
    await expect(notice).to_contain_text("The chat is connected.")
    await expect(notice).to_be_focused()
    await expect(chats.get_by_role("heading", name=NAME)).to_have_count(1)


async def test_a_name_from_right_to_left_does_not_reorder_a_question(page: Page) -> None:
    name = "مضخة (٢)"

    async def rename(route: Route) -> None:
        response = await route.fetch()
        view = await response.json()
        for section in view["sections"]:
            for row in section["rows"]:
                row["name"] = name
        await route.fulfill(response=response, json=view)

    await page.route(re.compile("/pane/view$"), rename)
    chats = await choose_person(page, "Megan Bowen")
    await expect(chats.get_by_role("heading", name=name)).to_have_attribute("title", name)
    await press(page, chats.get_by_role("button", name="More actions"))
    await page.keyboard.press("End")
    await page.keyboard.press("Enter")
    question = page.get_by_role("dialog").locator("#dialog-text")
    await expect(question).to_have_text(f"Disconnect “\u2068{name}\u2069” from CAS-01001?")
    await page.unroute_all(behavior="ignoreErrors")


async def test_an_open_menu_stays_above_the_lists_while_they_are_loaded(page: Page) -> None:
    chats = await choose_person(page, "Megan Bowen")
    await expect(page.get_by_role("region", name="Suggested contacts").locator(".person").first).to_be_visible()
    await press(page, chats.get_by_role("button", name="More actions").last)
    last = page.get_by_role("menuitem", name="Disconnect")
    await last.focus()
    await page.locator("main").evaluate("main => main.setAttribute('aria-busy', 'true')")
    is_on_top = """item => {
      const { left, top, width, height } = item.getBoundingClientRect();
      return document.elementFromPoint(left + width / 2, top + height / 2) === item;
    }"""
    assert await last.evaluate(is_on_top)
