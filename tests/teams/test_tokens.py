"""The bot's own tokens: one for each scope, renewed in advance, so that only the first caller waits."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.domain.errors import Unavailable
from bot.http.access_tokens import PAUSE, CachedTokens, Grant
from tests.fakes.clock import HeldClock

SCOPE = "https://api.botframework.com/.default"
HOUR = 3600.0


class TokenService:
    """Issues numbered tokens that are valid for an hour; can be slow or unavailable."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.open = asyncio.Event()
        self.open.set()
        self.is_down = False

    async def __call__(self, scope: str) -> Grant:
        self.asked.append(scope)
        await self.open.wait()
        if self.is_down:
            raise Unavailable("The sign-in service issued no token.")
        return Grant(token=f"token-{len(self.asked)}", expires_on=time.time() + HOUR)


@pytest.fixture
async def service() -> TokenService:
    return TokenService()


@pytest.fixture
async def tokens(service: TokenService, clock: HeldClock) -> AsyncIterator[CachedTokens]:
    kept = CachedTokens(service, clock)
    yield kept
    await kept.close()


async def test_many_who_ask_at_once_share_one_call(tokens: CachedTokens, service: TokenService) -> None:
    service.open.clear()
    asking = [asyncio.create_task(tokens.get(SCOPE)) for _ in range(50)]
    await asyncio.sleep(0)
    service.open.set()
    assert set(await asyncio.gather(*asking)) == {"token-1"}
    assert (service.asked, tokens.fetch_count) == ([SCOPE], 1)


async def test_who_gives_up_waiting_does_not_end_the_call_for_the_others(
    tokens: CachedTokens, service: TokenService
) -> None:
    service.open.clear()
    impatient, patient = (asyncio.create_task(tokens.get(SCOPE)) for _ in range(2))
    await asyncio.sleep(0)
    impatient.cancel()
    service.open.set()
    assert await patient == "token-1"
    assert len(service.asked) == 1


async def test_each_scope_has_a_token_of_its_own(tokens: CachedTokens, service: TokenService) -> None:
    other = "https://contoso.crm4.dynamics.com/.default"
    assert [await tokens.get(SCOPE), await tokens.get(other), await tokens.get(SCOPE)] == [
        "token-1",
        "token-2",
        "token-1",
    ]


async def test_a_token_is_renewed_ahead_of_its_end_and_nobody_waits(
    tokens: CachedTokens, service: TokenService, clock: HeldClock
) -> None:
    await tokens.get(SCOPE)
    clock.advance(0.7 * HOUR)
    assert (await tokens.get(SCOPE), len(service.asked)) == ("token-1", 1)
    clock.advance(0.1 * HOUR)
    service.open.clear()
    assert [await tokens.get(SCOPE) for _ in range(5)] == ["token-1"] * 5
    await asyncio.sleep(0)
    service.open.set()
    await asyncio.sleep(0.01)
    assert (await tokens.get(SCOPE), len(service.asked)) == ("token-2", 2)


async def test_a_renewal_that_fails_leaves_the_old_token_and_is_tried_again_after_a_pause(
    tokens: CachedTokens, service: TokenService, clock: HeldClock
) -> None:
    await tokens.get(SCOPE)
    clock.advance(0.8 * HOUR)
    service.is_down = True
    for _ in range(3):
        assert await tokens.get(SCOPE) == "token-1"
        await asyncio.sleep(0.01)
    assert len(service.asked) == 2
    clock.advance(PAUSE / timedelta(seconds=1))
    assert await tokens.get(SCOPE) == "token-1"
    await asyncio.sleep(0.01)
    assert len(service.asked) == 3


async def test_a_token_that_ends_within_a_minute_is_not_given_out(
    tokens: CachedTokens, service: TokenService, clock: HeldClock
) -> None:
    await tokens.get(SCOPE)
    clock.advance(HOUR - 59)
    assert await tokens.get(SCOPE) == "token-2"
    clock.advance(HOUR)
    service.is_down = True
    with pytest.raises(Unavailable, match="no token"):
        await tokens.get(SCOPE)
