"""Which settings do not fit together, and what to do about it. Only `bot.config` asks."""

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.domain.hosts import is_loopback

if TYPE_CHECKING:
    from bot.config import Settings

Problems = tuple[tuple[bool, str], ...]
"""Pairs: whether something is wrong, and what to do about it."""


def problems_of(settings: "Settings") -> Problems:
    """All that can be wrong between settings."""
    beyond_loopback = not is_loopback(settings.host)
    signed_in = settings.app_id is not None
    real_dataverse = any(not is_loopback(urlsplit(url).hostname or "") for url in settings.dataverse_urls)
    real_graph = settings.graph_url is not None and not is_loopback(urlsplit(settings.graph_url).hostname or "")
    database = settings.database_url.partition("://")[0]
    return (
        (
            beyond_loopback and not signed_in,
            "MicrosoftAppId: is needed to listen beyond this machine; without it set HOST to 127.0.0.1",
        ),
        (
            beyond_loopback and settings.uses_own_sandbox,
            "CHATSYNC_DATAVERSE_URL: is needed to listen beyond this machine; the sandbox stays on 127.0.0.1 (HOST)",
        ),
        (real_dataverse and not signed_in, "MicrosoftAppId: is needed to work on a real CHATSYNC_DATAVERSE_URL"),
        *_credential_problems(settings),
        *_notification_problems(settings, real_graph=real_graph or (signed_in and settings.graph_url is None)),
        (
            signed_in and settings.app_type != "MultiTenant" and settings.app_tenant_id is None,
            f"MicrosoftAppTenantId: is needed when MicrosoftAppType is {settings.app_type}",
        ),
        (
            signed_in and settings.app_type == "MultiTenant" and not settings.allowed_tenants,
            "CHATSYNC_ALLOWED_TENANTS: list the tenants to serve, or set MicrosoftAppType to SingleTenant",
        ),
        (
            bool(settings.dataverse_urls) and settings.webhook_key is None and settings.role != "sandbox",
            "CHATSYNC_WEBHOOK_KEY: choose a long random text and give the same to Dataverse's webhook",
        ),
        (
            real_graph and not signed_in,
            "MicrosoftAppId: is needed to work on a real CHATSYNC_GRAPH_URL",
        ),
        (
            real_dataverse and not (settings.dataverse_tenant_id or settings.app_tenant_id),
            "CHATSYNC_DATAVERSE_TENANT_ID: is needed where MicrosoftAppTenantId is empty",
        ),
        (
            len({url.lower() for url in settings.dataverse_urls}) < len(settings.dataverse_urls),
            "CHATSYNC_DATAVERSE_URL: lists an organisation twice",
        ),
        (
            settings.ca_file is not None and not Path(settings.ca_file).is_file(),
            "CHATSYNC_CA_FILE: names a file that is not there",
        ),
        (
            settings.role == "sandbox" and not (settings.public_url and settings.webhook_key),
            "CHATSYNC_PUBLIC_URL: is needed with CHATSYNC_WEBHOOK_KEY to tell the sandbox where its events go",
        ),
        (
            settings.role in {"web", "worker"} and database == "sqlite+aiosqlite",
            "CHATSYNC_DATABASE_URL: the roles web and worker share a PostgreSQL database; SQLite has one process",
        ),
        (
            settings.role in {"web", "worker"} and not settings.dataverse_urls,
            "CHATSYNC_DATAVERSE_URL: the roles web and worker need it; start the sandbox as a process of its own",
        ),
        (
            database not in {"sqlite+aiosqlite", "postgresql+asyncpg"},
            "CHATSYNC_DATABASE_URL: must start with sqlite+aiosqlite:// or postgresql+asyncpg://",
        ),
    )


def _notification_problems(settings: "Settings", *, real_graph: bool) -> Problems:
    """The same about being told of changes by Microsoft Graph."""
    state, file = settings.graph_client_state, settings.graph_certificate_file
    beyond = (settings.public_url or "").startswith("https://")
    return (
        (
            real_graph and state is not None and not beyond,
            "CHATSYNC_PUBLIC_URL: is needed, https, with CHATSYNC_GRAPH_CLIENT_STATE: Microsoft Graph calls there",
        ),
        (
            file is not None and not Path(file).is_file(),
            "CHATSYNC_GRAPH_CERTIFICATE_FILE: names a file that is not there",
        ),
        (
            file is not None and state is None and real_graph,
            "CHATSYNC_GRAPH_CLIENT_STATE: is needed with CHATSYNC_GRAPH_CERTIFICATE_FILE",
        ),
        (
            settings.graph_certificate_password is not None and file is None,
            "CHATSYNC_GRAPH_CERTIFICATE_PASSWORD: is for the file that CHATSYNC_GRAPH_CERTIFICATE_FILE names",
        ),
    )


def _credential_problems(settings: "Settings") -> Problems:
    """The same about how the bot proves who it is: it has one proof, a password, a certificate or an identity."""
    managed = settings.app_type == "UserAssignedMSI"
    password, file = settings.app_password is not None, settings.certificate_file
    return (
        (
            settings.app_id is not None and not (managed or password or file),
            "MicrosoftAppPassword: is needed with MicrosoftAppId, or CHATSYNC_CERTIFICATE_FILE in its place",
        ),
        (
            settings.app_id is not None and managed and bool(password or file),
            "MicrosoftAppType: UserAssignedMSI has neither MicrosoftAppPassword nor CHATSYNC_CERTIFICATE_FILE",
        ),
        (
            password and bool(file),
            "CHATSYNC_CERTIFICATE_FILE: takes the place of MicrosoftAppPassword; set one of them",
        ),
        (file is not None and not Path(file).is_file(), "CHATSYNC_CERTIFICATE_FILE: names a file that is not there"),
        (
            settings.certificate_password is not None and file is None,
            "CHATSYNC_CERTIFICATE_PASSWORD: is for the file that CHATSYNC_CERTIFICATE_FILE names",
        ),
        *_dataverse_credential_problems(settings),
    )


def _dataverse_credential_problems(settings: "Settings") -> Problems:
    """The same about an application user of its own."""
    file, app = settings.dataverse_certificate_file, settings.dataverse_client_id
    proofs = (settings.dataverse_client_secret is not None, file is not None, settings.dataverse_managed_identity)
    return (
        (
            app is not None and not any(proofs),
            "CHATSYNC_DATAVERSE_CLIENT_SECRET: is needed with CHATSYNC_DATAVERSE_CLIENT_ID, or a proof in its place",
        ),
        (
            sum(proofs) > 1,
            "CHATSYNC_DATAVERSE_CLIENT_SECRET: a certificate or managed identity takes its place; set one of them",
        ),
        (
            app is None and any(proofs),
            "CHATSYNC_DATAVERSE_CLIENT_ID: is needed to say whose secret, certificate or managed identity it is",
        ),
        (
            file is not None and not Path(file).is_file(),
            "CHATSYNC_DATAVERSE_CERTIFICATE_FILE: names a file that is not there",
        ),
        (
            settings.dataverse_certificate_password is not None and file is None,
            "CHATSYNC_DATAVERSE_CERTIFICATE_PASSWORD: is for the file that CHATSYNC_DATAVERSE_CERTIFICATE_FILE names",
        ),
    )
