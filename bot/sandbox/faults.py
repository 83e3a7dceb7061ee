"""Faults on demand, for tests of clients: what a busy, broken or far-away system answers.

A request with the header `x-sandbox-fault: 429; retry-after=3` is answered so itself. With `times=2` it is answered as
usual, and the next two requests to the same door (the Web API, Graph, the connector), whoever sends them, are answered
so; `path=incidents` leaves out those whose resource does not begin so, `ends=members` those that do not end so, and
`method=POST` those of other methods. With `lost` all is done, and the answer never comes.
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.sandbox.errors import bad_query
from bot.sandbox.refusals import Refusal, told

HEADER = "x-sandbox-fault"
LONGEST_WAIT_S = 120
LIMITS = frozenset({"requests", "time", "concurrency"})
"""Which of Dataverse's limits a 429 of it is about."""
_TICK_S = 0.05

_KINDS = frozenset(
    {"400", "401", "403", "404", "409", "412", "429", "500", "503", "hang", "lost", "not-json", "truncated"}
)
_OPTIONS = frozenset({"ends", "limit", "method", "path", "retry-after", "seconds", "times"})
_OPTION = re.compile(r"\s*([a-z-]+)\s*=\s*([^;\s]+)\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """How a request is to go wrong."""

    kind: str
    options: Mapping[str, str]

    def hits(self, method: str, resource: str) -> bool:
        """Whether the fault is meant for requests of this kind."""
        named = self.options
        return (
            resource.startswith(named.get("path", ""))
            and resource.endswith(named.get("ends", ""))
            and method == named.get("method", method)
        )

    def number(self, name: str, usual: int) -> int:
        """An option's number; raises `DataverseError` where it is none."""
        text = self.options.get(name, str(usual))
        if not (text.isascii() and text.isdigit() and len(text) < len("100000")):
            raise bad_query(f"The option '{name}' of {HEADER} must be a whole number.")
        return int(text)


@dataclass(slots=True)
class Faults:
    """Faults that wait for their requests."""

    waiting: list[Fault] = field(default_factory=list)

    def next(self, method: str, resource: str) -> Fault | None:
        """The fault for a request, which is used up by it."""
        found = next((fault for fault in self.waiting if fault.hits(method, resource)), None)
        if found:
            self.waiting.remove(found)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """One of the sandbox's systems: how it tells of trouble, and what trouble waits for its requests."""

    refusal: Callable[[Fault], Refusal]
    faults: Faults = field(default_factory=Faults)


DOORS = web.AppKey("DOORS", Mapping[str, Door])
"""By the names of the routes."""


def door_of(request: web.Request) -> Door | None:
    """The door that the request came to; None for the pages."""
    return request.app[DOORS].get(request.match_info.route.name or "")


@web.middleware
async def go_wrong_on_demand(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answers as a request's header, or one before it, has demanded."""
    door = door_of(request)
    if door is None:
        return await handler(request)
    try:
        fault = _demanded(request, door)
    except Refusal as error:
        return told(error)
    if fault is None:
        return await handler(request)
    if fault.kind == "hang":
        return await _hang(request, fault)
    if fault.kind == "truncated":
        return await _cut_off(request, await handler(request))
    if fault.kind == "lost":
        await handler(request)
        _break_off(request)
        return web.Response()
    return _refusal(fault, door)


def _demanded(request: web.Request, door: Door) -> Fault | None:
    given = request.headers.get(HEADER)
    if given is None:
        return door.faults.next(request.method, request.match_info["path"])
    fault = fault_of(given)
    if "times" not in fault.options:
        return fault
    door.faults.waiting += [fault] * fault.number("times", 1)
    return None


def fault_of(text: str) -> Fault:
    """The fault that a header demands; raises `DataverseError` where it cannot be understood."""
    kind, *options = text.split(";")
    found = [_OPTION.fullmatch(option) for option in options]
    given = {each[1]: each[2] for each in found if each}
    known = given.keys() <= _OPTIONS
    if (
        kind.strip() not in _KINDS
        or len(given) != len(options)
        or not known
        or given.get("limit", "time") not in LIMITS
    ):
        raise bad_query(f"'{text[:200]}' is no fault. Known are {', '.join(sorted(_KINDS))}.")
    fault = Fault(kind=kind.strip(), options=given)
    for name in {"retry-after", "seconds", "times"} & given.keys():
        fault.number(name, 0)
    return fault


def _refusal(fault: Fault, door: Door) -> web.Response:
    if fault.kind == "401":
        return web.Response(status=HTTPStatus.UNAUTHORIZED, headers={"WWW-Authenticate": "Bearer"})
    if fault.kind == "not-json":
        return web.Response(text="<html><body>Sorry, something went wrong.</body></html>", content_type="text/html")
    response = told(door.refusal(fault))
    if "retry-after" in fault.options:
        response.headers["Retry-After"] = fault.options["retry-after"]
    return response


async def _hang(request: web.Request, fault: Fault) -> web.StreamResponse:
    """Says nothing until the client has gone, or so many seconds are over; then the connection breaks."""
    loop = asyncio.get_running_loop()
    end = loop.time() + min(fault.number("seconds", LONGEST_WAIT_S), LONGEST_WAIT_S)
    while request.transport is not None and not request.transport.is_closing() and loop.time() < end:  # noqa: ASYNC110
        # aiohttp says in no other way that a client has gone, unless it is to cancel every handler.
        await asyncio.sleep(_TICK_S)
    _break_off(request)
    return web.Response()


async def _cut_off(request: web.Request, answer: web.StreamResponse) -> web.StreamResponse:
    """Breaks the connection in the middle of the answer; what the request has changed stays changed."""
    body = answer.body if isinstance(answer, web.Response) and isinstance(answer.body, bytes) else b""
    half = web.StreamResponse(status=answer.status, headers=answer.headers)
    half.content_length = len(body) + 1
    await half.prepare(request)
    await half.write(body[: len(body) // 2])
    _break_off(request)
    return half


def _break_off(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.close()
