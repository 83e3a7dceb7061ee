"""The processes of the day, and their chats and records."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientTimeout

from tests.process.bot_process import BotProcess
from tests.process.soak.fast_clock import FastClock
from tests.tcp_ports import free_port
from tests.wire.people import ALEX, COLLEAGUES, Somebody

API = "/api/data/v9.2"
KEY = "a-key-that-nobody-guesses"
CHATS, CASES = 8, 36
"""So few chats that the sandbox, which keeps 200 messages of each, is full after the warm-up."""
CASES_OF_CHAT = 3
_LEFT_BEHIND = (
    ("chats", "activityid", "statecode eq 1"),
    ("annotations", "annotationid", ""),
    ("tasks", "activityid", ""),
)
"""Sets of rows that acts leave behind in Dynamics 365, their keys, and which of them are old."""
_PROGRAM = "tests.process.soak.program"


@dataclass(frozen=True, kw_only=True)
class Case:
    """A case in Dynamics 365."""

    number: str
    row: str


@dataclass
class Day:
    """Chat Sync in several processes, the sandbox in one of its own, and the people."""

    folder: Path
    database_url: str
    session: ClientSession
    clock: FastClock
    clock_arguments: tuple[str, str]
    processes: dict[str, BotProcess] = field(default_factory=dict)
    chats: list[str] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    _ports: dict[str, int] = field(default_factory=dict)

    @property
    def web(self) -> str:
        """The address of the process that answers Teams, or of the only one."""
        return f"http://127.0.0.1:{self._ports['web']}"

    @property
    def sandbox(self) -> str:
        return f"http://127.0.0.1:{self._ports['sandbox']}/sandbox"

    @property
    def chat_sync(self) -> Mapping[str, BotProcess]:
        """The processes of the product."""
        return {name: each for name, each in self.processes.items() if name != "sandbox"}

    async def start(self, roles: Mapping[str, str]) -> None:
        """Start the sandbox, and processes with these names and roles."""
        self._ports = {name: free_port() for name in ("sandbox", *roles)}
        for name, role in {"sandbox": "sandbox", **roles}.items():
            self.processes[name] = self._process(name, role)
        await asyncio.gather(*(each.start() for each in self.processes.values()))

    def end(self) -> None:
        """Stop every process."""
        for each in self.processes.values():
            if each.process:
                each.kill()

    def _process(self, name: str, role: str) -> BotProcess:
        folder = self.folder / name
        (folder / "tmp").mkdir(parents=True)
        settings = {
            "PORT": str(self._ports[name]),
            "TMPDIR": str(folder / "tmp"),
            "CHATSYNC_ROLE": role,
            "CHATSYNC_DATABASE_URL": self.database_url,
            "CHATSYNC_PUBLIC_URL": self.web,
            "CHATSYNC_WEBHOOK_KEY": KEY,
            "CHATSYNC_GRAPH_CLIENT_STATE": KEY,
            "CHATSYNC_LOG_LEVEL": "ERROR",
        }
        if role != "sandbox":
            settings["CHATSYNC_DATAVERSE_URL"] = self.sandbox
        return BotProcess(folder, settings, self.session, ("-m", _PROGRAM, *self.clock_arguments))

    async def prepare(self) -> None:
        """Create the chats, and connect each to a case."""
        await self._find_cases()
        people = [each.object_id for each in COLLEAGUES]
        for number in range(CHATS):
            body = {"topic": f"Chat {number}", "people": people, "app": True}
            status, answer = await self.act("chats", ALEX, **body)
            assert status == 200, answer
            self.chats.append(str(answer["page"]).rpartition("/")[2].replace("%3A", ":"))
        for chat in self.chats:
            await self.write(chat, ALEX, f"@Chat Sync connect {self.cases_of(chat)[0].number} quiet")

    def cases_of(self, chat: str) -> Sequence[Case]:
        """Return the cases that the chat is connected to from time to time."""
        first = CASES_OF_CHAT * self.chats.index(chat)
        return [self.cases[(first + number) % CASES] for number in range(CASES_OF_CHAT)]

    async def clean_up(self) -> None:
        """Delete old rows in Dynamics 365, as its bulk deletion jobs do."""
        for name, key, condition in _LEFT_BEHIND:
            query = f"$select={key}" + (f"&$filter={condition}" if condition else "")
            _, found = await self.dataverse("GET", f"{name}?{query}")
            for each in (found or {}).get("value", ()):
                await self.dataverse("DELETE", f"{name}({each[key]})")

    async def _find_cases(self) -> None:
        query = "$select=ticketnumber&$orderby=ticketnumber"
        _, answer = await self.dataverse("GET", f"incidents?{query}")
        self.cases += [Case(number=each["ticketnumber"], row=each["incidentid"]) for each in answer["value"]]

    async def act(self, path: str, person: Somebody, **body: object) -> tuple[int, Any]:
        """Do something in the sandbox's chats as a person."""
        return await self.send("POST", f"{self.sandbox}/{path}", {"person": person.object_id, **body})

    async def write(self, chat: str, person: Somebody, text: str) -> int:
        status, _ = await self.act(f"chats/{chat}/messages", person, text=text)
        return status

    async def dataverse(
        self, method: str, path: str, body: object = None, *, person: Somebody = ALEX, **headers: str
    ) -> tuple[int, Any]:
        """Send a request to Dataverse as a person."""
        return await self.send(method, f"{self.sandbox}{API}/{path}", body, CallerObjectId=person.object_id, **headers)

    async def send(self, method: str, url: str, body: object = None, **headers: str) -> tuple[int, Any]:
        """Send a request; return the status, and the JSON if there is any."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        timeout = ClientTimeout(total=30)
        async with self.session.request(method, url, json=body, headers=named, timeout=timeout) as answer:
            content = await answer.read()
            is_json = content and answer.content_type == "application/json"
            return answer.status, (await answer.json() if is_json else None)

    async def restart(self, name: str) -> None:
        """Kill a process, and start it again a moment later. A start that a fault ends is repeated, as services do."""
        process = self.processes[name]
        await asyncio.to_thread(process.kill)
        for is_last in (False, False, True):
            await asyncio.sleep(0.5)
            try:
                await process.start()
            except AssertionError:
                if is_last:
                    raise
            else:
                return

    def pid(self, name: str) -> int:
        running = self.processes[name].process
        assert running
        return running.pid
