"""Whether a request's token is the Bot Framework's.

"Authentication with the Bot Connector API" (Bot Framework documentation): issuer, audience, signature, expiry with five
minutes of leeway, the claim `serviceurl`, and that the key may sign for the activity's channel.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt

from bot.ports import Clock
from bot.teams.signing_keys import KeySet, SigningKeys

LEEWAY_S = 300
REMEMBERED = 1_000
"""Verified tokens in memory, at about two kilobytes each."""
REMEMBERED_FOR = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Verified:
    """A token's claims, and for how long they need not be verified again: not beyond the keys that verified it."""

    claims: Mapping[str, Any]
    channels: frozenset[str]
    """Those that its key may sign for; empty where the key does not say."""
    key_id: str
    keys: KeySet
    until: datetime


class TokenCheck:
    """Verifies the tokens of requests to a bot that has an app id, and remembers which are good.

    The channel sends one token with many requests; what the token says is compared with every one of them.
    """

    def __init__(self, keys: SigningKeys, app_id: str, clock: Clock) -> None:
        self._keys = keys
        self._app_id = app_id
        self._clock = clock
        self._good: dict[str, _Verified] = {}
        self.remembered = 0
        """Requests whose token had been verified before."""
        self.verified = 0
        """Requests whose token was verified for them, good or not."""

    async def claims(self, authorization: str, *, service_url: str, channel: str) -> Mapping[str, Any]:
        """The verified claims; raises `PermissionError` that says what is wrong."""
        token = _bearer(authorization)
        known = self._good.get(token)
        if known is None or not await self._still_good(known):
            known = await self._verify(token)
        else:
            self.remembered += 1
        if known.channels and channel not in known.channels:
            raise PermissionError("the token's key does not sign for this channel")
        if known.claims.get("serviceurl") != service_url:
            raise PermissionError("the token is for another service URL")
        return known.claims

    async def close(self) -> None:
        """Ends a reading of keys that is under way."""
        await self._keys.close()

    async def _still_good(self, known: _Verified) -> bool:
        """Asks for the keys by the token's key id, so that they are read again in time also when all is remembered."""
        return known.until > self._clock.now() and await self._keys.with_key(known.key_id) is known.keys

    async def _verify(self, token: str) -> _Verified:
        self.verified += 1
        self._good.pop(token, None)
        key_id = _key_id(token)
        keys = await self._keys.with_key(key_id)
        claims = self._decoded(token, key_id, keys)
        left = timedelta(seconds=float(claims["exp"]) + LEEWAY_S - time.time())
        known = _Verified(
            claims=claims,
            channels=keys.endorsements.get(key_id, frozenset()),
            key_id=key_id,
            keys=keys,
            until=self._clock.now() + min(left, REMEMBERED_FOR),
        )
        if len(self._good) >= REMEMBERED:
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
                audience=self._app_id,
                issuer=key_set.issuer,
                leeway=LEEWAY_S,
                options={"require": ["exp", "iss", "aud"]},
            )
        except jwt.PyJWTError as error:
            raise PermissionError(f"the token is not accepted: {type(error).__name__}") from error
        return claims


def _bearer(authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise PermissionError("send a bearer token in the Authorization header")
    return token


def _key_id(token: str) -> str:
    try:
        return str(jwt.get_unverified_header(token).get("kid"))
    except jwt.PyJWTError as error:
        raise PermissionError("the token is malformed") from error
