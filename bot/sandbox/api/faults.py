"""Faults on demand, for tests of clients: what a busy, broken or far-away Dataverse answers.

A request with the header `x-sandbox-fault: 429; retry-after=3` is answered so itself. With `times=2` it is answered as
usual, and the next two requests to the Web API, whoever sends them, are answered so; `path=incidents` leaves out those
whose resource does not begin so.
"""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.sandbox.errors import DataverseError, bad_query, told, version_mismatch

HEADER = "x-sandbox-fault"
LONGEST_WAIT_S = 120
_TICK_S = 0.05

_COMBINED = (
    "Combined execution time of incoming requests exceeded limit of 1,200,000 milliseconds over time window of 300 "
    "seconds. Decrease number of concurrent requests or reduce the duration of requests and try again later."
)
_LIMITS: Mapping[str, tuple[str, str]] = {
    "requests": ("0x80072322", "Number of requests exceeded the limit of 6000 over time window of 300 seconds."),
    "time": ("0x80072321", _COMBINED),
    "concurrency": ("0x80072326", "Number of concurrent requests exceeded the limit of 52."),
}
"""Service protection's three limits ("Service protection API limits")."""

_KINDS = frozenset({"401", "403", "412", "429", "500", "503", "hang", "not-json", "truncated"})
_OPTION = re.compile(r"\s*([a-z-]+)\s*=\s*([^;\s]+)\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """How a request is to go wrong."""

    kind: str
    options: Mapping[str, str]

    def hits(self, resource: str) -> bool:
        """Whether the fault is meant for requests of this resource."""
        return resource.startswith(self.options.get("path", ""))

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

    def next(self, resource: str) -> Fault | None:
        """The fault for a request, which is used up by it."""
        found = next((fault for fault in self.waiting if fault.hits(resource)), None)
        if found:
            self.waiting.remove(found)
        return found


FAULTS = web.AppKey("FAULTS", Faults)


@web.middleware
async def go_wrong_on_demand(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answers as a request's header, or one before it, has demanded."""
    if "version" not in request.match_info:
        return await handler(request)
    try:
        fault = _demanded(request)
    except DataverseError as error:
        return told(error)
    if fault is None:
        return await handler(request)
    if fault.kind == "hang":
        return await _hang(request, fault)
    if fault.kind == "truncated":
        return await _cut_off(request, await handler(request))
    return _refusal(fault)


def _demanded(request: web.Request) -> Fault | None:
    given = request.headers.get(HEADER)
    if given is None:
        return request.app[FAULTS].next(request.match_info["path"])
    fault = fault_of(given)
    if "times" not in fault.options:
        return fault
    request.app[FAULTS].waiting += [fault] * fault.number("times", 1)
    return None


def fault_of(text: str) -> Fault:
    """The fault that a header demands; raises `DataverseError` where it cannot be understood."""
    kind, *options = text.split(";")
    found = [_OPTION.fullmatch(option) for option in options]
    given = {each[1]: each[2] for each in found if each}
    known = given.keys() <= {"limit", "path", "retry-after", "seconds", "times"}
    if (
        kind.strip() not in _KINDS
        or len(given) != len(options)
        or not known
        or given.get("limit", "time") not in _LIMITS
    ):
        raise bad_query(f"'{text[:200]}' is no fault. Known are {', '.join(sorted(_KINDS))}.")
    fault = Fault(kind=kind.strip(), options=given)
    for name in {"retry-after", "seconds", "times"} & given.keys():
        fault.number(name, 0)
    return fault


def _refusal(fault: Fault) -> web.Response:
    if fault.kind == "401":
        return web.Response(status=HTTPStatus.UNAUTHORIZED, headers={"WWW-Authenticate": "Bearer"})
    if fault.kind == "not-json":
        return web.Response(text="<html><body>Sorry, something went wrong.</body></html>", content_type="text/html")
    response = told(_error(fault))
    if "retry-after" in fault.options:
        response.headers["Retry-After"] = fault.options["retry-after"]
    return response


def _error(fault: Fault) -> DataverseError:
    if fault.kind == "412":
        return version_mismatch()
    if fault.kind == "429":
        return DataverseError(HTTPStatus.TOO_MANY_REQUESTS, *_LIMITS[fault.options.get("limit", "requests")])
    errors = {
        "403": (HTTPStatus.FORBIDDEN, "0x80048306", "Principal with id is missing privileges."),
        "500": (HTTPStatus.INTERNAL_SERVER_ERROR, "0x80040216", "An unexpected error occurred."),
        "503": (HTTPStatus.SERVICE_UNAVAILABLE, "0x80044150", "The service is unavailable."),
    }
    return DataverseError(*errors[fault.kind])


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
