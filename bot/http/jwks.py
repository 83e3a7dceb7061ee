"""The keys with which others sign the tokens of their requests: the Bot Framework, and Entra ID for Microsoft Graph.

Where they are and how they change: "Authentication with the Bot Connector API" (Bot Framework documentation), "Signing
key rollover in the Microsoft identity platform".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aiohttp import ClientError, ClientSession
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from bot.clock import Clock
from bot.domain.errors import Unavailable
from bot.http.single_flight import SingleFlight
from bot.logs import get_logger

LIFETIME = timedelta(hours=24)
"""The documentation asks to refresh at least every 24 hours."""
REFRESH_AFTER = timedelta(hours=12)
"""From here on a new set is read in the background, so that a bot that is spoken to never waits for one."""
PAUSE = timedelta(seconds=30)
"""Between two readings for unknown key ids, which anybody can send us, or after one that failed."""
PAUSE_WITHOUT = timedelta(seconds=1)
"""The same as long as there are no keys at all, when everybody has to wait for them."""

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySet:
    """The keys by id, with the channels of Teams that each may sign for, and who issues the tokens."""

    issuer: str
    keys: Mapping[str, PyJWK]
    endorsements: Mapping[str, frozenset[str]]
    read_at: datetime


class SigningKeys:
    """The key set, read when it is needed first, ahead of its age, and when a token names an unknown key.

    Who has a token with a known key never waits for a reading.
    """

    def __init__(self, session: ClientSession, openid_url: str, clock: Clock) -> None:
        self._session = session
        self._openid_url = openid_url
        self._clock = clock
        self._keys: KeySet | None = None
        self._tried_at: datetime | None = None
        self._reading = SingleFlight(self._read)
        self.reads = 0
        """How often the key server was asked."""

    async def get(self, key_id: str) -> KeySet:
        """The newest key set, which may still lack the key; raises `Unavailable` where none could be read."""
        keys = self._keys
        age = self._clock.now() - keys.read_at if keys else LIFETIME
        if keys is None or key_id not in keys.keys or age >= LIFETIME:
            keys = await self._newest(keys)
        elif age > REFRESH_AFTER and self._may_try():
            self._reading.start()
        if keys is None:
            raise Unavailable("The keys that such requests are signed with cannot be read.")
        return keys

    async def close(self) -> None:
        """Ends a reading that is under way."""
        await self._reading.close()

    async def _newest(self, old: KeySet | None) -> KeySet | None:
        """The set as it is now; the old one where it was asked for a moment ago."""
        if self._reading.is_running or self._may_try():
            return await self._reading.result()
        return old

    def _may_try(self) -> bool:
        pause = PAUSE if self._keys else PAUSE_WITHOUT
        return self._tried_at is None or self._clock.now() - self._tried_at > pause

    async def _read(self) -> KeySet | None:
        """The set as it is now; the old one where it cannot be read."""
        self.reads += 1
        self._tried_at = self._clock.now()
        try:
            configuration = await self._json(self._openid_url)
            body = await self._json(str(configuration["jwks_uri"]))
            self._keys = _key_set(str(configuration["issuer"]), body["keys"], self._clock.now())
        except (ClientError, TimeoutError, ValueError, LookupError, TypeError, AttributeError) as error:
            _log.warning("signing keys not read", error=type(error).__name__)
        return self._keys

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
