"""Allowed service URLs: a forged one must never receive a token or a card, or reach another service of this machine."""

import re
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

from bot.domain.hosts import is_loopback

AllowedUrl = Callable[[str], bool]
"""Checks whether the bot may call a service URL."""

LOCAL_PATHS = frozenset({"", "/", "/_connector"})
"""Paths of service URLs on this machine: the Emulator has none, and the Playground has `/_connector`."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_CACHED = 256
"""Teams has a handful of service URLs, and each turn checks one twice."""

# Parsers disagree about spaces, backslashes, and control characters. A query or fragment would swallow the path that
# the bot appends, and a user would hide the host.
_PLAIN = re.compile(r"[!-~]+")
_AMBIGUOUS = re.compile(r"[\\?#@]")


def teams_urls(hosts: frozenset[str]) -> AllowedUrl:
    """Return the check of a bot with an app ID: https on one of the hosts."""

    @lru_cache(maxsize=_CACHED)
    def is_allowed(service_url: str) -> bool:
        parts = _split(service_url)
        return parts is not None and parts.scheme == "https" and parts.hostname in hosts

    return is_allowed


def local_urls(own_port: int, sandboxes: frozenset[str]) -> AllowedUrl:
    """Return the check of a bot without an app ID: clients on this machine, such as the Emulator and the Playground.

    `own_port`: the bot never calls itself. `sandboxes`: the service URLs of the sandbox, on any port.
    """

    @lru_cache(maxsize=_CACHED)
    def is_allowed(service_url: str) -> bool:
        if service_url in sandboxes:
            return True
        parts = _split(service_url)
        if parts is None or parts.path not in LOCAL_PATHS or not is_loopback(parts.hostname or ""):
            return False
        default = _DEFAULT_PORTS.get(parts.scheme)
        return default is not None and (parts.port or default) != own_port

    return is_allowed


def _split(service_url: str) -> SplitResult | None:
    """Return the parts of a plain address; None for an address that is malformed or ambiguous."""
    if not _PLAIN.fullmatch(service_url) or _AMBIGUOUS.search(service_url):
        return None
    try:
        parts = urlsplit(service_url)
        is_address = parts.port != 0
    except ValueError:
        return None
    return parts if is_address else None
