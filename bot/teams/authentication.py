"""Authentication for botbuilder: who calls the bot, and which URLs the bot calls."""

from collections.abc import Callable, Mapping
from typing import Any

from botbuilder.schema import Activity
from botframework.connector.auth import (
    AuthenticateRequestResult,
    AuthenticationConstants,
    BotFrameworkAuthentication,
    ClaimsIdentity,
)

from bot.domain.errors import CallerForbidden, CallerRejected
from bot.teams.connector import Connector, TurnConnectorFactory
from bot.teams.inbound_token import TokenValidator


class BotAuthentication(BotFrameworkAuthentication):
    """Authenticates requests; omits botbuilder's clients for user tokens and skills."""

    def __init__(
        self,
        connector: Connector,
        check: TokenValidator | None,
        *,
        tenants: frozenset[str],
        tenant_of: Callable[[Activity], str],
        is_anonymous: Callable[[Activity], bool],
    ) -> None:
        """Create the authentication.

        `is_anonymous`: the activity comes from Teams itself, without a tenant and without access to one.
        """
        self._connector = connector
        self._check = check
        self._tenants = tenants
        self._tenant_of = tenant_of
        self._is_anonymous = is_anonymous
        self._factory = TurnConnectorFactory(connector)

    async def authenticate_request(self, activity: Activity, auth_header: str) -> AuthenticateRequestResult:
        """Return the caller's identity.

        Raise `CallerRejected`, or `CallerForbidden` for another tenant or service URL.
        """
        service_url = activity.service_url or ""
        claims: Mapping[str, Any] = {}
        if self._check is not None:
            claims = await self._check.validate(auth_header, service_url=service_url, channel=activity.channel_id or "")
            if self._tenant_of(activity) not in self._tenants and not self._is_anonymous(activity):
                raise CallerForbidden("this tenant is not allowed (CHATSYNC_ALLOWED_TENANTS)")
        if not self._connector.is_allowed(service_url):
            raise CallerForbidden("this service URL is not allowed (CHATSYNC_SERVICE_HOSTS)")
        return self._result(claims)

    def _result(self, claims: Mapping[str, Any]) -> AuthenticateRequestResult:
        kind = "Bearer" if claims else AuthenticationConstants.ANONYMOUS_AUTH_TYPE
        result = AuthenticateRequestResult()
        result.claims_identity = ClaimsIdentity(dict(claims), is_authenticated=True, authentication_type=kind)
        result.audience = AuthenticationConstants.TO_CHANNEL_FROM_BOT_OAUTH_SCOPE
        result.connector_factory = self._factory
        return result

    def create_connector_factory(self, claims_identity: ClaimsIdentity) -> TurnConnectorFactory:
        """Return the factory of every turn's connector."""
        del claims_identity
        return self._factory

    async def create_user_token_client(self, claims_identity: ClaimsIdentity) -> None:  # type: ignore[override]
        """Return None: the bot never signs users in, because Teams authenticates them."""
        del claims_identity

    def get_originating_audience(self) -> str:
        """Return the audience of outgoing tokens."""
        return str(AuthenticationConstants.TO_CHANNEL_FROM_BOT_OAUTH_SCOPE)

    async def authenticate_streaming_request(
        self, auth_header: str, channel_id_header: str
    ) -> AuthenticateRequestResult:
        """Raise `CallerRejected`: the bot accepts only HTTP requests."""
        del auth_header, channel_id_header
        raise CallerRejected("streaming is not supported")
