"""Encode and decode batch requests ("Execute batch operations using the Web API"). Pure.

Python's message parser reads the responses, because it handles nested parts and both kinds of line ends.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser
from uuid import uuid4

from bot.domain.errors import BadRequest, Unavailable
from bot.domain.texts import text

MAX_REQUESTS = 100
"""Dataverse allows a thousand. Fewer requests keep a response small and a failure cheap."""

_LINE = "\r\n"
_MAX_DEPTH = 2  # the responses of a change set are nested in one part


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRequest:
    """One request of a batch."""

    method: str
    url: str
    """The complete URL, encoded."""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchResponse:
    """The response to one request of a batch."""

    status: int
    headers: Mapping[str, str]
    """Names are lowercase."""
    body: bytes


def encode_batch(parts: Sequence[BatchRequest], *, atomic: bool) -> tuple[str, bytes]:
    """Return the content type and body of a batch. `together`: as one change set, which succeeds or fails at once."""
    if not 0 < len(parts) <= MAX_REQUESTS:
        raise BadRequest(text("A batch must have 1 to {most} requests.", most=MAX_REQUESTS))
    requests = [_request(part, number) for number, part in enumerate(parts, start=1)]
    if atomic:
        content_type, content = _multipart("changeset", requests)
        requests = [f"Content-Type: {content_type}{_LINE}{_LINE}".encode() + content]
    return _multipart("batch", requests)


def _multipart(kind: str, parts: Iterable[bytes]) -> tuple[str, bytes]:
    boundary = f"{kind}_{uuid4()}"
    opening = f"--{boundary}{_LINE}".encode()
    body = b"".join(opening + part + _LINE.encode() for part in parts)
    return f"multipart/mixed;boundary={boundary}", body + f"--{boundary}--{_LINE}".encode()


def _request(part: BatchRequest, number: int) -> bytes:
    """Encode a part; raise `BadRequest` if a URL or header could inject another line."""
    fields = [part.method, part.url, *part.headers, *part.headers.values()]
    if any(not each.isprintable() for each in fields) or " " in part.url:
        raise BadRequest("A URL or header in a batch contains invalid characters.")
    lines = ["Content-Type: application/http", "Content-Transfer-Encoding: binary", f"Content-ID: {number}", ""]
    lines += [f"{part.method} {part.url} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in part.headers.items()]
    return _LINE.join([*lines, "", ""]).encode() + part.body


def decode_batch(content_type: str, content: bytes) -> Sequence[BatchResponse]:
    """Return the responses in order; raise `Unavailable` for another kind of body.

    A change set that was rejected has a single response, the rejection.
    """
    kind = content_type.replace("\r", " ").replace("\n", " ").encode("ascii", "replace")
    try:
        message = BytesParser().parsebytes(b"Content-Type: " + kind + b"\r\n\r\n" + content)
        return [_parse_response(part) for part in _parts(message, _MAX_DEPTH)]
    except (ValueError, LookupError, RecursionError) as error:
        raise _unreadable() from error


def _unreadable() -> Unavailable:
    return Unavailable("Dynamics 365 returned an unreadable answer.", "Try again in a moment.")


def _parts(message: Message, depth: int) -> Iterator[Message]:
    """Yield the parts with responses; raise `Unavailable` for another structure."""
    if message.get_content_type() == "application/http":
        yield message
        return
    content = message.get_payload() if message.get_content_type() == "multipart/mixed" else None
    if not isinstance(content, list) or depth == 0:
        raise _unreadable()
    for part in content:
        if not isinstance(part, Message):
            raise _unreadable()
        yield from _parts(part, depth - 1)


def _parse_response(part: Message) -> BatchResponse:
    content = part.get_payload(decode=True)
    first, _, rest = content.lstrip().partition(b"\n") if isinstance(content, bytes) else (b"", b"", b"")
    protocol, status, *_ = [*first.split(), b"", b""]
    if not protocol.startswith(b"HTTP/") or not status.isdigit():
        raise _unreadable()
    # The headers end at the first empty line, which may come at once.
    head, _, body = (b"\n" + rest.replace(b"\r\n", b"\n")).partition(b"\n\n")
    lines = (line.partition(":") for line in head.decode("latin-1").splitlines())
    return BatchResponse(
        status=int(status),
        headers={name.strip().lower(): value.strip() for name, _, value in lines if name},
        body=body.strip(),
    )
