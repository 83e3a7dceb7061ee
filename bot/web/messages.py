"""`POST /api/messages`: Teams, the Emulator and the Playground."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any, Protocol

import orjson
from aiohttp import web

from bot.logs import get_logger
from bot.web.errors import error_response
from bot.web.json_body import read_object

_log = get_logger(__name__)


class InvokeAnswer(Protocol):
    """What an invoke answers."""

    status: int
    body: Any


HandleActivity = Callable[[str, Mapping[str, object]], Awaitable[InvokeAnswer | None]]
"""Runs a turn for an `Authorization` header and an activity's JSON; raises `PermissionError` for a stranger."""


def messages(handle_activity: HandleActivity) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The handler of the route."""

    async def handle(request: web.Request) -> web.StreamResponse:
        body, _ = await read_object(request)
        try:
            answer = await handle_activity(request.headers.get("Authorization", ""), body)
        except PermissionError as error:
            return _refused(error)
        if answer is None:
            return web.Response(status=HTTPStatus.CREATED)
        content = answer.body if isinstance(answer.body, bytes) else orjson.dumps(answer.body)
        return web.Response(status=answer.status, body=content, content_type="application/json")

    return handle


def _refused(error: PermissionError) -> web.Response:
    """401 for who cannot be told, 403 for whom it is not."""
    known = type(error) is not PermissionError
    _log.warning("caller refused", reason=str(error))
    return error_response(HTTPStatus.FORBIDDEN if known else HTTPStatus.UNAUTHORIZED, str(error))
