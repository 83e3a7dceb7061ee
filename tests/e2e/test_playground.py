"""The product's main task, in the Agents Playground and on the sandbox's page, as a new user tries it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.e2e.playground import GROUP_CHAT, PERSONAL_CHAT, Playground, Site, open_page, playground
from tests.patience import PATIENCE_S
from tests.process.bot_process import BotProcess

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

CASE = "Pump vibrates after firmware update"
QUESTION = "people in this chat cannot open this case."
"""One of the Playground's people has no user in Dynamics 365."""


@pytest_asyncio.fixture(loop_scope="session")
async def pages(bot: BotProcess, site: Site, chromium: Browser) -> AsyncIterator[tuple[Playground, Page]]:
    """Open the Playground and the sandbox's page of the first case."""
    link = f"{bot.url}/sandbox/main.aspx?pagetype=entityrecord&etn=incident&id={await bot.row('CAS-01001')}"
    async with playground(site, chromium) as opened:
        sandbox = await open_page(chromium, link)
        yield opened, sandbox
        await sandbox.context.close()


async def save(sandbox: Page, **choices: str) -> None:
    """Choose values on the sandbox's page, and save them."""
    for label, value in choices.items():
        await sandbox.get_by_label(label.replace("_", " "), exact=True).select_option(value)
    await sandbox.get_by_role("button", name="Save").click()
    await sandbox.get_by_text("Saved.").wait_for()


async def test_the_main_job_from_the_first_word_to_the_card(pages: tuple[Playground, Page]) -> None:
    teams, sandbox = pages
    await teams.open_chat(GROUP_CHAT)
    assert any("connect CAS-01001" in line for line in await teams.lines("I connect this chat"))

    await teams.say("connect CAS-01001")
    await teams.press(QUESTION, "Send the note")
    note = await teams.lines("Connected by Alex Wilber")
    assert note[:3] == ["Case", "CAS-01001", CASE]
    assert note[3:13:2] == ["Customer", "Priority", "Status Reason", "Owner", "Created On"]
    assert note[-2:] == ["Open record", "Chats"]

    await save(sandbox, Priority="High")
    told = await teams.lines("Normal → High")
    assert told[:5] == ["Case", "CAS-01001", CASE, "Priority", "Normal → High"]
    assert told[5].startswith("Alex Wilber · ")

    count = await teams.cards.count()
    await sandbox.get_by_role("button", name="Save").click()
    await sandbox.get_by_text("There are no changes to save.").wait_for()
    assert await teams.cards.count() == count

    await save(sandbox, Priority="Low", Status_Reason="On Hold")
    both = await teams.lines("High → Low")
    assert both[3:7] == ["Priority", "High → Low", "Status Reason", "In Progress → On Hold"]
    assert await teams.cards.count() == count + 1


async def test_a_link_becomes_a_card_that_connects_the_chat(pages: tuple[Playground, Page]) -> None:
    teams, sandbox = pages
    await teams.open_chat(GROUP_CHAT)
    await teams.unfurl(await sandbox.get_by_label("Record link").input_value())
    assert (await teams.lines(CASE))[:3] == ["Case", "CAS-01001", CASE]
    await teams.press(CASE, "Connect this chat")
    await teams.press(QUESTION, "Send the note")
    assert (await teams.lines("Connected by Alex Wilber"))[:2] == ["Case", "CAS-01001"]


async def test_words_give_a_choice_and_a_press_connects(pages: tuple[Playground, Page]) -> None:
    teams, _ = pages
    await teams.open_chat(GROUP_CHAT)
    await teams.say("connect pump")
    await teams.press("Which record should this chat be connected to?", "Show records")
    await teams.press("Which record should this chat be connected to?", "Connect")
    await teams.press(QUESTION, "Send the note")
    await teams.card("Connected by Alex Wilber")


async def test_alone_with_a_person_the_bot_offers_a_group_chat(pages: tuple[Playground, Page]) -> None:
    teams, _ = pages
    await teams.open_chat(PERSONAL_CHAT)
    await teams.card("I connect group chats")
    await teams.say("connect CAS-01001", mention=False)
    assert "New chat" in await teams.lines("A one-to-one chat cannot be connected")


async def test_a_new_connected_chat_is_started_from_the_compose_box(pages: tuple[Playground, Page]) -> None:
    teams, sandbox = pages
    await teams.open_chat(GROUP_CHAT)
    await teams.card("I connect this chat")
    dialog = await teams.action("newChat")
    # The Playground does not search while a person types.
    await dialog.get_by_label("Or its number, its link, or a few words").fill("CAS-01001")
    await dialog.get_by_role("button", name="Next").click()
    await dialog.get_by_text("Everyone in the chat will see:").wait_for()
    await dialog.get_by_label("Or names, separated by commas").fill("Megan Bowen")
    await dialog.get_by_label("Chat name").fill("Pump: today")
    await dialog.get_by_role("button", name="Create chat").click()
    await dialog.get_by_text("The chat is ready.").wait_for()

    await sandbox.goto(sandbox.url.partition("/sandbox/")[0] + "/sandbox/chats")
    await sandbox.get_by_role("link", name="Pump today").click()
    # Alex Wilber, Megan Bowen, and the app.
    await sandbox.get_by_role("button", name="People (3)").wait_for()
    await sandbox.get_by_text("Connected by Alex Wilber").wait_for()


async def test_lists_and_buttons_are_clicked_through_to_a_disconnect_that_is_undone(
    pages: tuple[Playground, Page],
) -> None:
    teams, sandbox = pages
    await teams.open_chat(GROUP_CHAT)
    await teams.say("connect CAS-01001 quiet")
    await teams.card("CAS-01001 is connected to this chat.")
    await teams.say("chats")
    await teams.press("Chats about CAS-01001", "Show chats")
    await teams.card("You are in this chat.")
    listed = await teams.lines("Chats about CAS-01001")
    assert "You are in this chat." in listed
    assert listed[-3:] == ["New chat", "My other chats", "Timeline"]
    await teams.press("Chats about CAS-01001", "My other chats")
    assert "You are not in any other group chat." in await teams.lines("My other chats to connect to CAS-01001")
    await teams.say("suggest")
    await teams.press("People for CAS-01001", "Show people")
    await teams.card("Adele Vance (available)")
    people = await teams.lines("People for CAS-01001")
    buttons = ["Write", "New chat", "Add to this chat", "All members"]
    assert people[2:] == ["Adele Vance (available)", "Owner · Last changed it", *buttons]
    await teams.press("People for CAS-01001", "Add to this chat")
    await teams.card("Alex Wilber added Adele Vance to this chat.")
    await teams.say("status")
    await teams.press("1 connected record", "Show status")
    assert "No changes received yet" in await teams.lines("Status of this chat")

    await save(sandbox, Owner="Diego Siciliani")
    owned = await teams.lines("now owns this case and is not in this chat")
    # A person who can no longer sign in cannot be added.
    assert owned[-3:] == ["Open record", "Chats", "Notifications"]
    await save(sandbox, Status="Resolved")
    closed = await teams.lines("This case was closed (Resolved).")
    assert closed[-3:] == ["Open record", "Keep connected", "Disconnect"]
    await teams.press("This case was closed", "Disconnect")
    await teams.press("You can undo this for 10 minutes.", "Undo")
    await teams.card("Alex Wilber connected CAS-01001 to this chat again.")


async def test_the_chat_is_on_the_records_timeline_with_who_is_in_it_and_who_wrote_last(
    pages: tuple[Playground, Page],
) -> None:
    teams, sandbox = pages
    await teams.open_chat(GROUP_CHAT)
    await teams.say("connect CAS-01001 quiet")
    await teams.card("CAS-01001 is connected to this chat.")
    said = datetime.now(UTC).replace(microsecond=0)
    # The Playground sends only messages that mention the bot.
    await teams.say("The pump is quiet now")
    site = sandbox.url.partition("/sandbox/")[0]
    query = f"{site}/sandbox/api/data/v9.2/chats?$expand=chat_activity_parties($select=participationtypemask)"

    async def is_shown() -> bool:
        rows = (await (await sandbox.request.get(query)).json())["value"]
        if not rows or not rows[0]["modifiedinteamson"]:
            return False
        kinds = [each["participationtypemask"] for each in rows[0]["chat_activity_parties"]]
        # The connect command was a message too, and may be shown first.
        return kinds.count(12) > 1 and kinds.count(1) == 1 and _moment(rows[0]["modifiedinteamson"]) >= said

    async with asyncio.timeout(PATIENCE_S):
        while not await is_shown():
            await asyncio.sleep(0.2)
    await sandbox.goto(f"{site}/sandbox/tables/chat")
    await sandbox.get_by_role("link", name="Adele Vance, Alex Wilber").first.click()
    await sandbox.get_by_role("heading", name="Read-only columns").wait_for()
    facts = await sandbox.locator("dl.facts").inner_text()
    assert "Modified in Teams By\nAlex Wilber" in facts
    assert "Chat Participant\nAdele Vance, Alex Wilber" in facts
    shown = await sandbox.get_by_label("Modified in Teams On (UTC)").input_value()
    assert said <= _moment(shown) <= datetime.now(UTC)


def _moment(shown: str) -> datetime:
    """Return the time as the page or Dataverse formats it, in UTC."""
    return datetime.fromisoformat(shown).replace(tzinfo=UTC)
