"""The service URLs that the bot may call, by the settings."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from bot.config.settings import Settings
from bot.domain.values import Environment
from bot.teams.service_hosts import AllowedUrl, local_urls, teams_urls
from bot.teams.targeted_messages import HOST

_CONNECTOR_PATH = "/teams/"
"""Path of the sandbox's own Bot Connector, below the address of its Dataverse."""


def service_urls(settings: Settings, environments: Iterable[Environment]) -> AllowedUrl:
    """Return the check of service URLs: Teams' hosts, or without an app ID this machine and the sandbox's own chats."""
    if settings.app_id:
        return teams_urls(frozenset(settings.service_hosts))
    return local_urls(settings.port, _sandboxes(environments))


def targeted_urls(settings: Settings, environments: Iterable[Environment]) -> AllowedUrl:
    """Return the check of service URLs that know targeted messages: one host of Teams, or the sandbox's own chats."""
    return teams_urls(frozenset({HOST})) if settings.app_id else _sandboxes(environments).__contains__


def default_service_url(settings: Settings, environments: Iterable[Environment]) -> str:
    """Return the service URL of chats that have not sent their own yet: that of all regions, or the sandbox's."""
    if settings.app_id:
        return f"https://{settings.service_hosts[0]}/teams/"
    return next(iter(environments)).url + _CONNECTOR_PATH


def _sandboxes(environments: Iterable[Environment]) -> frozenset[str]:
    return frozenset(address + _CONNECTOR_PATH for each in environments for address in _addresses(each))


def _addresses(environment: Environment) -> Iterable[str]:
    """Yield the address of a sandbox under each name of this machine, because settings may use another one."""
    yield environment.url
    for host in environment.hosts:
        yield f"http://{host}{urlsplit(environment.url).path}"
