"""The settings of a process. `docs/settings.md` explains each to administrators.

pydantic-settings reads, converts, and validates them, and names the variable in each error.
"""

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, PositiveFloat, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.domain.hosts import is_loopback
from bot.domain.public_names import chat_permissions

Role = Literal["all", "web", "worker", "sandbox"]
AppType = Literal["SingleTenant", "MultiTenant", "UserAssignedMSI"]

_FULL_ADDRESS = "enter a full address, such as https://contoso.crm4.dynamics.com"
_GUID = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
Guid = Annotated[str, Field(pattern=_GUID)]

_MAX_PORT = 65_535
_ORIGIN = re.compile(r"https://(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:[0-9]{1,5})?", re.IGNORECASE)
_OF_ALL_ORGANIZATIONS = re.compile(r"//\*\.([a-z0-9-]+\.)*(dynamics|microsoftdynamics)\.", re.IGNORECASE)


class InvalidSetting(ValueError):
    """A setting has an invalid value. The text says how to correct it, and does not contain the value."""


def _split_list(value: object) -> object:
    """Split a comma-separated text."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def is_port(text: str) -> bool:
    """Check whether a server can listen at the port with this number."""
    return text.isdecimal() and len(text) <= len(str(_MAX_PORT)) and 0 < int(text) <= _MAX_PORT


def _collector(value: object) -> object:
    """Return a web address without a trailing slash. Traces contain no values, so http is allowed."""
    if not isinstance(value, str) or not value:
        return value
    try:
        parts = urlsplit(value)
        has_valid_port = parts.port != 0
    except ValueError as error:
        raise InvalidSetting(_FULL_ADDRESS) from error
    if not has_valid_port:
        raise InvalidSetting(_FULL_ADDRESS)
    if not parts.hostname or parts.scheme not in {"http", "https"}:
        raise InvalidSetting(_FULL_ADDRESS)
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise InvalidSetting("enter an address without a user name, a password, a query, and a fragment")
    return value.rstrip("/")


def _address(value: object) -> object:
    """Return a web address without a trailing slash; allow http only for this machine."""
    address = _collector(value)
    if isinstance(address, str) and address:
        parts = urlsplit(address)
        if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
            raise InvalidSetting("use https; http is allowed only for addresses of this machine")
    return address


def _addresses(value: object) -> object:
    parts = _split_list(value)
    return tuple(_address(part) for part in parts) if isinstance(parts, tuple) else parts


def _tenants(value: object) -> object:
    parts = _split_list(value)
    if isinstance(parts, tuple) and not all(re.fullmatch(_GUID, part) for part in parts):
        raise InvalidSetting("list the IDs of tenants, each a GUID, separated by commas")
    return parts


def _split_keys(secret: SecretStr | None) -> tuple[str, ...]:
    """Split comma-separated keys. Empty ones keep their place, because the order matters."""
    return tuple(key.strip() for key in secret.get_secret_value().split(",")) if secret else ()


def _origins(value: object) -> object:
    """Return origins of pages; a host may begin with `*.` for all of its subdomains."""
    parts = _split_list(value)
    if isinstance(parts, tuple) and not all(_ORIGIN.fullmatch(str(part)) for part in parts):
        raise InvalidSetting("list origins such as https://teams.microsoft.com or https://*.cloud.microsoft")
    if isinstance(parts, tuple) and any(_OF_ALL_ORGANIZATIONS.search(str(part)) for part in parts):
        raise InvalidSetting("list the addresses of your own organizations, and not those of all customers")
    return parts


Address = Annotated[str, BeforeValidator(_address)]
Collector = Annotated[str, BeforeValidator(_collector)]
Addresses = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_addresses)]
Tenants = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_tenants)]
Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split_list)]
Origins = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_origins)]

# Hosts of Teams' connectors: public cloud, GCC, GCC High, and DoD (Teams documentation, "Proactive messages").
_SERVICE_HOSTS = (
    "smba.trafficmanager.net",
    "smba.infra.gcc.teams.microsoft.com",
    "smba.infra.gov.teams.microsoft.us",
    "smba.infra.dod.teams.microsoft.us",
)


# Hosts of Teams, Outlook, and Microsoft 365 that show tabs ("Create a tab", Teams documentation).
_FRAME_ANCESTORS = (
    "https://teams.microsoft.com",
    "https://*.teams.microsoft.com",
    "https://*.cloud.microsoft",
    "https://*.microsoft365.com",
    "https://*.office.com",
    "https://outlook.office.com",
    "https://outlook.office365.com",
    "https://outlook-sdf.office.com",
    "https://outlook-sdf.office365.com",
)

# Service plans that include Teams ("Product names and service plan identifiers for licensing").
_TEAMS_PLANS = ("TEAMS1", "TEAMS_GOV", "TEAMS_GCCHIGH", "TEAMS_DOD", "TEAMS_FREE_SERVICE")

SHORTEST_SECRET = 16
"""Minimum number of characters of a secret that other machines could guess."""

LONGEST_CLIENT_STATE = 128
"""Maximum number of characters in a subscription's `clientState` ("subscription resource type", Microsoft Graph)."""


class Settings(BaseSettings):
    """All settings, each validated on its own; `bot.config.checks` validates them together."""

    model_config = SettingsConfigDict(
        env_file=".env",
        extra="ignore",
        frozen=True,
        env_ignore_empty=True,
        validate_by_name=True,
        hide_input_in_errors=True,
    )

    host: str = Field(default="127.0.0.1", validation_alias="HOST")
    port: int = Field(default=3978, ge=0, le=65535, validation_alias="PORT")
    role: Role = Field(default="all", validation_alias="CHATSYNC_ROLE")

    app_id: Guid | None = Field(default=None, validation_alias="MicrosoftAppId")
    app_password: SecretStr | None = Field(default=None, validation_alias="MicrosoftAppPassword")
    certificate_file: str | None = Field(default=None, validation_alias="CHATSYNC_CERTIFICATE_FILE")
    certificate_password: SecretStr | None = Field(default=None, validation_alias="CHATSYNC_CERTIFICATE_PASSWORD")
    app_type: AppType = Field(default="MultiTenant", validation_alias="MicrosoftAppType")
    app_tenant_id: Guid | None = Field(default=None, validation_alias="MicrosoftAppTenantId")
    allowed_tenants: Tenants = Field(default=(), validation_alias="CHATSYNC_ALLOWED_TENANTS")
    service_hosts: Names = Field(default=_SERVICE_HOSTS, validation_alias="CHATSYNC_SERVICE_HOSTS")
    openid_url: Address = Field(
        default="https://login.botframework.com/v1/.well-known/openidconfiguration",
        validation_alias="CHATSYNC_OPENID_URL",
    )
    login_url: Address = Field(default="https://login.microsoftonline.com", validation_alias="CHATSYNC_LOGIN_URL")
    ca_file: str | None = Field(default=None, validation_alias="CHATSYNC_CA_FILE")
    tracing: Collector | None = Field(default=None, validation_alias="CHATSYNC_TRACING")

    database_url: str = Field(
        default="sqlite+aiosqlite:///chatsync.db", repr=False, validation_alias="CHATSYNC_DATABASE_URL"
    )

    dataverse_urls: Addresses = Field(default=(), validation_alias="CHATSYNC_DATAVERSE_URL")
    dataverse_client_id: Guid | None = Field(default=None, validation_alias="CHATSYNC_DATAVERSE_CLIENT_ID")
    dataverse_client_secret: SecretStr | None = Field(default=None, validation_alias="CHATSYNC_DATAVERSE_CLIENT_SECRET")
    dataverse_certificate_file: str | None = Field(default=None, validation_alias="CHATSYNC_DATAVERSE_CERTIFICATE_FILE")
    dataverse_certificate_password: SecretStr | None = Field(
        default=None, validation_alias="CHATSYNC_DATAVERSE_CERTIFICATE_PASSWORD"
    )
    dataverse_managed_identity: bool = Field(default=False, validation_alias="CHATSYNC_DATAVERSE_MANAGED_IDENTITY")
    dataverse_tenant_id: Guid | None = Field(default=None, validation_alias="CHATSYNC_DATAVERSE_TENANT_ID")
    graph_url: Address | None = Field(default=None, validation_alias="CHATSYNC_GRAPH_URL")
    catalog_app_id: Guid | None = Field(default=None, validation_alias="CHATSYNC_CATALOG_APP_ID")
    graph_client_state: SecretStr | None = Field(
        default=None, max_length=LONGEST_CLIENT_STATE, validation_alias="CHATSYNC_GRAPH_CLIENT_STATE"
    )
    graph_client_state_previous: SecretStr | None = Field(
        default=None, max_length=LONGEST_CLIENT_STATE, validation_alias="CHATSYNC_GRAPH_CLIENT_STATE_PREVIOUS"
    )
    graph_certificate_file: str | None = Field(default=None, validation_alias="CHATSYNC_GRAPH_CERTIFICATE_FILE")
    graph_certificate_password: SecretStr | None = Field(
        default=None, validation_alias="CHATSYNC_GRAPH_CERTIFICATE_PASSWORD"
    )
    private_answers: Literal["targeted", "button"] = Field(
        default="targeted", validation_alias="CHATSYNC_PRIVATE_ANSWERS"
    )
    message_events: bool = Field(default=True, validation_alias="CHATSYNC_MESSAGE_EVENTS")
    teams_plans: Names = Field(default=_TEAMS_PLANS, validation_alias="CHATSYNC_TEAMS_PLANS")

    pane_client_id: Guid | None = Field(default=None, validation_alias="CHATSYNC_PANE_CLIENT_ID")
    pane_client_secret: SecretStr | None = Field(default=None, validation_alias="CHATSYNC_PANE_CLIENT_SECRET")
    frame_ancestors: Origins = Field(default=_FRAME_ANCESTORS, validation_alias="CHATSYNC_FRAME_ANCESTORS")

    webhook_key: SecretStr | None = Field(default=None, validation_alias="CHATSYNC_WEBHOOK_KEY")
    webhook_key_previous: SecretStr | None = Field(default=None, validation_alias="CHATSYNC_WEBHOOK_KEY_PREVIOUS")
    open_link: str = Field(default="", validation_alias="CHATSYNC_OPEN_LINK")

    sandbox_file: str = Field(default="chatsync-sandbox.jsonl", validation_alias="CHATSYNC_SANDBOX_FILE")
    public_url: Address | None = Field(default=None, validation_alias="CHATSYNC_PUBLIC_URL")

    retention_days: int = Field(default=30, ge=1, le=3650, validation_alias="CHATSYNC_RETENTION_DAYS")
    coalesce_s: PositiveFloat = Field(default=2.0, le=60, validation_alias="CHATSYNC_COALESCE_S")
    log_format: Literal["text", "json"] = Field(default="text", validation_alias="CHATSYNC_LOG_FORMAT")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", validation_alias="CHATSYNC_LOG_LEVEL"
    )

    @property
    def chat_permissions(self) -> tuple[str, ...]:
        """The permissions that the app's manifest requests in each chat."""
        return chat_permissions(message_events=self.message_events)

    @property
    def one_process(self) -> bool:
        """True if this process has the database to itself: a SQLite file allows one process."""
        return self.database_url.startswith("sqlite+aiosqlite://")

    @property
    def uses_own_sandbox(self) -> bool:
        """True if the sandbox runs in this process because no Dataverse environment is set."""
        return not self.dataverse_urls

    @property
    def webhook_keys(self) -> tuple[str, ...]:
        """The keys of the webhooks, in the order of `dataverse_urls`."""
        return _split_keys(self.webhook_key)

    @property
    def previous_webhook_keys(self) -> tuple[str, ...]:
        """The previous keys, in the same order; an empty text for each environment that has none."""
        return _split_keys(self.webhook_key_previous)

    @property
    def own_url(self) -> str:
        """The base address at which other systems reach the bot."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def graph_tenant(self) -> str | None:
        """The tenant used for calls of Microsoft Graph; None if it is not known."""
        only = self.allowed_tenants[0] if len(self.allowed_tenants) == 1 else None
        return self.app_tenant_id or self.dataverse_tenant_id or only

    @property
    def tenants(self) -> frozenset[str]:
        """The tenants whose activities are accepted, in lowercase; empty if the bot has no app ID."""
        named = self.allowed_tenants or ((self.app_tenant_id,) if self.app_tenant_id else ())
        return frozenset(tenant.lower() for tenant in named)
