"""The addresses of the outside systems and of our own routes, by the settings."""

from urllib.parse import urlsplit

from bot.config.settings import Settings
from bot.domain.hosts import is_loopback
from bot.domain.record_links import parse_environment
from bot.domain.values import Environment

EVENTS_PATH = "/api/dataverse/events"
SANDBOX_PATH = "/sandbox"
PANE_PATH = "/pane"
NO_APP_ID = "00000000-0000-0000-0000-000000000000"
"""App ID in the sandbox's catalog if the bot has none."""
_GRAPH_URL = "https://graph.microsoft.com/v1.0"


def configured_environments(settings: Settings) -> tuple[Environment, ...]:
    """Return the environments of the settings, or else the one of the sandbox."""
    urls = settings.dataverse_urls or (_sandbox_url(settings),)
    return tuple(parse_environment(url) for url in urls)


def is_sandbox(environment: Environment) -> bool:
    """Check whether the environment is on this machine."""
    return is_loopback(urlsplit(environment.url).hostname or "")


def graph_base_url(settings: Settings) -> str:
    """Return the configured URL, else the real Graph for a bot with an app ID, else the sandbox's Graph."""
    if settings.graph_url or settings.app_id:
        return settings.graph_url or _GRAPH_URL
    sandbox = settings.dataverse_urls[0] if settings.dataverse_urls else _sandbox_url(settings)
    return f"{sandbox}/graph/v1.0"


def events_url(settings: Settings) -> str:
    """Return the URL to which Dataverse sends its events."""
    return settings.own_url + EVENTS_PATH


def _sandbox_url(settings: Settings) -> str:
    return f"http://{settings.host}:{settings.port}{SANDBOX_PATH}"
