"""Protect a bot without an app ID, which trusts this machine, from web pages in a browser on this machine.

A page of another site can reach the bot in two ways: under a name of its own that resolves to this machine (DNS
rebinding, visible in `Host`), and by a request to another origin (visible in `Origin`).
"""

import re
from http import HTTPStatus
from urllib.parse import urlsplit

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from bot.domain.hosts import is_loopback
from bot.web.errors import error_response

_ORIGIN = re.compile(r"https?://([^/?#@\\]+)", re.IGNORECASE)
_HOST = re.compile(r"[0-9a-z.:\[\]]+", re.IGNORECASE)


@web.middleware
async def loopback_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer 403 for another host name, and for a page of another site."""
    if not _is_local(request.headers.get(hdrs.HOST, "")):
        return error_response(HTTPStatus.FORBIDDEN, "Without MicrosoftAppId, use localhost, 127.0.0.1, or [::1].")
    origin = request.headers.get(hdrs.ORIGIN)
    if origin is not None and not _is_local_origin(origin):
        return error_response(HTTPStatus.FORBIDDEN, "Without MicrosoftAppId, pages of other sites are not accepted.")
    return await handler(request)


def _is_local_origin(origin: str) -> bool:
    found = _ORIGIN.fullmatch(origin)
    return found is not None and _is_local(found[1])


def _is_local(host: str) -> bool:
    """Check a host with an optional port."""
    if not _HOST.fullmatch(host):
        return False
    try:
        parts = urlsplit(f"//{host}")
        return parts.port != 0 and is_loopback(parts.hostname or "")
    except ValueError:
        return False
