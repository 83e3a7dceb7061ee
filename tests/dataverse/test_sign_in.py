"""An application user whose secret has expired or was revoked, or whose token has another audience."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import ClientSession

from bot.dataverse.client import DataverseClient, create_client
from bot.domain.errors import Unavailable
from bot.domain.record_links import parse_environment
from bot.http.access_tokens import PAUSE, CachedTokens, Grant
from bot.metrics import Metrics
from tests.dataverse.hostile import ROW, Server, answering, refusing
from tests.fakes.clock import HeldClock


@dataclass
class TokenService:
    """Issues numbered tokens while it knows the secret."""

    knows_the_secret: bool = True
    asked: list[str] = field(default_factory=list)

    async def __call__(self, scope: str) -> Grant:
        self.asked.append(scope)
        if not self.knows_the_secret:
            raise Unavailable("The sign-in service issued no token.", "Ask an administrator to check the app's secret.")
        return Grant(token=f"token-{len(self.asked)}", expires_on=time.time() + 3600)


@pytest.fixture
def service() -> TokenService:
    return TokenService()


@pytest.fixture
async def client(client: DataverseClient, service: TokenService, clock: HeldClock) -> AsyncIterator[DataverseClient]:
    """Return a client of the hostile server, with tokens of the service."""
    tokens = CachedTokens(service, clock)
    async with ClientSession() as session:
        yield create_client(parse_environment(client.environment.url), session, tokens, Metrics())
    await tokens.close()


async def test_the_token_is_for_the_organisation(
    client: DataverseClient, server: Server, service: TokenService
) -> None:
    server.answers = [answering(200)]
    await client.get("incidents(1)")
    assert service.asked == [f"{server.url}/.default"]


async def test_with_an_expired_secret_dataverse_is_not_even_asked(
    client: DataverseClient, server: Server, service: TokenService
) -> None:
    service.knows_the_secret = False
    server.answers = [answering(200)]
    with pytest.raises(Unavailable, match="no token") as raised:
        await client.get("incidents(1)")
    assert "secret" in raised.value.next_step
    assert server.asked == []


async def test_a_token_that_was_revoked_is_replaced(
    client: DataverseClient, server: Server, service: TokenService, clock: HeldClock
) -> None:
    server.answers = [answering(200), refusing(401), answering(200)]
    await client.get("incidents(1)")
    clock.advance(600)
    assert await client.get("incidents(1)") == ROW
    assert [request.headers["Authorization"] for request in server.asked][1:] == ["Bearer token-1", "Bearer token-2"]


async def test_where_the_secret_was_revoked_too_the_administrator_is_named(
    client: DataverseClient, server: Server, service: TokenService, clock: HeldClock
) -> None:
    server.answers = [answering(200), refusing(401)]
    await client.get("incidents(1)")
    clock.advance(600)
    service.knows_the_secret = False
    with pytest.raises(Unavailable, match="no token"):
        await client.get("incidents(1)")
    assert len(server.asked) == 2


async def test_tokens_for_another_audience_are_not_fetched_again_and_again(
    client: DataverseClient, server: Server, service: TokenService, clock: HeldClock
) -> None:
    server.answers = [refusing(401)]
    for _ in range(20):
        with pytest.raises(Unavailable, match="sign-in"):
            await client.get("incidents(1)")
    assert len(service.asked) == 1
    clock.advance(PAUSE.total_seconds())
    with pytest.raises(Unavailable, match="sign-in"):
        await client.get("incidents(1)")
    assert len(service.asked) == 2
