"""Verify that a request's token comes from the Bot Framework.

"Authentication with the Bot Connector API" (Bot Framework documentation): issuer, audience, signature, expiry with five
minutes of leeway, the claim `serviceurl`, and the key's endorsement for the activity's channel.
"""

from bot.domain.errors import CallerRejected
from bot.http.jwt_verifier import JwtVerifier, VerifiedToken


class TokenValidator:
    """Verifies the tokens of requests to a bot with an app ID."""

    def __init__(self, tokens: JwtVerifier) -> None:
        self._tokens = tokens

    @property
    def cached_count(self) -> int:
        """Number of requests whose token was found in the cache."""
        return self._tokens.remembered

    @property
    def verified_count(self) -> int:
        """Number of requests whose token was verified, valid or not."""
        return self._tokens.verified

    async def verify(self, authorization: str) -> VerifiedToken:
        """Return the token of the header, before the body is received; raise `CallerRejected` with the reason."""
        return await self._tokens.verify(_bearer(authorization))

    async def close(self) -> None:
        """Cancel a running request for keys."""
        await self._tokens.close()


def require_same_sender(token: VerifiedToken, *, service_url: str, channel: str) -> None:
    """Compare the token with the activity; raise `CallerRejected` with the reason."""
    channels = token.keys.endorsements.get(token.key_id, frozenset())
    if channels and channel not in channels:
        raise CallerRejected("the token's key is not endorsed for this channel")
    if token.claims.get("serviceurl") != service_url:
        raise CallerRejected("the token is for another service URL")


def _bearer(authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise CallerRejected("send a bearer token in the Authorization header")
    return token
