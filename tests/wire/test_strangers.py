"""Strangers: their requests cost nothing, hold nothing, and are never parsed."""

import asyncio
import logging
import zlib
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from gzip import compress

import orjson
import pytest

from bot.config.settings import Settings
from bot.store.tables import chat, inbox, sync_job
from bot.web import json_body, messages
from bot.web.graph_events import MAX_LARGE, MAX_WAITING
from tests.dataverse.samples import context
from tests.fakes.certificates import Certificates
from tests.fakes.connector import FakeConnector
from tests.fakes.sign_in import FakeSignIn
from tests.patience import PATIENCE_S, until
from tests.steps.changes import CHANGES, rename_notification
from tests.steps.graph_events import KNOWN, store_subscription_ids
from tests.steps.production import in_production, production_settings
from tests.steps.raw_http import JSON, RawAnswer, chunked, connection, exchange, head, post
from tests.wire.world import CLIENT_STATE, EVENTS, MESSAGES, WEBHOOK_KEY, World

pytestmark = pytest.mark.one_database

MARKER = b"a-marker-that-must-not-be-seen"


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


def key() -> bytes:
    return b"x-chatsync-key: " + WEBHOOK_KEY.encode()


def token(bot: World) -> bytes:
    return b"Authorization: " + bot.headers["Authorization"].encode()


def activity(bot: World, **more: object) -> bytes:
    return orjson.dumps({**bot.activity(type="message", text="help"), **more})


async def sent(bot: World, data: bytes) -> RawAnswer:
    return await exchange(bot.settings.port, data)


@pytest.mark.parametrize("path", [MESSAGES, EVENTS])
@pytest.mark.parametrize("size", [b"100", b"100000000000000"])
async def test_a_stranger_is_refused_before_the_body_arrives(bot: World, path: str, size: bytes) -> None:
    refused = await sent(bot, head(path, JSON, b"Content-Length: " + size))
    assert refused.status == 401
    assert b"Connection: close" in refused.head


@pytest.mark.parametrize("path", [MESSAGES, EVENTS])
async def test_a_stranger_who_is_refused_can_send_no_more(bot: World, path: str) -> None:
    async with connection(bot.settings.port) as opened:
        opened.send(head(path, JSON, b"Transfer-Encoding: chunked"))
        assert (await opened.answer()).status == 401
        # More than the buffers of both sides hold. The bot does not read it.
        opened.send(b"10000\r\n" + b"x" * 65_536 + b"\r\n")
        for _ in range(1_000):
            opened.send(b"10000\r\n" + b"x" * 65_536 + b"\r\n")
        assert await opened.is_closed()


async def test_the_body_of_a_stranger_is_never_parsed(
    bot: World, monkeypatch: pytest.MonkeyPatch, sign_in: FakeSignIn
) -> None:
    parsed: list[bytes] = []
    parse = json_body._parse

    def noted(content: bytes, max_values: int) -> dict[str, object]:
        parsed.append(content)
        return parse(content, max_values)

    monkeypatch.setattr(json_body, "_parse", noted)
    foreign = rename_notification(KNOWN, "guessed")
    attempts = {
        MESSAGES: (activity(bot), [], 401),
        EVENTS: (orjson.dumps(context({"a": 1})), [b"x-chatsync-key: guessed"], 401),
        CHANGES: (orjson.dumps({"value": [foreign]}), [], 202),
    }
    for path, (body, headers, status) in attempts.items():
        assert (await sent(bot, post(path, body, *headers))).status == status
    assert parsed == []
    good = {
        MESSAGES: (activity(bot), [token(bot)], 201),
        EVENTS: (orjson.dumps(context({"a": 1})), [key()], 200),
        CHANGES: (orjson.dumps({"value": [rename_notification(KNOWN, CLIENT_STATE)]}), [], 202),
    }
    for path, (body, headers, status) in good.items():
        assert (await sent(bot, post(path, body, *headers))).status == status
    assert parsed == [body for body, _, _ in good.values()]
    bot.connector.posts.clear()


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        (b"gzip", compress(b"{" * 1_000_000, mtime=0)),
        (b"gzip", b"this is no gzip"),
        (b"GZIP", b"{}"),
        (b"deflate", zlib.compress(b"[" * 1_000_000)),
        (b"br", b"\x1b\x0f\x00\xf8"),
        (b"zstd", b"\x28\xb5\x2f\xfd"),
        (b"compress", b"{}"),
        (b"gzip, gzip", compress(compress(b"{}", mtime=0), mtime=0)),
        (b"identity, gzip", b"{}"),
        (b"\xff\xfe", b"{}"),
    ],
)
@pytest.mark.parametrize("path", [MESSAGES, EVENTS, CHANGES, "/nothing/here"])
async def test_encoded_bodies_are_refused_by_every_route(bot: World, path: str, encoding: bytes, body: bytes) -> None:
    for known in ([], [token(bot)], [key()]):
        refused = await sent(bot, post(path, body, b"Content-Encoding: " + encoding, *known))
        assert refused.status == 415
        assert b"without Content-Encoding" in refused.body


@pytest.mark.parametrize("encoding", [b"identity", b"Identity", b""])
async def test_a_plain_body_may_say_so(bot: World, encoding: bytes) -> None:
    answer = await sent(bot, post(MESSAGES, activity(bot), b"Content-Encoding: " + encoding, token(bot)))
    assert answer.status == 201


@pytest.mark.parametrize("parameters", [b'"' * 8_000, b";" * 8_000, b"(" * 8_000, b"a=b;" * 2_000, b"x*0*=" * 1_600])
@pytest.mark.parametrize("path", [MESSAGES, EVENTS, CHANGES])
async def test_parameters_of_the_content_type_are_not_parsed(
    bot: World, monkeypatch: pytest.MonkeyPatch, path: str, parameters: bytes
) -> None:
    def fail(*_arguments: object) -> None:
        raise AssertionError("a parser of headers is slow")

    monkeypatch.setattr("aiohttp.helpers.parse_content_type", fail)
    answer = await sent(bot, head(path, b"Content-Type: application/json;" + parameters, b"Content-Length: 2") + b"{}")
    assert answer.status == (202 if path == CHANGES else 401)
    assert (await sent(bot, head(path, b"Content-Type: text/json;" + parameters, b"Content-Length: 0"))).status >= 400


TOO_LARGE = {MESSAGES: 256_001, EVENTS: 1_000_001, CHANGES: 8_000_001}


@pytest.mark.parametrize(("path", "size"), TOO_LARGE.items(), ids=TOO_LARGE)
async def test_bodies_have_a_maximum_size(bot: World, path: str, size: int) -> None:
    known = [token(bot), key()]
    refused = await sent(bot, head(path, JSON, b"Content-Length: %d" % size, *known))
    assert refused.status == 413
    parts = [b" " * 50_000] * (size // 50_000 + 1)
    assert (await sent(bot, chunked(path, parts, *known))).status == 413
    taken = await sent(bot, post(path, b" " * (size - 1), *known))
    assert taken.status == (202 if path == CHANGES else 400)


HEAVY: Mapping[str, bytes] = {
    "10 MB of brackets": b"[" * 10_000_000,
    "200 KB of brackets": b"[" * 200_000,
    "nested lists": b'{"value": ' + b"[" * 200 + b"]" * 200 + b"}",
    "nested objects": b'{"a": ' * 200 + b"1" + b"}" * 200,
    "50,000 empty lists": b'{"value": [' + b"[]," * 50_000 + b"1]}",
    "not JSON": MARKER,
    "half of a number": b'{"a": 1e',
}


@pytest.mark.parametrize("body", HEAVY.values(), ids=HEAVY)
async def test_heavy_bodies_are_refused_also_from_those_who_are_known(bot: World, body: bytes) -> None:
    for path, known in ((MESSAGES, token(bot)), (EVENTS, key())):
        refused = await sent(bot, post(path, body, known))
        assert refused.status in {400, 413}
        assert (await sent(bot, post(path, body))).status in {401, 413}
    vouched = b'{"clientState": "' + CLIENT_STATE.encode() + b'", "value": [], "more": ' + body[:7_000_000] + b"}"
    assert (await sent(bot, post(CHANGES, vouched))).status == 400
    assert (await sent(bot, post(CHANGES, body[:7_000_000]))).status == 202


@pytest.mark.parametrize("field", ["attachments", "entities", "membersAdded", "suggestedActions"])
async def test_an_activity_of_50_000_parts_is_not_built(
    bot: World, field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts: object = [{}] * 50_000
    heavy = activity(bot, **{field: {"actions": parts} if field == "suggestedActions" else parts})
    assert len(heavy) < messages.MAX_BYTES
    refused = await sent(bot, post(MESSAGES, heavy, token(bot)))
    assert (refused.status, b"too many values" in refused.body) == (400, True)


async def test_an_activity_is_built_only_for_the_service_url_channel_and_tenant_of_its_sender(
    bot: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[object] = []
    monkeypatch.setattr("bot.teams.adapter.parse_activity", built.append)
    other = "cccccccc-0000-4000-8000-000000000003"
    for changes, status in (
        ({"serviceUrl": "https://smba.trafficmanager.net/emea/"}, 401),
        ({"channelId": "directline"}, 401),
        ({"channelId": ["msteams"]}, 401),
        ({"channelData": {"tenant": {"id": other}}}, 403),
    ):
        assert (await sent(bot, post(MESSAGES, activity(bot, **changes), token(bot)))).status == status
    assert built == []


async def test_many_people_may_be_mentioned(bot: World) -> None:
    entities = [{"type": "mention", "mentioned": {"id": f"29:{number}"}, "text": "x"} for number in range(3_000)]
    assert (await sent(bot, post(MESSAGES, activity(bot, entities=entities), token(bot)))).status == 201


async def test_half_of_a_character_does_not_cost_the_message(bot: World) -> None:
    cut = activity(bot).replace(b'"help"', b'"help \\ud83d"')
    assert (await sent(bot, post(MESSAGES, cut, token(bot)))).status == 201
    await bot.settle()
    bot.connector.posts.clear()


async def test_large_notifications_of_strangers_never_take_the_room_of_graph(bot: World) -> None:
    await store_subscription_ids(bot, topics=KNOWN)
    strangers = []
    try:
        for _ in range(6):
            stranger = await asyncio.open_connection("127.0.0.1", bot.settings.port)
            strangers.append(stranger[1])
            stranger[1].write(head(CHANGES, JSON, b"Content-Length: 7000000") + b" " * 1_000_000)
        known = orjson.dumps({"value": [rename_notification(KNOWN, CLIENT_STATE)], "more": "x" * 6_000_000})
        answers = await asyncio.gather(*(sent(bot, post(CHANGES, known)) for _ in range(3)))
        assert [each.status for each in answers] == [202] * 3
    finally:
        for writer in strangers:
            writer.transport.abort()
    assert await bot.rows_in(chat)
    await bot.forget(sync_job)


async def test_few_large_notifications_of_strangers_wait_for_room_and_the_others_are_refused_at_once(
    bot: World,
) -> None:
    part = b'{"more": "' + b"x" * 40_000
    async with AsyncExitStack() as opened:
        strangers = []
        for _ in range(MAX_LARGE + MAX_WAITING + 8):
            stranger = await opened.enter_async_context(connection(bot.settings.port))
            stranger.send(head(CHANGES, JSON, b"Content-Length: 90000") + part)
            strangers.append(asyncio.create_task(stranger.answer()))
        refused, waiting = await asyncio.wait(strangers, timeout=PATIENCE_S, return_when=asyncio.FIRST_COMPLETED)
        while len(refused) < 8:
            more, waiting = await asyncio.wait(waiting, timeout=PATIENCE_S, return_when=asyncio.FIRST_COMPLETED)
            refused |= more
        assert {each.result().status for each in refused} == {503}
        for each in waiting:
            each.cancel()
    # Those who wait make room when they leave.
    whole = part + b'"}'
    await until(lambda: accepted(bot, whole))


async def accepted(bot: World, body: bytes) -> bool:
    return (await sent(bot, post(CHANGES, body))).status == 202


async def test_a_large_notification_names_its_client_state_anywhere(bot: World) -> None:
    late = b'{"more": "' + b"x" * 3_000_000 + b'", "value": [{"ClientState" : "' + CLIENT_STATE.encode() + b'"}]}'
    assert (await sent(bot, post(CHANGES, late))).status == 202
    broken = late[:-1]
    assert (await sent(bot, post(CHANGES, broken))).status == 400


async def test_a_flood_of_strangers_costs_one_line_a_minute(
    bot: World, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    begin = asyncio.get_running_loop().time()
    with caplog.at_level(logging.DEBUG):
        for _ in range(30):
            for data in (
                post(MESSAGES, MARKER),
                post(EVENTS, MARKER, b"x-chatsync-key: " + MARKER),
                post(CHANGES, MARKER),
                b"GET /" + MARKER + b" BROKEN\r\n\r\n",
            ):
                await sent(bot, data)
    minutes = 1 + int(asyncio.get_running_loop().time() - begin) // 60
    written = capfd.readouterr().out + caplog.text
    for event in (
        "messages.caller_rejected",
        "webhook.unauthorized",
        "notifications.rejected",
        "http.request_malformed",
    ):
        assert 1 <= written.count(event) <= minutes + 1
    assert MARKER.decode() not in written
    assert await bot.rows_in(inbox) == []


async def test_a_body_that_ends_early_is_no_error_of_the_bot(bot: World, capfd: pytest.CaptureFixture[str]) -> None:
    for path, known in ((MESSAGES, token(bot)), (EVENTS, key()), (CHANGES, b"Accept: */*")):
        async with connection(bot.settings.port) as opened:
            opened.send(head(path, JSON, b"Content-Length: 1000", known) + b'{"value": ')
            await asyncio.sleep(0.05)
        for malformed in (b"Z\r\n", b"5\r\nabc\r\n0\r\n\r\n", b"-1\r\n", b"ffffffffffffffffff\r\n"):
            raw = head(path, JSON, b"Transfer-Encoding: chunked", known) + malformed
            assert (await sent(bot, raw)).status == 400
    async with asyncio.timeout(PATIENCE_S):
        assert (await sent(bot, head("/healthz", method=b"GET"))).status == 200
    assert "request_failed" not in capfd.readouterr().out
