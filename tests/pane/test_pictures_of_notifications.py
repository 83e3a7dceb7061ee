"""Notifications as pictures: dialogs and cards on the sandbox's chat page, with a held clock (spec V1-V14)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.steps.browser import running_browser, watched_page
from tests.steps.notification_rules import posted
from tests.steps.pane_pictures import defects_of
from tests.steps.pictured_chat import PicturedChat
from tests.steps.priorities import HIGH, LOW, NORMAL
from tests.wire.world import World

pytestmark = [pytest.mark.e2e, pytest.mark.full, pytest.mark.databases("sqlite")]

SIZES = {"wide": {"width": 1280, "height": 1000}, "phone": {"width": 390, "height": 1400}}


@dataclass(kw_only=True)
class ChatPage(PicturedChat):
    """A chat on the sandbox's page, whose pictures are taken."""

    page: Page
    defects: list[str] = field(default_factory=list)

    async def open(self) -> None:
        """Create a chat of Alex Wilber, Megan Bowen, Adele Vance, and the app."""
        await self.page.goto(f"{self.world.sandbox}/chats")
        await self.button(self.page, "Create chat").click()
        await self.card("Mention me and write").wait_for()

    def card(self, text: str) -> Locator:
        return self.page.locator("#messages .card").filter(has_text=text).last

    def button(self, where: Page | Locator, name: str) -> Locator:
        return where.get_by_role("button", name=name, exact=True)

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    async def snap(self, name: str, part: Locator | None = None) -> None:
        """Take a picture of a card or of the page, and note what does not fit."""
        await expect(self.page.locator("[aria-busy=true]")).to_have_count(0)
        if part:
            await part.scroll_into_view_if_needed()
        found = await defects_of(self.page.main_frame)
        # The link for keyboards is outside of the page until it has the focus.
        self.defects += [f"{name}: {each}" for each in found if "Skip to content" not in each]
        await (part or self.page).screenshot(path=self.folder / f"notifications-{self.size}-{name}.png")

    async def write(self, text: str) -> None:
        await self.page.get_by_label("Message", exact=True).fill(f"@Chat Sync {text}")
        await self.page.keyboard.press("Enter")
        await expect(self.page.get_by_label("Message", exact=True)).to_have_value("")

    async def rules(self, page: str) -> Locator:
        """Open a page of the dialog of the chat's notifications."""
        await self.write("notifications")
        await self.button(self.card("Choose when and how this chat hears about changes."), "Notifications").click()
        await self.button(self.dialog, page).click()
        await self.button(self.dialog, "Back").wait_for()
        return self.dialog

    async def save(self) -> None:
        await self.button(self.dialog, "Save").click()
        await expect(self.dialog).to_contain_text("Saved.")
        await self.page.keyboard.press("Escape")

    async def status(self) -> Locator:
        """Ask for the status, which only the person sees."""
        await self.write("status")
        shown = self.card("Status of this chat")
        await shown.wait_for()
        return shown


@pytest.fixture(params=SIZES)
async def chat(world: World, folder: Path, request: pytest.FixtureRequest) -> AsyncIterator[ChatPage]:
    """Open a chat. No picture may have a defect, and nothing may be written to the console."""
    size = SIZES[request.param]
    async with running_browser() as browser, watched_page(browser, viewport=size, timezone_id="UTC") as page:
        opened = ChatPage(page=page, world=world, folder=folder, size=request.param)
        await opened.open()
        await opened.write("connect CAS-01001")
        await opened.card("Connected by Alex Wilber").wait_for()
        yield opened
    assert opened.defects == []


async def test_a_muted_chat_gets_one_card_at_the_end_and_says_why(chat: ChatPage) -> None:
    await chat.snap("mute-page", await chat.rules("Mute"))
    await chat.page.keyboard.press("Escape")
    await chat.write("mute")
    question = chat.card("Mute this chat for how long?")
    await chat.snap("mute", question)
    await chat.button(question, "1 hour").click()
    await chat.snap("muted", chat.card("muted this chat until"))
    await chat.change(HIGH)
    status = await chat.status()
    await expect(status).to_contain_text("held: mute")
    await chat.snap("private-answer", chat.page.locator("#messages li").last)
    await expect(chat.page.get_by_text("Only you can see this").last).to_be_visible()
    await chat.write("mute off")
    await expect(chat.card("While muted")).to_contain_text("Normal → High")
    await chat.snap("unmuted", chat.card("While muted"))
    why = await chat.rules("Why")
    await expect(why).to_contain_text("held: mute, later posted")
    await chat.snap("why", why)


async def test_rules_of_a_record_are_tried_before_they_are_saved(chat: ChatPage) -> None:
    await chat.change(HIGH)
    dialog = await chat.rules("Record rules")
    await chat.snap("record-rules", dialog)
    await chat.button(dialog, "Preview").click()
    await expect(dialog).to_contain_text("With these rules")
    await chat.snap("preview", dialog)
    await chat.button(dialog, "Value rule").click()
    await expect(dialog).to_contain_text("Value rule")
    await chat.snap("value-rule", dialog)
    await dialog.get_by_role("combobox", name="Field").select_option("Priority")
    await chat.button(dialog, "Add condition").click()
    await expect(dialog.get_by_label("High", exact=True)).to_be_visible()
    await chat.snap("condition", dialog)


async def test_quiet_hours_end_with_one_card(chat: ChatPage) -> None:
    dialog = await chat.rules("Quiet hours")
    await dialog.get_by_label("Hold changes during quiet hours").check()
    await dialog.get_by_label("From", exact=True).fill("10:00")
    await dialog.get_by_label("To", exact=True).fill("12:00")
    await dialog.get_by_label("Saturday", exact=True).first.check()
    await chat.snap("quiet-hours", dialog)
    await chat.save()
    await chat.change(HIGH)
    await expect(await chat.status()).to_contain_text("held: quiet hours")
    await chat.snap("held", chat.card("Status of this chat"))
    await expect(chat.card("Normal → High")).to_have_count(0)
    await chat.pass_time(2)
    await expect(chat.card("During quiet hours")).to_contain_text("Normal → High")
    await chat.snap("after-quiet-hours", chat.card("During quiet hours"))


async def test_a_live_card_is_edited(chat: ChatPage) -> None:
    dialog = await chat.rules("Record rules")
    await dialog.get_by_label("One live card").check()
    await chat.save()
    live = chat.page.locator("#messages .card").filter(has_text="Live card")
    for priority, told in ((HIGH, "Normal → High"), (LOW, "High → Low"), (NORMAL, "Low → Normal")):
        await chat.change(priority)
        await posted(chat.world)
        await expect(live).to_contain_text(told)
        await chat.snap(f"live-{priority}", live)
    await expect(live).to_have_count(1)


async def test_a_digest_comes_once_a_day(chat: ChatPage) -> None:
    dialog = await chat.rules("Record rules")
    await dialog.get_by_label("A digest once a day").check()
    await dialog.get_by_label("Time of the digest").fill("11:00")
    await chat.save()
    await chat.change(HIGH)
    await chat.change(LOW)
    await expect(chat.card("Normal → Low")).to_have_count(0)
    await chat.pass_time(1)
    await expect(chat.card("Digest")).to_contain_text("Normal → Low")
    await chat.snap("digest", chat.card("Digest"))
