"""Caller tokens: valid ones are cached, but no longer than they and their keys are valid."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from bot.http.jwks import REFRESH_AFTER, SigningKeys
from bot.http.jwt_verifier import CACHE_TTL, MAX_CACHED, JwtVerifier
from bot.http.session import create_session
from bot.teams.inbound_token import TokenValidator, require_same_sender
from tests.fakes.clock import HeldClock
from tests.fakes.sign_in import APP_ID, FakeSignIn, SigningKey

SERVICE_URL = "https://smba.trafficmanager.net/emea/"


@pytest.fixture
async def check(sign_in: FakeSignIn, clock: HeldClock) -> AsyncIterator[TokenValidator]:
    session = create_session(str(sign_in.certificates.certificate))
    checking = TokenValidator(JwtVerifier(SigningKeys(session, f"{sign_in.url}/openid", clock), APP_ID, clock))
    yield checking
    await checking.close()
    await session.close()


async def let_in(
    check: TokenValidator, bearer: str, service_url: str = SERVICE_URL, channel: str = "msteams"
) -> Mapping[str, Any]:
    token = await check.verify(bearer)
    require_same_sender(token, service_url=service_url, channel=channel)
    return token.claims


async def test_a_token_is_verified_once_and_then_known(check: TokenValidator, sign_in: FakeSignIn) -> None:
    bearer = sign_in.bearer(SERVICE_URL)
    first, second = await let_in(check, bearer), await let_in(check, bearer)
    assert first == second
    assert (check.verified_count, check.cached_count) == (1, 1)


async def test_what_a_known_token_says_is_compared_with_every_request(
    check: TokenValidator, sign_in: FakeSignIn
) -> None:
    bearer = sign_in.bearer(SERVICE_URL)
    await let_in(check, bearer)
    with pytest.raises(PermissionError, match="service URL"):
        await let_in(check, bearer, "https://smba.trafficmanager.net/amer/")
    with pytest.raises(PermissionError, match="channel"):
        await let_in(check, bearer, channel="directline")
    assert check.cached_count == 2


async def test_a_token_that_differs_in_one_letter_is_not_known(check: TokenValidator, sign_in: FakeSignIn) -> None:
    bearer = sign_in.bearer(SERVICE_URL)
    await let_in(check, bearer)
    with pytest.raises(PermissionError):
        await let_in(check, bearer[:-9] + ("a" if bearer[-9] != "a" else "b") + bearer[-8:])


async def test_after_some_minutes_a_token_is_verified_again(
    check: TokenValidator, sign_in: FakeSignIn, clock: HeldClock
) -> None:
    bearer = sign_in.bearer(SERVICE_URL)
    await let_in(check, bearer)
    clock.advance(CACHE_TTL.total_seconds())
    await let_in(check, bearer)
    assert (check.verified_count, check.cached_count) == (2, 0)


async def test_a_token_is_not_remembered_beyond_its_own_end(
    check: TokenValidator, sign_in: FakeSignIn, clock: HeldClock
) -> None:
    bearer = sign_in.bearer(SERVICE_URL, exp=int(time.time()) - 240)  # a minute of the leeway is left
    await let_in(check, bearer)
    clock.advance(61)
    await let_in(check, bearer)  # still valid by the real clock
    assert (check.verified_count, check.cached_count) == (2, 0)


async def test_a_token_goes_with_its_key(check: TokenValidator, sign_in: FakeSignIn, clock: HeldClock) -> None:
    bearer = sign_in.bearer(SERVICE_URL)
    await let_in(check, bearer)
    sign_in.key = SigningKey()
    clock.advance(31)
    await let_in(check, sign_in.bearer(SERVICE_URL))
    with pytest.raises(PermissionError, match="unknown key"):
        await let_in(check, bearer)


async def test_no_more_tokens_are_remembered_than_there_is_room_for(check: TokenValidator, sign_in: FakeSignIn) -> None:
    first = sign_in.bearer(SERVICE_URL)
    await let_in(check, first)
    for number in range(MAX_CACHED):
        await let_in(check, sign_in.bearer(SERVICE_URL, jti=str(number)))
    await let_in(check, first)
    assert check.cached_count == 0


async def test_keys_are_read_again_in_the_background_and_nobody_waits(
    check: TokenValidator, sign_in: FakeSignIn, clock: HeldClock
) -> None:
    bearer = sign_in.bearer(SERVICE_URL)
    await let_in(check, bearer)
    clock.advance(REFRESH_AFTER.total_seconds() + 1)
    sign_in.answers.clear()
    async with asyncio.timeout(1):
        for _ in range(3):
            await let_in(check, bearer)
    sign_in.answers.set()
    async with asyncio.timeout(5):
        while sign_in.key_reads < 2:
            await asyncio.sleep(0.01)
    assert sign_in.key_reads_begun == 2


async def test_while_an_unknown_key_is_looked_for_known_ones_are_let_in(
    check: TokenValidator, sign_in: FakeSignIn, clock: HeldClock
) -> None:
    known = sign_in.bearer(SERVICE_URL)
    await let_in(check, known)
    clock.advance(31)
    sign_in.answers.clear()
    new = SigningKey()
    waiting = [asyncio.create_task(let_in(check, sign_in.bearer(SERVICE_URL, new))) for _ in range(20)]
    async with asyncio.timeout(1):
        await let_in(check, known)
        await let_in(check, sign_in.bearer(SERVICE_URL, jti="another"))
    sign_in.key = new
    sign_in.answers.set()
    assert len(await asyncio.gather(*waiting)) == 20
    assert sign_in.key_reads_begun == 2


async def test_while_the_keys_cannot_be_read_forged_ids_do_not_hammer_the_key_server(
    check: TokenValidator, sign_in: FakeSignIn, clock: HeldClock
) -> None:
    await let_in(check, sign_in.bearer(SERVICE_URL))
    clock.advance(31)
    sign_in.is_down = True
    stranger = SigningKey()
    for number in range(10):
        with pytest.raises(PermissionError, match="unknown key"):
            await let_in(check, sign_in.bearer(SERVICE_URL, stranger, jti=str(number)))
    assert sign_in.key_reads_begun == 2
