"""Cards, dialogs, the pane, and the settings page in each language as pictures, on a phone (spec I1-I5)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, expect

from bot.languages.catalogs import load_catalog
from bot.languages.tags import LANGUAGE_NAMES
from bot.languages.translator import CatalogTranslator
from tests.process.bot_process import BotProcess
from tests.steps.browser import watched_page
from tests.steps.pane_pictures import Look, take_pictures
from tests.steps.pane_stage import SampleChats, Stage
from tests.wire.people import ALEX, ISAIAH, MEGAN

pytestmark = [pytest.mark.e2e, pytest.mark.full, pytest.mark.asyncio(loop_scope="module")]

CLIENTS = dict(zip(LANGUAGE_NAMES, ("en-US", "de-DE", "fr-FR", "es-ES", "ja-JP", "pt-BR", "ar-SA"), strict=True))
"""Languages of browsers, by the tags of the catalogs."""
WIDTH, HEIGHT = 390, 1600
"""A page as narrow as on a phone, and high enough for each card and dialog."""


@dataclass(frozen=True)
class Reader:
    """A person who reads Chat Sync in one language."""

    stage: Stage
    tag: str

    @property
    def translate(self) -> CatalogTranslator:
        return CatalogTranslator(language=self.tag, catalog=load_catalog(self.tag))

    async def snap(self, name: str) -> None:
        """Take a picture of the pane, and note its defects."""
        look = Look(WIDTH, direction="rtl" if self.translate.is_right_to_left else "ltr")
        page = self.stage.page
        found = await take_pictures(page, page.main_frame, self.stage.folder, f"{self.tag}-{name}", (look,))
        self.stage.defects.extend(found)

    async def snap_part(self, part: Locator, name: str) -> None:
        """Take a picture of a card or of a dialog of the chat page."""
        await expect(part.locator("[aria-busy]")).to_have_count(0)
        await part.screenshot(path=self.stage.folder / f"{self.tag}-{name}.png")

    async def write(self, text: str) -> Locator:
        """Write to the bot, and return the card that it answers with."""
        cards = self.stage.page.locator("#messages .card")
        await expect(cards.first).to_be_visible()
        before = await cards.count()
        await self.stage.page.locator("#text").fill(f"@Chat Sync {text}")
        await self.stage.page.keyboard.press("Enter")
        await expect(cards).to_have_count(before + 1)
        return cards.last

    def button(self, where: Locator, message: str) -> Locator:
        return where.get_by_role("button", name=self.translate(message), exact=True)


@pytest_asyncio.fixture(loop_scope="module", params=LANGUAGE_NAMES)
async def reader(
    bot: BotProcess, browser: Browser, folder: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Reader]:
    """Return a reader. No picture of the pane may have a defect, and nothing may be written to the console."""
    phone = {"width": WIDTH, "height": HEIGHT}
    # Chromium itself reports each request that fails, and some people have no photo.
    tolerated = ["Failed to load resource"]
    async with watched_page(browser, tolerated, locale=CLIENTS[request.param], viewport=phone) as page:
        opened = Reader(Stage(page, bot, folder, ()), request.param)
        yield opened
    assert opened.stage.defects == []


async def test_a_chat_in_each_language(reader: Reader) -> None:
    bot, page = reader.stage.bot, reader.stage.page
    chat = await SampleChats(bot).create("Pump team", ALEX, MEGAN, ISAIAH, text="connect CAS-01001 quiet")
    await bot.save("CAS-01002", {"prioritycode": 2})
    await page.goto(f"{bot.url}/sandbox/chats/{chat}")
    await reader.snap_part(await reader.write("help"), "help")
    await choose_language(reader)
    await reader.snap_part(await reader.write("connect CAS-01002"), "note")
    await bot.save("CAS-01002", {"prioritycode": 1})
    change = page.locator("#messages .card").last
    await expect(change).to_contain_text("←" if reader.translate.is_right_to_left else "→")
    await reader.snap_part(change, "change")
    await reader.snap_part(await reader.write("status"), "status")


async def choose_language(reader: Reader) -> None:
    """Choose the language of the chat in the dialog of its notifications."""
    card = await reader.write("notifications")
    await card.get_by_role("button").first.click()
    dialog = reader.stage.dialog()
    await expect(reader.button(dialog, "Language")).to_be_visible()
    await reader.snap_part(dialog, "notifications")
    await reader.button(dialog, "Language").click()
    await dialog.get_by_label(reader.translate("Language of the cards")).select_option(reader.tag)
    await reader.snap_part(dialog, "language")
    await reader.button(dialog, "Save").click()
    await expect(dialog).to_contain_text(reader.translate("Saved. The change is active."))
    await reader.snap_part(dialog, "saved")
    await reader.stage.page.keyboard.press("Escape")


async def test_the_pane_in_each_language(reader: Reader) -> None:
    page, bot = reader.stage.page, reader.stage.bot
    await SampleChats(bot).create("Service leads", MEGAN, ISAIAH, text="connect CAS-01001 quiet")
    await reader.stage.open_record("")
    await page.get_by_role("button", name=ALEX.name).click()
    await expect(page.locator(".row").first).to_be_visible()
    await reader.snap("pane")
    await reader.stage.open("/pane/settings?host=sandbox")
    await page.get_by_role("button", name=ALEX.name).click()
    links = page.get_by_role("navigation").get_by_role("link")
    await expect(links).to_have_count(5)
    for number in range(5):
        await links.nth(number).click()
        await expect(page.locator("[aria-busy]")).to_have_count(0)
        await reader.snap(f"settings-{number}")
