"""Allowed hosts for posts: a forged service URL must never receive a token or a card."""

from functools import lru_cache
from urllib.parse import urlsplit

from bot.domain.hosts import is_loopback


@lru_cache(maxsize=256)  # Teams has a handful of service URLs, and each turn checks one twice
def may_post_to(service_url: str, hosts: frozenset[str], *, signed_in: bool) -> bool:
    """Return whether the bot may post to this URL.

    With an app ID: https on one of the hosts. Without one, the bot has no secret, and only clients on this machine are
    allowed (the Emulator, the Playground).
    """
    try:
        parts = urlsplit(service_url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if signed_in:
        return parts.scheme == "https" and host in hosts and parts.username is None
    return parts.scheme in {"http", "https"} and is_loopback(host)
