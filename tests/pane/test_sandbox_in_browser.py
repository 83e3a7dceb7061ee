"""The pane beside a record in the sandbox in Chromium, through the very files that Dynamics 365 loads (spec P13)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from playwright.async_api import Browser, FrameLocator, Page, expect

from tests.process.bot_process import BotProcess
from tests.steps.browser import watched_page
from tests.tcp_ports import free_port

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

NAME = "Booster team"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession() as made:
        yield made


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser) -> AsyncIterator[Page]:
    # When the person changes, a request of the session that ends can be on its way.
    async with watched_page(browser, ["status of 401"], viewport={"width": 1280, "height": 900}) as opened:
        yield opened


def new_bot(folder: pytest.TempPathFactory, session: ClientSession, **settings: str) -> BotProcess:
    return BotProcess(folder.mktemp("bot"), settings, session)


async def start(stack: AsyncExitStack, page: Page, bot: BotProcess) -> None:
    await bot.start()
    stack.callback(bot.kill)
    stack.push_async_callback(page.goto, "about:blank")


async def create_chat(page: Page, bot: BotProcess) -> None:
    """Create a chat of Alex and Megan in the sandbox."""
    await page.goto(f"{bot.url}/sandbox/chats")
    await page.get_by_role("button", name="Create chat").click()
    await page.get_by_role("button", name=re.compile(r"^People \(")).click()
    await page.get_by_label("Name", exact=True).fill(NAME)
    await page.get_by_role("button", name="Rename").click()
    await expect(page.get_by_role("heading", name=NAME)).to_have_count(1)
    await page.get_by_role("button", name="Remove Adele Vance").click()
    await expect(page.get_by_role("button", name="Add Adele Vance")).to_have_count(1)


async def open_pane(page: Page) -> FrameLocator:
    """Select the command; return the pane."""
    await page.get_by_role("button", name="Chats", exact=True).first.click()
    return page.frame_locator("#side-panes iframe").frame_locator("iframe")


async def act_as(page: Page, person: str) -> None:
    """Choose the person on the page of the record, which loads it again."""
    option = page.locator("#person option").filter(has_text=person)
    await page.get_by_label("Acting as").select_option(await option.get_attribute("value"))
    await page.get_by_role("button", name="Switch").click()
    await expect(page.locator("#person option:checked")).to_contain_text(person)


async def test_the_tour_of_readme_shows_a_note_and_a_card(page: Page, bot: BotProcess) -> None:
    await page.goto(f"{bot.url}/sandbox/")
    await page.get_by_role("paragraph").filter(has_text="Start here").get_by_role("link").click()
    pane = await open_pane(page)
    await expect(pane.locator("#record")).to_contain_text("CAS-01001")
    await pane.get_by_role("button", name="New chat", exact=True).click()
    dialog = pane.get_by_role("dialog")
    await dialog.get_by_label("Adele Vance").check()
    await dialog.get_by_role("button", name="Create chat").click()
    async with page.expect_popup() as popup:
        await dialog.get_by_role("link", name="Open chat").click()
    chat = await popup.value
    cards = chat.locator("#messages .card")
    await expect(cards.filter(has_text="Connected by Alex Wilber")).to_contain_text("Normal")
    await page.get_by_label("Priority", exact=True).select_option("High")
    await page.get_by_role("button", name="Save").click()
    await expect(cards.filter(has_text="Normal → High")).to_have_count(1)
    # The lists of chats and of panes have one name in two style sheets.
    rail = await chat.get_by_role("navigation", name="Chats").bounding_box()
    assert rail
    assert rail["width"] > len(NAME) * 10


async def test_a_newcomer_connects_a_chat_beside_a_record_and_a_colleague_joins(
    page: Page, session: ClientSession, tmp_path_factory: pytest.TempPathFactory
) -> None:
    async with AsyncExitStack() as stack:
        bot = new_bot(tmp_path_factory, session, PORT=str(free_port()))
        await start(stack, page, bot)
        await create_chat(page, bot)
        # Under another name of this machine than the one that the server knows.
        await page.goto(
            f"{bot.url.replace('127.0.0.1', 'localhost')}/sandbox/tables/incident/{await bot.row('CAS-01002')}"
        )
        pane = await open_pane(page)
        await expect(pane.get_by_text("You are Alex Wilber.")).to_be_visible()
        await expect(pane.locator("#record")).to_contain_text("CAS-01002")
        await pane.get_by_role("button", name=f"Connect {NAME}").click()
        chats = pane.get_by_role("region", name="Connected to this record")
        await expect(chats.get_by_role("heading", name=NAME)).to_be_visible()
        # A colleague opens the same record.
        await act_as(page, "Adele Vance")
        pane = await open_pane(page)
        await expect(pane.get_by_text("You are Adele Vance.")).to_be_visible()
        chats = pane.get_by_role("region", name="Connected to this record")
        await chats.get_by_role("button", name=f"Join {NAME}").click()
        await expect(pane.locator("#notice")).to_contain_text("You joined the chat about CAS-01002.")
        # The pane follows to a list, and to another record.
        await page.get_by_role("link", name="Cases").click()
        await expect(pane.get_by_role("heading", name="My chats about records")).to_be_visible()
        await page.locator("main table a").first.click()
        number = await page.locator(".eyebrow .number").text_content()
        await expect(pane.locator("#record")).to_contain_text(f"Case · {number}")
        # A new record that was not saved has no ID.
        await page.evaluate("document.querySelector('main').dataset.entityId = ''")
        await expect(pane.get_by_role("heading", name="Save the record first")).to_be_visible()


async def test_the_sandbox_on_another_port_shows_the_pane_too(
    page: Page, session: ClientSession, tmp_path_factory: pytest.TempPathFactory
) -> None:
    key = "a-key-that-nobody-guesses"
    port, other = str(free_port()), str(free_port())
    url = f"http://127.0.0.1:{port}"
    async with AsyncExitStack() as stack:
        sandbox = new_bot(
            tmp_path_factory,
            session,
            PORT=other,
            CHATSYNC_ROLE="sandbox",
            CHATSYNC_PUBLIC_URL=url,
            CHATSYNC_WEBHOOK_KEY=key,
        )
        bot = new_bot(
            tmp_path_factory,
            session,
            PORT=port,
            CHATSYNC_DATAVERSE_URL=f"http://localhost:{other}/sandbox",
            CHATSYNC_WEBHOOK_KEY=key,
        )
        await start(stack, page, sandbox)
        await start(stack, page, bot)
        await page.goto(f"{sandbox.url}/sandbox/tables/incident/{await sandbox.row('CAS-01001')}")
        pane = await open_pane(page)
        await expect(pane.get_by_text("You are Alex Wilber.")).to_be_visible()
        await expect(pane.locator("#record")).to_contain_text("CAS-01001")
        await pane.get_by_role("button", name="Change").click()
        await pane.get_by_role("button", name="Megan Bowen").click()
        await expect(pane.get_by_text("You are Megan Bowen.")).to_be_visible()
