"""The main task with the traffic of the Bot Framework Emulator: no sign-in, no conversation types, no Action.Execute.

The Emulator itself is a desktop program; what it sends and answers is written down here from version 4.15.1.
"""

import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import pytest
from aiohttp import ClientSession, web

from tests.patience import until
from tests.process.bot_process import BotProcess
from tests.tcp_ports import free_port
from tests.wire.world import buttons, texts


@dataclass
class Emulator:
    """One conversation between a user and a bot, and the connector that the bot calls."""

    bot: BotProcess
    conversation: str = field(default_factory=lambda: f"{uuid.uuid1()}|livechat")
    user_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    bot_id: str = field(default_factory=lambda: str(uuid.uuid1()))
    received: list[dict[str, Any]] = field(default_factory=list)
    port: int = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Self]:
        app = web.Application()
        for path in ("/activities", "/activities/{activity}"):
            app.router.add_post("/v3/conversations/{conversation}" + path, self._post)
        app.router.add_get("/v3/conversations/{conversation}/members", self._members)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.port = runner.addresses[0][1]
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _post(self, request: web.Request) -> web.Response:
        if request.match_info["conversation"] != self.conversation:
            error = {"error": {"code": "BadArgument", "message": "conversation not found"}}
            return web.json_response(error, status=404)
        self.received.append(await request.json())
        return web.json_response({"id": str(uuid.uuid1())})

    async def _members(self, _request: web.Request) -> web.Response:
        return web.json_response([{"id": self.bot_id, "name": "Bot"}, {"id": self.user_id, "name": "User"}])

    async def send(self, **activity: object) -> None:
        """Complete an activity as the Emulator does, and post it; the bot must accept it."""
        now = datetime.now(UTC)
        whole = {
            "channelId": "emulator",
            "conversation": {"id": self.conversation},
            "from": {"id": self.user_id, "name": "User", "role": "user"},
            "id": str(uuid.uuid1()),
            "localTimestamp": now.strftime("%Y-%m-%dT%H:%M:%S+00:00"),
            "locale": "en-US",
            "recipient": {"id": self.bot_id, "name": "Bot", "role": "bot"},
            "serviceUrl": f"http://localhost:{self.port}",
            "timestamp": now.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            **activity,
        }
        assert await self.bot.post(whole) == 201

    async def say(self, text: str) -> None:
        data = {"clientActivityID": uuid.uuid4().hex[:14]}
        await self.send(type="message", text=text, textFormat="plain", channelData=data)

    async def submit(self, button: dict[str, Any]) -> None:
        """Select an Action.Submit: send a message without text."""
        assert button["type"] == "Action.Submit"
        data = {"clientActivityID": uuid.uuid4().hex[:14], "postBack": True}
        await self.send(type="message", value=button["data"], channelData=data)

    async def card(self, text: str) -> dict[str, Any]:
        """Wait for the text, and return the newest card that contains it."""

        async def there() -> bool:
            return any(text in line for card in self.cards() for line in texts(card))

        await until(there)
        return next(card for card in reversed(self.cards()) if any(text in line for line in texts(card)))

    def cards(self) -> list[dict[str, Any]]:
        return [each["content"] for activity in self.received for each in activity.get("attachments", ())]


@pytest.fixture
async def emulator(tmp_path: Path) -> AsyncIterator[Emulator]:
    async with ClientSession() as session:
        process = BotProcess(tmp_path, {"PORT": str(free_port())}, session)
        await process.start()
        try:
            async with Emulator(process).running() as running:
                yield running
        finally:
            process.kill()


async def test_the_main_job_in_the_emulator(emulator: Emulator) -> None:
    members = [{"id": emulator.bot_id, "name": "Bot"}, {"id": emulator.user_id, "name": "User"}]
    await emulator.send(type="conversationUpdate", membersAdded=members, membersRemoved=[])
    await emulator.card("I connect this chat")

    await emulator.say("connect CAS-01001")
    note = await emulator.card("Connected by Alex Wilber")
    assert texts(note)[:3] == ["Case", "CAS-01001", "Pump vibrates after firmware update"]

    await emulator.bot.save("CAS-01001", {"prioritycode": 1})
    assert "Priority: Normal → **High**" in texts(await emulator.card("Normal → "))

    await emulator.say("connect pump")
    choice = await emulator.card("Which record should this chat be connected to?")
    rows = [part for part in json.dumps(choice).split('"verb"') if part]
    assert len(rows) > 2
    await emulator.submit(buttons(choice)["Connect"])
    await emulator.card("is already connected to this chat.")

    await emulator.say("disconnect CAS-01001")
    await emulator.card("Alex Wilber disconnected CAS-01001 from this chat.")

    await emulator.say("frobnicate")
    assert "Did you mean connect, notifications, or disconnect?" in texts(await emulator.card("I don't know"))

    for kind in ("typing", "ping", "endOfConversation", "deleteUserData"):
        await emulator.send(type=kind)
    assert not [part for part in emulator.cards() if "Action.Execute" in json.dumps(part)]
