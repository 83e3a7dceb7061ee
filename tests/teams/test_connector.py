"""The connector posts to the right host."""

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession, TCPConnector, web
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.http.access_tokens import NullTokens
from bot.teams.connector import Connector, conversation_path
from bot.teams.service_hosts import teams_urls
from tests.fakes.certificates import make_certificates
from tests.fakes.connector import FakeConnector, error

PUBLIC, GCC = "smba.trafficmanager.net", "smba.infra.gcc.teams.microsoft.com"
CHAT = "19:a@thread.v2"


class AllHosts(AbstractResolver):
    """Resolves every name to the fake connector, and records the names."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        here = ResolveResult(
            hostname=host, host="127.0.0.1", port=self.port, family=socket.AF_INET, proto=0, flags=socket.AI_NUMERICHOST
        )
        return [here]

    async def close(self) -> None:
        """Do nothing."""


@pytest.fixture
async def teams(tmp_path: Path) -> AsyncIterator[FakeConnector]:
    async with FakeConnector(certificates=make_certificates(tmp_path)).running() as running:
        yield running


async def post(teams: FakeConnector, hosts: frozenset[str]) -> tuple[int, list[str]]:
    """Post to the public cloud; return the status and the hosts that were called."""
    resolver = AllHosts(teams.port)
    async with ClientSession(connector=TCPConnector(resolver=resolver, ssl=False)) as session:
        connector = Connector(session, NullTokens(), teams_urls(hosts))
        path = conversation_path(CHAT, "activities")
        answer = await connector.call("POST", f"https://{PUBLIC}/", path, b'{"type":"message"}')
    return answer.status, resolver.asked


def only_gcc(called: list[int]) -> web.Response | None:
    """Reject the first call as sent to the wrong host."""
    called.append(1)
    return error(403, "InvalidBotApiHost") if len(called) == 1 else None


async def test_a_chat_of_the_government_cloud_is_posted_to_on_that_clouds_host(teams: FakeConnector) -> None:
    called: list[int] = []
    teams.fault = lambda *_: only_gcc(called)
    assert await post(teams, frozenset({PUBLIC, GCC})) == (201, [PUBLIC, GCC])


async def test_it_is_tried_there_once(teams: FakeConnector) -> None:
    teams.fault = lambda *_: error(403, "InvalidBotApiHost")
    assert await post(teams, frozenset({PUBLIC, GCC})) == (403, [PUBLIC, GCC])


async def test_a_host_that_is_not_on_the_list_is_not_called(teams: FakeConnector) -> None:
    teams.fault = lambda *_: error(403, "InvalidBotApiHost")
    assert await post(teams, frozenset({PUBLIC})) == (403, [PUBLIC])
