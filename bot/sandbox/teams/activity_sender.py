"""Delivery of activities to the bot's messaging endpoint, as in Teams."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus

import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.sandbox.teams.chats import Conversation
from bot.sandbox.values import Json

TIMEOUT_S = 5.0

_log = structlog.stdlib.get_logger(__name__)


class ActivitySender:
    """Sends activities without retries. As in Teams, a bot that does not listen misses them."""

    def __init__(self, session: ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    async def app_added(self, conversation: Conversation) -> None:
        """Send the activities for an app installation."""
        bot = {"id": conversation.bot_id, "name": conversation.bot_name}
        await self._post(conversation, {"type": "installationUpdate", "action": "add"})
        await self._post(conversation, {"type": "conversationUpdate", "membersAdded": [bot]})

    async def members_added(self, conversation: Conversation, accounts: Sequence[Mapping[str, Json]]) -> None:
        """Send the activity for new members."""
        await self._post(conversation, {"type": "conversationUpdate", "membersAdded": list(accounts)})

    async def members_removed(self, conversation: Conversation, accounts: Sequence[Mapping[str, Json]]) -> None:
        """Send the activity for removed members."""
        await self._post(conversation, {"type": "conversationUpdate", "membersRemoved": list(accounts)})

    async def _post(self, conversation: Conversation, activity: Mapping[str, Json]) -> None:
        try:
            async with self._session.post(
                self._url,
                json={**_envelope(conversation), **activity},
                timeout=ClientTimeout(total=TIMEOUT_S),
                allow_redirects=False,
            ) as response:
                if response.status >= HTTPStatus.BAD_REQUEST:
                    _log.warning("sandbox.activity_rejected", kind=activity["type"], status=response.status)
        except (ClientError, TimeoutError) as error:
            _log.warning("sandbox.activity_failed", kind=activity["type"], reason=type(error).__name__)


def _envelope(conversation: Conversation) -> dict[str, Json]:
    now = datetime.now(UTC)
    channel = conversation.kind == "channel"
    return {
        "id": f"f:{int(now.timestamp() * 1000)}",
        "timestamp": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "channelId": "msteams",
        "serviceUrl": conversation.service_url,
        "from": {"id": "29:sandbox"},
        "recipient": {"id": conversation.bot_id, "name": conversation.bot_name},
        "conversation": {
            "id": conversation.id,
            "isGroup": True,
            "conversationType": "channel" if channel else "groupChat",
            "tenantId": conversation.tenant_id,
        },
        "channelData": {"tenant": {"id": conversation.tenant_id}},
    }
