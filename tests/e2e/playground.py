"""The Microsoft 365 Agents Playground, as a person uses it: its page in Chromium.

It runs with its built-in configuration, so with nothing configured: a group chat, a personal chat, six people.
"""

import asyncio
import json
import os
import re
from asyncio.subprocess import PIPE, STDOUT, Process, create_subprocess_exec
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from playwright.async_api import Browser, Locator, Page, Route, async_playwright

from tests.e2e.tools import CHROMIUM_OPTIONS, chromium, node_modules
from tests.patience import PATIENCE_S
from tests.tcp_ports import free_port
from tests.wire.people import EVERYBODY, Somebody

GROUP_CHAT, PERSONAL_CHAT, BOT = "Group Chat", "Personal Chat", "Test Bot"

# By default, it listens on every interface of the machine.
LOOPBACK_ONLY = """
const { Server } = require("net");
const listen = Server.prototype.listen;
Server.prototype.listen = function (where, ...rest) {
  if (typeof where === "number" && typeof rest[0] !== "string") rest.unshift("127.0.0.1");
  else if (where && typeof where === "object" && "port" in where) where.host = "127.0.0.1";
  return listen.call(this, where, ...rest);
};
"""


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """Start a Chromium that can reach only this machine."""
    async with async_playwright() as driver:
        running = await driver.chromium.launch(executable_path=chromium(), args=CHROMIUM_OPTIONS)
        yield running
        await running.close()


async def open_page(running: Browser, url: str) -> Page:
    """Open the page at an address of this machine; block requests to other machines."""
    context = await running.new_context(viewport={"width": 1400, "height": 900})
    page = await context.new_page()
    page.set_default_timeout(PATIENCE_S * 1000)
    await page.route("**/*", _loopback_only)
    await page.goto(url)
    return page


async def _loopback_only(route: Route) -> None:
    host = re.match(r"\w+://([^/:]+)", route.request.url)
    if host is None or host.group(1) in {"localhost", "127.0.0.1"}:
        await route.continue_()
    else:
        await route.abort()


@dataclass
class Playground:
    """The page, and the actions of a person on it."""

    page: Page

    async def open_chat(self, name: str) -> None:
        await self.page.get_by_role("treeitem", name=name).click()

    async def say(self, text: str, *, mention: bool = True) -> None:
        """Write to the bot in the open chat."""
        box = self.page.locator("[role=textbox][contenteditable=true]").last
        await box.click()
        if mention:
            await self.page.keyboard.type("@Test")
            await self.page.get_by_role("menuitem", name=BOT).click()
            await self.page.keyboard.type(" ")
        await self.page.keyboard.type(text)
        await self.page.get_by_role("button", name="Send Message").last.click()

    @property
    def cards(self) -> Locator:
        return self.page.locator(".ac-adaptiveCard")

    async def card(self, text: str, *, within_s: float = PATIENCE_S) -> Locator:
        """Wait for the text, and return the newest card that contains it."""
        found = self.cards.filter(has_text=text).last
        await found.wait_for(timeout=within_s * 1000)
        return found

    async def lines(self, text: str, *, within_s: float = PATIENCE_S) -> list[str]:
        """Return the text lines of that card."""
        shown = await (await self.card(text, within_s=within_s)).inner_text()
        return [line.strip() for line in shown.splitlines() if line.strip()]

    async def press(self, text: str, button: str) -> None:
        """Select a button of the newest card that contains the text."""
        await (await self.card(text)).get_by_role("button", name=button).first.click()

    async def unfurl(self, url: str) -> None:
        """Send a link through the message extension into the open chat."""
        await self.page.get_by_role("button", name="Trigger Message Extension App").last.click()
        await self.page.get_by_role("menuitem", name="Link Unfurling").click()
        dialog = self.page.get_by_role("dialog", name="Link Unfurling")
        await dialog.get_by_role("textbox", name="Enter an URL").fill(url)
        await dialog.locator(".ac-adaptiveCard, [data-tid='hero-card']").last.wait_for()
        await dialog.get_by_role("button", name="Send to Conversation").click()

    async def search(self, words: str, command: str, parameter: str) -> Locator:
        """Open the search and type; return the list of results."""
        await self.page.get_by_role("button", name="Trigger Message Extension App").last.click()
        await self.page.get_by_role("menuitem", name="Search Command").click()
        options = self.page.get_by_role("button", name="Specify Command ID or Parameter")
        if await options.get_attribute("aria-expanded") != "true":
            await options.click()
        await self.page.get_by_role("textbox", name="Command ID").fill(command)
        await self.page.get_by_role("textbox", name="Parameter name").fill(parameter)
        box = self.page.get_by_placeholder("Enter a search term")
        await box.fill(words)
        return box.locator("xpath=ancestor::*[@role='group'][1]")

    async def pick(self, title: str) -> None:
        """Select a search result and send it into the open chat."""
        await self.page.get_by_role("heading", name=title, level=1).first.click()
        await self.cards.last.wait_for()
        await self.page.get_by_role("button", name="Send Message").last.click()

    async def action(self, command: str) -> Locator:
        """Open an action command's dialog in the open chat."""
        await self.page.get_by_role("button", name="Trigger Message Extension App").last.click()
        return await self._command(command)

    async def action_on_message(self, command: str) -> Locator:
        """Open an action command's dialog from the menu of the newest message."""
        await self.page.get_by_role("button", name="Show more information").last.click()
        return await self._command(command)

    async def _command(self, command: str) -> Locator:
        await self.page.get_by_role("menuitem", name="Action Command").click()
        dialog = self.page.get_by_role("dialog", name="Command ID option dialog")
        await dialog.get_by_placeholder("Input command id or leave blanks").fill(command)
        await dialog.get_by_role("button", name="Create").click()
        await dialog.locator(".ac-adaptiveCard").wait_for()
        return dialog


@dataclass(frozen=True)
class Site:
    """A running Playground, and the port of its bot."""

    port: int
    bot_port: int


@asynccontextmanager
async def running_playground(bot_port: int, folder: Path, *, speaker: Somebody | None = None) -> AsyncIterator[Site]:
    """Run the Playground in front of a bot. The default speaker is Alex Wilber."""
    if speaker:
        people = json.dumps(_people(speaker), indent=1)
        (folder / ".m365agentsplayground.yml").write_text(people, encoding="utf-8")
    port = free_port(for_the_session=True)
    process = await _started(f"http://127.0.0.1:{bot_port}/api/messages", folder, port)
    try:
        yield Site(port=port, bot_port=bot_port)
    finally:
        process.terminate()
        await process.communicate()


@asynccontextmanager
async def playground(site: Site, running: Browser) -> AsyncIterator[Playground]:
    """Open a new page of the Playground without messages."""
    page = await open_page(running, f"http://localhost:{site.port}/")
    try:
        await page.get_by_role("treeitem", name=PERSONAL_CHAT).wait_for(timeout=PATIENCE_S * 1000)
        await page.get_by_text("Connected.").first.wait_for(timeout=PATIENCE_S * 1000)
        yield Playground(page)
    finally:
        await page.context.close()


def _people(speaker: Somebody) -> Mapping[str, object]:
    """Return its configuration, which must be complete: the speaker, five other people, and their chats."""
    others = [each for each in EVERYBODY if each is not speaker][:5]
    return {
        "version": "0.1.1",
        "tenantId": str(uuid4()),
        "bot": {"id": f"28:{uuid4()}", "name": BOT},
        "currentUser": _person(speaker),
        "users": [_person(each) for each in others],
        "personalChat": {"id": "a:personal"},
        "groupChat": {"id": "19:0a0a0a0a@thread.v2", "name": GROUP_CHAT},
        "team": {
            "id": "19:0b0b0b0b@thread.tacv2",
            "name": "My Team",
            "aadGroupId": str(uuid4()),
            "channels": [{"id": "19:0c0c0c0c@thread.tacv2", "name": "Announcements"}],
        },
    }


def _person(person: Somebody) -> Mapping[str, str]:
    given, _, surname = person.name.partition(" ")
    mail = f"{given}@example.com".lower()
    return {
        "id": person.account_id,
        "name": person.name,
        "userPrincipleName": mail,  # this is the spelling of its configuration
        "aadObjectId": person.object_id,
        "givenName": given,
        "surname": surname,
        "email": mail,
    }


async def _started(endpoint: str, folder: Path, port: int) -> Process:
    preload = folder / "loopback.cjs"
    preload.write_text(LOOPBACK_ONLY, encoding="utf-8")
    program = node_modules() / "@microsoft" / "m365agentsplayground" / "cli.js"
    process = await create_subprocess_exec(
        "node",
        str(program),
        *("start", "-e", endpoint, "-c", "msteams", "-p", str(port), "--disable-telemetry"),
        cwd=folder,
        env={**os.environ, "NODE_OPTIONS": f"--require {preload}", "TEAMSAPPTESTER_BROWSER": "none"},
        stdout=PIPE,
        stderr=STDOUT,
    )
    assert process.stdout
    async with asyncio.timeout(PATIENCE_S):
        async for line in process.stdout:
            if line.startswith(b"Listening on"):
                return process
    raise RuntimeError("the Playground did not start")
