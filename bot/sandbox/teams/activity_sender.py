"""Delivery of activities to the bot's messaging endpoint, as in Teams."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus

import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.sandbox.teams.chats import Place
from bot.sandbox.values import Json

TIMEOUT_S = 5.0

_log = structlog.stdlib.get_logger(__name__)


class Telling:
    """Sends activities without retries. As in Teams, a bot that does not listen misses them."""

    def __init__(self, session: ClientSession, address: str) -> None:
        self._session = session
        self._address = address

    async def app_added(self, place: Place) -> None:
        """Send the activities for an app installation."""
        bot = {"id": place.bot_id, "name": place.bot_name}
        await self._tell(place, {"type": "installationUpdate", "action": "add"})
        await self._tell(place, {"type": "conversationUpdate", "membersAdded": [bot]})

    async def members_added(self, place: Place, accounts: Sequence[Mapping[str, Json]]) -> None:
        """Send the activity for new members."""
        await self._tell(place, {"type": "conversationUpdate", "membersAdded": list(accounts)})

    async def members_removed(self, place: Place, accounts: Sequence[Mapping[str, Json]]) -> None:
        """Send the activity for removed members."""
        await self._tell(place, {"type": "conversationUpdate", "membersRemoved": list(accounts)})

    async def _tell(self, place: Place, what: Mapping[str, Json]) -> None:
        try:
            async with self._session.post(
                self._address,
                json={**_envelope(place), **what},
                timeout=ClientTimeout(total=TIMEOUT_S),
                allow_redirects=False,
            ) as answer:
                if answer.status >= HTTPStatus.BAD_REQUEST:
                    _log.warning("the bot did not take a sandbox activity", kind=what["type"], status=answer.status)
        except (ClientError, TimeoutError) as error:
            _log.warning("the bot does not listen to the sandbox", kind=what["type"], reason=type(error).__name__)


def _envelope(place: Place) -> dict[str, Json]:
    now = datetime.now(UTC)
    channel = place.kind == "channel"
    return {
        "id": f"f:{int(now.timestamp() * 1000)}",
        "timestamp": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "channelId": "msteams",
        "serviceUrl": place.service_url,
        "from": {"id": "29:sandbox"},
        "recipient": {"id": place.bot_id, "name": place.bot_name},
        "conversation": {
            "id": place.id,
            "isGroup": True,
            "conversationType": "channel" if channel else "groupChat",
            "tenantId": place.tenant_id,
        },
        "channelData": {"tenant": {"id": place.tenant_id}},
    }
