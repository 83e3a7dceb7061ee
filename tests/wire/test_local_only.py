"""Without an app ID: only this machine, and no web page of another site in one of its browsers."""

from collections.abc import AsyncIterator

import orjson
import pytest

from bot.config.settings import Settings
from bot.store.tables import chat
from tests.fakes.certificates import Certificates
from tests.fakes.connector import FakeConnector
from tests.fakes.sign_in import FakeSignIn
from tests.steps.changes import CHANGES
from tests.steps.production import in_production, production_settings
from tests.steps.raw_http import JSON, exchange
from tests.wire.world import EVENTS, GROUP, MESSAGES, PERSONAL, WEBHOOK_KEY, World, texts

pytestmark = pytest.mark.one_database

PATHS = ["/healthz", "/readyz", "/metrics", MESSAGES, EVENTS, CHANGES, "/sandbox/", "/nothing/here"]
EVIL_HOSTS = [
    b"rebound.evil.example",
    b"rebound.evil.example:3978",
    b"localhost.evil.example",
    b"127.0.0.1.evil.example",
    b"127.0.0.1@evil.example",
    b"evil.example#127.0.0.1",
    b"[::2]",
    b"192.168.0.1",
    b"0.0.0.0",
    b"localhost:99999",
    b"localhost/",
    b"localhost.",
    b"\xff",
    b"",
]
EVIL_ORIGINS = [
    b"https://evil.example",
    b"http://rebound.evil.example:3978",
    b"http://localhost.evil.example",
    b"http://localhost@evil.example",
    b"null",
    b"file://",
    b"http://",
    b"\xff",
    b"",
]


@pytest.fixture
async def own(bare_world: World) -> AsyncIterator[World]:
    """Start the bot as developers do: with its own sandbox."""
    bare_world.settings = bare_world.settings.model_copy(update={"dataverse_urls": (), "sandbox_file": ""})
    await bare_world.know_chats(GROUP, PERSONAL)
    await bare_world.start()
    yield bare_world
    await bare_world.settle()
    await bare_world.stop()


async def asked(world: World, path: str, host: bytes, *headers: bytes, method: bytes = b"GET") -> int:
    message = orjson.dumps(world.activity(PERSONAL, type="message", text="help")) if path == MESSAGES else b"{}"
    lines = (method + b" " + path.encode() + b" HTTP/1.1", b"Host: " + host, JSON, *headers)
    raw = b"\r\n".join((*lines, b"Content-Length: %d" % len(message), b"", message))
    return (await exchange(world.settings.port, raw)).status


@pytest.mark.parametrize("path", PATHS)
async def test_under_another_name_no_route_answers(own: World, path: str) -> None:
    for host in EVIL_HOSTS:
        for method in (b"GET", b"POST", b"OPTIONS"):
            assert await asked(own, path, host, method=method) == 403
    assert own.nothing_was_said()


@pytest.mark.parametrize("path", PATHS)
async def test_pages_of_other_sites_get_no_answer(own: World, path: str) -> None:
    for origin in EVIL_ORIGINS:
        assert await asked(own, path, b"localhost", b"Origin: " + origin, method=b"POST") == 403
    assert own.nothing_was_said()


@pytest.mark.parametrize("host", [b"localhost", b"LocalHost:3978", b"127.0.0.1", b"[::1]:3978", b"127.0.0.2:1"])
async def test_names_of_this_machine_are_accepted(own: World, host: bytes) -> None:
    assert await asked(own, "/healthz", host) == 200
    for origin in (b"http://localhost:56150", b"https://127.0.0.1", b"http://[::1]:1"):
        assert await asked(own, MESSAGES, host, b"Origin: " + origin, method=b"POST") == 201
    await own.settle()
    own.connector.posts.clear()


async def test_a_message_is_answered_only_at_the_address_of_a_client(own: World) -> None:
    message = own.activity(PERSONAL, type="message", text="help")
    elsewhere = own.connector.service_url
    for service_url in (
        f"{elsewhere}containers/create?name=pwned&x=",
        f"{elsewhere}containers/create",
        f"{elsewhere}?x=",
        f"{elsewhere}#",
        elsewhere.replace("://", "://user@"),
        f"http://127.0.0.1:{own.settings.port}/",
        f"http://localhost:{own.settings.port}/sandbox/teams/..",
    ):
        assert (await own.post({**message, "serviceUrl": service_url}))[0] == 403
    assert own.connector.posts == {}
    assert own.connector.roster_reads == 0
    assert (await own.post({**message, "serviceUrl": elsewhere.rstrip("/")}))[0] == 201
    assert texts(own.card(PERSONAL))[0] == "Commands"


async def test_the_sandbox_has_chats_of_its_own_on_the_port_of_the_bot(own: World) -> None:
    url = f"http://localhost:{own.settings.port}/sandbox/teams/"
    message = own.activity(type="conversationUpdate", serviceUrl=url)
    assert (await own.post(message))[0] == 201
    (kept,) = await own.rows_in(chat, chat.c.id == GROUP)
    assert kept["service_url"] == url


class TestWithAnAppId:
    """A bot with an app ID is reached under any name, also by load balancers."""

    @pytest.fixture
    async def connector(self, certificates: Certificates) -> AsyncIterator[FakeConnector]:
        async with FakeConnector(certificates=certificates).running() as running:
            yield running

    @pytest.fixture
    def settings(self, database_url: str, sign_in: FakeSignIn) -> Settings:
        return production_settings(database_url, sign_in)

    async def test_other_names_are_accepted(self, bare_world: World, sign_in: FakeSignIn) -> None:
        async with in_production(bare_world, sign_in) as bot:
            token = b"Authorization: " + bot.headers["Authorization"].encode()
            key = b"x-chatsync-key: " + WEBHOOK_KEY.encode()
            for host in (b"bot.example.com", b"10.0.0.4:3978"):
                assert await asked(bot, "/healthz", host) == 200
                assert await asked(bot, MESSAGES, host, token, b"Origin: https://a.example", method=b"POST") == 201
                assert await asked(bot, EVENTS, host, key, method=b"POST") == 400
            await bot.settle()
            bot.connector.posts.clear()
