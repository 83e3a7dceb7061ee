"""Tokens that others send along, and whether the one who signed them is the one they name."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt

from bot.clock import Clock
from bot.http.jwks import KeySet, SigningKeys

LEEWAY_S = 300
MAX_CACHED = 1_000
"""Verified tokens in memory, at about two kilobytes each."""
CACHE_TTL = timedelta(minutes=5)

Issuers = Callable[[str], Sequence[str]]
"""Whose tokens are taken, by what the key server says of the issuer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedToken:
    """A token's claims, and for how long they need not be verified again: not beyond the keys that verified it."""

    claims: Mapping[str, Any]
    key_id: str
    keys: KeySet
    until: datetime


class JwtVerifier:
    """Verifies tokens by issuer, audience, signature and expiry, and remembers which are good.

    One token comes with many requests; what it says is to be compared with every one of them.
    """

    def __init__(
        self, keys: SigningKeys, audience: str, clock: Clock, *, issuers: Issuers = lambda issuer: [issuer]
    ) -> None:
        self._keys = keys
        self._audience = audience
        self._clock = clock
        self._issuers = issuers
        self._good: dict[str, VerifiedToken] = {}
        self.remembered = 0
        """Tokens that had been verified before."""
        self.verified = 0
        """Tokens that were verified, good or not."""

    async def verify(self, token: str) -> VerifiedToken:
        """The token with its verified claims; raises `PermissionError` that says what is wrong, or `Unavailable`."""
        known = self._good.get(token)
        if known is None or not await self._still_good(known):
            return await self._verify(token)
        self.remembered += 1
        return known

    async def close(self) -> None:
        """Ends a reading of keys that is under way."""
        await self._keys.close()

    async def _still_good(self, known: VerifiedToken) -> bool:
        """Asks for the keys by the token's key id, so that they are read again in time also when all is remembered."""
        return known.until > self._clock.now() and await self._keys.get(known.key_id) is known.keys

    async def _verify(self, token: str) -> VerifiedToken:
        self.verified += 1
        self._good.pop(token, None)
        key_id = _key_id(token)
        keys = await self._keys.get(key_id)
        claims = self._decoded(token, key_id, keys)
        left = timedelta(seconds=float(claims["exp"]) + LEEWAY_S - time.time())
        until = self._clock.now() + min(left, CACHE_TTL)
        known = VerifiedToken(claims=claims, key_id=key_id, keys=keys, until=until)
        if len(self._good) >= MAX_CACHED:
            del self._good[next(iter(self._good))]
        self._good[token] = known
        return known

    def _decoded(self, token: str, key_id: str, key_set: KeySet) -> Mapping[str, Any]:
        key = key_set.keys.get(key_id)
        if key is None:
            raise PermissionError("the token is signed with an unknown key")
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
        except jwt.PyJWTError as error:
            raise PermissionError(f"the token is not accepted: {type(error).__name__}") from error
        return claims


def _key_id(token: str) -> str:
    try:
        return str(jwt.get_unverified_header(token).get("kid"))
    except jwt.PyJWTError as error:
        raise PermissionError("the token is malformed") from error
