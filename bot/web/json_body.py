"""Parse JSON in the bodies of requests."""

from aiohttp import web
from orjson import JSONDecodeError

from bot.domain.errors import BadRequest
from bot.json_text import loads

MAX_BYTES = 2_000_000
"""Maximum bytes of a body: Teams' activities have at most 100 KB, and Dataverse strips its events at 256 KB."""


async def read_object(request: web.Request) -> tuple[dict[str, object], bytes]:
    """Return the JSON object in the body, and the raw body.

    Raise `BadRequest`, or an HTTP error 413 or 415, each with a reason.
    """
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(reason="Send application/json.")
    content = await request.read()
    try:
        body = loads(content)
    except JSONDecodeError as error:
        raise BadRequest("The body is not JSON.") from error
    if not isinstance(body, dict):
        raise BadRequest("The body is not a JSON object.")
    return body, content
