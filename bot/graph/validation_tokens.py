"""Verify the tokens of notifications with resource data ("Validating the authenticity of notifications")."""

from collections.abc import Sequence

from bot.domain.errors import CallerRejected
from bot.http.jwt_verifier import JwtVerifier

PUBLISHER = "0bf30f3b-4a52-48df-9a82-234910c4a086"
"""Client ID of the app in Entra that sends change notifications for Microsoft Graph."""


class ValidationTokens:
    """Verifies tokens with Entra ID's keys: audience, tenant, and publisher."""

    def __init__(self, tokens: JwtVerifier) -> None:
        self._tokens = tokens

    async def require(self, given: Sequence[str]) -> None:
        """Raise `CallerRejected` unless there are tokens and all are valid, or `Unavailable` without keys."""
        if not given:
            raise CallerRejected("validation tokens are missing")
        for token in given:
            claims = (await self._tokens.verify(token)).claims
            # Tokens of version 2 and version 1 name the app in different claims.
            if (claims.get("azp") or claims.get("appid")) != PUBLISHER:
                raise CallerRejected("the token names another publisher")

    async def close(self) -> None:
        """Cancel a running request for keys."""
        await self._tokens.close()
