"""Set up change notifications of Microsoft Graph: the subscriptions, and the verification of notifications.

Only `bot.wiring.services` uses this module.
"""

from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe
from urllib.parse import urlsplit

from aiohttp import ClientSession

from bot.clock import Clock
from bot.config.settings import Settings
from bot.domain.errors import BadRequest
from bot.domain.hosts import is_loopback
from bot.graph.app_installation import AppInstaller
from bot.graph.client import GraphClient
from bot.graph.encrypted_data import Certificate, load_certificate
from bot.graph.notification_validator import NotificationValidator
from bot.graph.subscriptions import GraphSubscriptions
from bot.graph.validation_tokens import ValidationTokens
from bot.http.entra_keys import keys_url, tenant_issuers
from bot.http.jwks import SigningKeys
from bot.http.jwt_verifier import JwtVerifier

NOTIFICATIONS_PATH = "/api/graph/events"


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphNotifications:
    """The subscriptions to change notifications, and the validator of received ones."""

    subscriptions: GraphSubscriptions
    validator: NotificationValidator

    async def close(self) -> None:
        """Release resources."""
        if self.validator.tokens:
            await self.validator.tokens.close()


def build_graph_notifications(
    settings: Settings,
    session: ClientSession,
    clock: Clock,
    *,
    graph: GraphClient,
    app_installer: AppInstaller,
    certificate: Certificate | None,
) -> GraphNotifications | None:
    """Return None if notifications are off: no client state is set, or the tenant is unknown."""
    sandbox = is_loopback(urlsplit(graph.base).hostname or "")
    client_state, tenant = _client_state(settings, sandbox=sandbox), settings.graph_tenant
    if client_state is None or not (sandbox or tenant):
        return None
    notification_url = settings.own_url + NOTIFICATIONS_PATH
    return GraphNotifications(
        subscriptions=GraphSubscriptions(
            graph,
            app_installer,
            clock,
            url=notification_url,
            client_state=client_state,
            seal=certificate,
            tenant=None if sandbox else tenant,
        ),
        validator=NotificationValidator(
            client_state=client_state,
            previous_client_state=_previous_client_state(settings),
            tenant=None if sandbox else tenant,
            tokens=None if sandbox else _validation_tokens(settings, session, clock),
            certificate=certificate,
        ),
    )


def _client_state(settings: Settings, *, sandbox: bool) -> str | None:
    """Return the configured client state. A process with its own sandbox generates one at each start."""
    if settings.graph_client_state:
        return settings.graph_client_state.get_secret_value()
    return token_urlsafe(32) if sandbox and settings.role == "all" else None


def _previous_client_state(settings: Settings) -> str | None:
    previous = settings.graph_client_state_previous
    return previous.get_secret_value() if previous else None


def _validation_tokens(settings: Settings, session: ClientSession, clock: Clock) -> ValidationTokens:
    login_url, tenant = settings.login_url, (settings.graph_tenant or "").lower()
    keys = SigningKeys(session, keys_url(login_url), clock)
    # Settings with a real Graph always have an app ID.
    signed = JwtVerifier(keys, settings.app_id or "", clock, issuers=tenant_issuers(tenant, login_url))
    return ValidationTokens(signed)


def load_certificate_file(settings: Settings) -> Certificate | None:
    """Read the certificate for encrypted resource data; raise `BadRequest` if it or its key is missing."""
    if settings.graph_certificate_file is None:
        return None
    password = settings.graph_certificate_password
    try:
        content = Path(settings.graph_certificate_file).read_bytes()
        return load_certificate(content, password.get_secret_value() if password else None)
    except (OSError, ValueError) as error:
        raise BadRequest(
            "CHATSYNC_GRAPH_CERTIFICATE_FILE does not contain a readable certificate with its RSA key.",
            "Use a PEM or PKCS 12 file with both, and set CHATSYNC_GRAPH_CERTIFICATE_PASSWORD if it has a password.",
        ) from error
