"""Who calls the bot: the token of every request is verified as the Bot Framework asks.

"Authentication with the Bot Connector API" (Bot Framework documentation): issuer, audience, signature, expiry with five
minutes of leeway, the claim `serviceurl`, and that the key may sign for the activity's channel.
"""

from collections.abc import Callable, Mapping
from typing import Any

import jwt
from botbuilder.schema import Activity
from botframework.connector.auth import (
    AuthenticateRequestResult,
    AuthenticationConstants,
    BotFrameworkAuthentication,
    ClaimsIdentity,
)

from bot.teams.connector import Connector, TurnConnectorFactory
from bot.teams.signing_keys import KeySet, SigningKeys

LEEWAY_S = 300


class Forbidden(PermissionError):
    """The caller is known, but this is not for it."""


class TokenCheck:
    """Verifies the tokens of requests to a bot that has an app id."""

    def __init__(self, keys: SigningKeys, app_id: str) -> None:
        self._keys = keys
        self._app_id = app_id

    async def claims(self, authorization: str, *, service_url: str, channel: str) -> Mapping[str, Any]:
        """The verified claims; raises `PermissionError` that says what is wrong."""
        token = _bearer(authorization)
        key_id = _key_id(token)
        key_set = await self._keys.with_key(key_id)
        claims = self._decoded(token, key_id, key_set)
        endorsements = key_set.endorsements.get(key_id)
        if endorsements and channel not in endorsements:
            raise PermissionError("the token's key does not sign for this channel")
        if claims.get("serviceurl") != service_url:
            raise PermissionError("the token is for another service URL")
        return claims

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


class BotAuthentication(BotFrameworkAuthentication):
    """botbuilder's seam for everything that concerns identity, without its clients for users' tokens and skills."""

    def __init__(
        self,
        connector: Connector,
        check: TokenCheck | None,
        *,
        tenants: frozenset[str],
        tenant_of: Callable[[Activity], str],
    ) -> None:
        self._connector = connector
        self._check = check
        self._tenants = tenants
        self._tenant_of = tenant_of
        self._factory = TurnConnectorFactory(connector)

    async def authenticate_request(self, activity: Activity, auth_header: str) -> AuthenticateRequestResult:
        """The caller's identity; raises `PermissionError`, or `Forbidden` for another tenant or service URL."""
        service_url = activity.service_url or ""
        claims: Mapping[str, Any] = {}
        if self._check is not None:
            claims = await self._check.claims(auth_header, service_url=service_url, channel=activity.channel_id or "")
            if self._tenant_of(activity) not in self._tenants:
                raise Forbidden("this tenant is not served here (CHATSYNC_ALLOWED_TENANTS)")
        if not self._connector.serves(service_url):
            raise Forbidden("this service URL is not on the list (CHATSYNC_SERVICE_HOSTS)")
        return self._result(claims)

    def _result(self, claims: Mapping[str, Any]) -> AuthenticateRequestResult:
        kind = "Bearer" if claims else AuthenticationConstants.ANONYMOUS_AUTH_TYPE
        result = AuthenticateRequestResult()
        result.claims_identity = ClaimsIdentity(dict(claims), is_authenticated=True, authentication_type=kind)
        result.audience = AuthenticationConstants.TO_CHANNEL_FROM_BOT_OAUTH_SCOPE
        result.connector_factory = self._factory
        return result

    def create_connector_factory(self, claims_identity: ClaimsIdentity) -> TurnConnectorFactory:
        """The factory of every turn's connector."""
        del claims_identity
        return self._factory

    async def create_user_token_client(self, claims_identity: ClaimsIdentity) -> None:  # type: ignore[override]
        """None: the bot never signs people in; Teams tells it who they are."""
        del claims_identity

    def get_originating_audience(self) -> str:
        """Whom outgoing tokens are for."""
        return str(AuthenticationConstants.TO_CHANNEL_FROM_BOT_OAUTH_SCOPE)

    async def authenticate_streaming_request(
        self, auth_header: str, channel_id_header: str
    ) -> AuthenticateRequestResult:
        """Raises `PermissionError`: the bot is called by HTTP requests alone."""
        del auth_header, channel_id_header
        raise PermissionError("streaming is not offered")
