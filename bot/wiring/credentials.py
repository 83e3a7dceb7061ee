"""Create token sources from the settings, for Teams, Dataverse, and Microsoft Graph.

Only `bot.wiring.services` uses this module.
"""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import ClientSession
from pydantic import SecretStr

from bot.clock import Clock
from bot.config.settings import Settings
from bot.domain.hosts import is_loopback
from bot.http.access_tokens import CachedTokens, FetchToken, NullTokens, Tokens

# Authority for tokens of multi-tenant bots ("Authentication with the Bot Connector API").
_BOTS_OF_ALL_TENANTS = "botframework.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Identity:
    """An app registration and its credential: a secret, or else a certificate, or else a managed identity."""

    client_id: str
    secret: SecretStr | None
    certificate_file: str | None
    certificate_password: SecretStr | None


def bot_tokens(settings: Settings, session: ClientSession, clock: Clock) -> Tokens:
    """Return the tokens of the bot; none without an app ID."""
    bot = _bot_identity(settings)
    if bot is None:
        return NullTokens()
    own_tenant = settings.app_tenant_id if settings.app_type == "SingleTenant" else None
    return CachedTokens(_token_source(bot, settings, session, own_tenant or _BOTS_OF_ALL_TENANTS), clock)


def dataverse_tokens(settings: Settings, url: str, session: ClientSession, clock: Clock) -> Tokens:
    """Return the tokens of the application user, by default the bot itself; none for a sandbox."""
    tenant, bot = settings.dataverse_tenant_id or settings.app_tenant_id, _bot_identity(settings)
    if is_loopback(urlsplit(url).hostname or "") or bot is None or tenant is None:
        return NullTokens()
    return CachedTokens(_token_source(_application_user_identity(settings) or bot, settings, session, tenant), clock)


def graph_tokens(settings: Settings, url: str, session: ClientSession, clock: Clock) -> Tokens:
    """Return the bot's tokens for Microsoft Graph in its tenant; none for a sandbox."""
    tenant, bot = settings.graph_tenant, _bot_identity(settings)
    if is_loopback(urlsplit(url).hostname or "") or bot is None or tenant is None:
        return NullTokens()
    return CachedTokens(_token_source(bot, settings, session, tenant), clock)


def _bot_identity(settings: Settings) -> _Identity | None:
    if settings.app_id is None:
        return None
    return _Identity(
        client_id=settings.app_id,
        secret=settings.app_password,
        certificate_file=settings.certificate_file,
        certificate_password=settings.certificate_password,
    )


def _application_user_identity(settings: Settings) -> _Identity | None:
    if settings.dataverse_client_id is None:
        return None
    return _Identity(
        client_id=settings.dataverse_client_id,
        secret=settings.dataverse_client_secret,
        certificate_file=settings.dataverse_certificate_file,
        certificate_password=settings.dataverse_certificate_password,
    )


def _token_source(app: _Identity, settings: Settings, session: ClientSession, tenant: str) -> FetchToken:
    # Imported only if credentials are needed, because azure-identity makes the start slower.
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
