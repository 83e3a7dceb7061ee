"""Requests that the chat page's scripts send: JSON in both directions, and only from the page itself."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import TypeAlias

import orjson
import structlog
from aiohttp import web

from bot.sandbox.loopback_only import is_own_page
from bot.sandbox.storage.store import WriteFailed
from bot.sandbox.values import Json, JsonObject

MAX_REQUEST_BYTES = 200_000
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}

_log = structlog.stdlib.get_logger(__name__)


class RequestRefused(Exception):
    """A request that cannot be carried out. The message is shown on the page."""

    def __init__(self, message: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Body:
    """The JSON object in a request, whose values can have any type."""

    values: Mapping[str, Json]

    def text(self, name: str, *, limit: int) -> str:
        """Return the text, or an empty one. Raise `RequestRefused` if it is too long or not a text."""
        found = self.values.get(name, "")
        if not isinstance(found, str):
            raise RequestRefused(f"The value '{name}' is not a text.")
        if len(found) > limit:
            raise RequestRefused(f"The text has more than {limit:,} characters. Shorten it.")
        return found

    def number(self, name: str) -> int | None:
        """Return the whole number, or None if it is missing or something else."""
        found = self.values.get(name)
        return found if type(found) is int and found >= 0 else None

    def texts(self, name: str) -> list[str]:
        """Return the texts in the list, or an empty list."""
        found = self.values.get(name)
        return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


Answer: TypeAlias = JsonObject
Action: TypeAlias = Callable[[web.Request, Body], Awaitable[Answer]]
Handler: TypeAlias = Callable[[web.Request], Awaitable[web.Response]]


def json_action(action: Action) -> Handler:
    """Decorate a function that carries out a request of the page."""

    @wraps(action)
    async def handle(request: web.Request) -> web.Response:
        try:
            _require_own_page(request)
            return json_response(await action(request, await _body(request)))
        except RequestRefused as error:
            return json_response({"error": str(error)}, error.status)
        except WriteFailed:
            _log.exception("sandbox.journal_write_failed")
            message = "The change could not be saved. Nothing was changed."
            return json_response({"error": message}, HTTPStatus.SERVICE_UNAVAILABLE)

    return handle


def json_response(
    value: object, status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> web.Response:
    """Return JSON that browsers neither store nor show as a page."""
    return web.Response(
        body=orjson.dumps(value),
        content_type="application/json",
        status=status,
        headers={**HEADERS, **(headers or {})},
    )


def _require_own_page(request: web.Request) -> None:
    """Raise `RequestRefused` for a request of another page, even one on this machine, and for a form."""
    if not is_own_page(request):
        raise RequestRefused("Only the pages of this sandbox can do this.", HTTPStatus.FORBIDDEN)
    if request.content_type != "application/json":
        raise RequestRefused("The request must be JSON.", HTTPStatus.UNSUPPORTED_MEDIA_TYPE)


async def _body(request: web.Request) -> Body:
    if (request.content_length or 0) > MAX_REQUEST_BYTES:
        raise RequestRefused("The message is too large.", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    content = await request.read()
    if len(content) > MAX_REQUEST_BYTES:
        raise RequestRefused("The message is too large.", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        values = orjson.loads(content)
        # Fails for values that are nested so deeply that they could not be sent on.
        orjson.dumps(values)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError) as error:
        raise RequestRefused("The request is not JSON.") from error
    if not isinstance(values, dict):
        raise RequestRefused("The request is not a JSON object.")
    return Body(values)
