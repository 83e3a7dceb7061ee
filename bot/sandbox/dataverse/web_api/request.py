"""Web API requests, sent alone or as part of a batch."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web

from bot.sandbox.errors import DataverseError


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiRequest:
    """A request to the Web API."""

    method: str
    path: str
    """Resource path relative to the Web API's base address."""
    query: Mapping[str, str]
    """Query options. `items()` yields an option twice if the query repeats it."""
    headers: Mapping[str, str]
    """Headers by lowercase name, with repeated headers joined by commas."""
    content: Callable[[int], Awaitable[bytes]]
    """Read the body. Raise `DataverseError` if it has more than the given number of bytes."""

    @property
    def media_type(self) -> str:
        """Media type of the body, in lowercase and without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def api_request(request: web.Request) -> ApiRequest:
    """Return the Web API request in an HTTP request."""

    async def content(max_bytes: int) -> bytes:
        body = bytearray()
        async for chunk in request.content.iter_any():
            body += chunk
            if len(body) > max_bytes:
                raise too_large(max_bytes)
        return bytes(body)

    return ApiRequest(
        method=request.method,
        path=request.match_info["path"],
        query=request.query,
        headers={name.lower(): ",".join(request.headers.getall(name)) for name in request.headers},
        content=content,
    )


def too_large(max_bytes: int) -> DataverseError:
    """Return the error for a body that is larger than the limit."""
    return DataverseError(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "0x80060888", f"The body is larger than {max_bytes} bytes."
    )
