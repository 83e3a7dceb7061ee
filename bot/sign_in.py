"""From the settings to the tokens with which the product signs in to Teams and to Dataverse.

It belongs to the composition root: `bot.wiring` alone uses it.
"""

from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import ClientSession
from pydantic import SecretStr

from bot.config import Settings
from bot.domain.hosts import is_loopback
from bot.net.tokens import Ask, KeptTokens, NoTokens, Tokens
from bot.ports import Clock

# Tokens for bots of several tenants come from here ("Authentication with the Bot Connector API").
_BOTS_OF_ALL_TENANTS = "botframework.com"


def bot_tokens(settings: Settings, session: ClientSession, clock: Clock) -> Tokens:
    """The bot's own; none without an app id."""
    if settings.app_id is None:
        return NoTokens()
    own_tenant = settings.app_tenant_id if settings.app_type == "SingleTenant" else None
    return KeptTokens(_as_bot(settings, session, settings.app_id, own_tenant or _BOTS_OF_ALL_TENANTS), clock)


def dataverse_tokens(settings: Settings, url: str, session: ClientSession, clock: Clock) -> Tokens:
    """Those of the application user in an environment, who is the bot itself unless it is named; none for a sandbox."""
    tenant = settings.dataverse_tenant_id or settings.app_tenant_id
    if is_loopback(urlsplit(url).hostname or "") or settings.app_id is None or tenant is None:
        return NoTokens()
    if settings.dataverse_client_id and settings.dataverse_client_secret:
        secret = settings.dataverse_client_secret
        return KeptTokens(_with_secret(settings, session, settings.dataverse_client_id, tenant, secret), clock)
    return KeptTokens(_as_bot(settings, session, settings.app_id, tenant), clock)


def _as_bot(settings: Settings, session: ClientSession, client_id: str, tenant: str) -> Ask:
    """By the proof that the bot has."""
    if settings.app_password:
        return _with_secret(settings, session, client_id, tenant, settings.app_password)
    # Here and below: who needs no credentials does not wait for azure-identity at the start.
    from bot.net.credentials import with_certificate, with_managed_identity

    if settings.certificate_file is None:
        return with_managed_identity(session, client_id=client_id)
    password = settings.certificate_password
    return with_certificate(
        session,
        login_url=settings.login_url,
        tenant=tenant,
        client_id=client_id,
        file=Path(settings.certificate_file),
        password=password.get_secret_value() if password else None,
    )


def _with_secret(settings: Settings, session: ClientSession, client_id: str, tenant: str, secret: SecretStr) -> Ask:
    from bot.net.credentials import with_secret

    return with_secret(
        session,
        login_url=settings.login_url,
        tenant=tenant,
        client_id=client_id,
        secret=secret.get_secret_value(),
    )
