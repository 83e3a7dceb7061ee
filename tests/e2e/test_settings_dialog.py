"""Settings in the Agents Playground: an administrator turns on a record type, and the change takes effect."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator

from tests.e2e.playground import GROUP_CHAT, PERSONAL_CHAT, Playground, Site, playground, running_playground
from tests.process.bot_process import BotProcess
from tests.wire.people import ISAIAH

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(loop_scope="session")
async def teams(bot: BotProcess, site: Site, chromium: Browser) -> AsyncIterator[Playground]:
    async with playground(site, chromium) as opened:
        await opened.page.set_viewport_size({"width": 1300, "height": 1400})
        yield opened


async def choose(dialog: Locator, label: str, option: str) -> None:
    """Choose in a list of the dialog, as a person does: open it, then select."""
    await dialog.get_by_role("combobox", name=label).click()
    await dialog.page.get_by_role("option", name=option).click()


async def search(dialog: Locator, label: str, words: str, option: str) -> None:
    """Type into an input of the dialog, and select a result."""
    await dialog.get_by_role("combobox", name=label).click()
    await dialog.page.keyboard.type(words)
    await dialog.page.get_by_role("option", name=option).click()


async def test_an_administrator_turns_a_record_type_on_and_its_note_shows_the_view(
    teams: Playground, bot: BotProcess
) -> None:
    await teams.open_chat(GROUP_CHAT)
    await teams.card("I connect this chat")
    dialog = await teams.action("settings")
    await dialog.get_by_role("button", name="Add a record type").click()
    await search(dialog, "Table (type a few letters)", "lead", "Lead (lead)")
    await dialog.get_by_role("button", name="Add", exact=True).click()
    await dialog.get_by_text("Lead (lead) · localhost/sandbox").wait_for()
    await dialog.get_by_label("Include a note").check()
    await choose(dialog, "View for the note", "Lead Associated View")
    await dialog.get_by_label("Notify chats of key updates").check()
    await search(dialog, "Key fields", "company", "Company Name (companyname)")
    await dialog.get_by_role("button", name="Save").click()
    await dialog.get_by_text("Saved. The change is active.").wait_for()
    assert "Lead · Key fields: none → companyname" in await dialog.inner_text()
    await dialog.get_by_role("button", name="Close").or_(dialog.get_by_label("Close")).first.click()

    async with bot.session.get(f"{bot.url}/sandbox/api/data/v9.2/leads?$select=leadid,fullname&$top=1") as answer:
        (lead,) = (await answer.json())["value"]
    await teams.unfurl(f"{bot.url}/sandbox/main.aspx?pagetype=entityrecord&etn=lead&id={lead['leadid']}")
    await teams.press("Connect this chat", "Connect this chat")
    await teams.press("cannot open this lead", "Send the note")
    note = await teams.lines("Connected by Alex Wilber")
    assert note[:2] == ["Lead", lead["fullname"]]
    assert note[2:8:2] == ["Name", "Topic", "Company Name"]


async def test_an_agent_is_refused(bot: BotProcess, site: Site, chromium: Browser, tmp_path: Path) -> None:
    async with (
        running_playground(site.bot_port, tmp_path, speaker=ISAIAH) as of_the_agent,
        playground(of_the_agent, chromium) as teams,
    ):
        await teams.open_chat(PERSONAL_CHAT)
        await teams.card("I connect group chats")
        await teams.say("settings", mention=False)
        refused = await teams.lines("Only people with the security role System Administrator")
        assert refused[1] == "Ask one of them to make the change, or to assign you the role in Dynamics 365."
        dialog = await teams.action("settings")
        await dialog.get_by_text("Only people with the security role System Administrator").wait_for()


async def test_who_lost_the_role_is_refused(teams: Playground, bot: BotProcess) -> None:
    await teams.open_chat(GROUP_CHAT)
    await teams.card("I connect this chat")
    dialog = await teams.action("settings")
    await dialog.get_by_role("button", name="Organization").click()
    await dialog.get_by_label("Chats", exact=True).uncheck()
    await take_the_role(bot)
    await dialog.get_by_role("button", name="Save").click()
    await dialog.get_by_text("Only people with the security role System Administrator").wait_for()


async def take_the_role(bot: BotProcess) -> None:
    """Remove the administrator role of Alex Wilber in the sandbox."""
    api = f"{bot.url}/sandbox/api/data/v9.2"
    person = "00000000-0000-0000-0000-000000000020"
    async with bot.session.get(f"{api}/systemusers?$filter=azureactivedirectoryobjectid eq {person}") as answer:
        user = (await answer.json())["value"][0]["systemuserid"]
    roles = f"{api}/systemusers({user})/systemuserroles_association"
    async with bot.session.get(roles) as answer:
        role = (await answer.json())["value"][0]["roleid"]
    async with bot.session.delete(f"{roles}({role})/$ref") as answer:
        assert answer.status == 204
