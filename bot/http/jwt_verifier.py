"""Verify tokens sent by other systems."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import jwt

from bot.clock import Clock
from bot.domain.errors import CallerRejected
from bot.http.jwks import KeySet, SigningKeys
from bot.runtime.ttl_cache import TtlCache

LEEWAY_S = 300
MAX_CACHED = 1_000
"""Maximum number of verified tokens in memory, at about two kilobytes each."""
CACHE_TTL = timedelta(minutes=5)

LONGEST_LIFETIME_S = 366 * 24 * 3600
"""Maximum remaining lifetime of a token, far above that of any token of Microsoft."""

# PyJWT lets some errors through: for bytes that are no text, for numbers beyond all limits, and for deep nesting.
_INVALID = (jwt.PyJWTError, ValueError, ArithmeticError, TypeError, AttributeError, LookupError, RecursionError)

Issuers = Callable[[str], Sequence[str]]
"""Returns the accepted issuers, given the issuer that the key server names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedToken:
    """A verified token: its claims, the keys that verified it, and how long it may be cached."""

    claims: Mapping[str, Any]
    key_id: str
    keys: KeySet
    ttl: timedelta


class JwtVerifier:
    """Verifies tokens by issuer, audience, signature, and expiry, and caches those that are valid.

    The same token arrives with many requests. The caller must compare its claims with each of them.
    """

    def __init__(
        self,
        keys: SigningKeys,
        audience: str | Sequence[str],
        clock: Clock,
        *,
        issuers: Issuers = lambda issuer: [issuer],
    ) -> None:
        """Create the verifier. A token must be for one of the audiences."""
        self._keys = keys
        self._audience = audience
        self._issuers = issuers
        self._cache: TtlCache[str, VerifiedToken] = TtlCache(clock, max_size=MAX_CACHED, ttl=lambda token: token.ttl)
        self.remembered = 0
        """Number of tokens found in the cache."""
        self.verified = 0
        """Number of tokens verified, valid or not."""

    async def verify(self, token: str) -> VerifiedToken:
        """Return the token with its verified claims; raise `CallerRejected` with the reason, or `Unavailable`."""
        verified = self._cache.get(token)
        if verified is None or not await self._has_current_keys(verified):
            return await self._verify(token)
        self.remembered += 1
        return verified

    async def close(self) -> None:
        """Cancel a running request for keys."""
        await self._keys.close()

    async def _has_current_keys(self, verified: VerifiedToken) -> bool:
        """Return whether the keys are unchanged; this also refreshes them in time if every token is cached."""
        return await self._keys.get(verified.key_id) is verified.keys

    async def _verify(self, token: str) -> VerifiedToken:
        self.verified += 1
        self._cache.discard(token)
        key_id = _key_id(token)
        keys = await self._keys.get(key_id)
        claims = self._decode(token, key_id, keys)
        verified = VerifiedToken(claims=claims, key_id=key_id, keys=keys, ttl=_ttl(claims))
        self._cache.put(token, verified)
        return verified

    def _decode(self, token: str, key_id: str, key_set: KeySet) -> Mapping[str, Any]:
        key = key_set.keys.get(key_id)
        if key is None:
            raise CallerRejected("the token is signed with an unknown key")
        try:
            claims: Mapping[str, Any] = jwt.decode(
                token,
                key,
                algorithms=["RS256"],
                audience=self._audience,
                issuer=self._issuers(key_set.issuer),
                leeway=LEEWAY_S,
                options={"require": ["exp", "iss", "aud"]},
            )
        except _INVALID as error:
            raise CallerRejected(f"the token is invalid: {type(error).__name__}") from error
        return claims


def unverified_claims(token: str) -> Mapping[str, Any]:
    """Return the claims before anything vouches for them, to choose the verifier; raise `CallerRejected`."""
    try:
        claims: Mapping[str, Any] = jwt.decode(token, options={"verify_signature": False})
    except _INVALID as error:
        raise CallerRejected("the token is malformed") from error
    return claims


def _ttl(claims: Mapping[str, Any]) -> timedelta:
    """Return how long the token may be cached; raise `CallerRejected` for an expiry that no issuer sets."""
    # PyJWT has checked that the expiry is a number of any size.
    left_s = int(claims["exp"]) + LEEWAY_S - int(time.time())
    if left_s > LONGEST_LIFETIME_S:
        raise CallerRejected("the token is valid for too long")
    return min(timedelta(seconds=left_s), CACHE_TTL)


def _key_id(token: str) -> str:
    try:
        return str(jwt.get_unverified_header(token).get("kid"))
    except _INVALID as error:
        raise CallerRejected("the token is malformed") from error
