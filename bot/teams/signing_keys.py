"""The keys with which the Bot Framework signs the tokens of its requests.

Where they are and how they change: "Authentication with the Bot Connector API" (Bot Framework documentation).
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aiohttp import ClientError, ClientSession
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from bot.domain.errors import Unavailable
from bot.observe import get_logger
from bot.ports import Clock

LIFETIME = timedelta(hours=24)
"""The documentation asks to refresh at least every 24 hours."""
PAUSE = timedelta(seconds=30)
"""Between two refreshes for unknown key ids: anybody can send us those."""

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySet:
    """The keys by id, with the channels that each may sign for, and who issues the tokens."""

    issuer: str
    keys: Mapping[str, PyJWK]
    endorsements: Mapping[str, frozenset[str]]
    read_at: datetime


class SigningKeys:
    """The key set, read when it is needed first, daily, and when a token names an unknown key."""

    def __init__(self, session: ClientSession, openid_url: str, clock: Clock) -> None:
        self._session = session
        self._openid_url = openid_url
        self._clock = clock
        self._keys: KeySet | None = None
        self._reading = asyncio.Lock()

    async def with_key(self, key_id: str) -> KeySet:
        """The newest key set, which may still lack the key; raises `Unavailable` where none could be read."""
        keys = self._keys
        if keys is None or self._is_stale(keys, key_id):
            async with self._reading:
                if self._keys is keys:
                    self._keys = await self._refreshed(keys)
        if self._keys is None:
            raise Unavailable("The keys that sign the Bot Framework's requests cannot be read.")
        return self._keys

    def _is_stale(self, keys: KeySet, key_id: str) -> bool:
        age = self._clock.now() - keys.read_at
        return age > LIFETIME or (key_id not in keys.keys and age > PAUSE)

    async def _refreshed(self, old: KeySet | None) -> KeySet | None:
        """The set as it is now; the old one where it cannot be read."""
        try:
            configuration = await self._json(self._openid_url)
            body = await self._json(str(configuration["jwks_uri"]))
            return _key_set(str(configuration["issuer"]), body["keys"], self._clock.now())
        except (ClientError, TimeoutError, ValueError, LookupError, TypeError) as error:
            _log.warning("signing keys not read", error=type(error).__name__)
            return old

    async def _json(self, url: str) -> Mapping[str, Any]:
        async with self._session.get(url, raise_for_status=True) as answer:
            body: Mapping[str, Any] = await answer.json(content_type=None)
            return body


def _key_set(issuer: str, keys: list[Mapping[str, Any]], now: datetime) -> KeySet:
    usable: dict[str, PyJWK] = {}
    for key in keys:
        try:
            usable[str(key["kid"])] = PyJWK.from_dict(dict(key), algorithm="RS256")
        except (PyJWTError, KeyError):
            _log.warning("signing key not understood")
    endorsements = {str(key.get("kid")): frozenset(map(str, key.get("endorsements") or ())) for key in keys}
    return KeySet(issuer=issuer, keys=usable, endorsements=endorsements, read_at=now)
