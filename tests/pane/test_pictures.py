"""Every view and state of the pane as a picture, in each look (spec P8, P10).

`CHATSYNC_TEST_PICTURES` names the folder of the pictures. Without it, they are in the temporary folder of the run.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, expect

from tests.patience import PATIENCE_S
from tests.process.bot_process import BotProcess
from tests.steps.pane_pictures import CHOSEN
from tests.steps.pane_stage import (
    TEAM,
    Stage,
    prepare,
    with_long_names,
)

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

expect.set_options(timeout=PATIENCE_S * 1000)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chat(bot: BotProcess) -> str:
    """Return the chat that is connected to two records."""
    return await prepare(bot)


@pytest_asyncio.fixture(loop_scope="module")
async def stage(bot: BotProcess, chat: str, browser: Browser, folder: Path) -> AsyncIterator[Stage]:
    """Return a stage on which no picture may have a defect, and nothing may be written to the console."""
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # Chromium itself reports each request that fails.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            complaints.append(message.text)

    context = await browser.new_context(locale="en-US")
    context.set_default_timeout(PATIENCE_S * 1000)
    page = await context.new_page()
    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    opened = Stage(page, bot, folder, CHOSEN)
    yield opened
    await page.unroute_all(behavior="ignoreErrors")
    await context.close()
    assert opened.defects + complaints == []


async def test_chats_of_people_with_long_names(stage: Stage) -> None:
    await stage.change("view", with_long_names)
    await stage.open_record("Alex Wilber")
    await expect(stage.region("Suggested contacts").locator(".person").first).to_be_visible()
    await stage.snap("long-chats")


@pytest.mark.full
async def test_other_views_of_people_with_long_names(stage: Stage, chat: str) -> None:
    await stage.change("(view|chat)", with_long_names)
    await stage.open_record("Alex Wilber")
    for tab in ("Channels", "Timeline", "People"):
        await stage.page.get_by_role("tab", name=tab).click()
        await expect(stage.page.get_by_role("tabpanel").locator(".row").first).to_be_visible()
        await stage.snap(f"long-{tab.lower()}")
    await stage.open(person="Alex Wilber")
    await expect(stage.region("Connected chats").locator(".row").first).to_be_visible()
    await stage.snap("long-my-chats")
    await stage.page.get_by_role("button", name="More actions").first.click()
    await stage.page.get_by_role("menuitem", name="Disconnect").or_(stage.page.get_by_role("menuitem").last).focus()
    await stage.snap("long-menu")
    await stage.open(f"/pane?host=sandbox#chat={chat}", "Alex Wilber")
    await expect(stage.page.locator("#chat-tab .record-row").first).to_be_visible()
    await stage.snap("long-chat-tab")
    await stage.page.get_by_role("button", name=re.compile("^Disconnect")).first.click()
    await stage.snap("long-disconnect-question")


@pytest.mark.full
async def test_views_beside_a_record(stage: Stage) -> None:
    await stage.open_record("Alex Wilber")
    await expect(stage.region("Suggested contacts").locator(".person").first).to_be_visible()
    await stage.snap("chats")
    for tab in ("Channels", "Timeline", "People"):
        await stage.page.get_by_role("tab", name=tab).click()
        await expect(stage.page.get_by_role("tabpanel").locator(".row").first).to_be_visible()
        await stage.snap(tab.lower())
    await stage.page.get_by_role("tab", name="Chats").click()
    await stage.page.get_by_label("Find a chat by name").fill("Nowhere")
    await expect(stage.page.get_by_text("No chat has “Nowhere” in its name.").first).to_be_visible()
    await stage.snap("chats-none-found")


@pytest.mark.full
async def test_chats_that_a_person_can_join_and_chats_that_are_locked(stage: Stage) -> None:
    other = await stage.page.context.new_page()
    await other.goto(f"{stage.bot.url}/pane?host=sandbox#table=incident&id={await stage.bot.row('CAS-01001')}")
    await other.get_by_role("button", name="Megan Bowen").click()
    await expect(other.get_by_role("tab", name="Chats")).to_be_visible()
    await stage.open_record("Adele Vance")
    await expect(stage.region("Also viewing this record").locator(".person").first).to_be_visible()
    await expect(stage.region("Suggested contacts").locator(".person").first).to_be_visible()
    await stage.snap("chats-join")
    await other.close()
    await stage.open_record("Isaiah Langer")
    await expect(stage.page.get_by_text("Locked.").first).to_be_visible()
    await stage.snap("chats-locked")


@pytest.mark.full
async def test_my_chats(stage: Stage) -> None:
    await stage.open()
    await expect(stage.page.get_by_role("heading", name="Choose a person")).to_be_visible()
    await stage.snap("choose-person")
    await stage.open(person="Alex Wilber")
    await expect(stage.region("Connected chats").locator(".row").first).to_be_visible()
    await stage.snap("my-chats")
    await stage.open(person="Diego Siciliani")
    await expect(stage.page.locator("#state")).to_be_visible()
    await stage.snap("state-disabled-user")


@pytest.mark.full
async def test_menus_questions_and_notices(stage: Stage) -> None:
    page = stage.page
    await stage.open_record("Megan Bowen")
    row = stage.region("Connected to this record").get_by_role("listitem").filter(has_text=TEAM)
    await row.get_by_role("button", name="More actions").click()
    await stage.snap("menu")
    await page.get_by_role("menuitem", name="Disconnect").click()
    await expect(stage.dialog()).to_contain_text("Disconnect “")
    await stage.snap("disconnect-question")
    await stage.dialog().get_by_role("button", name="Disconnect").click()
    await expect(page.get_by_role("button", name="Undo")).to_be_visible()
    await stage.snap("notice-undo")
    await page.get_by_role("button", name="Undo").click()
    await expect(row).to_be_visible()
    await stage.open_record("Alex Wilber")
    await expect(stage.region("Suggested contacts").locator(".person").first).to_be_visible()
    await page.get_by_role("button", name="Connect Customer call").click()
    await expect(stage.dialog()).to_contain_text("Send it anyway?")
    await stage.snap("connect-question")
    await page.keyboard.press("Escape")
    await stage.fail("notAllowed", "Only members of this chat can do this.", "Ask a member to add you.", name="connect")
    await page.get_by_role("button", name="Connect Customer call").click()
    await expect(page.locator("#notice")).to_contain_text("Only members")
    await stage.snap("notice-problem")


@pytest.mark.full
async def test_dialogs(stage: Stage) -> None:
    page, dialog = stage.page, stage.dialog()
    await stage.open_record("Megan Bowen")
    for name in ("New channel", "Connect a channel", "New chat"):
        await page.get_by_role("button", name=name).click()
        await expect(dialog.get_by_role("combobox").first).to_be_visible()
        await stage.snap(f"dialog-{name.lower().replace(' ', '-')}")
        if name != "New chat":
            await page.keyboard.press("Escape")
            await expect(dialog).to_have_count(0)
    await dialog.get_by_role("combobox", name="More people").fill("lynne")
    await page.get_by_role("option", name="Lynne Robbins").click()
    await stage.snap("dialog-new-chat-people")
    await dialog.get_by_role("button", name="Create chat").click()
    await expect(dialog.get_by_role("button", name="Send it anyway")).to_be_visible()
    await stage.snap("dialog-audience-question")
    await page.keyboard.press("Escape")
    row = stage.region("Connected to this record").get_by_role("listitem").filter(has_text=TEAM)
    await row.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Add or remove people").click()
    await expect(dialog.get_by_role("combobox").first).to_be_visible()
    await stage.snap("dialog-members")
    await page.keyboard.press("Escape")


@pytest.mark.full
async def test_dialogs_that_wait_or_fail(stage: Stage) -> None:
    page, dialog = stage.page, stage.dialog()
    await stage.open_record("Megan Bowen")
    await stage.hold("dialog")
    await page.get_by_role("button", name="New chat").click()
    await expect(dialog).to_contain_text("Loading")
    await stage.snap("dialog-loading")
    await stage.open_record("Megan Bowen")
    await stage.let()
    await stage.fail("unavailable", "Dynamics 365 is not responding.", "Try again in a moment.", name="dialog")
    await page.get_by_role("button", name="New chat").click()
    await expect(dialog.get_by_role("button", name="Try again")).to_be_visible()
    await stage.snap("dialog-failed")
    await stage.let()
    await dialog.get_by_role("button", name="Try again").click()
    await expect(dialog.get_by_role("button", name="Create chat")).to_be_visible()
    await stage.fail("unavailable", "Microsoft Graph is not responding.", "Try again in a moment.", name="dialog")
    await dialog.get_by_role("button", name="Create chat").click()
    await expect(dialog.locator(".dialog-problem")).to_be_in_viewport(ratio=1)
    await stage.snap("dialog-problem")


@pytest.mark.full
async def test_the_tab_of_a_group_chat(stage: Stage, chat: str) -> None:
    address = f"/pane?host=sandbox#chat={chat}"
    await stage.open(address, "Alex Wilber")
    record = stage.page.locator("#chat-tab .record-row")
    await expect(record.first).to_be_visible()
    await stage.snap("chat-tab")
    await stage.page.get_by_role("button", name=re.compile("^Notifications")).first.click()
    await expect(stage.dialog()).to_contain_text("Mute")
    await stage.snap("chat-tab-notifications")

    def hide(view: dict[str, Any]) -> None:
        view.update(records=view["records"][:1], hidden=1)
        view["mute"] = {"text": "Muted by Megan Bowen until", "at": "2026-03-05T09:41:00+00:00"}
        view["remarks"] = ["Messages are not saved in Dynamics 365."]
        view["records"][0]["problems"] = [{"text": "Updates are delayed since", "at": "2026-03-05T09:41:00+00:00"}]

    await stage.change("chat", hide)
    await stage.open(address, "Alex Wilber")
    await expect(stage.page.locator(".chat-mute")).to_be_visible()
    await stage.snap("chat-tab-hidden")
    await stage.let()
    await stage.change("chat", lambda view: view.update(records=[], hidden=0, total=0))
    await stage.open(address, "Alex Wilber")
    await expect(stage.page.get_by_text("This chat is not connected")).to_be_visible()
    await stage.snap("chat-tab-empty")
