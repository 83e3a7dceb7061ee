"""The tokens that vouch for notifications with resource data ("Validating the authenticity of notifications")."""

from collections.abc import Sequence

from bot.http.jwt_verifier import Issuers, JwtVerifier

PUBLISHER = "0bf30f3b-4a52-48df-9a82-234910c4a086"
"""The app in Entra ID that sends change notifications for Microsoft Graph."""

_ANY_TENANT = "{tenantid}"


class ValidationTokens:
    """Verifies them by Entra ID's keys: signed for our app, in our tenant, by who sends notifications."""

    def __init__(self, tokens: JwtVerifier) -> None:
        self._tokens = tokens

    async def require(self, given: Sequence[str]) -> None:
        """Raises `PermissionError` unless there are some and all of them are good; `Unavailable` without keys."""
        if not given:
            raise PermissionError("validation tokens are missing")
        for token in given:
            claims = (await self._tokens.verify(token)).claims
            # Tokens of the second version name the app in another claim than those of the first.
            if (claims.get("azp") or claims.get("appid")) != PUBLISHER:
                raise PermissionError("the token is not of who sends change notifications")

    async def close(self) -> None:
        """Ends a reading of keys that is under way."""
        await self._tokens.close()


def keys_url(login_url: str) -> str:
    """Where Entra ID says what signs tokens ("OpenID Connect on the Microsoft identity platform")."""
    return f"{login_url}/common/.well-known/openid-configuration"


def tenant_issuers(tenant: str, login_url: str) -> Issuers:
    """Who issues tokens of either version in the tenant ("Access tokens in the Microsoft identity platform")."""
    return lambda issuer: [issuer.replace(_ANY_TENANT, tenant), f"{login_url}/{tenant}/v2.0"]
