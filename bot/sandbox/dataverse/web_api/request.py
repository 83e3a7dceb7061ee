"""Web API requests, sent alone or as part of a batch."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web

from bot.sandbox.errors import DataverseError


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
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


def asked_by(request: web.Request) -> Asked:
    """Return the Web API request in an HTTP request."""

    async def content(at_most: int) -> bytes:
        found = bytearray()
        async for chunk in request.content.iter_any():
            found += chunk
            if len(found) > at_most:
                raise too_large(at_most)
        return bytes(found)

    return Asked(
        method=request.method,
        path=request.match_info["path"],
        query=request.query,
        headers={name.lower(): ",".join(request.headers.getall(name)) for name in request.headers},
        content=content,
    )


def too_large(at_most: int) -> DataverseError:
    """Return the error for a body that is larger than the limit."""
    return DataverseError(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "0x80060888", f"The body is larger than {at_most} bytes."
    )
