"""Draw the pictures of the documentation: `python -m tests.pane.screenshots`."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import Browser, Locator, Page, expect

from tests.fakes.certificates import make_certificates
from tests.fakes.databases import MigratedDatabases
from tests.fakes.sign_in import FakeSignIn
from tests.pane.test_sandbox_in_browser import NAME, create_chat, open_pane
from tests.process.bot_process import BotProcess
from tests.steps.browser import new_page, running_bot, running_browser
from tests.steps.teams_tab import TeamsClient, teams_world
from tests.wire.people import ADELE
from tests.wire.world import GROUP

FOLDER = Path(__file__).parents[2] / "docs/pictures"
PANE, SETTINGS, TAB = PICTURES = ("pane.png", "settings.png", "tab.png")
WIDE = {"width": 1280, "height": 720}
NARROW = {"width": 400, "height": 500}


async def save(shown: Page | Locator, name: str) -> None:
    await shown.screenshot(path=FOLDER / name, animations="disabled")


async def draw_pane(browser: Browser, bot: BotProcess) -> None:
    """Draw the pane beside the first case, with a connected chat."""
    async with new_page(browser, viewport=WIDE) as page:
        await create_chat(page, bot)
        await page.goto(f"{bot.url}/sandbox/tables/incident/{await bot.row('CAS-01001')}")
        pane = await open_pane(page)
        await pane.get_by_role("button", name=f"Connect {NAME}").click()
        await pane.get_by_role("button", name="Dismiss").click()
        suggested = pane.get_by_role("region", name="Suggested contacts")
        await expect(suggested.locator(".photo").first).to_be_visible()
        await save(page, PANE)


async def draw_settings(browser: Browser, bot: BotProcess) -> None:
    """Draw the settings of the environment, as an administrator sees them."""
    async with new_page(browser, viewport=WIDE) as page:
        await page.goto(f"{bot.url}/pane/settings?host=sandbox")
        await page.get_by_role("button", name="Alex Wilber").click()
        await expect(page.get_by_role("region", name="General").get_by_role("button", name="Save")).to_be_visible()
        await save(page, SETTINGS)


async def draw_tab(browser: Browser, folder: Path) -> None:
    """Draw the tab of a group chat in Teams, with two connected records."""
    certificates = make_certificates(folder)
    async with (
        FakeSignIn(certificates).running() as sign_in,
        teams_world(folder, MigratedDatabases(folder), certificates, sign_in) as world,
        new_page(browser, viewport=NARROW, device_scale_factor=2) as page,
    ):
        client = TeamsClient(world, page, token=sign_in.tab_token(ADELE.object_id))
        client.context["chatId"] = GROUP
        tab = await client.open()
        await expect(tab.get_by_text("CAS-01001").first).to_be_visible()
        await save(page.locator("iframe"), TAB)


async def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with TemporaryDirectory() as name:
        folder = Path(name)
        async with running_browser() as browser:
            async with running_bot(folder) as bot:
                await draw_pane(browser, bot)
                await draw_settings(browser, bot)
            await draw_tab(browser, folder)


if __name__ == "__main__":
    asyncio.run(main())
