"""Who is in a chat now, asked of the connector ("Get Teams-specific context", Teams documentation)."""

from http import HTTPStatus

from bot.domain.errors import BotAbsent, Unavailable
from bot.domain.values import TEAMS, Chat, Person
from bot.teams.connector import Connector, ConnectorAnswer, conversation_path
from bot.teams.outcome import gone_code


class ConnectorRoster:
    """See `bot.ports.Roster`."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector

    async def is_member(self, chat: Chat, person: Person) -> bool:
        """Whether the person is in the chat; raises `BotAbsent` where the bot itself is not, or `Unavailable`."""
        if chat.channel == TEAMS:
            answer = await self._get(chat, "members", person.account_id)
            return answer.status == HTTPStatus.OK
        # The Emulator has no look-up of one member; its chats have two.
        members = (await self._get(chat, "members")).json()
        accounts = members if isinstance(members, list) else []
        return any(isinstance(each, dict) and each.get("id") == person.account_id for each in accounts)

    async def _get(self, chat: Chat, *parts: str) -> ConnectorAnswer:
        answer = await self._connector.call("GET", chat.service_url, conversation_path(chat.id, *parts))
        if gone_code(answer):
            raise BotAbsent("Chat Sync is not in this chat.", "Add the app Chat Sync to the chat, then press Continue.")
        if answer.status not in {HTTPStatus.OK, HTTPStatus.NOT_FOUND}:
            raise Unavailable("Teams did not say who is in this chat.", "Try again in a moment.")
        return answer
