"""Settings, from the environment or a file `.env`: read here and nowhere else.

pydantic-settings is used because it reads, converts and checks them and names each in its errors. What each setting
means to an administrator is said in `docs/settings.md`.
"""

from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, PositiveFloat, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

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
        problems = [text for wrong, text in _problems(self) if wrong]
        if problems:
            raise ValueError("\n".join(problems))
        return self


def _problems(settings: Settings) -> tuple[tuple[bool, str], ...]:
    """Pairs: whether settings do not fit together, and what to do about it."""
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


def _credential_problems(settings: Settings) -> tuple[tuple[bool, str], ...]:
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


def _dataverse_credential_problems(settings: Settings) -> tuple[tuple[bool, str], ...]:
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
