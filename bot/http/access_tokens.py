"""Tokens with which the product proves who it is to other systems: one for each scope, renewed ahead of its end."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from bot.clock import Clock
from bot.domain.errors import Unavailable
from bot.http.single_flight import SingleFlight
from bot.logs import get_logger

RENEW_AFTER = 0.75
"""The part of a token's life after which the next one is fetched, while the old one goes on: 15 minutes of an hour."""
MARGIN = timedelta(minutes=1)
"""A token ends this much earlier for us: clocks differ, and calls take their time."""
PAUSE = timedelta(seconds=30)
"""After a renewal that failed, or whose token was refused, until the next one is tried."""

_log = get_logger(__name__)


class Tokens(Protocol):
    """Gives tokens for a scope; None where the other system wants none (the sandbox, the Emulator)."""

    async def get(self, scope: str) -> str | None:
        """A token that is good for a minute at least; raises `Unavailable`."""
        ...

    async def invalidate(self, scope: str, token: str) -> None:
        """The other system did not accept the token: another is given next, unless it is quite new."""
        ...

    async def close(self) -> None:
        """Lets go of what is held."""
        ...


class NullTokens:
    """For systems on this machine that ask nobody to sign in."""

    async def get(self, scope: str) -> str | None:
        """None, whatever the scope."""
        del scope
        return None

    async def invalidate(self, scope: str, token: str) -> None:
        """Nothing was given."""

    async def close(self) -> None:
        """Holds nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A token as the token service gave it."""

    token: str
    expires_on: float
    """Seconds of the epoch, by this machine's real clock."""


FetchToken = Callable[[str], Awaitable[Grant]]
"""Asks the token service for a new token for a scope; raises `Unavailable`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _CachedToken:
    token: str
    given_at: datetime
    renew_at: datetime
    ends_at: datetime


class CachedTokens:
    """Asks for a token when one is needed first and then ahead of its end, in the background, one call at a time."""

    def __init__(self, ask: FetchToken, clock: Clock) -> None:
        self._fetch = ask
        self._clock = clock
        self._cached: dict[str, _CachedToken] = {}
        self._flights: dict[str, SingleFlight[_CachedToken]] = {}
        self.fetch_count = 0
        """How often the token service was asked."""

    async def get(self, scope: str) -> str | None:
        """A token for the scope; raises `Unavailable` where there is none and the token service gives none."""
        kept = self._cached.get(scope)
        now = self._clock.now()
        if kept is None or now >= kept.ends_at:
            kept = await self._flight(scope).result()
        elif now >= kept.renew_at:
            self._flight(scope).start()
        return kept.token

    async def invalidate(self, scope: str, token: str) -> None:
        """Forgets the token, unless a newer one has taken its place.

        A quite new one stays: where such are refused it is not for their age, and nobody gains by fetching more.
        """
        kept = self._cached.get(scope)
        if kept is not None and kept.token == token and self._clock.now() - kept.given_at >= PAUSE:
            del self._cached[scope]

    async def close(self) -> None:
        """Ends calls that are under way."""
        for flight in self._flights.values():
            await flight.close()

    def _flight(self, scope: str) -> SingleFlight[_CachedToken]:
        return self._flights.setdefault(scope, SingleFlight(partial(self._renewed, scope)))

    async def _renewed(self, scope: str) -> _CachedToken:
        self.fetch_count += 1
        try:
            grant = await self._fetch(scope)
        except Unavailable as error:
            _log.warning("no token", reason=str(error))
            self._postpone_renewal(scope)
            raise
        now, life = self._clock.now(), timedelta(seconds=max(0.0, grant.expires_on - time.time()))
        kept = _CachedToken(
            token=grant.token, given_at=now, renew_at=now + life * RENEW_AFTER, ends_at=now + life - MARGIN
        )
        self._cached[scope] = kept
        return kept

    def _postpone_renewal(self, scope: str) -> None:
        kept = self._cached.get(scope)
        if kept is not None:
            self._cached[scope] = replace(kept, renew_at=self._clock.now() + PAUSE)
