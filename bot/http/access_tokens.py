"""Access tokens for other systems: one for each scope, renewed before it expires."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from bot.clock import Clock
from bot.domain.errors import Unavailable
from bot.logs import get_logger
from bot.logs.tracebacks import describe_error
from bot.runtime.ttl_cache import TtlCache

RENEW_AFTER = 0.75
"""Fraction of a token's lifetime after which the next one is requested: after 45 minutes of an hour."""
MARGIN = timedelta(minutes=1)
"""A token counts as expired this much earlier, because clocks differ and calls take time."""
PAUSE = timedelta(seconds=30)
"""Minimum time between two requests after a renewal failed or a token was rejected."""

_MAX_SCOPES = 100
"""Tokens in memory: one for each system and environment."""

_log = get_logger(__name__)


class Tokens(Protocol):
    """Provides tokens for a scope; None if the other system requires none (the sandbox, the Emulator)."""

    async def get(self, scope: str) -> str | None:
        """Return a token that is valid for at least a minute; raise `Unavailable`."""
        ...

    async def invalidate(self, scope: str, token: str) -> None:
        """Discard a token that the other system rejected, unless the token is new."""
        ...

    async def close(self) -> None:
        """Release resources."""
        ...


class NullTokens:
    """For systems on this machine that require no sign-in."""

    async def get(self, scope: str) -> str | None:
        """Return None for every scope."""
        del scope
        return None

    async def invalidate(self, scope: str, token: str) -> None:
        """Do nothing: no token was issued."""

    async def close(self) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A token as the token service issued it."""

    token: str
    expires_on: float
    """Seconds since the epoch, by the real clock of this machine."""


FetchToken = Callable[[str], Awaitable[Grant]]
"""Requests a new token for a scope from the token service; raises `Unavailable`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Token:
    text: str
    issued_at: datetime
    renew_at: datetime
    ttl: timedelta


class CachedTokens:
    """Requests a token on first use, then renews it in the background before it expires, one call at a time."""

    def __init__(self, ask: FetchToken, clock: Clock) -> None:
        self._fetch = ask
        self._clock = clock
        self._tokens: TtlCache[str, _Token] = TtlCache(clock, max_size=_MAX_SCOPES, ttl=lambda token: token.ttl)
        self.fetch_count = 0
        """Number of calls to the token service."""

    async def get(self, scope: str) -> str | None:
        """Return a token for the scope; raise `Unavailable` if there is none and the token service issues none."""
        token = self._tokens.get(scope)
        if token is None:
            return (await self._tokens.fetch(scope, partial(self._request, scope))).text
        if self._clock.now() >= token.renew_at:
            self._tokens.refresh(scope, partial(self._request, scope))
        return token.text

    async def invalidate(self, scope: str, token: str) -> None:
        """Discard the token, unless a newer one has replaced it or it is new itself.

        A new token is not rejected because of its age, so another one would not help.
        """
        known = self._tokens.get(scope)
        if known is not None and known.text == token and self._clock.now() - known.issued_at >= PAUSE:
            self._tokens.discard(scope)

    async def close(self) -> None:
        """Cancel running calls."""
        await self._tokens.close()

    async def _request(self, scope: str) -> _Token:
        self.fetch_count += 1
        try:
            grant = await self._fetch(scope)
        except Unavailable as error:
            _log.warning("sign_in.token_request_failed", reason=describe_error(error), code=error.code)
            self._postpone_renewal(scope)
            raise
        now, life = self._clock.now(), timedelta(seconds=max(0.0, grant.expires_on - time.time()))
        return _Token(text=grant.token, issued_at=now, renew_at=now + life * RENEW_AFTER, ttl=life - MARGIN)

    def _postpone_renewal(self, scope: str) -> None:
        token = self._tokens.get(scope)
        if token is not None:
            left = token.issued_at + token.ttl - self._clock.now()
            self._tokens.put(scope, replace(token, renew_at=self._clock.now() + PAUSE, ttl=left))
