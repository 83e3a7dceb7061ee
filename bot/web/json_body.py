"""JSON in the bodies of requests."""

import orjson
from aiohttp import web

from bot.domain.errors import BadRequest

MAX_BYTES = 2_000_000
"""Bytes of a body: Teams' activities have 100 KB at most, Dataverse strips its events at 256 KB."""


async def read_object(request: web.Request) -> tuple[dict[str, object], bytes]:
    """The JSON object in the body, and the body as it came.

    Raises `BadRequest`, or the 413 and 415 of HTTP, each with a reason.
    """
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(reason="Send application/json.")
    content = await request.read()
    try:
        body = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise BadRequest("The body is not JSON.") from error
    if not isinstance(body, dict):
        raise BadRequest("The body is not a JSON object.")
    return body, content
