"""Multipart encoding of batches ("Execute batch operations using the Web API").

Python's email parser reads the requests. It accepts nested parts and both line endings, and never fails on malformed
input.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from http import HTTPStatus
from typing import TypeAlias
from uuid import uuid4

from aiohttp import web

from bot.sandbox.errors import bad_query

MAX_PARTS = 1_000
_LINE = "\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A request in a batch."""

    content_id: str | None
    method: str
    url: str
    headers: Mapping[str, str]
    """Headers by lowercase name."""
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSet:
    """Requests that succeed or fail together."""

    parts: Sequence[Part]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartResponse:
    """A response in a batch response."""

    response: web.Response
    content_id: str | None = None


BatchItem: TypeAlias = Part | ChangeSet
BatchResult: TypeAlias = PartResponse | Sequence[PartResponse]


def decode_batch(content_type: str, body: bytes) -> Sequence[BatchItem]:
    """Parse the requests of a batch. Raise `DataverseError` if the body is malformed."""
    message = BytesParser().parsebytes(b"Content-Type: " + content_type.encode("ascii", "replace") + b"\r\n\r\n" + body)
    found = [_decode_item(each) for each in _subparts(message)]
    if sum(len(each.parts) if isinstance(each, ChangeSet) else 1 for each in found) > MAX_PARTS:
        raise bad_query(f"The batch contains more than {MAX_PARTS} requests.")
    return found


def _subparts(message: Message) -> Sequence[Message]:
    parts = message.get_payload() if message.is_multipart() else None
    if not isinstance(parts, list) or message.get_content_type() != "multipart/mixed":
        raise bad_query("The body of a batch must be multipart/mixed, with the boundary given in its content type.")
    return [part for part in parts if isinstance(part, Message)]


def _decode_item(message: Message) -> BatchItem:
    if message.get_content_maintype() != "multipart":
        return _decode_part(message)
    return ChangeSet(parts=[_decode_part(each) for each in _subparts(message)])


def _decode_part(message: Message) -> Part:
    content = message.get_payload(decode=True)
    if message.get_content_type() != "application/http" or not isinstance(content, bytes):
        raise bad_query("Each part of a batch must have the content type application/http.")
    first, _, rest = content.lstrip().partition(b"\n")
    method, _, url = first.decode("utf-8", "replace").strip().removesuffix("HTTP/1.1").strip().partition(" ")
    if not method.isalpha() or not url:
        raise bad_query("Each part of a batch must start with a method and a URL.")
    inner = BytesParser().parsebytes(rest)
    body = inner.get_payload(decode=True)
    return Part(
        content_id=_unfold(message["Content-ID"]) if "Content-ID" in message else None,
        method=method.upper(),
        url=url.strip(),
        headers={name.lower(): _unfold(value) for name, value in inner.items()},
        body=body.strip() if isinstance(body, bytes) else b"",
    )


def _unfold(value: object) -> str:
    """Return a header's value on one line."""
    return " ".join(str(value).split())


def encode_batch(results: Iterable[BatchResult]) -> tuple[str, bytes]:
    """Return the content type and body of a batch response."""
    return _multipart(
        "batchresponse",
        [_encode_change_set(each) if isinstance(each, Sequence) else _encode_part(each) for each in results],
    )


def _multipart(kind: str, parts: Iterable[bytes]) -> tuple[str, bytes]:
    boundary = f"{kind}_{uuid4()}"
    opening = f"--{boundary}{_LINE}".encode()
    return f"multipart/mixed; boundary={boundary}", b"".join(
        opening + part for part in parts
    ) + f"--{boundary}--\r\n".encode()


def _encode_change_set(results: Sequence[PartResponse]) -> bytes:
    content_type, body = _multipart("changesetresponse", [_encode_part(each) for each in results])
    return f"Content-Type: {content_type}{_LINE}{_LINE}".encode() + body


def _encode_part(part_response: PartResponse) -> bytes:
    response = part_response.response
    lines = ["Content-Type: application/http", "Content-Transfer-Encoding: binary"]
    if part_response.content_id is not None:
        lines.append(f"Content-ID: {part_response.content_id}")
    lines += ["", f"HTTP/1.1 {response.status} {HTTPStatus(response.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in response.headers.items() if name != "Content-Length"]
    if "OData-EntityId" in response.headers:
        lines.append(f"Location: {response.headers['OData-EntityId']}")
    body = response.body if isinstance(response.body, bytes) else b""
    return _LINE.join([*lines, "", ""]).encode() + body + _LINE.encode()
