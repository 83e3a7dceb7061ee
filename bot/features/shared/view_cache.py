"""Answers of other systems that views may show again for a short time. Nothing is decided by them.

Before an act, Chat Sync always asks again (spec S7).
"""

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum, auto
from typing import Any, TypeVar

from bot.clock import Clock
from bot.runtime.ttl_cache import TtlCache

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_MISSING = object()
"""Replaces the answer that something does not exist."""


class Cached(Enum):
    """Kinds of answers."""

    NAMES = auto()
    PRESENCE = auto()
    LICENSES = auto()
    PHOTOS = auto()
    CHATS = auto()
    ROSTERS = auto()
    TEAMS = auto()
    CHANNELS = auto()
    RELATIONS = auto()


_LIMITS: Mapping[Cached, tuple[timedelta, int]] = {
    Cached.NAMES: (timedelta(minutes=10), 5_000),
    Cached.PRESENCE: (timedelta(seconds=30), 5_000),
    Cached.LICENSES: (timedelta(minutes=10), 5_000),
    Cached.PHOTOS: (timedelta(hours=1), 500),
    Cached.CHATS: (timedelta(minutes=1), 2_000),
    Cached.ROSTERS: (timedelta(minutes=1), 200),
    Cached.TEAMS: (timedelta(minutes=1), 500),
    Cached.CHANNELS: (timedelta(minutes=1), 500),
    Cached.RELATIONS: (timedelta(minutes=1), 500),
}
"""The time for which each kind is shown, and the maximum number of answers."""

_CHANGED_BY_ACTS = frozenset({Cached.CHATS, Cached.ROSTERS, Cached.TEAMS, Cached.CHANNELS, Cached.RELATIONS})


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewCache:
    """The answers of one process."""

    entries: Mapping[Cached, TtlCache[Any, Any]]
    is_renewing: bool = False
    """True to ask again for everything that acts change."""

    def renewing(self) -> "ViewCache":
        """Return the same cache for the view that follows an act. Its answers are stored for later views."""
        return replace(self, is_renewing=True)

    def stored(self, kind: Cached, key: Hashable) -> object | None:
        """Return the stored answer, or None."""
        return None if self.is_renewing and kind in _CHANGED_BY_ACTS else self.entries[kind].get(key)


def make_view_cache(clock: Clock) -> ViewCache:
    """Return an empty cache."""
    return ViewCache(entries={kind: TtlCache(clock, max_size=most, ttl=ttl) for kind, (ttl, most) in _LIMITS.items()})


async def fetch_many(
    cache: ViewCache | None, kind: Cached, keys: Sequence[K], load: Callable[[Sequence[K]], Awaitable[Mapping[K, V]]]
) -> dict[K, V]:
    """Return the answer for each key, from the cache if possible. Keys without an answer are left out.

    `load` is called once for all keys that are not stored; its errors are raised. Without a cache, it gets all keys.
    """
    wanted = list(dict.fromkeys(keys))
    found: dict[K, Any] = {key: cache.stored(kind, key) if cache else None for key in wanted}
    missing = [key for key in wanted if found[key] is None]
    loaded = await load(missing) if missing else {}
    for key in missing:
        found[key] = loaded.get(key, _MISSING)
        if cache:
            cache.entries[kind].put(key, found[key])
    return {key: value for key, value in found.items() if value is not _MISSING}


async def fetch_one(cache: ViewCache | None, kind: Cached, key: K, load: Callable[[], Awaitable[V]]) -> V:
    """Return the answer for the key, from the cache if possible."""

    async def load_one(_: Sequence[K]) -> Mapping[K, tuple[V]]:
        return {key: (await load(),)}

    return (await fetch_many(cache, kind, [key], load_one))[key][0]
