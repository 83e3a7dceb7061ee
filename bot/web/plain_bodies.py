"""Refuse compressed bodies. No sender compresses them, and a few bytes could expand to megabytes."""

from http import HTTPStatus

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from bot.web.errors import error_response


@web.middleware
async def plain_bodies_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer 415 for a body with an encoding, before it is received."""
    encoding = request.headers.get(hdrs.CONTENT_ENCODING)
    if encoding and encoding.lower() != "identity":
        return error_response(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Send the body without Content-Encoding.")
    return await handler(request)
