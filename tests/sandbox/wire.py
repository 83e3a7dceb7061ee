"""Clients and webhook receivers for tests of the sandbox over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient
from yarl import URL

from bot.sandbox.sample_data.ids import object_id
from tests.patience import PATIENCE_S

WEB_API = "/sandbox/api/data/v9.2"
CASE = "incidents(00000000-0000-4000-9000-0000000003e9)"
CASE_ID = "00000000-0000-4000-9000-0000000003e9"
KEY = "a key of the tests"
EVERYTHING = 'odata.include-annotations="*"'
FORMATTED = "OData.Community.Display.V1.FormattedValue"
MIDDAY = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

Json = dict[str, Any]
Client = TestClient[web.Request, web.Application]
Start = Callable[..., Awaitable[Client]]


@dataclass
class Received:
    """A request that the webhook receiver got."""

    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Json


@dataclass
class Receiver:
    """A webhook receiver that records requests and returns the given statuses."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    got: asyncio.Queue[Received] = field(default_factory=asyncio.Queue)

    async def answer(self, request: web.Request) -> web.Response:
        await self.got.put(Received(dict(request.query), dict(request.headers), await request.json()))
        await self.gate.wait()
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)

    async def next(self) -> Received:
        return await asyncio.wait_for(self.got.get(), PATIENCE_S)


@dataclass
class Api:
    """A Web API client that acts as the app or on behalf of a sample person."""

    client: Client

    async def call(
        self, method: str, path: str, body: object = None, *, person: int | None = None, **headers: str
    ) -> tuple[int, Any, Mapping[str, str]]:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if person is not None:
            sent["CallerObjectId"] = object_id(person)
        url = URL(f"{WEB_API}/{path}", encoded="%" in path)
        async with self.client.request(method, url, json=body, headers=sent) as answer:
            is_json = answer.content_type == "application/json"
            return answer.status, await answer.json() if is_json else await answer.text(), answer.headers

    async def get(self, path: str, *, person: int | None = None, status: int = 200, **headers: str) -> Any:
        got, body, _ = await self.call("GET", path, None, person=person, **headers)
        assert got == status, body
        return body

    async def rows(self, path: str, *, person: int | None = None, **headers: str) -> list[Json]:
        status, body, _ = await self.call("GET", path, person=person, **headers)
        assert status == 200, body
        found: list[Json] = body["value"]
        return found

    async def post(
        self, path: str, body: object, *, person: int | None = None, status: int = 204, **headers: str
    ) -> Any:
        got, answer, answer_headers = await self.call("POST", path, body, person=person, **headers)
        assert got == status, answer
        return answer or answer_headers.get("OData-EntityId", "")

    async def patch(
        self, path: str, body: object, *, person: int | None = None, status: int = 204, **headers: str
    ) -> Any:
        got, answer, _ = await self.call("PATCH", path, body, person=person, **headers)
        assert got == status, answer
        return answer

    async def delete(self, path: str, *, person: int | None = None, status: int = 204, **headers: str) -> Any:
        got, answer, _ = await self.call("DELETE", path, person=person, **headers)
        assert got == status, answer
        return answer

    async def completed_jobs(self, count: int) -> list[Json]:
        """Wait until this many system jobs have ended, and return them."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                jobs = await self.rows("asyncoperations?$filter=statecode eq 3")
                if len(jobs) >= count:
                    return jobs
                await asyncio.sleep(0)
