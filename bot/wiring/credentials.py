"""From the settings to the tokens with which the product signs in to Teams, Dataverse and Microsoft Graph.

It belongs to the composition root: `bot.wiring.services` alone uses it.
"""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import ClientSession
from pydantic import SecretStr

from bot.clock import Clock
from bot.config import Settings
from bot.domain.hosts import is_loopback
from bot.http.access_tokens import CachedTokens, FetchToken, NullTokens, Tokens

# Tokens for bots of several tenants come from here ("Authentication with the Bot Connector API").
_BOTS_OF_ALL_TENANTS = "botframework.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Identity:
    """An app in Entra and its proof: a secret, else a certificate, else that it is this machine's managed identity."""

    client_id: str
    secret: SecretStr | None
    certificate_file: str | None
    certificate_password: SecretStr | None


def bot_tokens(settings: Settings, session: ClientSession, clock: Clock) -> Tokens:
    """The bot's own; none without an app id."""
    bot = _bot(settings)
    if bot is None:
        return NullTokens()
    own_tenant = settings.app_tenant_id if settings.app_type == "SingleTenant" else None
    return CachedTokens(_asking(bot, settings, session, own_tenant or _BOTS_OF_ALL_TENANTS), clock)


def dataverse_tokens(settings: Settings, url: str, session: ClientSession, clock: Clock) -> Tokens:
    """Those of the application user in an environment, who is the bot itself unless it is named; none for a sandbox."""
    tenant, bot = settings.dataverse_tenant_id or settings.app_tenant_id, _bot(settings)
    if is_loopback(urlsplit(url).hostname or "") or bot is None or tenant is None:
        return NullTokens()
    return CachedTokens(_asking(_application_user(settings) or bot, settings, session, tenant), clock)


def graph_tokens(settings: Settings, url: str, session: ClientSession, clock: Clock) -> Tokens:
    """The bot's own for Microsoft Graph in its tenant; none for a sandbox."""
    tenant, bot = settings.graph_tenant, _bot(settings)
    if is_loopback(urlsplit(url).hostname or "") or bot is None or tenant is None:
        return NullTokens()
    return CachedTokens(_asking(bot, settings, session, tenant), clock)


def _bot(settings: Settings) -> _Identity | None:
    if settings.app_id is None:
        return None
    return _Identity(
        client_id=settings.app_id,
        secret=settings.app_password,
        certificate_file=settings.certificate_file,
        certificate_password=settings.certificate_password,
    )


def _application_user(settings: Settings) -> _Identity | None:
    if settings.dataverse_client_id is None:
        return None
    return _Identity(
        client_id=settings.dataverse_client_id,
        secret=settings.dataverse_client_secret,
        certificate_file=settings.dataverse_certificate_file,
        certificate_password=settings.dataverse_certificate_password,
    )


def _asking(app: _Identity, settings: Settings, session: ClientSession, tenant: str) -> FetchToken:
    # Who needs no credentials does not wait for azure-identity at the start.
    from bot.http.credentials import with_certificate, with_managed_identity, with_secret

    login_url, client_id, password = settings.login_url, app.client_id, app.certificate_password
    if app.secret:
        secret = app.secret.get_secret_value()
        return with_secret(session, login_url=login_url, tenant=tenant, client_id=client_id, secret=secret)
    if app.certificate_file is None:
        return with_managed_identity(session, client_id=client_id)
    return with_certificate(
        session,
        login_url=login_url,
        tenant=tenant,
        client_id=client_id,
        file=Path(app.certificate_file),
        password=password.get_secret_value() if password else None,
    )
