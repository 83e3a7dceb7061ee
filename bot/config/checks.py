"""Checks between settings: the combinations that cannot work, and how to fix each."""

import re
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from bot.config.secret_rules import secret_problems
from bot.config.settings import Settings, is_port
from bot.domain.hosts import is_loopback

_DATABASE_OPTIONS = frozenset(
    {
        "gsslib",
        "host",
        "krbsrvname",
        "passfile",
        "port",
        "prepared_statement_cache_size",
        "ssl",
        "target_session_attrs",
    }
)
"""Options of asyncpg that are texts. It fails with any other."""

_POSTGRES_SERVER = re.compile(
    r"([^:/?#@\[\]]*+(:[^/?#@\[\]]*+)?@)?"  # user name and password
    r"(\[[0-9A-Fa-f:.]+\]|[^:/?#@\[\]]*+)(:(?P<port>\d++))?"  # host and port
    r"(/[^?#@]*+)?(\?[^#]*+)?"  # database and options
)
"""Everything after `postgresql+asyncpg://`. A password that is not percent-encoded does not match in most cases."""

_Rules = tuple[tuple[bool, str], ...]
"""Pairs of a condition that must not hold and the message if it does. A message begins with the variable's name."""


def check(settings: Settings) -> Sequence[str]:
    """Return a message for each combination of settings that cannot work; empty if all is well."""
    signed_in = settings.app_id is not None
    real_graph = settings.graph_url is not None and not _is_local(settings.graph_url)
    rules = (
        *_listening_rules(settings),
        *_dataverse_rules(settings),
        *_webhook_key_rules(settings),
        *secret_problems(settings, is_reachable=_is_reachable(settings)),
        *_credential_rules(settings),
        *_dataverse_credential_rules(settings),
        *_notification_rules(settings, real_graph=real_graph or (signed_in and settings.graph_url is None)),
        *_pane_rules(settings),
        *_tenant_rules(settings),
        (real_graph and not signed_in, "MicrosoftAppId: required for a real CHATSYNC_GRAPH_URL"),
        (_is_missing(settings.ca_file), "CHATSYNC_CA_FILE: file not found"),
        *_role_rules(settings),
        *_database_rules(settings),
    )
    return [message for is_wrong, message in rules if is_wrong]


def _is_local(url: str) -> bool:
    return is_loopback(urlsplit(url).hostname or "")


def _is_missing(file: str | None) -> bool:
    return file is not None and not Path(file).is_file()


def _listening_rules(settings: Settings) -> _Rules:
    is_public = not is_loopback(settings.host)
    return (
        (
            is_public and settings.app_id is None,
            "MicrosoftAppId: required to accept connections from other machines; without it, set HOST to 127.0.0.1",
        ),
        (
            is_public and settings.uses_own_sandbox,
            "CHATSYNC_DATAVERSE_URL: required to accept connections from other machines; the sandbox never does",
        ),
        (
            is_public and settings.role == "sandbox",
            "CHATSYNC_ROLE: the sandbox never accepts connections from other machines; set HOST to 127.0.0.1",
        ),
    )


def _dataverse_rules(settings: Settings) -> _Rules:
    urls = settings.dataverse_urls
    is_real = not all(_is_local(url) for url in urls)
    return (
        (is_real and settings.app_id is None, "MicrosoftAppId: required for a real CHATSYNC_DATAVERSE_URL"),
        (
            bool(urls) and settings.webhook_key is None and settings.role != "sandbox",
            "CHATSYNC_WEBHOOK_KEY: choose a long random text; the webhook in Dataverse must send the same text",
        ),
        (
            is_real and not (settings.dataverse_tenant_id or settings.app_tenant_id),
            "CHATSYNC_DATAVERSE_TENANT_ID: required if MicrosoftAppTenantId is empty",
        ),
        (len({url.lower() for url in urls}) < len(urls), "CHATSYNC_DATAVERSE_URL: lists an environment twice"),
    )


def _webhook_key_rules(settings: Settings) -> _Rules:
    """Return the rules for the keys of the webhook. A key that two environments share could speak for the other."""
    addresses, keys, previous = len(settings.dataverse_urls) or 1, settings.webhook_keys, settings.previous_webhook_keys
    both = [{new, old} - {""} for new, old in zip_longest(keys, previous, fillvalue="")]
    shared = sum(map(len, both)) > len(set().union(*both))
    return (
        (
            bool(keys) and (len(keys) != addresses or "" in keys),
            "CHATSYNC_WEBHOOK_KEY: list one key for each address of CHATSYNC_DATAVERSE_URL, in its order, with commas",
        ),
        (
            bool(previous) and len(previous) != len(keys),
            "CHATSYNC_WEBHOOK_KEY_PREVIOUS: list as many keys as CHATSYNC_WEBHOOK_KEY; keep the comma of a missing key",
        ),
        (shared, "CHATSYNC_WEBHOOK_KEY: use a different key for each address of CHATSYNC_DATAVERSE_URL"),
    )


def _is_reachable(settings: Settings) -> bool:
    """Check whether other machines can send requests, directly or through a proxy. With an app ID, Teams does."""
    is_on_loopback = is_loopback(settings.host) and (settings.public_url is None or _is_local(settings.public_url))
    return settings.app_id is not None or not is_on_loopback


def _tenant_rules(settings: Settings) -> _Rules:
    signed_in, is_multi_tenant = settings.app_id is not None, settings.app_type == "MultiTenant"
    return (
        (
            signed_in and not is_multi_tenant and settings.app_tenant_id is None,
            f"MicrosoftAppTenantId: required if MicrosoftAppType is {settings.app_type}",
        ),
        (
            signed_in and is_multi_tenant and not settings.allowed_tenants,
            "CHATSYNC_ALLOWED_TENANTS: list the tenants to serve, or set MicrosoftAppType to SingleTenant",
        ),
    )


def _database_rules(settings: Settings) -> _Rules:
    scheme, _, rest = settings.database_url.partition("://")
    is_postgres = scheme == "postgresql+asyncpg"
    options = dict(parse_qsl(rest.partition("?")[2], keep_blank_values=True))
    unknown = options.keys() - _DATABASE_OPTIONS - {"sslmode"}
    server = _POSTGRES_SERVER.fullmatch(rest)
    ports = [port for port in (options.get("port"), server and server["port"]) if port is not None]
    return (
        (
            not is_postgres and not settings.one_process,
            "CHATSYNC_DATABASE_URL: must start with sqlite+aiosqlite:// or postgresql+asyncpg://",
        ),
        (
            is_postgres and server is None,
            "CHATSYNC_DATABASE_URL: percent-encode special characters in the user name and password (%40 for @)",
        ),
        (
            is_postgres and "sslmode=" in rest.partition("?")[2],
            "CHATSYNC_DATABASE_URL: write ssl=require instead of sslmode=require",
        ),
        (
            is_postgres and not all(map(is_port, ports)),
            "CHATSYNC_DATABASE_URL: the port must be a number from 1 to 65535",
        ),
        (
            is_postgres and bool(unknown or not options.get("prepared_statement_cache_size", "0").isdecimal()),
            f"CHATSYNC_DATABASE_URL: unknown or wrong option; the options are {', '.join(sorted(_DATABASE_OPTIONS))}",
        ),
    )


def _role_rules(settings: Settings) -> _Rules:
    is_part = settings.role in {"web", "worker"}
    return (
        (
            settings.role == "sandbox" and not (settings.public_url and settings.webhook_key),
            "CHATSYNC_PUBLIC_URL: required with CHATSYNC_WEBHOOK_KEY so that the sandbox can send events to the bot",
        ),
        (
            is_part and settings.one_process,
            "CHATSYNC_DATABASE_URL: the roles web and worker need a PostgreSQL database; SQLite allows one process",
        ),
        (
            is_part and not settings.dataverse_urls,
            "CHATSYNC_DATAVERSE_URL: required for the roles web and worker; run the sandbox as a separate process",
        ),
    )


def _notification_rules(settings: Settings, *, real_graph: bool) -> _Rules:
    """Return the rules for change notifications of Microsoft Graph."""
    state, file = settings.graph_client_state, settings.graph_certificate_file
    is_reachable = (settings.public_url or "").startswith("https://")
    return (
        (
            real_graph and state is not None and not is_reachable,
            "CHATSYNC_PUBLIC_URL: must be https, because Microsoft Graph notifies it (CHATSYNC_GRAPH_CLIENT_STATE)",
        ),
        (_is_missing(file), "CHATSYNC_GRAPH_CERTIFICATE_FILE: file not found"),
        (
            file is not None and state is None and real_graph,
            "CHATSYNC_GRAPH_CLIENT_STATE: required with CHATSYNC_GRAPH_CERTIFICATE_FILE",
        ),
        (
            settings.graph_client_state_previous is not None and state is None,
            "CHATSYNC_GRAPH_CLIENT_STATE: required with CHATSYNC_GRAPH_CLIENT_STATE_PREVIOUS",
        ),
        (
            settings.graph_certificate_password is not None and file is None,
            "CHATSYNC_GRAPH_CERTIFICATE_PASSWORD: requires CHATSYNC_GRAPH_CERTIFICATE_FILE",
        ),
    )


def _credential_rules(settings: Settings) -> _Rules:
    """Return the rules for the bot's own credential: a password, a certificate, or a managed identity."""
    has_app, is_managed = settings.app_id is not None, settings.app_type == "UserAssignedMSI"
    has_password, file = settings.app_password is not None, settings.certificate_file
    return (
        (
            has_app and not (is_managed or has_password or file),
            "MicrosoftAppPassword: required with MicrosoftAppId, unless CHATSYNC_CERTIFICATE_FILE is set",
        ),
        (
            has_app and is_managed and bool(has_password or file),
            "MicrosoftAppType: UserAssignedMSI takes neither MicrosoftAppPassword nor CHATSYNC_CERTIFICATE_FILE",
        ),
        (
            has_password and bool(file),
            "CHATSYNC_CERTIFICATE_FILE: replaces MicrosoftAppPassword; set only one of them",
        ),
        (_is_missing(file), "CHATSYNC_CERTIFICATE_FILE: file not found"),
        (
            settings.certificate_password is not None and file is None,
            "CHATSYNC_CERTIFICATE_PASSWORD: requires CHATSYNC_CERTIFICATE_FILE",
        ),
    )


def _pane_rules(settings: Settings) -> _Rules:
    """Return the rules for the registration that people sign in to in Dynamics 365."""
    has_secret, is_managed = settings.pane_client_secret is not None, settings.app_type == "UserAssignedMSI"
    return (
        (
            has_secret and settings.app_id is None,
            "MicrosoftAppId: required with CHATSYNC_PANE_CLIENT_SECRET",
        ),
        (
            has_secret and is_managed and settings.pane_client_id is None,
            "CHATSYNC_PANE_CLIENT_ID: required with CHATSYNC_PANE_CLIENT_SECRET; a managed identity has no secret",
        ),
    )


def _dataverse_credential_rules(settings: Settings) -> _Rules:
    """Return the rules for a separate application user in Dataverse."""
    file, app = settings.dataverse_certificate_file, settings.dataverse_client_id
    credentials = (settings.dataverse_client_secret is not None, file is not None, settings.dataverse_managed_identity)
    return (
        (
            app is not None and not any(credentials),
            "CHATSYNC_DATAVERSE_CLIENT_SECRET: CHATSYNC_DATAVERSE_CLIENT_ID needs a secret, certificate, or identity",
        ),
        (
            sum(credentials) > 1,
            "CHATSYNC_DATAVERSE_CLIENT_SECRET: a certificate or a managed identity replaces it; set only one of them",
        ),
        (
            app is None and any(credentials),
            "CHATSYNC_DATAVERSE_CLIENT_ID: required with a secret, certificate, or managed identity for Dataverse",
        ),
        (_is_missing(file), "CHATSYNC_DATAVERSE_CERTIFICATE_FILE: file not found"),
        (
            settings.dataverse_certificate_password is not None and file is None,
            "CHATSYNC_DATAVERSE_CERTIFICATE_PASSWORD: requires CHATSYNC_DATAVERSE_CERTIFICATE_FILE",
        ),
    )
