"""Several requests in one, as text ("Execute batch operations using the Web API"). Pure.

Python's own parser of messages reads the answers: nested parts and both kinds of line ends are its everyday business.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser
from uuid import uuid4

from bot.domain.errors import BadRequest, Unavailable

MAX_REQUESTS = 100
"""Dataverse takes a thousand; so few keep an answer small, and one that fails costs little."""

_LINE = "\r\n"
_DEEPEST = 2  # a change set's answers are in a part of their own


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRequest:
    """One request in a batch."""

    method: str
    url: str
    """The whole address, ready for the wire."""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchResponse:
    """What one request was answered."""

    status: int
    headers: Mapping[str, str]
    """By names in small letters."""
    body: bytes


def encode_batch(parts: Sequence[BatchRequest], *, atomic: bool) -> tuple[str, bytes]:
    """A batch's content type and body. `together`: as one change set, of which all or nothing is done."""
    if not 0 < len(parts) <= MAX_REQUESTS:
        raise BadRequest(f"A batch holds 1 to {MAX_REQUESTS} requests.")
    requests = [_request(part, number) for number, part in enumerate(parts, start=1)]
    if atomic:
        content_type, inside = _multipart("changeset", requests)
        requests = [f"Content-Type: {content_type}{_LINE}{_LINE}".encode() + inside]
    return _multipart("batch", requests)


def _multipart(kind: str, parts: Iterable[bytes]) -> tuple[str, bytes]:
    boundary = f"{kind}_{uuid4()}"
    opening = f"--{boundary}{_LINE}".encode()
    body = b"".join(opening + part + _LINE.encode() for part in parts)
    return f"multipart/mixed;boundary={boundary}", body + f"--{boundary}--{_LINE}".encode()


def _request(part: BatchRequest, number: int) -> bytes:
    """The part; raises `BadRequest` where an address or a header could pass for another line."""
    said = [part.method, part.url, *part.headers, *part.headers.values()]
    if any(not each.isprintable() for each in said) or " " in part.url:
        raise BadRequest("An address in a batch holds characters that do not belong there.")
    lines = ["Content-Type: application/http", "Content-Transfer-Encoding: binary", f"Content-ID: {number}", ""]
    lines += [f"{part.method} {part.url} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in part.headers.items()]
    return _LINE.join([*lines, "", ""]).encode() + part.body


def decode_batch(content_type: str, content: bytes) -> Sequence[BatchResponse]:
    """The answers in their order; raises `Unavailable` for anything that is no batch's answer.

    A change set that was refused has one answer, the refusal.
    """
    kind = content_type.replace("\r", " ").replace("\n", " ").encode("ascii", "replace")
    try:
        message = BytesParser().parsebytes(b"Content-Type: " + kind + b"\r\n\r\n" + content)
        return [_answer(part) for part in _parts(message, _DEEPEST)]
    except (ValueError, LookupError, RecursionError) as error:
        raise _unreadable() from error


def _unreadable() -> Unavailable:
    return Unavailable("Dynamics 365 gave an answer that cannot be read.", "Try again in a moment.")


def _parts(message: Message, depth: int) -> Iterator[Message]:
    """The parts that hold answers; raises `Unavailable` for a message of another make."""
    if message.get_content_type() == "application/http":
        yield message
        return
    inside = message.get_payload() if message.get_content_type() == "multipart/mixed" else None
    if not isinstance(inside, list) or depth == 0:
        raise _unreadable()
    for part in inside:
        if not isinstance(part, Message):
            raise _unreadable()
        yield from _parts(part, depth - 1)


def _answer(part: Message) -> BatchResponse:
    content = part.get_payload(decode=True)
    first, _, rest = content.lstrip().partition(b"\n") if isinstance(content, bytes) else (b"", b"", b"")
    protocol, status, *_ = [*first.split(), b"", b""]
    if not protocol.startswith(b"HTTP/") or not status.isdigit():
        raise _unreadable()
    # The headers end at the first empty line, which comes at once where there are none.
    head, _, body = (b"\n" + rest.replace(b"\r\n", b"\n")).partition(b"\n\n")
    lines = (line.partition(":") for line in head.decode("latin-1").splitlines())
    return BatchResponse(
        status=int(status),
        headers={name.strip().lower(): value.strip() for name, _, value in lines if name},
        body=body.strip(),
    )
