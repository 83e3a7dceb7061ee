"""Chromium, and Chat Sync as a newcomer starts it: with no setting except its port."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import ClientSession
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, async_playwright, expect

from tests.e2e.tools import CHROMIUM_OPTIONS, chromium
from tests.patience import PATIENCE_S
from tests.process.bot_process import BotProcess
from tests.tcp_ports import free_port
from tests.tiers import missing

MAX_STOPS = 80
"""Maximum number of Tab stops on a page."""

expect.set_options(timeout=PATIENCE_S * 1000)


@asynccontextmanager
async def running_bot(folder: Path) -> AsyncIterator[BotProcess]:
    """Run Chat Sync with its sandbox, if Chromium is there."""
    if not chromium():
        missing("Chromium")
    async with ClientSession() as session:
        process = BotProcess(folder, {"PORT": str(free_port(for_the_session=True))}, session)
        await process.start()
        try:
            yield process
        finally:
            process.kill()


@asynccontextmanager
async def running_browser(options: Sequence[str] = ()) -> AsyncIterator[Browser]:
    """Run Chromium with these additional options."""
    if not chromium():
        missing("Chromium")
    async with async_playwright() as driver:
        running = await driver.chromium.launch(executable_path=chromium(), args=[*CHROMIUM_OPTIONS, *options])
        yield running
        await running.close()


@asynccontextmanager
async def new_page(browser: Browser, **options: Any) -> AsyncIterator[Page]:
    """Open a page in a context of its own."""
    context = await browser.new_context(**{"locale": "en-US", **options})
    context.set_default_timeout(PATIENCE_S * 1000)
    yield await context.new_page()
    await close(context)


@asynccontextmanager
async def watched_page(browser: Browser, tolerated: Sequence[str] = (), **options: Any) -> AsyncIterator[Page]:
    """Open a page whose console must stay empty, also of violations of the policy, except for the tolerated texts.

    The list is read at the end, so that a story can add to it.
    """
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    async with new_page(browser, **options) as page:
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
        # Requests that are on their way when the page closes have no route anymore, and fail.
        page.remove_listener("console", note)
    unexpected = [text for text in complaints if not any(each in text for each in tolerated)]
    assert not unexpected, unexpected


async def close(context: BrowserContext) -> None:
    """Close the pages; answers of routes that are still on their way are ignored."""
    await context.unroute_all(behavior="ignoreErrors")
    await context.close()


async def become(page: Page, person: str) -> None:
    """Choose a person of the sandbox, who has not been chosen yet."""
    await page.get_by_role("button", name=person).click()
    await expect(page.get_by_text(f"You are {person}.")).to_be_visible()


async def tab_to(page: Page, target: Locator) -> None:
    """Press the Tab key until the element has the focus."""
    for _ in range(MAX_STOPS):
        if await target.evaluate("each => each === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"The Tab key does not reach {target}.")
