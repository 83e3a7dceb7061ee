"""`POST /api/messages`: activities from Teams, the Emulator, and the Playground."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Any, Protocol, TypeVar

import orjson
from aiohttp import hdrs, web

from bot.domain.errors import CallerForbidden, CallerRejected
from bot.logs import get_logger
from bot.runtime.line_budget import LineBudget
from bot.web.body_pace import BodyPace
from bot.web.errors import error_response
from bot.web.json_body import read_object

MAX_BYTES = 256_000
"""Maximum bytes of an activity; Teams sends at most 100 KB."""
MAX_VALUES = 10_000
"""Maximum number of objects and lists in an activity; one that mentions 3,000 people has 6,000."""

_log = get_logger(__name__)

C = TypeVar("C")


class InvokeAnswer(Protocol):
    """The response to an invoke."""

    status: int
    body: Any


Authenticate = Callable[[str], Awaitable[C]]
"""Returns the caller for an `Authorization` header; raises `CallerRejected` for a stranger."""

HandleActivity = Callable[[C, Mapping[str, object]], Awaitable[InvokeAnswer | None]]
"""Runs a turn for a caller and an activity's JSON; raises `CallerRejected` if the caller may not send it."""


def messages(
    authenticate: Authenticate[C], handle_activity: HandleActivity[C], *, body_within_s: float
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Create the handler of the route. It receives the body only from an authenticated caller."""
    lines, pace = LineBudget(), BodyPace(max_bytes=MAX_BYTES, max_wait_s=body_within_s)
    read = partial(read_object, max_bytes=MAX_BYTES, max_values=MAX_VALUES, within_s=body_within_s, pace=pace)

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            caller = await authenticate(request.headers.get(hdrs.AUTHORIZATION, ""))
            body, _ = await read(request)
            answer = await handle_activity(caller, body)
        except CallerRejected as error:
            return _rejected(error, lines)
        if answer is None:
            return web.Response(status=HTTPStatus.CREATED)
        content = answer.body if isinstance(answer.body, bytes) else orjson.dumps(answer.body)
        return web.Response(status=answer.status, body=content, content_type="application/json")

    return handle


def _rejected(error: CallerRejected, lines: LineBudget) -> web.Response:
    """Answer 401 for an unauthenticated caller, and 403 for one that is not allowed."""
    is_authenticated, reason = isinstance(error, CallerForbidden), error.log_text
    suppressed = lines.take(reason)
    if suppressed is not None:
        _log.warning("messages.caller_rejected", reason=reason, suppressed=suppressed)
    return error_response(HTTPStatus.FORBIDDEN if is_authenticated else HTTPStatus.UNAUTHORIZED, reason)
