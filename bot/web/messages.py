"""`POST /api/messages`: activities from Teams, the Emulator, and the Playground."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any, Protocol

import orjson
from aiohttp import web

from bot.domain.errors import CallerForbidden, CallerRejected
from bot.logs import get_logger
from bot.web.errors import error_response
from bot.web.json_body import read_object

_log = get_logger(__name__)


class InvokeAnswer(Protocol):
    """The response to an invoke."""

    status: int
    body: Any


HandleActivity = Callable[[str, Mapping[str, object]], Awaitable[InvokeAnswer | None]]
"""Runs a turn for an `Authorization` header and an activity's JSON; raises `CallerRejected` for an unauthorized
caller.
"""


def messages(handle_activity: HandleActivity) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Create the handler of the route."""

    async def handle(request: web.Request) -> web.StreamResponse:
        body, _ = await read_object(request)
        try:
            answer = await handle_activity(request.headers.get("Authorization", ""), body)
        except CallerRejected as error:
            return _rejected(error)
        if answer is None:
            return web.Response(status=HTTPStatus.CREATED)
        content = answer.body if isinstance(answer.body, bytes) else orjson.dumps(answer.body)
        return web.Response(status=answer.status, body=content, content_type="application/json")

    return handle


def _rejected(error: CallerRejected) -> web.Response:
    """Answer 401 for an unauthenticated caller, and 403 for one that is not allowed."""
    is_authenticated = isinstance(error, CallerForbidden)
    _log.warning("messages.caller_rejected", reason=error.log_text)
    return error_response(HTTPStatus.FORBIDDEN if is_authenticated else HTTPStatus.UNAUTHORIZED, str(error))
