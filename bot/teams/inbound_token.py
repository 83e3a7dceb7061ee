"""Whether a request's token is the Bot Framework's.

"Authentication with the Bot Connector API" (Bot Framework documentation): issuer, audience, signature, expiry with five
minutes of leeway, the claim `serviceurl`, and that the key may sign for the activity's channel.
"""

from collections.abc import Mapping
from typing import Any

from bot.http.jwt_verifier import JwtVerifier


class TokenValidator:
    """Verifies the tokens of requests to a bot that has an app id."""

    def __init__(self, tokens: JwtVerifier) -> None:
        self._tokens = tokens

    @property
    def cached_count(self) -> int:
        """Requests whose token had been verified before."""
        return self._tokens.remembered

    @property
    def verified_count(self) -> int:
        """Requests whose token was verified for them, good or not."""
        return self._tokens.verified

    async def validate(self, authorization: str, *, service_url: str, channel: str) -> Mapping[str, Any]:
        """The verified claims; raises `PermissionError` that says what is wrong."""
        known = await self._tokens.verify(_bearer(authorization))
        channels = known.keys.endorsements.get(known.key_id, frozenset())
        if channels and channel not in channels:
            raise PermissionError("the token's key does not sign for this channel")
        if known.claims.get("serviceurl") != service_url:
            raise PermissionError("the token is for another service URL")
        return known.claims

    async def close(self) -> None:
        """Ends a reading of keys that is under way."""
        await self._tokens.close()


def _bearer(authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise PermissionError("send a bearer token in the Authorization header")
    return token
