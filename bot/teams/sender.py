"""Posts messages that were kept."""

from bot.domain.errors import NotAllowed
from bot.domain.send_outcomes import Outcome, Refused
from bot.domain.values import Chat
from bot.teams.connector import Connector, conversation_path
from bot.teams.send_outcome import outcome_of


class Sender:
    """See `bot.ports.teams.TeamsOut`."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector

    async def send(self, chat: Chat, activity: bytes) -> Outcome:
        """Posts the finished activity into the chat, once."""
        path = conversation_path(chat.id, "activities")
        try:
            return outcome_of(await self._connector.call("POST", chat.service_url, path, activity))
        except NotAllowed as error:
            return Refused(reason=str(error))
