"""Post a message before something happens to its chat, edit it, and delete it."""

from bot.domain.errors import BotAbsent, ChatMissing, NotSupported, Unavailable
from bot.domain.send_outcomes import ChatNotFound, ChatUnreachable, RetryLater, Sent
from bot.domain.values import Chat
from bot.teams.connector import Connector, ConnectorResponse, conversation_path
from bot.teams.send_outcome import send_outcome


class ConnectorChatMessages:
    """See `bot.ports.teams.ChatMessages`."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector

    async def post(self, chat: Chat, activity: bytes) -> str:
        """Post the activity once, and return the ID of the message; an empty text if Teams does not tell it."""
        answer = await self._call("POST", chat, conversation_path(chat.id, "activities"), activity)
        body = answer.json()
        return str(body.get("id") or "") if isinstance(body, dict) else ""

    async def edit(self, chat: Chat, message: str, activity: bytes) -> None:
        """Replace the content of the message."""
        await self._call("PUT", chat, conversation_path(chat.id, "activities", message), activity)

    async def delete(self, chat: Chat, message: str) -> None:
        """Delete the message."""
        await self._call("DELETE", chat, conversation_path(chat.id, "activities", message))

    async def _call(self, method: str, chat: Chat, path: str, activity: bytes | None = None) -> ConnectorResponse:
        answer = await self._connector.call(method, chat.service_url, path, activity)
        match send_outcome(answer):
            case Sent():
                return answer
            case ChatNotFound():
                raise ChatMissing
            case ChatUnreachable():
                raise BotAbsent
            case RetryLater(retry_after_s=retry_after_s):
                raise Unavailable(
                    "Teams is not accepting messages at the moment.", "Try again later.", retry_after_s=retry_after_s
                )
            case _:
                raise NotSupported("Teams does not accept messages in this chat.", "Ask your administrator.")
