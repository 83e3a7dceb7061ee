"""Fault injection for client tests: responses of a busy, broken, or unreachable system.

A request with the header `x-sandbox-fault: 429; retry-after=3` gets that response itself. With `times=2`, the request
succeeds, and the next two requests to the same service (Web API, Graph, or connector) fail, regardless of the client.
`path=incidents` limits the fault to resources with this prefix, `ends=members` to resources with this suffix, and
`method=POST` to one method. With `lost`, the request is processed, but the response never arrives. With `202`, it is
processed, and the response has no body, like that of a slow creation.
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.sandbox.errors import bad_query
from bot.sandbox.refusals import ServiceError, error_response

HEADER = "x-sandbox-fault"
MAX_WAIT_S = 120
LIMITS = frozenset({"requests", "time", "concurrency"})
"""Service protection limits of Dataverse that a 429 can report."""
_TICK_S = 0.05

_KINDS = frozenset(
    {"202", "400", "401", "403", "404", "409", "412", "429", "500", "503", "hang", "lost", "not-json", "truncated"}
)
_OPTIONS = frozenset({"ends", "limit", "method", "path", "retry-after", "seconds", "times"})
_OPTION = re.compile(r"\s*([a-z-]+)\s*=\s*([^;\s]+)\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault to inject into a request."""

    kind: str
    options: Mapping[str, str]

    def matches(self, method: str, resource: str) -> bool:
        """Return True if the fault applies to a request with this method and resource."""
        options = self.options
        return (
            resource.startswith(options.get("path", ""))
            and resource.endswith(options.get("ends", ""))
            and method == options.get("method", method)
        )

    def number(self, name: str, default: int) -> int:
        """Return the number in an option. Raise `DataverseError` if it is not a number."""
        text = self.options.get(name, str(default))
        if not (text.isascii() and text.isdigit() and len(text) < len("100000")):
            raise bad_query(f"The option '{name}' of {HEADER} must be a whole number.")
        return int(text)


@dataclass(slots=True)
class FaultQueue:
    """Faults that are queued for the next matching requests."""

    queued: list[Fault] = field(default_factory=list)

    def next(self, method: str, resource: str) -> Fault | None:
        """Remove and return the fault for a request, if one is queued."""
        found = next((fault for fault in self.queued if fault.matches(method, resource)), None)
        if found:
            self.queued.remove(found)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultyService:
    """One of the sandbox's services: its error format and its queued faults."""

    error_for: Callable[[Fault], ServiceError]
    faults: FaultQueue = field(default_factory=FaultQueue)


SERVICES = web.AppKey("SERVICES", Mapping[str, FaultyService])
"""The services by route name."""


def service_of(request: web.Request) -> FaultyService | None:
    """Return the service that the request addresses, or None for a page."""
    return request.app[SERVICES].get(request.match_info.route.name or "")


@web.middleware
async def inject_faults(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Respond with the fault that this request, or an earlier one, asked for."""
    service = service_of(request)
    if service is None:
        return await handler(request)
    try:
        fault = _fault_for(request, service)
    except ServiceError as error:
        return error_response(error)
    if fault is None:
        return await handler(request)
    if fault.kind == "hang":
        return await _hang(request, fault)
    if fault.kind == "truncated":
        return await _truncate(request, await handler(request))
    if fault.kind == "lost":
        await handler(request)
        _disconnect(request)
        return web.Response()
    if fault.kind == "202":
        await handler(request)
        return web.Response(status=HTTPStatus.ACCEPTED)
    return _error(fault, service)


def _fault_for(request: web.Request, service: FaultyService) -> Fault | None:
    header = request.headers.get(HEADER)
    if header is None:
        return service.faults.next(request.method, request.match_info["path"])
    fault = parse_fault(header)
    if "times" not in fault.options:
        return fault
    service.faults.queued += [fault] * fault.number("times", 1)
    return None


def parse_fault(text: str) -> Fault:
    """Parse the fault in a header. Raise `DataverseError` if it is invalid."""
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
        raise bad_query(f"'{text[:200]}' is not a fault. The known faults are {', '.join(sorted(_KINDS))}.")
    fault = Fault(kind=kind.strip(), options=given)
    for name in {"retry-after", "seconds", "times"} & given.keys():
        fault.number(name, 0)
    return fault


def _error(fault: Fault, service: FaultyService) -> web.Response:
    if fault.kind == "401":
        return web.Response(status=HTTPStatus.UNAUTHORIZED, headers={"WWW-Authenticate": "Bearer"})
    if fault.kind == "not-json":
        return web.Response(text="<html><body>Sorry, something went wrong.</body></html>", content_type="text/html")
    response = error_response(service.error_for(fault))
    if "retry-after" in fault.options:
        response.headers["Retry-After"] = fault.options["retry-after"]
    return response


async def _hang(request: web.Request, fault: Fault) -> web.StreamResponse:
    """Send nothing until the client disconnects or the time is over, then close the connection."""
    loop = asyncio.get_running_loop()
    end = loop.time() + min(fault.number("seconds", MAX_WAIT_S), MAX_WAIT_S)
    while request.transport is not None and not request.transport.is_closing() and loop.time() < end:  # noqa: ASYNC110
        # aiohttp reports a disconnect in no other way unless it cancels every handler.
        await asyncio.sleep(_TICK_S)
    _disconnect(request)
    return web.Response()


async def _truncate(request: web.Request, answer: web.StreamResponse) -> web.StreamResponse:
    """Close the connection halfway through the response. Changes that the request made remain."""
    body = answer.body if isinstance(answer, web.Response) and isinstance(answer.body, bytes) else b""
    half = web.StreamResponse(status=answer.status, headers=answer.headers)
    half.content_length = len(body) + 1
    await half.prepare(request)
    await half.write(body[: len(body) // 2])
    _disconnect(request)
    return half


def _disconnect(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.close()
