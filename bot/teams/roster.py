"""Who is in a chat now, asked of the connector ("Get Teams-specific context", Teams documentation)."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from urllib.parse import quote

from bot.domain.directory import ChatAccount
from bot.domain.errors import BotAbsent, Unavailable
from bot.domain.object_ids import object_id
from bot.domain.values import TEAMS, Chat, ObjectId, Person
from bot.teams.connector import Connector, ConnectorAnswer, conversation_path
from bot.teams.outcome import gone_code

_PAGE = 500
_PAGES_AT_MOST = 20
"""A chat has 250 members, a meeting some thousands ("Get Teams-specific context")."""


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

    async def members(self, chat: Chat) -> Sequence[ObjectId | None]:
        """Everybody in the chat but the bot; None for those who are nobody in Entra ID. Raises as `is_member` does."""
        return [each.object_id for each in await self.accounts(chat)]

    async def accounts(self, chat: Chat) -> Sequence[ChatAccount]:
        """The accounts of everybody in the chat but the bot. Raises as `is_member` does."""
        members = await self._pages(chat) if chat.channel == TEAMS else (await self._get(chat, "members")).json()
        found = members if isinstance(members, list) else []
        return [_account(each) for each in found if isinstance(each, dict) and each.get("id") != chat.bot_id]

    async def _pages(self, chat: Chat) -> Sequence[object]:
        """Members page by page; Teams says with each page how to go on."""
        found: list[object] = []
        query = f"?pageSize={_PAGE}"
        for _ in range(_PAGES_AT_MOST):
            page = (await self._get(chat, "pagedmembers", query=query)).json()
            members = page.get("members") if isinstance(page, dict) else None
            found += members if isinstance(members, list) else []
            token = page.get("continuationToken") if isinstance(page, dict) else None
            if not token:
                break
            query = f"?pageSize={_PAGE}&continuationToken={quote(str(token), safe='')}"
        return found

    async def _get(self, chat: Chat, *parts: str, query: str = "") -> ConnectorAnswer:
        path = conversation_path(chat.id, *parts) + query
        answer = await self._connector.call("GET", chat.service_url, path)
        if gone_code(answer):
            raise BotAbsent
        if answer.status not in {HTTPStatus.OK, HTTPStatus.NOT_FOUND}:
            raise Unavailable("Teams did not say who is in this chat.", "Try again in a moment.")
        return answer


def _account(member: Mapping[str, object]) -> ChatAccount:
    """The documentation calls the object id `objectId`, the SDKs `aadObjectId`."""
    named = object_id(member.get("aadObjectId") or member.get("objectId"))
    return ChatAccount(id=str(member.get("id") or ""), object_id=named, name=str(member.get("name") or ""))
