"""Post messages of the outbox."""

from bot.domain.errors import BadRequest, NotAllowed
from bot.domain.send_outcomes import ChatNotFound, ChatUnreachable, Rejected, SendOutcome, Sent
from bot.domain.values import Chat
from bot.teams.connector import Connector, conversation_path
from bot.teams.send_outcome import edit_outcome, new_message_id, send_outcome


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

    async def send_card(self, chat: Chat, activity: bytes, activity_id: str | None) -> SendOutcome:
        """Replace the content of this message once, or post a new one for None."""
        path = conversation_path(chat.id, "activities", *([activity_id] if activity_id else []))
        try:
            answer = await self._connector.call("PUT" if activity_id else "POST", chat.service_url, path, activity)
        except NotAllowed as error:
            return Rejected(reason=str(error))
        if activity_id:
            return edit_outcome(answer)
        outcome = send_outcome(answer)
        return Sent(activity_id=new_message_id(answer)) if isinstance(outcome, Sent) else outcome

    async def _post(self, chat: Chat, conversation: str, activity: bytes) -> SendOutcome:
        path = conversation_path(conversation, "activities")
        return send_outcome(await self._connector.call("POST", chat.service_url, path, activity))
