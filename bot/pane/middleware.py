"""Checks of the origin of each request for the pane, and the form of its errors."""

from http import HTTPStatus
from urllib.parse import urlsplit

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from bot.domain.errors import ChatSyncError
from bot.pane.door import DOOR
from bot.pane.languages import answer_translator
from bot.pane.responses import error_answer, failure

OWN_HEADER = "X-Chat-Sync-Host"
"""Header of the page's own requests. Forms and pages of other sites cannot send it without being asked first."""


@web.middleware
async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse requests of other sites, and give errors the form that the page reads."""
    if not _is_own(request):
        return failure(HTTPStatus.FORBIDDEN, "Pages of other sites are not accepted.")
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < HTTPStatus.BAD_REQUEST:
            raise
        return failure(error.status, error.reason)
    except ChatSyncError as error:
        return error_answer(answer_translator(request), error)


def _is_own(request: web.Request) -> bool:
    """Check that a request that acts or reads data comes from the page itself. Anyone may open the page."""
    if request.method in {hdrs.METH_GET, hdrs.METH_HEAD}:
        return True
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get(hdrs.ORIGIN)
    return (
        OWN_HEADER in request.headers and site == "same-origin" and (origin is None or _is_own_origin(request, origin))
    )


def _is_own_origin(request: web.Request, origin: str) -> bool:
    """Check the origin against the public address, and against the host that the browser asked."""
    if origin == request.app[DOOR].origin:
        return True
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and origin == f"{parts.scheme}://{request.headers.get(hdrs.HOST, '')}"
