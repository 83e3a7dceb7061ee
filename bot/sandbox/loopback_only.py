"""Access restricted to this machine, to protect against DNS rebinding and cross-site requests."""

import re
from http import HTTPStatus

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.sandbox.errors import DataverseError

MAX_PORT = 65_535

_HOST = re.compile(r"(?:localhost|127\.0\.0\.1|\[::1\])(?::([0-9]{1,5}))?", re.IGNORECASE)


@web.middleware
async def require_loopback(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Reject requests with another host name (DNS rebinding) or from a page of another site."""
    origin = request.headers.get("Origin")
    if not is_loopback(request.headers.get("Host", "")):
        return _forbidden("The sandbox accepts only localhost, 127.0.0.1, and [::1].")
    if origin is not None and not is_loopback(re.sub("^https?://", "", origin)):
        return _forbidden("The sandbox does not accept requests from pages of other sites.")
    return await handler(request)


def is_own_page(request: web.Request) -> bool:
    """Return True if the request comes from a page of this server, or not from a browser."""
    origin = request.headers.get("Origin")
    own = f"{request.scheme}://{request.headers.get('Host', '')}"
    return origin is None or origin.lower() == own.lower()


def is_loopback(host: str) -> bool:
    """Return True if a host, with or without a port, is a loopback name."""
    found = _HOST.fullmatch(host)
    return found is not None and int(found[1] or 0) <= MAX_PORT


def _forbidden(reason: str) -> web.Response:
    error = DataverseError(HTTPStatus.FORBIDDEN, "0x80040220", reason)
    return web.json_response(error.body, status=error.status)
