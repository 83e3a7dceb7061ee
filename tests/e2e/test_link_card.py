"""The card of a link in the Agents Playground: for everyone, for one reader, and its actions."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator

from tests.e2e.playground import GROUP_CHAT, Playground, Site, playground
from tests.process.bot_process import BotProcess

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

CASE = "Pump vibrates after firmware update"


@pytest_asyncio.fixture(loop_scope="session")
async def teams(bot: BotProcess, site: Site, chromium: Browser) -> AsyncIterator[Playground]:
    async with playground(site, chromium) as opened:
        await opened.page.set_viewport_size({"width": 1300, "height": 1400})
        yield opened


async def rows(bot: BotProcess, query: str) -> list[dict[str, Any]]:
    """Return rows of the sandbox."""
    async with bot.session.get(f"{bot.url}/sandbox/api/data/v9.2/{query}") as answer:
        found: list[dict[str, Any]] = (await answer.json())["value"]
        return found


async def paste(teams: Playground, bot: BotProcess) -> None:
    """Send the link of the first case into the group chat, as Alex."""
    (row,) = await rows(bot, "incidents?$filter=ticketnumber eq 'CAS-01001'")
    await teams.open_chat(GROUP_CHAT)
    await teams.card("I connect this chat")
    await teams.unfurl(f"{bot.url}/sandbox/main.aspx?pagetype=entityrecord&etn=incident&id={row['incidentid']}")


async def test_details_are_shown_in_place_and_the_case_is_taken_over(teams: Playground, bot: BotProcess) -> None:
    await paste(teams, bot)
    assert (await teams.lines(CASE))[:4] == ["Case", "CAS-01001", CASE, "Open record"]
    await teams.press(CASE, "Show details")
    own = await teams.lines("Status Reason")
    assert own[3:13:2] == ["Customer", "Priority", "Status Reason", "Owner", "Created On"]
    await teams.press("Status Reason", "Assign to me")
    taken = await teams.lines("CAS-01001 is assigned to you.")
    assert taken[taken.index("Owner") + 1] == "Alex Wilber"
    assert "Assign to me" not in taken


async def test_on_ones_own_card_the_chat_is_connected_without_a_note(teams: Playground, bot: BotProcess) -> None:
    await paste(teams, bot)
    await teams.press(CASE, "Show details")
    own = await teams.card("Status Reason")
    await own.get_by_text("Send a note about the record to the chat").click()
    await teams.press("Status Reason", "Connect this chat")
    assert "Connected by Alex Wilber." in await teams.lines("CAS-01001 is connected to this chat.")


async def set_up_cases(teams: Playground, *texts: str, fields: str = "") -> None:
    """Turn on the settings for these texts, and let people change this field, as an administrator."""
    await teams.open_chat(GROUP_CHAT)
    await teams.card("I connect this chat")
    dialog = await teams.action("settings")
    await dialog.get_by_role("combobox", name="Record type").click()
    await dialog.page.get_by_role("option", name="Case (note").click()
    await dialog.get_by_role("button", name="Change record type").click()
    for text in texts:
        await dialog.get_by_text(text, exact=True).click()
    if fields:
        await dialog.get_by_role("combobox", name="Fields that people can change on a card").click()
        await dialog.page.keyboard.type(fields.partition(" ")[0])
        await dialog.page.get_by_role("option", name=fields).click()
    await dialog.get_by_role("button", name="Save").click()
    await dialog.get_by_text("Saved. The change is active.").wait_for()
    await dialog.get_by_role("button", name="Close").first.click()


async def update(teams: Playground, act: str) -> Locator:
    """Select Update on the personal card, and then an action; return its page."""
    await teams.press("Status Reason", "Update")
    await teams.press("Change fields", act)
    return await teams.card("Back")


async def test_on_ones_own_card_fields_are_changed_a_note_is_added_and_the_case_resolved(
    teams: Playground, bot: BotProcess
) -> None:
    await set_up_cases(teams, "Add a note", "Resolve", fields="Priority (prioritycode)")
    await paste(teams, bot)
    await teams.press(CASE, "Show details")
    form = await update(teams, "Change fields")
    await form.get_by_role("combobox", name="Priority").click()
    await teams.page.get_by_role("option", name="High").click()
    await form.get_by_role("button", name="Save").click()
    changed = await teams.lines("CAS-01001 was updated. Changed fields: Priority.")
    assert changed[changed.index("Priority") + 1] == "High"

    form = await update(teams, "Add a note")
    await form.get_by_role("textbox", name="Note").fill("The seal is worn.")
    await form.get_by_role("button", name="Back").click()
    await teams.card("Change fields")  # without the note, because it was not requested
    await teams.press("Change fields", "Add a note")
    form = await teams.card("Back")
    await form.get_by_role("textbox", name="Note").fill("The seal is worn.")
    await form.get_by_role("button", name="Add the note").click()
    await teams.card("Your note was added to CAS-01001.")
    assert [note["notetext"] for note in await rows(bot, "annotations?$filter=contains(notetext,'seal')")]

    form = await update(teams, "Resolve")
    await form.get_by_role("textbox", name="Resolution").fill("Seal replaced")
    await form.get_by_role("button", name="Resolve case").click()
    resolved = await teams.lines("CAS-01001 is resolved.")
    assert resolved[resolved.index("Status Reason") + 1] == "Problem Solved"


async def test_values_of_a_change_are_shown_to_who_asks_and_may_see_them(teams: Playground, bot: BotProcess) -> None:
    await set_up_cases(teams, "Show key field values only to people who can see them")
    await teams.say("connect CAS-01001 quiet")
    await teams.card("is connected to this chat")
    await bot.save("CAS-01001", {"prioritycode": 1})
    everybody = await teams.lines("Priority")
    assert not [each for each in everybody if "High" in each]
    await teams.press("Show values", "Show values")
    own = await teams.lines("Normal → High")
    assert own[own.index("Priority") + 1] == "Normal → High"
