"""Authentication for botbuilder: who calls the bot, and which URLs the bot calls.

A stranger's request costs nothing: the token is verified before the body is received, and the sender is compared with
the plain JSON before an activity is built from it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from botbuilder.schema import Activity
from botframework.connector.auth import (
    AuthenticateRequestResult,
    AuthenticationConstants,
    BotFrameworkAuthentication,
    ClaimsIdentity,
)

from bot.domain.errors import CallerForbidden, CallerRejected
from bot.http.jwt_verifier import VerifiedToken
from bot.teams.connector import Connector, TurnConnectorFactory
from bot.teams.inbound_token import TokenValidator, require_same_sender


@dataclass(frozen=True, slots=True)
class Caller:
    """The sender of a request whose body is not read yet."""

    token: VerifiedToken | None
    """None for a bot without an app ID, which does not authenticate callers."""


class BotAuthentication(BotFrameworkAuthentication):
    """Authenticates requests; omits botbuilder's clients for user tokens and skills."""

    def __init__(
        self,
        connector: Connector,
        check: TokenValidator | None,
        *,
        tenants: frozenset[str],
        tenants_of: Callable[[Mapping[str, Any]], frozenset[str]],
        is_anonymous: Callable[[Mapping[str, Any]], bool],
    ) -> None:
        """Create the authentication.

        `tenants_of`: all tenants that an activity names, at least one. `is_anonymous`: the activity comes from Teams
        itself, without a tenant and without access to one.
        """
        self._connector = connector
        self._check = check
        self._tenants = tenants
        self._tenants_of = tenants_of
        self._is_anonymous = is_anonymous
        self._factory = TurnConnectorFactory(connector)

    async def authenticate(self, authorization: str) -> Caller:
        """Verify the token in the header; raise `CallerRejected` with the reason, or `Unavailable` without keys."""
        return Caller(await self._check.verify(authorization) if self._check else None)

    def authorize(self, caller: Caller, activity: Mapping[str, Any]) -> AuthenticateRequestResult:
        """Return the caller's identity in this activity's JSON.

        Raise `CallerRejected`, or `CallerForbidden` for another tenant or service URL.
        """
        service_url, token = activity["serviceUrl"], caller.token
        if token is not None:
            channel = activity.get("channelId")
            require_same_sender(token, service_url=service_url, channel=channel if isinstance(channel, str) else "")
            if not self._tenants_of(activity) <= self._tenants and not self._is_anonymous(activity):
                raise CallerForbidden("this tenant is not allowed (CHATSYNC_ALLOWED_TENANTS)")
        if not self._connector.is_allowed(service_url):
            raise CallerForbidden("this service URL is not allowed (CHATSYNC_SERVICE_HOSTS)")
        return self._result(token.claims if token else {})

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

    async def authenticate_request(self, activity: Activity, auth_header: str) -> NoReturn:
        """Raise `CallerRejected`: a turn begins only after `authenticate` and `authorize`."""
        del activity, auth_header
        raise CallerRejected("the request is not authenticated")

    async def authenticate_streaming_request(self, auth_header: str, channel_id_header: str) -> NoReturn:
        """Raise `CallerRejected`: the bot accepts only HTTP requests."""
        del auth_header, channel_id_header
        raise CallerRejected("streaming is not supported")
