"""Delivery of activities to the bot's messaging endpoint, as in Teams."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

import orjson
import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.sandbox.teams.chats import Conversation
from bot.sandbox.teams.envelopes import bot_account, envelope
from bot.sandbox.values import Json

TIMEOUT_S = 5.0
"""Time that Teams waits for the answer to an event."""
PERSON_TIMEOUT_S = 15.0
"""Time that a person waits for the answer to a message or a button."""
MAX_ANSWER_BYTES = 1_000_000

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class BotAnswer:
    """The bot's answer to an activity. The status is 0 if there was none."""

    status: int = 0
    body: Json = None

    @property
    def ok(self) -> bool:
        """True if the bot accepted the activity."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES


class ActivitySender:
    """Sends activities without retries. As in Teams, a bot that does not listen misses them."""

    def __init__(self, session: ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    async def app_added(self, conversation: Conversation) -> None:
        """Send the activities for an app installation."""
        bot = bot_account(conversation)
        await self._notify(conversation, {"type": "installationUpdate", "action": "add"})
        await self._notify(conversation, {"type": "conversationUpdate", "membersAdded": [bot]})

    async def app_removed(self, conversation: Conversation) -> None:
        """Send the activities for a removed app."""
        bot = bot_account(conversation)
        await self._notify(conversation, {"type": "conversationUpdate", "membersRemoved": [bot]})
        await self._notify(conversation, {"type": "installationUpdate", "action": "remove"})

    async def members_added(self, conversation: Conversation, accounts: Sequence[Mapping[str, Json]]) -> None:
        """Send the activity for new members."""
        await self._notify(conversation, {"type": "conversationUpdate", "membersAdded": list(accounts)})

    async def members_removed(self, conversation: Conversation, accounts: Sequence[Mapping[str, Json]]) -> None:
        """Send the activity for removed members."""
        await self._notify(conversation, {"type": "conversationUpdate", "membersRemoved": list(accounts)})

    async def send(self, activity: Mapping[str, Json], *, timeout_s: float = PERSON_TIMEOUT_S) -> BotAnswer:
        """Send one activity, and return the answer."""
        try:
            async with self._session.post(
                self._url, json=activity, timeout=ClientTimeout(total=timeout_s), allow_redirects=False
            ) as response:
                content = await _read(response.content.iter_any())
                answer = BotAnswer(status=response.status, body=_parse(content))
        except (ClientError, TimeoutError) as error:
            _log.warning("sandbox.activity_failed", kind=activity["type"], reason=type(error).__name__)
            return BotAnswer()
        if not answer.ok:
            _log.warning("sandbox.activity_rejected", kind=activity["type"], status=answer.status)
        return answer

    async def _notify(self, conversation: Conversation, event: Mapping[str, Json]) -> None:
        await self.send({**envelope(conversation), **event}, timeout_s=TIMEOUT_S)


async def _read(chunks: AsyncIterator[bytes]) -> bytes:
    """Return the body, or nothing if it is too large."""
    content = bytearray()
    async for chunk in chunks:
        content += chunk
        if len(content) > MAX_ANSWER_BYTES:
            return b""
    return bytes(content)


def _parse(content: bytes) -> Json:
    """Return the JSON, or None for any other content."""
    try:
        parsed: Json = orjson.loads(content)
    except orjson.JSONDecodeError:
        return None
    return parsed
