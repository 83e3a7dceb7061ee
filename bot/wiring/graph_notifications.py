"""What Microsoft Graph tells of changes in chats, put together: asking for it, and reading what comes.

It belongs to the composition root: `bot.wiring.services` alone uses it.
"""

from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe
from urllib.parse import urlsplit

from aiohttp import ClientSession

from bot.clock import Clock
from bot.config import Settings
from bot.domain.errors import BadRequest
from bot.domain.hosts import is_loopback
from bot.graph.app_installation import AppInstaller
from bot.graph.client import GraphClient
from bot.graph.encrypted_data import Certificate, load_certificate
from bot.graph.notification_validator import NotificationValidator
from bot.graph.subscriptions import GraphSubscriptions
from bot.graph.validation_tokens import ValidationTokens, keys_url, tenant_issuers
from bot.http.jwks import SigningKeys
from bot.http.jwt_verifier import JwtVerifier

CHANGES = "/api/graph/events"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """Both of its ends."""

    subscriptions: GraphSubscriptions
    notices: NotificationValidator
    tenant: str | None
    """The tenant whose chats it tells of; None in the sandbox, which has one of its own."""

    async def close(self) -> None:
        """Lets go of what it holds."""
        if self.notices.tokens:
            await self.notices.tokens.close()


def make_feed(
    settings: Settings,
    session: ClientSession,
    clock: Clock,
    *,
    graph: GraphClient,
    installing: AppInstaller,
    seal: Certificate | None,
) -> Feed | None:
    """None where Graph is not to tell: no client state is set, or nobody knows in which tenant it is asked."""
    sandbox = is_loopback(urlsplit(graph.base).hostname or "")
    client_state, tenant = _client_state(settings, sandbox=sandbox), settings.graph_tenant
    if client_state is None or not (sandbox or tenant):
        return None
    url = settings.own_url + CHANGES
    return Feed(
        subscriptions=GraphSubscriptions(graph, installing, clock, url=url, client_state=client_state, seal=seal),
        notices=NotificationValidator(
            client_state=client_state,
            tenant=None if sandbox else tenant,
            tokens=None if sandbox else _validation_tokens(settings, session, clock),
            certificate=seal,
        ),
        tenant=None if sandbox else tenant,
    )


def _client_state(settings: Settings, *, sandbox: bool) -> str | None:
    """What is set; in one process with a sandbox it is made up at each start, as nobody else has to know it."""
    if settings.graph_client_state:
        return settings.graph_client_state.get_secret_value()
    return token_urlsafe(32) if sandbox and settings.role == "all" else None


def _validation_tokens(settings: Settings, session: ClientSession, clock: Clock) -> ValidationTokens:
    login_url, tenant = settings.login_url, (settings.graph_tenant or "").lower()
    keys = SigningKeys(session, keys_url(login_url), clock)
    # A real Graph goes with an app id.
    signed = JwtVerifier(keys, settings.app_id or "", clock, issuers=tenant_issuers(tenant, login_url))
    return ValidationTokens(signed)


def read_seal(settings: Settings) -> Certificate | None:
    """The certificate that resource data is encrypted for; raises `BadRequest` for a file without it and its key."""
    if settings.graph_certificate_file is None:
        return None
    password = settings.graph_certificate_password
    try:
        content = Path(settings.graph_certificate_file).read_bytes()
        return load_certificate(content, password.get_secret_value() if password else None)
    except (OSError, ValueError) as error:
        raise BadRequest(
            "CHATSYNC_GRAPH_CERTIFICATE_FILE holds no certificate with its RSA key that can be read.",
            "Name a file with both (PEM or PKCS 12), and set CHATSYNC_GRAPH_CERTIFICATE_PASSWORD where it has one.",
        ) from error
