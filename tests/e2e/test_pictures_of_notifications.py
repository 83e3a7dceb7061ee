"""Notifications as pictures: cards and dialogs in the Agents Playground, with a held clock (spec V1-V14)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.playground import GROUP_CHAT, Playground, browser, playground, running_playground
from tests.e2e.test_playground import QUESTION
from tests.pane.conftest import folder
from tests.patience import PATIENCE_S
from tests.steps.notification_rules import posted
from tests.steps.pictured_chat import PicturedChat
from tests.steps.priorities import HIGH, LOW, NORMAL
from tests.wire.conftest import bare_world, connector, settings
from tests.wire.world import World

__all__ = ["bare_world", "connector", "folder", "settings"]

pytestmark = [pytest.mark.e2e, pytest.mark.full, pytest.mark.databases("sqlite")]

SIZES = {"wide": {"width": 1400, "height": 1300}, "phone": {"width": 390, "height": 1300}}


@dataclass(kw_only=True)
class Chat(PicturedChat):
    """The group chat of the Playground, whose pictures are taken."""

    teams: Playground

    @property
    def page(self) -> Page:
        return self.teams.page

    def card(self, text: str) -> Locator:
        return self.teams.cards.filter(has_text=text).last

    async def snap(self, name: str, part: Locator) -> None:
        """Take a picture at the size. The Playground itself works on a wide page only."""
        await expect(part).to_be_visible(timeout=PATIENCE_S * 1000)
        await self.page.set_viewport_size(SIZES[self.size])  # type: ignore[arg-type]
        await part.scroll_into_view_if_needed()
        await self.page.screenshot(path=self.folder / f"playground-{self.size}-{name}.png")
        await self.page.set_viewport_size(SIZES["wide"])  # type: ignore[arg-type]

    async def rules(self, page: str) -> Locator:
        """Open a page of the dialog of the chat's notifications, by the command of the message extension."""
        dialog = await self.teams.action("notifications")
        await dialog.get_by_role("button", name=page, exact=True).click()
        await dialog.get_by_role("button", name="Back", exact=True).wait_for()
        return dialog

    async def choose(self, option: Locator) -> None:
        """Choose and leave the field. The Playground may not send what has the focus."""
        await option.check()
        await option.press("Tab")
        await expect(option).to_be_checked()

    async def save(self, dialog: Locator) -> None:
        await dialog.get_by_role("button", name="Save", exact=True).click()
        await dialog.get_by_text("Saved.").wait_for()
        await self.close(dialog)

    async def close(self, dialog: Locator) -> None:
        await dialog.get_by_role("button", name="Close").or_(dialog.get_by_label("Close")).first.click()
        await expect(dialog).to_have_count(0)

    async def status(self) -> Locator:
        """Ask for the status, which only the person sees."""
        await self.teams.say("status")
        await self.teams.press("Only you will see the answer.", "Show status")
        await self.teams.card("Status of this chat")
        return self.card("Status of this chat")


@pytest.fixture(params=SIZES)
async def chat(
    bare_world: World,
    folder: Path,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> AsyncIterator[Chat]:
    """Connect the group chat to a case. The bot and the clock run in this process."""
    world = bare_world
    await world.start()
    port = world.settings.port
    async with browser() as running, running_playground(port, tmp_path) as site, playground(site, running) as teams:
        opened = Chat(teams=teams, world=world, folder=folder, size=request.param)
        await teams.page.set_viewport_size(SIZES["wide"])  # type: ignore[arg-type]
        await teams.open_chat(GROUP_CHAT)
        await teams.say("connect CAS-01001")
        await teams.press(QUESTION, "Send the note")
        await teams.card("Connected by Alex Wilber")
        yield opened
    await world.stop()


async def test_a_muted_chat_gets_one_card_at_the_end_and_says_why(chat: Chat) -> None:
    await chat.teams.say("mute")
    await chat.snap("mute", await chat.teams.card("Mute this chat for how long?"))
    await chat.teams.press("Mute this chat for how long?", "1 hour")
    await chat.snap("muted", await chat.teams.card("muted this chat until"))
    await chat.change(HIGH)
    status = await chat.status()
    await expect(status).to_contain_text("held: mute")
    await chat.snap("private-answer", status)
    await chat.teams.say("mute off")
    await expect(chat.card("While muted")).to_contain_text("Normal → High")
    await chat.snap("unmuted", chat.card("While muted"))
    why = await chat.rules("Why")
    await expect(why).to_contain_text("held: mute, later posted")
    await chat.snap("why", why)


async def test_rules_of_a_record_are_tried_before_they_are_saved(chat: Chat) -> None:
    await chat.change(HIGH)
    dialog = await chat.rules("Record rules")
    await dialog.get_by_role("button", name="Preview", exact=True).click()
    await expect(dialog).to_contain_text("With these rules")
    await chat.snap("preview", dialog)
    await dialog.get_by_role("button", name="Value rule", exact=True).click()
    await expect(dialog).to_contain_text("Each change is posted.")
    await chat.snap("value-rule", dialog)


async def test_quiet_hours_end_with_one_card(chat: Chat) -> None:
    dialog = await chat.rules("Quiet hours")
    # First, because the Playground forgets what was entered if its size changes.
    await chat.snap("quiet-hours", dialog)
    await chat.choose(dialog.get_by_label("Hold changes during quiet hours"))
    await dialog.get_by_label("From", exact=True).fill("10:00")
    await dialog.get_by_label("To", exact=True).fill("12:00")
    await chat.save(dialog)
    await chat.change(HIGH)
    await expect(await chat.status()).to_contain_text("held: quiet hours")
    await chat.snap("held", chat.card("Status of this chat"))
    await chat.pass_time(2)
    await expect(chat.card("During quiet hours")).to_contain_text("Normal → High")
    await chat.snap("after-quiet-hours", chat.card("During quiet hours"))


async def test_a_live_card_is_edited(chat: Chat) -> None:
    dialog = await chat.rules("Record rules")
    await chat.choose(dialog.get_by_label("One live card"))
    await chat.save(dialog)
    live = chat.teams.cards.filter(has_text="Live card")
    for priority, told in ((HIGH, "Normal → High"), (LOW, "High → Low"), (NORMAL, "Low → Normal")):
        await chat.change(priority)
        await posted(chat.world)
        await expect(live).to_contain_text(told)
        await chat.snap(f"live-{priority}", live)
    await expect(live).to_have_count(1)


async def test_a_digest_comes_once_a_day(chat: Chat) -> None:
    dialog = await chat.rules("Record rules")
    await chat.choose(dialog.get_by_label("A digest once a day"))
    await dialog.get_by_label("Time of the digest").fill("11:00")
    await chat.save(dialog)
    await chat.change(HIGH)
    await chat.change(LOW)
    await chat.pass_time(1)
    await expect(chat.card("Digest")).to_contain_text("Normal → Low")
    await chat.snap("digest", chat.card("Digest"))
