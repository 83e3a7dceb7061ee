"""Public keys that verify tokens of other systems: the Bot Framework, and Entra ID for Microsoft Graph.

Their location and rotation: "Authentication with the Bot Connector API" (Bot Framework documentation), "Signing key
rollover in the Microsoft identity platform".
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
from bot.logs import get_logger
from bot.runtime.single_flight import SingleFlight

LIFETIME = timedelta(hours=24)
"""The documentation asks to refresh at least every 24 hours."""
REFRESH_AFTER = timedelta(hours=12)
"""Age at which the keys are refreshed in the background, so that an active bot never waits for them."""
PAUSE = timedelta(seconds=30)
"""Minimum time between two requests: anyone can send unknown key IDs, and a request may fail."""
PAUSE_WITHOUT = timedelta(seconds=1)
"""The same while there are no keys at all and every caller has to wait."""

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySet:
    """The keys by ID, the Teams channels that each may sign for, and the issuer of the tokens."""

    issuer: str
    keys: Mapping[str, PyJWK]
    endorsements: Mapping[str, frozenset[str]]
    read_at: datetime


class SigningKeys:
    """Fetches the keys on first use, before they get too old, and if a token names an unknown key.

    A caller with a known key never waits.
    """

    def __init__(self, session: ClientSession, openid_url: str, clock: Clock) -> None:
        self._session = session
        self._openid_url = openid_url
        self._clock = clock
        self._keys: KeySet | None = None
        self._requested_at: datetime | None = None
        self._fetching = SingleFlight(self._fetch)
        self.reads = 0
        """Number of requests to the key server."""

    async def get(self, key_id: str) -> KeySet:
        """Return the newest keys, which may still lack this one; raise `Unavailable` if none could be fetched."""
        keys = self._keys
        age = self._clock.now() - keys.read_at if keys else LIFETIME
        if keys is None or key_id not in keys.keys or age >= LIFETIME:
            keys = await self._refreshed(keys)
        elif age > REFRESH_AFTER and self._may_request():
            self._fetching.start()
        if keys is None:
            raise Unavailable("The keys that verify requests are not available.")
        return keys

    async def close(self) -> None:
        """Cancel a running request."""
        await self._fetching.close()

    async def _refreshed(self, old: KeySet | None) -> KeySet | None:
        """Return the current keys, or the old ones if they were requested a moment ago."""
        if self._fetching.is_running or self._may_request():
            return await self._fetching.result()
        return old

    def _may_request(self) -> bool:
        pause = PAUSE if self._keys else PAUSE_WITHOUT
        return self._requested_at is None or self._clock.now() - self._requested_at > pause

    async def _fetch(self) -> KeySet | None:
        """Fetch the keys; return the old ones if that fails."""
        self.reads += 1
        self._requested_at = self._clock.now()
        try:
            configuration = await self._get_json(self._openid_url)
            body = await self._get_json(str(configuration["jwks_uri"]))
            self._keys = _parse_keys(str(configuration["issuer"]), body["keys"], self._clock.now())
        except (ClientError, TimeoutError, ValueError, LookupError, TypeError, AttributeError) as error:
            _log.warning("sign_in.keys_fetch_failed", error=type(error).__name__)
        return self._keys

    async def _get_json(self, url: str) -> Mapping[str, Any]:
        async with self._session.get(url, raise_for_status=True) as answer:
            body: Mapping[str, Any] = await answer.json(content_type=None)
            return body


def _parse_keys(issuer: str, keys: list[Mapping[str, Any]], now: datetime) -> KeySet:
    usable: dict[str, PyJWK] = {}
    for key in keys:
        try:
            usable[str(key["kid"])] = PyJWK.from_dict(dict(key), algorithm="RS256")
        except (PyJWTError, KeyError):
            _log.warning("sign_in.key_unusable")
    endorsements = {str(key.get("kid")): frozenset(map(str, key.get("endorsements") or ())) for key in keys}
    return KeySet(issuer=issuer, keys=usable, endorsements=endorsements, read_at=now)
