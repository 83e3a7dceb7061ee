"""Post messages of the outbox."""

from bot.domain.errors import BadRequest, NotAllowed
from bot.domain.send_outcomes import ChatNotFound, ChatUnreachable, Rejected, SendOutcome
from bot.domain.values import Chat
from bot.teams.connector import Connector, conversation_path
from bot.teams.send_outcome import send_outcome


class ConnectorMessageSender:
    """See `bot.ports.teams.MessageSender`."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector

    async def send(self, chat: Chat, activity: bytes) -> SendOutcome:
        """Post the finished activity into the chat, once. If its thread is not available, post it to the channel."""
        try:
            outcome = await self._post(chat, chat.thread or chat.id, activity)
            if chat.thread and isinstance(outcome, ChatNotFound | ChatUnreachable | Rejected):
                outcome = await self._post(chat, chat.id, activity)
        except (BadRequest, NotAllowed) as error:
            return Rejected(reason=str(error))
        return outcome

    async def _post(self, chat: Chat, conversation: str, activity: bytes) -> SendOutcome:
        path = conversation_path(conversation, "activities")
        return send_outcome(await self._connector.call("POST", chat.service_url, path, activity))
