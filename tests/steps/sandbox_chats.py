"""The chat page of the sandbox at the wire, in front of a bot that records activities."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientSession, web

from bot.sandbox.app import TEAMS, SandboxSettings, make_sandbox
from bot.sandbox.teams.sample_organization import SampleOrganization
from tests.sandbox.wire import KEY, MIDDAY
from tests.tcp_ports import free_port
from tests.wire.people import Somebody

MANIFEST: Mapping[str, Any] = {
    "bots": [{"commandLists": [{"commands": [{"title": "connect", "description": "Connect this chat"}]}]}],
    "composeExtensions": [{"commands": [{"id": "save", "type": "action", "title": "Save", "context": ["message"]}]}],
}


class ChatPage:
    """The requests of the page, and the bot's answers."""

    teams: SampleOrganization

    def __init__(self, session: ClientSession, url: str) -> None:
        self.session = session
        self.url = url
        self.activities: list[dict[str, Any]] = []
        self.answer: object = {}
        self.status = 200

    async def receive(self, request: web.Request) -> web.Response:
        """Record an activity as the bot, and answer it."""
        self.activities.append(await request.json())
        return web.json_response(self.answer, status=self.status)

    def received(self) -> list[dict[str, Any]]:
        """Return the activities since the last call."""
        found, self.activities = self.activities, []
        return found

    async def post(self, path: str, who: Somebody | None = None, **body: object) -> tuple[int, Any]:
        person = {"person": who.object_id} if who else {}
        async with self.session.post(f"{self.url}/{path}", json={**person, **body}) as response:
            return response.status, await response.json()

    async def chat(self, who: Somebody, *others: Somebody, app: bool = True, **more: object) -> str:
        """Create a chat, and return its ID."""
        people = [each.object_id for each in others]
        status, answer = await self.post("chats", who, people=people, app=app, **more)
        assert status == 200, answer
        return str(answer["page"]).rpartition("/")[2].replace("%3A", ":")

    async def state(self, chat: str, after: int = 0) -> dict[str, Any]:
        async with self.session.get(f"{self.url}/chats/{chat}/state?after={after}") as response:
            assert response.status == 200
            state: dict[str, Any] = await response.json()
            return state

    async def bot_posts(self, chat: str, **activity: object) -> str:
        """Post a message as the bot, and return its ID."""
        path = f"{self.url}/teams/v3/conversations/{chat}/activities"
        async with self.session.post(path, json={"type": "message", **activity}) as response:
            assert response.status == 201
            return str((await response.json())["id"])


@asynccontextmanager
async def chat_page(**settings: Any) -> AsyncIterator[ChatPage]:
    """Start a sandbox with a recording bot."""
    port = free_port()
    async with ClientSession() as session:
        page = ChatPage(session, f"http://127.0.0.1:{port}/sandbox")
        given = {
            "url": page.url,
            "webhook_url": f"http://127.0.0.1:{port}/events",
            "webhook_key": KEY,
            "file": None,
            "messages_url": f"http://127.0.0.1:{port}/api/messages",
            "manifest": MANIFEST,
            **settings,
        }
        app = web.Application()
        app.router.add_post("/api/messages", page.receive)
        sandbox = make_sandbox(SandboxSettings(**given), now=lambda: MIDDAY)
        page.teams = sandbox[TEAMS]
        app.add_subapp("/sandbox", sandbox)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        try:
            yield page
        finally:
            await runner.cleanup()
