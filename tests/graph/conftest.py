from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import ClientSession, web

from bot.domain.public_names import CHAT_PERMISSIONS
from bot.domain.values import ObjectId
from bot.graph.app_installation import AppInstaller
from bot.graph.chat_throttle import ChatThrottle
from bot.graph.chats import GraphChats
from bot.graph.client import GraphClient
from bot.graph.people import GraphPeople
from bot.http.access_tokens import NullTokens
from bot.http.session import create_session
from bot.metrics import Metrics
from bot.sandbox.app import SandboxSettings, make_sandbox
from bot.sandbox.faults import HEADER
from tests.fakes.clock import HeldClock
from tests.tcp_ports import free_port
from tests.wire.people import ADELE, ALEX, DIEGO, MEGAN, PATTI

APP_ID = "aaaaaaaa-0000-4000-8000-000000000001"
ALEX_ID, MEGAN_ID, ADELE_ID, PATTI_ID, DIEGO_ID = (
    ObjectId(each.object_id) for each in (ALEX, MEGAN, ADELE, PATTI, DIEGO)
)


@dataclass
class Graph:
    """The Graph client, connected to the sandbox."""

    people: GraphPeople
    chats: GraphChats
    client: GraphClient
    session: ClientSession
    url: str

    async def fault(self, fault: str) -> None:
        """Make the next request that matches the fault fail."""
        async with self.session.get(f"{self.url}/users", headers={HEADER: f"{fault}; times=1"}) as answer:
            assert answer.status == 200

    async def raw(self, method: str, path: str, body: object = None) -> Any:
        async with self.session.request(method, f"{self.url}/{path}", json=body) as answer:
            return await answer.json() if answer.status == 200 else answer.status


@pytest.fixture
async def graph(clock: HeldClock) -> AsyncIterator[Graph]:
    url = f"http://127.0.0.1:{free_port()}/sandbox"
    settings = SandboxSettings(
        url=url, webhook_url="", webhook_key="", file=None, app_id=APP_ID, app_permissions=CHAT_PERMISSIONS
    )
    app = web.Application()
    app.add_subapp("/sandbox", make_sandbox(settings, now=clock.now))
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(url.rpartition(":")[2].partition("/")[0])).start()
    session = create_session()
    yield made_graph(f"{url}/graph/v1.0", session, clock, pace_s=0)
    await session.close()
    await runner.cleanup()


def made_graph(url: str, session: ClientSession, clock: HeldClock, *, pace_s: float) -> Graph:
    client = GraphClient(url, session, NullTokens(), Metrics(), ChatThrottle(clock, pace_s))
    installing = AppInstaller(client, app_id=APP_ID, catalog_id=None, permissions=CHAT_PERMISSIONS)
    return Graph(
        people=GraphPeople(client, frozenset({"TEAMS1"})),
        chats=GraphChats(client, installing),
        client=client,
        session=session,
        url=url,
    )
