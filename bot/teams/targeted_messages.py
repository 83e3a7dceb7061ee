"""Messages in a chat that only one member sees ("Targeted messages", Teams documentation).

botbuilder drops `isTargeted` when it writes an activity and has no parameter for the query, so requests are made here.
"""

from http import HTTPStatus

import orjson

from bot.domain.values import Chat, Person
from bot.http.odata_errors import error_code
from bot.logs import get_logger
from bot.ports.teams import Targeted
from bot.teams.connector import Connector, conversation_path
from bot.teams.service_hosts import AllowedUrl
from bot.text.json_text import dumps

HOST = "smba.trafficmanager.net"
"""The only service of Teams that is known to support targeted messages, with a path for each region."""

_FLAG = "?isTargetedActivity=true"
_REFUSED = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.NOT_IMPLEMENTED,
    }
)
_log = get_logger(__name__)


class ConnectorTargetedMessages:
    """See `bot.ports.teams.TargetedMessages`."""

    def __init__(self, connector: Connector, knows_targeted: AllowedUrl) -> None:
        self._connector = connector
        self._knows_targeted = knows_targeted

    def are_supported(self, chat: Chat) -> bool:
        """Return whether the chat's service is one that supports targeted messages."""
        return self._knows_targeted(chat.service_url)

    async def post(self, chat: Chat, person: Person, activity: bytes) -> Targeted:
        """Post the activity for this person, in the thread of the person's message."""
        recipient = {"id": person.account_id, "isTargeted": True}
        body = dumps({**orjson.loads(activity), "recipient": recipient})
        return await self._call("POST", chat, conversation_path(chat.thread or chat.id, "activities"), body)

    async def edit(self, chat: Chat, message: str, activity: bytes) -> Targeted:
        """Replace the content. Teams refuses an edit that names the recipient."""
        return await self._call("PUT", chat, conversation_path(chat.thread or chat.id, "activities", message), activity)

    async def delete(self, chat: Chat, message: str) -> Targeted:
        """Delete the message."""
        return await self._call("DELETE", chat, conversation_path(chat.thread or chat.id, "activities", message))

    async def _call(self, method: str, chat: Chat, path: str, body: bytes | None = None) -> Targeted:
        if not self.are_supported(chat):
            return Targeted.REFUSED
        # Another cloud may not know the flag, and would show the message to everyone.
        answer = await self._connector.call(method, chat.service_url, path + _FLAG, body, only_there=True)
        if 200 <= answer.status < 300:  # noqa: PLR2004 - HTTP's class of success
            return Targeted.DONE
        _log.info("targeted_message.failed", method=method, status=answer.status, code=error_code(answer.json()))
        return Targeted.REFUSED if answer.status in _REFUSED else Targeted.FAILED
