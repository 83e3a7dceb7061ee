"""A Dataverse that is busy, broken, or hostile, with configured answers."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from aiohttp import web

ROW = {"incidentid": "1"}

Answering: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Tokens:
    """Returns `first`, and `second` after `first` was rejected."""

    refusals: int = 0

    async def get(self, scope: str) -> str | None:
        return "first" if self.refusals == 0 else "second"

    async def invalidate(self, scope: str, token: str) -> None:
        self.refusals += 1

    async def close(self) -> None:
        """Do nothing."""


@dataclass
class Server:
    """Returns the configured answers in order, then repeats the last one."""

    answers: list[Answering] = field(default_factory=list)
    asked: list[web.Request] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    hold: asyncio.Event = field(default_factory=asyncio.Event)
    url: str = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        self.bodies.append(await request.read())
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return await answer(request)

    async def slow(self, _request: web.Request) -> web.StreamResponse:
        """Wait until `hold` is set, then answer."""
        await self.hold.wait()
        return web.json_response(ROW)


def answering(status: int, body: object = None, **headers: str) -> Answering:
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def answer(_request: web.Request) -> web.StreamResponse:
        if isinstance(body, bytes):
            return web.Response(status=status, body=body, headers=named)
        return web.json_response(ROW if body is None else body, status=status, headers=named)

    return answer


def refusing(status: int, code: str = "0x0", message: str = "the customer's secret", **headers: str) -> Answering:
    return answering(status, {"error": {"code": code, "message": message}}, **headers)


async def breaking_off(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"incidentid":')
    if request.transport:
        request.transport.abort()
    return response
