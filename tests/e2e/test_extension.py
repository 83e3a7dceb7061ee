"""The message extension in the Agents Playground: search, connect, and save a message."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from bot.domain.extension_names import ALL_RECORDS, SEARCH
from tests.e2e.playground import GROUP_CHAT, Playground, Site, playground
from tests.process.bot_process import BotProcess

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

CASE = "Pump vibrates after firmware update"
WORDS = "Or its number, its link, or a few words"
SAID = "The bearing play is 1.2 mm & more."


@pytest_asyncio.fixture(loop_scope="session")
async def teams(bot: BotProcess, site: Site, chromium: Browser) -> AsyncIterator[Playground]:
    async with playground(site, chromium) as opened:
        await opened.page.set_viewport_size({"width": 1300, "height": 1300})
        await opened.open_chat(GROUP_CHAT)
        await opened.card("I connect this chat")
        yield opened


async def test_a_record_is_searched_picked_and_sent_and_its_message_connects_the_chat(teams: Playground) -> None:
    found = await teams.search("pump", SEARCH, ALL_RECORDS)
    await found.get_by_text("Case CAS-01001 · In Progress · Müller & Söhne").wait_for()
    await teams.pick(CASE)
    assert (await teams.lines(CASE))[:3] == ["Case", "CAS-01001", CASE]

    dialog = await teams.action_on_message("connectChat")
    await dialog.get_by_text(f"CAS-01001 · {CASE} · Case").first.wait_for()
    await dialog.get_by_role("button", name="Connect", exact=True).click()
    await dialog.get_by_text("cannot open this case").wait_for()
    await dialog.get_by_role("button", name="Send it anyway").click()
    await dialog.get_by_text("CAS-01001 is connected to this chat").wait_for()
    await teams.card("Connected by Alex Wilber")


async def test_a_message_is_saved_to_a_record_as_it_was_shown(teams: Playground, bot: BotProcess) -> None:
    await teams.say(SAID, mention=False)
    await teams.page.get_by_text(SAID).first.wait_for()
    dialog = await teams.action_on_message("saveToRecord")
    assert await dialog.get_by_label("Text").input_value() == SAID
    await dialog.get_by_label(WORDS).fill("CAS-01001")
    await dialog.get_by_role("button", name="Save", exact=True).click()
    await dialog.get_by_text("Saved to CAS-01001 as a note.").wait_for()
    notes = f"{bot.url}/sandbox/api/data/v9.2/annotations?$filter=contains(notetext,'bearing play')"
    async with bot.session.get(notes) as answer:
        (note,) = (await answer.json())["value"]
    assert note["notetext"].startswith(f"{SAID}\n\nMessage in Microsoft Teams: Alex Wilber")


async def test_the_timeline_of_the_chats_record_is_opened_in_a_dialog_and_another_one_named(teams: Playground) -> None:
    await teams.say("connect CAS-01001 quiet")
    await teams.card("Connected by Alex Wilber")
    dialog = await teams.action("recordTimeline")
    await dialog.get_by_text("1 connection").wait_for()
    await dialog.get_by_role("button", name="Another record").click()
    await dialog.get_by_label(WORDS).fill("CAS-01002")
    await dialog.get_by_role("button", name="Show", exact=True).click()
    await dialog.get_by_text("No chat was ever connected to this record.").wait_for()
