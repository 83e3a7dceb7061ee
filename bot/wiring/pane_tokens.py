"""Set up the check of the tokens that Teams gets for tabs.

Only `bot.wiring.services` uses this module.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from aiohttp import ClientSession

from bot.clock import Clock
from bot.config.settings import Settings
from bot.http.entra_keys import keys_url, tenant_issuers
from bot.http.jwks import SigningKeys
from bot.http.jwt_verifier import JwtVerifier
from bot.teams.tab_token import TabTokens, audiences


def tenant_keys(settings: Settings, session: ClientSession, clock: Clock) -> Mapping[str, SigningKeys]:
    """Return the keys of each tenant that is served, for all tokens that people get there."""
    return {tenant: SigningKeys(session, keys_url(settings.login_url, tenant), clock) for tenant in settings.tenants}


def build_tab_tokens(settings: Settings, keys: Mapping[str, SigningKeys], clock: Clock) -> TabTokens | None:
    """Return the check of tokens of tabs in Teams; None without an app ID."""
    client_id = settings.pane_client_id or settings.app_id
    if client_id is None or settings.app_id is None:
        return None
    login_url, accepted = settings.login_url, audiences(client_id, urlsplit(settings.own_url).hostname or "")
    return TabTokens(
        {
            tenant: JwtVerifier(each, accepted, clock, issuers=tenant_issuers(tenant, login_url))
            for tenant, each in keys.items()
        },
        client_id,
    )
