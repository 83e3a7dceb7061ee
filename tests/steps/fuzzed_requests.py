"""Generated requests to the three doors that strangers can reach: nearly right ones, and broken ones of every kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from hypothesis import strategies as st

from tests.dataverse.samples import context
from tests.steps.changes import CHANGES
from tests.steps.graph_events import KNOWN
from tests.steps.raw_http import HOST
from tests.wire.world import CLIENT_STATE, EVENTS, GROUP, MESSAGES, WEBHOOK_KEY

MARKER = "a-marker-that-must-not-be-seen"
"""A text in bodies, queries, and headers that no log may contain."""

DOORS = (MESSAGES, EVENTS, CHANGES)

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.just(MARKER)
)
JSON_VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)
HEAVY = st.sampled_from(
    [
        b"[" * 5_000,
        b'{"a":' * 5_000,
        b"[" * 50 + b"]" * 50,
        b'{"value":[' + b"{}," * 5_000 + b"{}]}",
        b'{"type":"message","attachments":[' + b"{}," * 5_000 + b"{}]}",
        b"9" * 10_000,
        b'"\\ud800"',
        b'{"a": 1e999}',
        b"\xef\xbb\xbf{}",
        b"\xff\xfe{\x00}\x00",
        b"",
        b"\x00" * 100,
        MARKER.encode(),
    ]
)

EVENT_FIELDS = (
    "MessageName",
    "PrimaryEntityName",
    "PrimaryEntityId",
    "OperationId",
    "OperationCreatedOn",
    "InitiatingUserId",
    "InputParameters",
    "PreEntityImages",
    "OwningExtension",
    "OrganizationId",
)
NOTIFICATION_FIELDS = ("clientState", "subscriptionId", "tenantId", "resource", "lifecycleEvent", "encryptedContent")
ACTIVITY_FIELDS = (
    "type",
    "name",
    "serviceUrl",
    "channelId",
    "conversation",
    "channelData",
    "from",
    "recipient",
    "entities",
    "attachments",
    "membersAdded",
    "text",
    "value",
    "timestamp",
    "id",
    "deliveryMode",
)
INVOKES = ("adaptiveCard/action", "composeExtension/query", "composeExtension/queryLink", "task/fetch", "task/submit")


@dataclass(frozen=True)
class Credentials:
    """The headers of those who are known, and an activity that Teams could send."""

    authorization: str
    activity: Mapping[str, Any]


def requests(door: str, known: Credentials) -> st.SearchStrategy[bytes]:
    """Return the strategy for whole requests to a door, half of them by those who are known."""
    own = [
        b"Content-Type: application/json",
        b"Authorization: " + known.authorization.encode(),
        b"x-chatsync-key: " + WEBHOOK_KEY.encode(),
    ]
    bodies, frames = _bodies(door, known), st.sampled_from(["length", "chunks"])
    let_in = st.builds(_request, st.just(door), st.just(b""), st.just(own), bodies, frames)
    odd = st.builds(_request, st.just(door), _queries(door), _headers(known), bodies, _FRAMES)
    return let_in | odd


def _bodies(door: str, known: Credentials) -> st.SearchStrategy[bytes]:
    nearly = {MESSAGES: _activities(known), EVENTS: _events(), CHANGES: _notifications()}[door]
    return nearly.map(orjson.dumps) | JSON_VALUES.map(orjson.dumps) | HEAVY | st.binary(max_size=300)


def _changed(original: Mapping[str, Any], fields: Sequence[str]) -> st.SearchStrategy[dict[str, Any]]:
    changes = st.dictionaries(st.sampled_from(fields), JSON_VALUES, max_size=3)
    return changes.map(lambda changed: {**original, **changed})


def _activities(known: Credentials) -> st.SearchStrategy[dict[str, Any]]:
    kinds = st.sampled_from(["message", "invoke", "conversationUpdate", "typing"])
    originals = st.builds(
        lambda kind, name: {**known.activity, "type": kind, "name": name, "text": MARKER},
        kinds,
        st.sampled_from(INVOKES),
    )
    return originals.flatmap(lambda original: _changed(original, ACTIVITY_FIELDS))


def _events() -> st.SearchStrategy[dict[str, Any]]:
    return _changed(context({"title": MARKER}), EVENT_FIELDS)


def _notifications() -> st.SearchStrategy[dict[str, Any]]:
    original = {"clientState": CLIENT_STATE, "subscriptionId": KNOWN, "resource": f"chats('{GROUP}')"}
    rows = st.lists(_changed(original, NOTIFICATION_FIELDS) | JSON_VALUES, max_size=4)
    return st.builds(lambda found, tokens: {"value": found, "validationTokens": tokens}, rows, JSON_VALUES)


def _queries(door: str) -> st.SearchStrategy[bytes]:
    key = b"?code=" + WEBHOOK_KEY.encode()
    odd = st.binary(max_size=30).map(lambda raw: b"?" + raw.translate(None, b" \r\n#"))
    known = [b"", b"?code=" + MARKER.encode(), b"?code=%ff%00", *([key] * 3 if door == EVENTS else [])]
    if door == CHANGES:
        known += [b"?validationToken=x", b"?validationToken=%ED%A0%80"]
    return st.sampled_from(known) | odd


def _headers(known: Credentials) -> st.SearchStrategy[list[bytes]]:
    named = [
        b"Authorization: " + known.authorization.encode(),
        b"Authorization: Bearer " + MARKER.encode(),
        b"Authorization: Bearer \xff\xfe." + b"a" * 500 + b".b",
        b"x-chatsync-key: " + WEBHOOK_KEY.encode(),
        b"x-chatsync-key: \xff" + MARKER.encode(),
        b"Content-Type: application/json",
        b"Content-Type: application/json; charset=utf-16",
        b"Content-Type: \xff/" + MARKER.encode(),
        b"Content-Encoding: gzip",
        b"Content-Encoding: identity",
        b"Content-Encoding: br",
        b"Expect: 100-continue",
        b"Expect: \xff",
        b"Connection: close",
        b"Connection: upgrade\r\nUpgrade: h2c",
        b"x-ms-dynamics-organization: " + MARKER.encode(),
        b"x-ms-correlation-request-id: \xff\x00",
        b"Origin: https://evil.example",
        b"Cookie: a=\xff; b=" + MARKER.encode(),
        b"Range: bytes=0-1",
        b"x-a: " + b"x" * 9_000,
    ]
    odd = st.binary(max_size=40).map(lambda raw: raw.translate(None, b"\r\n"))
    usual = st.sampled_from([named[0], named[3], named[5]])
    return st.lists(usual | usual | st.sampled_from(named) | odd, max_size=5)


_FRAMES = st.sampled_from(["length", "length", "length", "chunks", "small chunks", "short", "none", "bad chunks"])


def _request(door: str, query: bytes, headers: list[bytes], body: bytes, frame: str) -> bytes:
    return b"\r\n".join((b"POST " + door.encode() + query + b" HTTP/1.1", HOST, *headers, _framed(body, frame)))


def _framed(body: bytes, frame: str) -> bytes:
    if frame in {"chunks", "small chunks"}:
        size = 1 if frame == "small chunks" else 1_000
        parts = [body[at : at + size] for at in range(0, len(body), size)]
        sent = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
        return b"Transfer-Encoding: chunked\r\n\r\n" + sent + b"0\r\n\r\n"
    if frame == "bad chunks":
        return b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n" + body
    if frame == "none":
        return b"\r\n"
    length = len(body) // 2 if frame == "short" else len(body)
    return b"Content-Length: %d\r\n\r\n" % length + body
