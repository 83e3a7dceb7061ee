"""Bring the pane of the sandbox into each of its states, for pictures."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Locator, Page, Route, expect

from tests.process.bot_process import BotProcess
from tests.steps.pane_pictures import Look, take_pictures
from tests.wire.people import ADELE, ALEX, ISAIAH, LYNNE, MEGAN, PATTI, Somebody

TEAM = "Pump team"
LATIN = "Überdruck" * 45
ARABIC = "<b>مضخة</b> الاهتزاز بعد تحديث البرنامج " + "الاهتزاز " * 50
HEBREW = "<img src=x onerror=alert(1)> משאבה רועדת אחרי עדכון " * 8
LONG_NAMES = (ARABIC[:400], LATIN[:400], HEBREW[:400])
Change = Callable[[dict[str, Any]], None]


@dataclass
class Stage:
    """A browser page of the sandbox's pane, whose pictures are taken."""

    page: Page
    bot: BotProcess
    folder: Path
    looks: tuple[Look, ...]
    defects: list[str] = field(default_factory=list)

    async def snap(self, name: str) -> None:
        """Take the pictures of what is shown."""
        await expect(self.page.locator("main[aria-busy]")).to_have_count(0)
        self.defects += await take_pictures(self.page, self.page.main_frame, self.folder, name, self.looks)

    async def open(self, path: str = "/pane?host=sandbox", person: str = "") -> None:
        """Open a page of the pane as a person of the sample organization."""
        await self.page.goto("about:blank")
        await self.page.goto(self.bot.url + path)
        if person:
            await self.page.get_by_role("button", name=person).click()
            await expect(self.page.get_by_text(f"You are {person}.")).to_be_visible()

    async def open_record(self, person: str, number: str = "CAS-01001") -> None:
        await self.open(f"/pane?host=sandbox#table=incident&id={await self.bot.row(number)}", person)

    async def answer(self, name: str, status: int = 200, body: object = None) -> None:
        """Answer requests of this name in place of the server."""
        content = body if body is not None else {}
        await self._route(name, lambda route: route.fulfill(status=status, json=content))

    async def fail(self, kind: str, text: str, next_step: str = "", *, name: str = "(view|poll)") -> None:
        error = {"kind": kind, "text": text, "nextStep": next_step}
        await self.answer(name, 403, {"error": error})

    async def lose_connection(self) -> None:
        await self._route("(view|poll)", lambda route: route.abort())

    async def hold(self, name: str) -> None:
        """Leave requests of this name without an answer."""

        async def wait(route: Route) -> None:
            await asyncio.Event().wait()

        await self._route(name, wait)

    async def change(self, name: str, change: Change) -> None:
        """Change the answers of the server to requests of this name."""

        async def answer(route: Route) -> None:
            response = await route.fetch()
            values = await response.json()
            change(values)
            await route.fulfill(response=response, json=values)

        await self._route(name, answer)

    async def _route(self, name: str, handler: Callable[[Route], Any]) -> None:
        await self.page.route(re.compile(f"/pane/{name}$"), handler)

    async def let(self) -> None:
        """Let the server answer again."""
        await self.page.unroute_all(behavior="ignoreErrors")

    def region(self, name: str) -> Locator:
        return self.page.get_by_role("region", name=name)

    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")


def with_long_names(view: dict[str, Any]) -> None:
    """Replace the names in a view by long ones in both directions, with markup."""
    names = iter(LONG_NAMES * 100)
    for section in view.get("sections", []):
        for person in section["people"]:
            person.update(name=next(names), title=next(names), reason=next(names), photo="")
        for row in section["rows"]:
            row["name"] = next(names)
            row["facts"] = [{**fact, "text": next(names)} for fact in row["facts"]]
            row["records"] = [{**each, "name": next(names)} if each else None for each in row["records"]]
    for record in [view.get("record"), *(each["record"] for each in view.get("records", []))]:
        if record:
            record.update(name=next(names), kind=LATIN[:100])
    for record in view.get("records", []):
        for fact in [*record["fields"], *record["facts"], *record["changes"], *record["problems"]]:
            fact.update({key: next(names) for key in ("label", "value", "text") if key in fact})


def with_many_rows(view: dict[str, Any]) -> None:
    """Fill the connected chats with more than a page of rows."""
    # Suggested contacts are a view of their own.
    for connected in (each for each in view["sections"] if each["name"] == "connected"):
        row = connected["rows"][0]
        connected["rows"] = [{**row, "key": str(number), "name": f"Pump team {number}"} for number in range(50)]
        connected["total"] = 130


def with_failed_graph(view: dict[str, Any]) -> None:
    """Show the chats of the person as of an earlier time."""
    for section in view["sections"]:
        if section["name"] in {"otherRecords", "myChats"}:
            text, next_step = "Microsoft Graph is not responding.", "Try again in a moment."
            section["problem"] = {"kind": "unavailable", "text": text, "nextStep": next_step}
            section["asOf"] = "2026-03-05T09:41:00+00:00"


@dataclass(frozen=True)
class SampleChats:
    """The chat page of the sandbox."""

    bot: BotProcess

    async def create(self, topic: str, *people: Somebody, text: str = "") -> str:
        """Create a chat in which the first person writes to the bot; return its ID."""
        first, *others = people
        body = {"topic": topic, "people": [each.object_id for each in others], "app": bool(text)}
        page = (await self._post("", first, body))["page"]
        chat = str(page).rpartition("/")[2].replace("%3A", ":")
        if text:
            await self.say(chat, first, text)
        return chat

    async def say(self, chat: str, person: Somebody, text: str) -> None:
        await self._post(f"/{chat}/messages", person, {"text": f"@Chat Sync {text}"})

    async def _post(self, path: str, person: Somebody, body: Mapping[str, object]) -> Any:
        content = {"person": person.object_id, **body}
        async with self.bot.session.post(f"{self.bot.url}/sandbox/chats{path}", json=content) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()


async def prepare(bot: BotProcess) -> str:
    """Connect chats of the sample organization to records; return the ID of the chat with two records."""
    chats = SampleChats(bot)
    chat = await chats.create(TEAM, ALEX, MEGAN, ISAIAH, text="connect CAS-01001 quiet")
    await chats.say(chat, MEGAN, "connect CAS-01002 quiet")
    await chats.create("Booster", ALEX, MEGAN, text="connect CAS-01002 quiet")
    await chats.create("Service leads", MEGAN, PATTI, text="connect CAS-01001 quiet")
    await chats.create("Customer call", ALEX, MEGAN, LYNNE)
    await chats.create("", ALEX, ADELE, ISAIAH)
    await bot.save("CAS-01001", {"prioritycode": 1})
    return chat
