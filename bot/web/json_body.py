"""Parse JSON in the bodies of requests, within limits of nesting and of the number of values."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from functools import partial

from aiohttp import web
from orjson import JSONDecodeError

from bot.domain.errors import BadRequest
from bot.text.json_text import loads
from bot.web.bodies import read_body
from bot.web.body_pace import BodyPace

MAX_DEPTH = 100
"""Maximum nesting of objects and lists. A card in an activity has about ten levels."""
MEMBERS_PER_VALUE = 5
"""Members that objects and lists may have on average: a body has at most this many times the number of values."""
SMALL_BYTES = 100_000
"""Maximum bytes of a body that is parsed in the event loop. Larger ones are parsed in a thread."""

JSON_TYPE = "application/json"


async def read_object(
    request: web.Request, *, max_bytes: int, max_values: int, within_s: float, pace: BodyPace | None = None
) -> tuple[dict[str, object], bytes]:
    """Return the JSON object in the body, and the raw body.

    `max_values`: maximum number of objects and lists, which limits their members, too. `pace`: when a large body may be
    read. Raise `BadRequest`, or an HTTP error 400, 408, 413, 415, or 429, each with a reason.
    """
    require_json(request)
    read = partial(read_body, request, max_bytes=max_bytes, within_s=within_s)
    content = await (_read_at_pace(request, pace, read) if pace else read())
    small = len(content) <= SMALL_BYTES
    return _parse(content, max_values) if small else await parse_object(content, max_values=max_values), content


async def _read_at_pace(request: web.Request, pace: BodyPace, read: Callable[[], Awaitable[bytes]]) -> bytes:
    """Return the body. One without a known length can wait only after it was received."""
    announced = request.content_length
    if announced is not None:
        await pace.admit(announced)
    content = await read()
    if announced is None:
        await pace.admit(len(content))
    return content


def require_json(request: web.Request) -> None:
    """Raise an HTTP error 415 for another content type."""
    # aiohttp's `content_type` parses the parameters, too, which takes a second for a header of eight kilobytes.
    media_type, _, _ = request.headers.get("Content-Type", "").partition(";")
    if media_type.strip().lower() != JSON_TYPE:
        raise web.HTTPUnsupportedMediaType(reason=f"Send {JSON_TYPE}.")


async def parse_object(content: bytes, *, max_values: int) -> dict[str, object]:
    """Return the JSON object; raise `BadRequest` if it is malformed, nested too deeply, or has too many values."""
    if len(content) <= SMALL_BYTES:
        return _parse(content, max_values)
    return await asyncio.to_thread(_parse, content, max_values)


def _parse(content: bytes, max_values: int) -> dict[str, object]:
    try:
        body = loads(content)
    except JSONDecodeError as error:
        raise BadRequest("The body is not JSON.") from error
    if not isinstance(body, dict):
        raise BadRequest("The body is not a JSON object.")
    # To count characters is nearly free, and most bodies have few. Those in texts count as well.
    containers = content.count(b"{") + content.count(b"[")
    if containers > min(MAX_DEPTH, max_values) or content.count(b",") > max_values:
        _require_shape(body, max_values)
    return body


def _require_shape(body: object, max_values: int) -> None:
    """Walk through the levels without recursion, and stop at the first excess."""
    level: list[object] = [body]
    count = members = 0
    for _ in range(MAX_DEPTH):
        count += len(level)
        members += sum(map(_size, level))
        if count > max_values or members > MEMBERS_PER_VALUE * max_values:
            raise BadRequest("The body contains too many values.")
        level = [child for parent in level for child in _children(parent) if isinstance(child, dict | list)]
        if not level:
            return
    raise BadRequest("The body is nested too deeply.")


def _size(parent: object) -> int:
    return len(parent) if isinstance(parent, dict | list) else 0


def _children(parent: object) -> Iterable[object]:
    return parent.values() if isinstance(parent, dict) else parent if isinstance(parent, list) else ()
