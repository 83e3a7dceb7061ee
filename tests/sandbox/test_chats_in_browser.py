"""A trial of the product on the sandbox's pages in Chromium, without any other client."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from tests.process.bot_process import BotProcess
from tests.steps.browser import running_bot, running_browser, watched_page

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

CASE = "Pump vibrates after firmware update"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BotProcess]:
    async with running_bot(tmp_path_factory.mktemp("bot")) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with running_browser() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def page(bot: BotProcess, browser: Browser) -> AsyncIterator[Page]:
    """Create a chat of Alex Wilber, Megan Bowen, Adele Vance, and the app."""
    async with watched_page(browser) as opened:
        await opened.goto(f"{bot.url}/sandbox/chats")
        await opened.get_by_role("button", name="Create chat").click()
        await card(opened, "Mention me and write").wait_for()
        yield opened


def card(page: Page, text: str) -> Locator:
    return page.locator("#messages .card").filter(has_text=text)


def button(where: Page | Locator, name: str) -> Locator:
    return where.get_by_role("button", name=name, exact=True)


async def write(page: Page, text: str) -> None:
    await page.get_by_label("Message", exact=True).fill(text)
    await page.keyboard.press("Enter")


async def become(page: Page, person: str) -> None:
    await page.get_by_label("You are").select_option(person)


async def link(bot: BotProcess, number: str) -> str:
    return f"{bot.url}/sandbox/main.aspx?pagetype=entityrecord&etn=incident&id={await bot.row(number)}"


async def open_menu(page: Page, text: str) -> None:
    await page.locator("#messages li").filter(has_text=text).get_by_label("More options").click()


async def test_a_chat_is_connected_by_typing_and_a_button_answers_one_person(page: Page, bot: BotProcess) -> None:
    await button(page, "@ Mention").click()
    await page.keyboard.type("conn")
    await page.get_by_role("button", name="connect Connect this chat").click()
    await page.keyboard.type("CAS-01001")
    await page.keyboard.press("Enter")
    note = card(page, "Connected by Alex Wilber")
    await expect(note).to_contain_text(CASE)
    await button(note, "Chats").click()
    await expect(card(page, "Chats about CAS-01001")).to_contain_text("You are in this chat.")
    await become(page, "Megan Bowen")
    await expect(card(page, "Chats about CAS-01001")).to_have_count(0)
    await expect(note).to_contain_text(CASE)
    await expect(page.locator("#messages li.other")).to_contain_text("connect CAS-01001")
    await become(page, "Alex Wilber")
    await expect(card(page, "Chats about CAS-01001")).to_be_visible()
    case = f"{bot.url}/sandbox/api/data/v9.2/incidents({await bot.row('CAS-01001')})"
    async with bot.session.patch(case, json={"prioritycode": 1}) as saved:
        assert saved.status == 204
    await expect(card(page, "Normal → High")).to_contain_text("CAS-01001")


async def test_a_dialog_searches_records_while_a_person_types(page: Page) -> None:
    await button(page, "Actions").click()
    await page.get_by_role("button", name="Connect this chat").click()
    dialog = page.get_by_role("dialog")
    record = dialog.get_by_role("combobox", name="Record")
    await record.fill("booster")
    await expect(dialog.get_by_role("option").first).to_contain_text(re.compile("booster", re.IGNORECASE))
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(record).to_have_value(re.compile("booster", re.IGNORECASE))
    await button(dialog, "Connect").click()
    await expect(card(page, "Connected by Alex Wilber")).to_have_count(1)


async def test_a_pasted_link_becomes_a_card_for_each_person(page: Page, bot: BotProcess) -> None:
    await page.get_by_label("Message", exact=True).fill(f"Look: {await link(bot, 'CAS-01002')}")
    await expect(page.locator("#draft .card")).to_contain_text("CAS-01002")
    await button(page, "Send").click()
    await expect(card(page, "CAS-01002")).to_be_visible()
    # The card refreshes itself with the details that this person can read.
    await expect(card(page, "CAS-01002")).to_contain_text("Status Reason")
    await button(card(page, "CAS-01002"), "Connect this chat").click()
    await expect(card(page, "Connected by Alex Wilber")).to_contain_text("CAS-01002")


async def test_a_found_record_is_posted(page: Page) -> None:
    await button(page, "Search").click()
    await page.get_by_label("Search", exact=True).fill("CAS-01001")
    await page.get_by_role("dialog").get_by_role("listitem").filter(has_text=CASE).get_by_role("button").click()
    await button(page, "Send").click()
    await expect(page.locator("#messages li.mine .card")).to_contain_text(CASE)


async def test_a_message_is_saved_to_a_record(page: Page) -> None:
    await write(page, "The seal leaks <b>again</b>.")
    await open_menu(page, "The seal leaks <b>again</b>.")
    await page.get_by_role("menuitem", name="Save to record").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Or its number, its link, or a few words").fill("CAS-01003")
    await expect(dialog.get_by_label("Text *")).to_have_value("The seal leaks <b>again</b>.")
    await button(dialog, "Save").click()
    await expect(dialog).to_contain_text("CAS-01003")
    await expect(dialog.get_by_label("Text *")).to_have_count(0)


async def test_the_chat_is_renamed_and_people_come_and_go(page: Page) -> None:
    await page.get_by_role("button", name=re.compile("^People")).click()
    await page.get_by_label("Name", exact=True).fill("Pump team")
    await button(page, "Rename").click()
    await expect(page.get_by_role("heading", name="Pump team")).to_have_count(1)
    await button(page, "Add Patti Fernandez").click()
    await button(page, "Remove Patti Fernandez").wait_for()
    await button(page, "Remove Chat Sync").click()
    await expect(page.get_by_text("Chat Sync is not in this chat.")).to_be_visible()
    await button(page, "Close").click()
    await become(page, "Patti Fernandez")
    # Each tab has its own person.
    other = await page.context.new_page()
    await other.goto(page.url)
    await expect(other.get_by_label("You are").locator("option:checked")).to_have_text("Alex Wilber")
    await other.close()
    await page.reload()
    await expect(page.get_by_label("You are").locator("option:checked")).to_have_text("Patti Fernandez")


async def test_a_reply_quotes_and_text_is_never_markup(page: Page) -> None:
    nasty = '<img src=x onerror="document.title=1"> [a](javascript:alert(1))'
    await write(page, nasty)
    await open_menu(page, nasty)
    await page.get_by_role("menuitem", name="Reply").click()
    await write(page, "Yes")
    await expect(page.locator("#messages blockquote")).to_contain_text(nasty)
    assert await page.locator("#messages :is(img, li a)").count() == 0


def submit(title: str, teams: dict[str, object]) -> dict[str, object]:
    return {"type": "Action.Submit", "title": title, "data": {"msteams": teams}}


HIDDEN = {"type": "TextBlock", "id": "more", "text": "Hidden part", "isVisible": False}
NASTY = "**bold** <img src=x onerror=alert(1)> [bad](javascript:alert(1)) [good](https://example.com/) # no | table"
MENTIONED = {"type": "mention", "text": "<at>Adele Vance</at>", "mentioned": {"id": "29:1", "name": "Adele Vance"}}
CARD = {
    "type": "AdaptiveCard",
    "version": "1.5",
    "body": [
        {"type": "TextBlock", "text": NASTY, "wrap": True},
        {"type": "TextBlock", "text": "Owner: <at>Adele Vance</at>, not <at>Patti</at>", "wrap": True},
        HIDDEN,
    ],
    "msteams": {"entities": [MENTIONED]},
    "actions": [
        {"type": "Action.ToggleVisibility", "title": "Toggle", "targetElements": ["more"]},
        submit("Say", {"type": "imBack", "value": "Said by a button"}),
        submit("Back", {"type": "messageBack", "displayText": "Shown to all", "text": "status", "value": {"a": "b"}}),
        submit("Odd", {"type": "signin"}),
        {"type": "Action.OpenUrl", "title": "Bad", "url": "javascript:alert(1)"},
    ],
}


async def test_each_kind_of_button_works_and_the_bot_changes_its_messages(page: Page, bot: BotProcess) -> None:
    activities = f"{bot.url}/sandbox/teams/v3/conversations/{page.url.rpartition('/')[2]}/activities"
    attachments = [{"contentType": "application/vnd.microsoft.card.adaptive", "content": CARD}]
    async with bot.session.post(activities, json={"type": "message", "attachments": attachments}) as posted:
        message = (await posted.json())["id"]
    shown = card(page, "bold")
    await button(shown, "Toggle").click()
    await expect(shown.get_by_text("Hidden part")).to_be_visible()
    assert await shown.locator("strong").inner_text() == "bold"
    await expect(shown.get_by_text("Owner:")).to_have_text("Owner: Adele Vance, not <at>Patti</at>")
    assert await shown.locator(".mention").all_inner_texts() == ["Adele Vance"]
    assert await shown.locator("img, h1, table, script").count() == 0
    assert [await each.get_attribute("href") for each in await shown.locator(".ac-textBlock a").all()] == [
        "https://example.com/"
    ]
    await button(shown, "Say").click()
    await expect(page.locator("#messages li.mine", has_text="Said by a button")).to_be_visible()
    await button(shown, "Back").click()
    await expect(page.locator("#messages li.mine", has_text="Shown to all")).to_be_visible()
    await button(shown, "Odd").click()
    await expect(page.get_by_text("does not support this button")).to_be_visible()
    await shown.get_by_text("Bad", exact=True).click()
    assert len(page.context.pages) == 1
    async with bot.session.put(f"{activities}/{message}", json={"type": "message", "text": "Changed"}):
        await expect(page.locator("#messages li.bot", has_text="Changed")).to_contain_text("Edited")
    async with bot.session.delete(f"{activities}/{message}"):
        await expect(page.get_by_text("This message was deleted.")).to_be_visible()


async def test_quiet_hours_begin_with_the_time_zone_of_the_browser(bot: BotProcess, browser: Browser) -> None:
    async with watched_page(browser, timezone_id="Asia/Tokyo") as page:
        await page.goto(f"{bot.url}/sandbox/chats")
        await button(page, "Create chat").click()
        await card(page, "Mention me and write").wait_for()
        await write(page, "@Chat Sync connect CAS-01004")
        await card(page, "Connected by Alex Wilber").wait_for()
        await write(page, "@Chat Sync notifications")
        await button(page, "Notifications").click()
        dialog = page.get_by_role("dialog")
        await button(dialog, "Quiet hours").click()
        await expect(dialog.get_by_role("combobox")).to_have_value("Asia/Tokyo")


async def test_a_result_in_a_long_dialog_is_in_view(page: Page) -> None:
    await page.set_viewport_size({"width": 390, "height": 700})
    await write(page, "@Chat Sync connect CAS-01004")
    await card(page, "Connected by Alex Wilber").wait_for()
    await write(page, "@Chat Sync notifications")
    await button(page, "Notifications").click()
    dialog = page.get_by_role("dialog")
    await button(dialog, "Quiet hours").click()
    for pressed, result in (("Preview", "With these rules"), ("Save", "The start and the end must be different.")):
        if pressed == "Save":
            await dialog.get_by_label("Hold changes during quiet hours").check()
            await dialog.get_by_label("To", exact=True).fill("18:00")
        await button(dialog, pressed).click()
        line = dialog.get_by_text(result)
        await expect(line).to_be_in_viewport(ratio=1)
        head, shown = await dialog.locator(".dialog-head").bounding_box(), await line.bounding_box()
        assert head
        assert shown
        assert shown["y"] >= head["y"] + head["height"]


async def test_a_person_talks_to_the_app_alone(page: Page, bot: BotProcess) -> None:
    await page.goto(f"{bot.url}/sandbox/chats")
    await button(page, "Chat with Chat Sync").click()
    await card(page, "Chat Sync").first.wait_for()
    await write(page, "help")
    await expect(card(page, "Suggest people to talk to")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.set_viewport_size({"width": 390, "height": 800})
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
