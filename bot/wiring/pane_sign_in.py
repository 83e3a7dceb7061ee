"""Set up the sign-in window of the pane: its registration, the proof of the bot, and the check of ID tokens."""

from collections.abc import Mapping
from pathlib import Path

from aiohttp import ClientSession

from bot.clock import Clock
from bot.config.settings import Settings
from bot.http.client_proofs import ClientProof, certificate_proof, secret_proof
from bot.http.entra_keys import id_token_issuers
from bot.http.entra_sign_in import EntraSignIn, SignInApp
from bot.http.jwks import SigningKeys
from bot.http.jwt_verifier import JwtVerifier
from bot.wiring.system_addresses import PANE_PATH

_CALLBACK_PATH = f"{PANE_PATH}/sign-in/callback"
_ANY_ORGANIZATION = "organizations"


def missing_settings(settings: Settings) -> tuple[str, ...]:
    """Return the names of the settings that the window needs and that are missing; empty without an app ID."""
    if settings.app_id is None:
        return ()
    is_managed, client_id = settings.app_type == "UserAssignedMSI", settings.pane_client_id
    needs_secret = settings.pane_client_secret is None and (is_managed or _has_own_registration(settings))
    missing = {
        "CHATSYNC_PANE_CLIENT_ID": is_managed and client_id is None,
        "CHATSYNC_PANE_CLIENT_SECRET": needs_secret,
        "CHATSYNC_PUBLIC_URL": not settings.own_url.startswith("https://"),
    }
    return tuple(name for name, is_missing in missing.items() if is_missing)


def build_entra_sign_in(
    settings: Settings, session: ClientSession, keys: Mapping[str, SigningKeys], clock: Clock
) -> EntraSignIn | None:
    """Return the client of the sign-in pages; None without an app ID, and while settings are missing.

    `keys`: those of each tenant that is served.
    """
    if settings.app_id is None or missing_settings(settings):
        return None
    client_id = (settings.pane_client_id or settings.app_id).lower()
    app = SignInApp(
        client_id=client_id,
        authority=f"{settings.login_url}/{_tenant(settings)}",
        redirect_url=settings.own_url + _CALLBACK_PATH,
        prove=_proof(settings, client_id),
    )
    return EntraSignIn(
        app,
        session,
        {
            tenant: JwtVerifier(each, client_id, clock, issuers=id_token_issuers(tenant, settings.login_url))
            for tenant, each in keys.items()
        },
    )


def _has_own_registration(settings: Settings) -> bool:
    own = settings.pane_client_id
    return own is not None and own.lower() != (settings.app_id or "").lower()


def _tenant(settings: Settings) -> str:
    """Return the tenant of the sign-in pages: the only one that is served, or those of all organizations."""
    return next(iter(settings.tenants)) if len(settings.tenants) == 1 else _ANY_ORGANIZATION


def _proof(settings: Settings, client_id: str) -> ClientProof:
    secret = settings.pane_client_secret or settings.app_password
    if secret:
        return secret_proof(secret.get_secret_value())
    password = settings.certificate_password
    file = Path(settings.certificate_file or "")
    return certificate_proof(client_id, file, password.get_secret_value() if password else None)
