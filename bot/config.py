"""Settings, from the environment or a file `.env`: read here and nowhere else.

pydantic-settings is used because it reads, converts and checks them and names each in its errors. What each setting
means to an administrator is said in `docs/settings.md`.
"""

from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, PositiveFloat, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.config_problems import problems_of
from bot.domain.hosts import is_loopback

Role = Literal["all", "web", "worker", "sandbox"]
AppType = Literal["SingleTenant", "MultiTenant", "UserAssignedMSI"]

_GUID = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
Guid = Annotated[str, Field(pattern=_GUID)]


class SettingsError(Exception):
    """A setting is missing or wrong; the text names it and says what to do."""


def _listed(value: object) -> object:
    """A comma-separated text as its parts."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _address(value: object) -> object:
    """A web address without a slash at its end; https, or http on this machine."""
    if not isinstance(value, str) or not value:
        return value
    parts = urlsplit(value)
    if not parts.hostname or parts.scheme not in {"http", "https"}:
        raise ValueError("write a whole address, such as https://contoso.crm4.dynamics.com")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError("use https: plain http is for this machine's own addresses alone")
    return value.rstrip("/")


def _addresses(value: object) -> object:
    parts = _listed(value)
    return tuple(_address(part) for part in parts) if isinstance(parts, tuple) else parts


Address = Annotated[str, BeforeValidator(_address)]
Addresses = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_addresses)]
Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]

# Where Teams' connectors answer: public cloud, GCC, GCC High and DoD (Teams documentation, "Proactive messages").
_SERVICE_HOSTS = (
    "smba.trafficmanager.net",
    "smba.infra.gcc.teams.microsoft.com",
    "smba.infra.gov.teams.microsoft.us",
    "smba.infra.dod.teams.microsoft.us",
)


# Service plans that hold Teams ("Product names and service plan identifiers for licensing").
_TEAMS_PLANS = ("TEAMS1", "TEAMS_GOV", "TEAMS_GCCHIGH", "TEAMS_DOD", "TEAMS_FREE_SERVICE")

LONGEST_CLIENT_STATE = 128
"""Characters that a subscription takes ("subscription resource type", Microsoft Graph)."""


class Settings(BaseSettings):
    """All settings, checked and unchangeable."""

    model_config = SettingsConfigDict(
        env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True, validate_by_name=True
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
    allowed_tenants: Names = Field(default=(), validation_alias="CHATSYNC_ALLOWED_TENANTS")
    service_hosts: Names = Field(default=_SERVICE_HOSTS, validation_alias="CHATSYNC_SERVICE_HOSTS")
    openid_url: Address = Field(
        default="https://login.botframework.com/v1/.well-known/openidconfiguration",
        validation_alias="CHATSYNC_OPENID_URL",
    )
    login_url: Address = Field(default="https://login.microsoftonline.com", validation_alias="CHATSYNC_LOGIN_URL")
    ca_file: str | None = Field(default=None, validation_alias="CHATSYNC_CA_FILE")

    database_url: str = Field(default="sqlite+aiosqlite:///chatsync.db", validation_alias="CHATSYNC_DATABASE_URL")

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
    graph_certificate_file: str | None = Field(default=None, validation_alias="CHATSYNC_GRAPH_CERTIFICATE_FILE")
    graph_certificate_password: SecretStr | None = Field(
        default=None, validation_alias="CHATSYNC_GRAPH_CERTIFICATE_PASSWORD"
    )
    teams_plans: Names = Field(default=_TEAMS_PLANS, validation_alias="CHATSYNC_TEAMS_PLANS")

    webhook_key: SecretStr | None = Field(default=None, validation_alias="CHATSYNC_WEBHOOK_KEY")
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
    def one_process(self) -> bool:
        """Whether nobody else works on the database: a SQLite file has one process."""
        return self.database_url.startswith("sqlite")

    @property
    def uses_own_sandbox(self) -> bool:
        """Whether the sandbox runs in this process because no Dataverse is set."""
        return not self.dataverse_urls

    @property
    def own_url(self) -> str:
        """The address under which other systems reach the bot."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def graph_tenant(self) -> str | None:
        """The tenant whose people and chats Microsoft Graph is asked for."""
        only = self.allowed_tenants[0] if len(self.allowed_tenants) == 1 else None
        return self.app_tenant_id or self.dataverse_tenant_id or only

    @property
    def tenants(self) -> frozenset[str]:
        """The tenants whose activities are taken; empty where nobody signs in."""
        named = self.allowed_tenants or ((self.app_tenant_id,) if self.app_tenant_id else ())
        return frozenset(tenant.lower() for tenant in named)

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        problems = [text for wrong, text in problems_of(self) if wrong]
        if problems:
            raise ValueError("\n".join(problems))
        return self


def load_settings() -> Settings:
    """The settings of this process; raises `SettingsError` that names each variable that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [_line(str(problem["loc"][0]) if problem["loc"] else "", problem["msg"]) for problem in error.errors()]
        raise SettingsError("\n".join(lines)) from error


def _line(variable: str, message: str) -> str:
    text = message.removeprefix("Value error, ")
    return f"{variable}: {text}" if variable else text
