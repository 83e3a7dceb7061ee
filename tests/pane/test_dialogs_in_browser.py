"""Dialogs of the bot in the pane, in Chromium: by keyboard, after failures, and without a broken rule of the policy."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from playwright.async_api import Locator, Page, Route, expect

from tests.pane.test_in_browser import NAME, connected, page
from tests.steps.accessibility import LOOKS, look_name, violations
from tests.steps.browser import become, tab_to

__all__ = ["connected", "page"]
"""Fixtures."""

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

DIALOG = re.compile("/pane/dialog$")


async def open_menu(page: Page) -> Locator:
    """Open the menu of the connected chat."""
    more = page.get_by_role("region", name="Connected to this record").get_by_role("button", name=f"actions {NAME}")
    await more.focus()
    await page.keyboard.press("ArrowDown")
    return more


async def fill(dialog: Locator, button: str) -> str:
    """Return the color of the button, which tells whether it is the primary one."""
    found = dialog.get_by_role("button", name=button, exact=True)
    color: str = await found.evaluate("each => getComputedStyle(each).backgroundColor")
    return color


async def choose(page: Page, text: str, name: str) -> None:
    """Type into the search that has the focus, and choose the person by keyboard."""
    await page.keyboard.type(text)
    await expect(page.get_by_role("option", name=name)).to_have_count(1)
    # The others leave the list a moment later.
    await expect(page.get_by_role("option")).to_have_count(1)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")


async def test_a_new_chat_is_created_by_keyboard_alone(page: Page) -> None:
    await tab_to(page, page.get_by_role("button", name="Megan Bowen"))
    await page.keyboard.press("Enter")
    new_chat = page.get_by_role("button", name="New chat")
    await expect(new_chat).to_be_visible()
    await tab_to(page, new_chat)
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("heading", name="New connected chat")).to_be_focused()
    await expect(dialog).to_contain_text("Everyone in the chat will see:")
    await tab_to(page, dialog.get_by_role("combobox", name="More people"))
    await choose(page, "pat", "Patti Fernandez")
    await expect(dialog.get_by_role("button", name="Remove Patti Fernandez")).to_be_visible()
    assert await fill(dialog, "Create chat") != await fill(dialog, "Close")
    # Escape closes the list first, and not the dialog.
    await page.keyboard.type("ale")
    await expect(dialog.get_by_role("listbox")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(dialog.get_by_role("listbox")).to_be_hidden()
    await tab_to(page, dialog.get_by_label("Chat name"))
    await page.keyboard.type("Booster")
    await tab_to(page, dialog.get_by_role("button", name="Create chat"))
    await page.keyboard.press("Enter")
    await expect(dialog).to_contain_text("The chat is ready.")
    await expect(dialog.get_by_role("status")).to_contain_text("The chat is ready.")
    assert await dialog.get_by_role("link", name="Open chat").count() == 1
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await expect(new_chat).to_be_focused()
    chats = page.get_by_role("region", name="Connected to this record")
    await expect(chats.get_by_role("heading", name="Booster")).to_have_count(1)


async def test_a_question_above_the_button_comes_into_view(page: Page) -> None:
    await page.set_viewport_size({"width": 300, "height": 500})
    await become(page, "Megan Bowen")
    await page.get_by_role("button", name="New chat").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("combobox", name="More people").fill("lynne")
    await page.get_by_role("option", name="Lynne Robbins").click()
    await dialog.get_by_role("button", name="Create chat").click()
    await expect(dialog.get_by_role("button", name="Send it anyway")).to_have_count(1)
    question = dialog.locator(".ac-textBlock").filter(has_text="Lynne Robbins cannot open this record")
    await expect(question).to_be_in_viewport()
    for name in ("Send it anyway", "Create chat"):
        await expect(dialog.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)


async def test_a_person_is_added_from_the_menu_of_the_chat(page: Page) -> None:
    await become(page, "Megan Bowen")
    more = await open_menu(page)
    menu = page.get_by_role("menu")
    await expect(menu.get_by_role("menuitem", name="Add or remove people")).to_be_focused()
    await page.keyboard.press("End")
    await expect(menu.get_by_role("menuitem", name="Disconnect")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(more).to_be_focused()
    await expect(menu).to_have_count(0)
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    await tab_to(page, dialog.get_by_role("combobox", name=re.compile("^Add a person")))
    assert await fill(dialog, "Add") == await fill(dialog, "Remove")
    await choose(page, "isa", "Isaiah Langer")
    await tab_to(page, dialog.get_by_role("button", name="Add", exact=True))
    await page.keyboard.press("Enter")
    await expect(page.locator("#notice")).to_contain_text("Megan Bowen added Isaiah Langer to this chat.")
    await expect(more).to_be_focused()
    await expect(page.locator("#record")).to_contain_text("CAS-01001")


async def test_a_channel_is_created(page: Page) -> None:
    await become(page, "Megan Bowen")
    await page.get_by_role("button", name="New channel").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Channel name").fill("Booster channel")
    await dialog.get_by_role("button", name="Create channel").click()
    await expect(dialog).to_contain_text("The channel is ready.")
    await dialog.get_by_role("button", name="Close").click()
    await expect(dialog).to_have_count(0)


async def test_a_link_is_copied(page: Page) -> None:
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await become(page, "Megan Bowen")
    await open_menu(page)
    await page.get_by_role("menuitem", name="Copy link").click()
    await expect(page.locator("#notice")).to_contain_text("The link was copied.")
    address = await page.get_by_role("link", name=f"Open in Teams {NAME}").get_attribute("href")
    assert await page.evaluate("navigator.clipboard.readText()") == address


async def fail(page: Page, kind: str, text: str) -> None:
    async def answer(route: Route) -> None:
        await route.fulfill(status=403, json={"error": {"kind": kind, "text": text, "nextStep": "Try again."}})

    await page.route(DIALOG, answer)


async def test_after_a_failure_the_inputs_stay_and_the_dialog_goes_on(page: Page) -> None:
    await become(page, "Megan Bowen")
    await fail(page, "unavailable", "Dynamics 365 is not responding.")
    await page.get_by_role("button", name="New channel").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("status")).to_contain_text("Dynamics 365 is not responding. Try again.")
    await page.unroute(DIALOG)
    await dialog.get_by_role("button", name="Try again").click()
    await dialog.get_by_label("Channel name").fill("Again")
    await fail(page, "unavailable", "Dynamics 365 is not responding.")
    create = dialog.get_by_role("button", name="Create channel")
    await create.click()
    await expect(dialog.locator(".dialog-problem")).to_contain_text("Dynamics 365 is not responding.")
    await expect(create).to_be_focused()
    await expect(dialog.get_by_label("Channel name")).to_have_value("Again")
    await page.unroute(DIALOG)
    await create.click()
    await expect(dialog).to_contain_text("The channel is ready.")


async def test_an_ended_session_closes_the_dialog(page: Page) -> None:
    await become(page, "Megan Bowen")
    await fail(page, "signedOut", "You are not signed in, or your session has ended.")
    await page.get_by_role("button", name="New chat").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.get_by_role("heading", level=1)).to_contain_text("your session has ended")


async def test_a_dialog_closed_while_a_request_runs_shows_its_result(page: Page) -> None:
    await become(page, "Megan Bowen")
    await page.get_by_role("button", name="New chat").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("button", name="Create chat")).to_be_visible()
    received, released = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        received.set()
        await released.wait()
        await route.fulfill(status=200, json={"text": "It was done."})

    await page.route(DIALOG, hold)
    await dialog.get_by_role("button", name="Create chat").click()
    await received.wait()
    await expect(dialog.locator(".dialog-status")).to_have_text("Working on it…")
    await expect(dialog.get_by_label("Chat name")).to_be_disabled()
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    released.set()
    await expect(page.locator("#notice")).to_contain_text("It was done.")


async def test_links_of_cards_lead_only_to_web_pages_and_texts_stay_texts(page: Page) -> None:
    texts = [
        "[bad](javascript:alert(1))",
        "[plain](http://example.com/)",
        "[good](https://example.com/)",
        "**<b>x</b>**",
    ]
    body: list[dict[str, Any]] = [{"type": "TextBlock", "text": each, "wrap": True} for each in texts]
    card = {"type": "AdaptiveCard", "version": "1.5", "body": body}
    await become(page, "Megan Bowen")

    async def answer(route: Route) -> None:
        await route.fulfill(status=200, json={"title": "Texts", "height": "small", "card": card})

    await page.route(DIALOG, answer)
    await page.get_by_role("button", name="New chat").click()
    shown = page.get_by_role("dialog").locator(".card")
    await expect(shown).to_contain_text("<b>x</b>")
    assert await shown.locator("strong").all_text_contents() == ["<b>x</b>"]
    (link,) = await shown.locator("a").all()
    assert await link.get_attribute("href") == "https://example.com/"
    assert [await link.get_attribute(each) for each in ("target", "rel")] == ["_blank", "noopener noreferrer"]


@pytest.mark.parametrize("page", LOOKS, indirect=True, ids=look_name)
async def test_dialogs_and_menus_fit_and_break_no_rule_of_accessibility(page: Page) -> None:
    await become(page, "Megan Bowen")
    await open_menu(page)
    assert await violations(page) == []
    await page.keyboard.press("Escape")
    for name in ("New chat", "New channel", "Connect a channel"):
        await page.get_by_role("button", name=name).click()
        dialog = page.get_by_role("dialog")
        await expect(dialog.get_by_role("combobox").first).to_be_visible()
        assert await violations(page) == []
        assert await dialog.evaluate("each => each.scrollWidth <= each.clientWidth + 1")
        await page.keyboard.press("Escape")
        await expect(dialog).to_have_count(0)
