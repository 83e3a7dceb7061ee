"""Broken headers, lines, and tokens: 400 or 401, and nothing of them in a log or an answer."""

import base64
import json
import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import orjson
import pytest

from bot.config.settings import Settings
from tests.dataverse.samples import context
from tests.fakes.certificates import Certificates
from tests.fakes.connector import FakeConnector
from tests.fakes.sign_in import APP_ID, ISSUER, FakeSignIn
from tests.steps.changes import CHANGES
from tests.steps.production import in_production, production_settings
from tests.steps.raw_http import HOST, JSON, exchange, head, post
from tests.wire.world import EVENTS, MESSAGES, WEBHOOK_KEY, World

pytestmark = pytest.mark.one_database

MARKER = "a-marker-that-must-not-be-seen"
RAW = b"\xff\xfe\x80" + MARKER.encode() + b"\xc3\x28"
"""Bytes that are no text."""


@pytest.fixture
async def connector(certificates: Certificates) -> AsyncIterator[FakeConnector]:
    async with FakeConnector(certificates=certificates).running() as running:
        yield running


@pytest.fixture
def settings(database_url: str, sign_in: FakeSignIn) -> Settings:
    return production_settings(database_url, sign_in)


@pytest.fixture
async def bot(bare_world: World, sign_in: FakeSignIn) -> AsyncIterator[World]:
    async with in_production(bare_world, sign_in) as running:
        yield running


@pytest.fixture
def written(bot: World, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    """After the test, expect no trace of the marker or the key, and no traceback, in any log at any level."""
    with caplog.at_level(logging.DEBUG):
        yield
    output = capfd.readouterr()
    everything = output.out + output.err + caplog.text + "".join(record.exc_text or "" for record in caplog.records)
    for secret in (MARKER, WEBHOOK_KEY, "Traceback", "request_failed"):
        assert secret not in everything


HEADERS: Mapping[str, list[bytes]] = {
    "raw bytes in Authorization": [b"Authorization: " + RAW],
    "a bearer of raw bytes": [b"Authorization: Bearer " + RAW],
    "a token of raw bytes": [b"Authorization: Bearer " + b".".join([RAW] * 3)],
    "raw bytes in the key": [b"x-chatsync-key: " + RAW],
    "the key and raw bytes": [b"x-chatsync-key: " + WEBHOOK_KEY.encode() + b"\xff"],
    "raw bytes in the correlation ID": [b"x-ms-correlation-request-id: \xff\xfe\x80"],
    "raw bytes in the content type": [b"Content-Type: " + RAW],
    "raw bytes in the expectation": [b"Expect: " + RAW],
    "another expectation": [b"Expect: " + MARKER.encode()],
    "raw bytes in the length": [b"Content-Length: " + RAW],
    "raw bytes in a name": [RAW + b": 1"],
    "a header without a name": [b": " + MARKER.encode()],
    "a header without a colon": [MARKER.encode()],
    "a folded header": [b"x-a: 1\r\n " + MARKER.encode()],
    "a NUL": [b"x-a: \x00" + MARKER.encode()],
    "a 64 KB header": [b"Authorization: Bearer " + MARKER.encode() + b"x" * 65_536],
    "100 headers": [b"x-%d: %s" % (number, MARKER.encode()) for number in range(100)],
    "100 headers of 8 KB": [b"x-%d: %s" % (number, MARKER.encode() * 250) for number in range(100)],
    "two lengths": [b"Content-Length: 1", b"Content-Length: 2"],
    "a length and chunks": [b"Content-Length: 1", b"Transfer-Encoding: chunked"],
    "an unknown transfer encoding": [b"Transfer-Encoding: " + MARKER.encode()],
    "compressed chunks": [b"Transfer-Encoding: gzip, chunked"],
    "two hosts": [b"Host: " + MARKER.encode()],
    "an upgrade": [b"Connection: upgrade", b"Upgrade: websocket"],
}


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("path", [MESSAGES, EVENTS, CHANGES])
@pytest.mark.parametrize("headers", HEADERS.values(), ids=HEADERS)
async def test_broken_headers_are_refused(bot: World, path: str, headers: list[bytes]) -> None:
    answer = await exchange(bot.settings.port, head(path, *headers))
    # Without a body, Graph's door asks for JSON.
    assert answer.status in ({400, 415, 417} if path == CHANGES else {400, 401, 415, 417})
    assert MARKER.encode() not in answer.whole or answer.status == 417
    assert WEBHOOK_KEY.encode() not in answer.whole


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("name", ["x-ms-dynamics-organization", "x-ms-correlation-request-id", "Accept", "x-other"])
async def test_raw_bytes_in_headers_of_known_senders_are_no_error(bot: World, name: str) -> None:
    event = orjson.dumps(context({"a": 1}))
    raw = name.encode() + b": " + RAW
    answer = await exchange(bot.settings.port, post(EVENTS, event, b"x-chatsync-key: " + WEBHOOK_KEY.encode(), raw))
    assert answer.status == (400 if name == "x-ms-dynamics-organization" else 200)
    token = b"Authorization: " + bot.headers["Authorization"].encode()
    message = orjson.dumps(bot.activity(type="typing"))
    assert (await exchange(bot.settings.port, post(MESSAGES, message, token, raw))).status == 201


KEY = b"?code=" + WEBHOOK_KEY.encode()
LINES: Mapping[str, bytes] = {
    "a control character": b"GET " + EVENTS.encode() + KEY + b"\x01 HTTP/1.1",
    "a space": b"GET " + EVENTS.encode() + KEY + b" x HTTP/1.1",
    "a long line": b"GET " + EVENTS.encode() + KEY + b"&x=" + b"x" * 9_000 + b" HTTP/1.1",
    "a long key": b"GET " + EVENTS.encode() + b"?code=" + WEBHOOK_KEY.encode() * 1_000 + b" HTTP/1.1",
    "no version": b"GET " + EVENTS.encode() + KEY,
    "another version": b"GET " + EVENTS.encode() + KEY + b" HTTP/9.9",
    "another protocol": b"GET " + EVENTS.encode() + KEY + b" FTP/1.1",
    "a method of raw bytes": RAW + b" " + EVENTS.encode() + KEY + b" HTTP/1.1",
    "a path without a slash": b"GET x" + KEY + b" HTTP/1.1",
    "a broken address": b"GET http://[" + KEY + b" HTTP/1.1",
    "a connection to another host": b"CONNECT [" + KEY + b" HTTP/1.1",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + MARKER.encode(),
    "nothing": b"",
}


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
async def test_a_broken_request_line_is_quoted_nowhere(bot: World, line: bytes) -> None:
    answer = await exchange(bot.settings.port, b"\r\n".join((line, HOST, b"", b"")))
    assert answer.status in {400, 404, 405}
    assert WEBHOOK_KEY.encode() not in answer.whole
    assert MARKER.encode() not in answer.whole


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("code", [b"%ff", b"\xff\xfe", b"%ED%A0%80", b"%00", b"%", b"a&code=b", "\u00fc".encode()])
async def test_any_bytes_in_the_query_are_just_a_wrong_key(bot: World, code: bytes) -> None:
    answer = await exchange(bot.settings.port, post(EVENTS.encode() + b"?code=" + code, b"{}"))
    assert answer.status in {400, 401}
    answer = await exchange(bot.settings.port, post(CHANGES.encode() + b"?validationToken=" + code, b""))
    assert answer.status in {200, 400}


HALF_A_CHARACTER = r'{"kid": "\ud800", "alg": "RS256"}'
DEEP_OBJECT = '{"kid": ' + "[" * 4_000


def segment(value: object) -> str:
    content = value if isinstance(value, str) else json.dumps(value)
    return base64.urlsafe_b64encode(content.encode()).rstrip(b"=").decode()


def forged(sign_in: FakeSignIn) -> Mapping[str, str]:
    """Return tokens that nobody signed, with the headers that parsers stumble over."""
    body = segment({"iss": ISSUER, "aud": APP_ID, "exp": 10**10})
    known = {"kid": sign_in.key.id, "alg": "RS256"}
    return {
        "deep nesting": f"{segment('[' * 4_000)}.{body}.AAAA",
        "deep nesting in an object": f"{segment(DEEP_OBJECT)}.{body}.AAAA",
        "a list": f"{segment([known])}.{body}.AAAA",
        "a text": f"{segment(json.dumps(MARKER))}.{body}.AAAA",
        "a number of 5,000 digits": f"{segment('9' * 5_000)}.{body}.AAAA",
        "no text": f"{base64.urlsafe_b64encode(RAW).decode()}.{body}.AAAA",
        "half a character": f"{segment(HALF_A_CHARACTER)}.{body}.AAAA",
        "a key ID that is a list": f"{segment({**known, 'kid': [sign_in.key.id]})}.{body}.AAAA",
        "a key ID that is null": f"{segment({**known, 'kid': None})}.{body}.AAAA",
        "no algorithm": f"{segment({'kid': sign_in.key.id})}.{body}.AAAA",
        "the algorithm none": f"{segment({**known, 'alg': 'none'})}.{body}.",
        "an algorithm that is a list": f"{segment({**known, 'alg': ['RS256']})}.{body}.AAAA",
        "a critical extension": f"{segment({**known, 'crit': ['x'], 'b64': False})}.{body}.AAAA",
        "a forged signature": f"{segment(known)}.{body}.{'A' * 342}",
        "an empty signature": f"{segment(known)}.{body}.",
        "only dots": ".." * 3_000,
        "two parts": f"{segment(known)}.{body}",
        "two spaces": f" {segment(known)}.{body}.AAAA",
    }


@pytest.mark.usefixtures("written")
async def test_tokens_that_nobody_signed_are_refused(bot: World, sign_in: FakeSignIn) -> None:
    for what, each in forged(sign_in).items():
        refused = await exchange(bot.settings.port, post(MESSAGES, b"{}", b"Authorization: Bearer " + each.encode()))
        assert refused.status == 401, what


SIGNED: list[dict[str, Any]] = [
    {"exp": 10**400},
    {"exp": 10**18},
    {"exp": -(10**18)},
    {"exp": 1e308},
    {"exp": float("inf")},
    {"exp": float("nan")},
    {"exp": "9" * 400},
    {"exp": "soon"},
    {"exp": [1]},
    {"exp": {}},
    {"exp": True},
    {"nbf": 10**400},
    {"nbf": float("inf")},
    {"nbf": "soon"},
    {"iat": 10**400},
    {"iat": float("inf")},
    {"iat": "soon"},
    {"iss": "https://evil.example"},
    {"aud": {"a": APP_ID}},
    {"aud": [5, None]},
    {"serviceurl": [5]},
]


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("claims", SIGNED, ids=lambda claims: f"{next(iter(claims))} {str(claims)[:20]}")
async def test_odd_claims_are_refused_even_if_they_are_signed(
    bot: World, sign_in: FakeSignIn, claims: dict[str, Any]
) -> None:
    bearer = sign_in.bearer(bot.connector.service_url, **claims).encode()
    message = orjson.dumps(bot.activity(type="typing"))
    refused = await exchange(bot.settings.port, post(MESSAGES, message, b"Authorization: " + bearer))
    assert refused.status == 401


@pytest.mark.usefixtures("written")
async def test_other_methods_are_refused_without_a_trace(bot: World) -> None:
    for method in (b"GET", b"PUT", b"OPTIONS", b"TRACE", b"CONNECT", b"PATCH", b"PROPFIND"):
        raw = head(EVENTS.encode() + KEY, JSON, method=method)
        assert (await exchange(bot.settings.port, raw)).status in {400, 404, 405}
