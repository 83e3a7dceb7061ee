"""The Dataverse client, connected to the sandbox."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer, unused_port
from aiohttp.typedefs import Handler
from yarl import URL

from bot.dataverse.client import DataverseClient, create_client
from bot.dataverse.records import DataverseRecords
from bot.domain.record_links import parse_environment
from bot.domain.values import EnvironmentId, RecordRef
from bot.http.access_tokens import NullTokens
from bot.metrics import Metrics
from bot.sandbox.app import SandboxSettings, make_sandbox
from tests.dataverse.hostile import Server, Tokens
from tests.fakes.clock import HeldClock


@dataclass
class Dataverse:
    """The sandbox, its client, and the requests of the client."""

    client: DataverseClient
    records: DataverseRecords
    environment: EnvironmentId
    clock: HeldClock
    asked: list[str] = field(default_factory=list)
    new: set[str] = field(default_factory=set)
    """Columns that the definitions do not contain yet."""

    async def row(self, path: str, query: str) -> dict[str, Any]:
        """Return the first row of a query by the app."""
        return dict((await self.client.rows(path, query))[0])

    async def view(self, cells: Sequence[str], links: str = "", *, table: str = "incident", **more: object) -> str:
        """Create a system view and return its ID."""
        layout = "".join(f"<cell name='{name}' width='150'/>" for name in cells)
        view = {
            "name": "Of a test",
            "returnedtypecode": table,
            "querytype": 0,
            "layoutxml": f"<grid name='resultset'><row name='result' id='{table}id'>{layout}</row></grid>",
            "fetchxml": f"<fetch><entity name='{table}'><attribute name='{table}id'/>{links}</entity></fetch>",
            **more,
        }
        made = await self.client.create("savedqueries", view)
        return made.entity_id.rpartition("(")[2].rstrip(")")

    async def case(self, number: str = "CAS-01001") -> RecordRef:
        """Return a sample case."""
        row = await self.row("incidents", f"$select=incidentid&$filter=ticketnumber%20eq%20'{number}'")
        return RecordRef(environment=self.environment, table="incident", row_id=row["incidentid"])


@pytest.fixture
async def dataverse(clock: HeldClock) -> AsyncIterator[Dataverse]:
    asked: list[str] = []
    new: set[str] = set()

    @web.middleware
    async def listening(request: web.Request, handler: Handler) -> web.StreamResponse:
        asked.append(f"{request.method} {request.path_qs}")
        response = await handler(request)
        if new and "/EntityDefinitions" in request.path and isinstance(response, web.Response):
            told = orjson.loads(bytes(response.body or b""))  # type: ignore[arg-type] # the sandbox returns bytes
            told["Attributes"] = [each for each in told.get("Attributes", ()) if each["LogicalName"] not in new]
            response.body = orjson.dumps(told)
        return response

    url = f"http://127.0.0.1:{unused_port()}/sandbox"
    settings = SandboxSettings(url=url, webhook_url=f"{url}/nobody", webhook_key="a key of the tests", file=None)
    app = web.Application(middlewares=[listening])
    app.add_subapp("/sandbox", make_sandbox(settings, now=clock.now))
    environment = parse_environment(url)
    async with TestServer(app, port=URL(url).port), ClientSession() as session:
        client = create_client(environment, session, NullTokens(), Metrics())
        records = DataverseRecords({environment.id: client}, clock)
        yield Dataverse(client=client, records=records, environment=environment.id, clock=clock, asked=asked, new=new)


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def tokens() -> Tokens:
    return Tokens()


@pytest.fixture
async def client(server: Server, tokens: Tokens) -> AsyncIterator[DataverseClient]:
    """Return a client of the hostile server."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", server.handle)
    async with TestServer(app) as running, ClientSession() as session:
        server.url = str(running.make_url("/")).rstrip("/")
        yield create_client(parse_environment(server.url), session, tokens, Metrics())
