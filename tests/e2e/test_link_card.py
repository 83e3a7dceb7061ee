"""A link's card in the Agents Playground: what everybody sees, one's own, and what one does on it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.playground import GROUP_CHAT, Playground, browser, playground
from tests.ports import free_port
from tests.process.bot_process import BotProcess

pytestmark = pytest.mark.e2e

CASE = "Pump vibrates after firmware update"


@pytest.fixture
async def teams(bot: BotProcess, tmp_path: Path) -> AsyncIterator[Playground]:
    async with browser() as running, playground(f"{bot.url}/api/messages", running, tmp_path, free_port()) as opened:
        await opened.page.set_viewport_size({"width": 1300, "height": 1400})
        yield opened


async def paste(teams: Playground, bot: BotProcess) -> None:
    """Alex sends the link of the first case into the group chat."""
    rows = f"{bot.url}/sandbox/api/data/v9.2/incidents?$filter=ticketnumber eq 'CAS-01001'"
    async with bot.session.get(rows) as answer:
        (row,) = (await answer.json())["value"]
    await teams.open_chat(GROUP_CHAT)
    await teams.card("I tie this chat")
    await teams.unfurl(f"{bot.url}/sandbox/main.aspx?pagetype=entityrecord&etn=incident&id={row['incidentid']}")


async def test_details_are_shown_in_place_and_the_case_is_taken_over(teams: Playground, bot: BotProcess) -> None:
    await paste(teams, bot)
    assert (await teams.lines("Connect this chat"))[:4] == ["Case", "CAS-01001", CASE, "Open record"]
    await teams.press(CASE, "Show details")
    own = await teams.lines("Status Reason")
    assert own[3:13:2] == ["Customer", "Priority", "Status Reason", "Owner", "Created On"]
    await teams.press("Status Reason", "Assign to me")
    taken = await teams.lines("CAS-01001 is assigned to you.")
    assert taken[taken.index("Owner") + 1] == "Alex Wilber"
    assert "Assign to me" not in taken


async def test_fields_are_changed_and_the_case_resolved_on_ones_own_card(teams: Playground, bot: BotProcess) -> None:
    await teams.open_chat(GROUP_CHAT)
    await teams.card("I tie this chat")
    dialog = await teams.action("settings")
    await dialog.get_by_role("combobox", name="Record type").click()
    await dialog.page.get_by_role("option", name="Case: on").click()
    await dialog.get_by_role("button", name="Change record type").click()
    await dialog.get_by_text("Add a note").click()
    await dialog.get_by_text("Resolve", exact=True).click()
    await dialog.get_by_role("combobox", name="Fields that people can change on a card").click()
    await dialog.page.keyboard.type("priority")
    await dialog.page.get_by_role("option", name="Priority (prioritycode)").click()
    await dialog.get_by_role("button", name="Save").click()
    await dialog.get_by_text("Saved. It holds from now on.").wait_for()
    await dialog.get_by_role("button", name="Close").first.click()

    await paste(teams, bot)
    await teams.press(CASE, "Show details")
    await teams.press("Status Reason", "Update")
    await teams.press("Change fields", "Change fields")
    form = await teams.card("Save")
    await form.get_by_role("combobox", name="Priority").click()
    await teams.page.get_by_role("option", name="High").click()
    await form.get_by_role("button", name="Save").click()
    changed = await teams.lines("CAS-01001 is changed: Priority.")
    assert changed[changed.index("Priority") + 1] == "High"
