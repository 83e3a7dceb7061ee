"""What a request asks for, whether it came by itself or as a part of a batch."""

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
    """The resource, below the Web API's own address."""
    query: Mapping[str, str]
    """The query options; its `items` gives one that came twice twice."""
    headers: Mapping[str, str]
    """By names in small letters, several values of one name joined by commas."""
    content: Callable[[int], Awaitable[bytes]]
    """Gives the body; raises `DataverseError` where it has more bytes than that."""

    @property
    def media_type(self) -> str:
        """What kind of body it says to have."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def asked_by(request: web.Request) -> Asked:
    """What a request of its own asks for."""

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
    """A body beyond what is taken."""
    return DataverseError(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "0x80060888", f"The body is larger than {at_most} bytes."
    )
