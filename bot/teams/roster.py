"""Who is in a chat now, asked of the connector ("Get Teams-specific context", Teams documentation)."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from urllib.parse import quote

from bot.domain.directory import ChatAccount
from bot.domain.errors import BotAbsent, Unavailable
from bot.domain.object_ids import parse_object_id
from bot.domain.values import TEAMS, Chat, ObjectId, Person
from bot.teams.connector import Connector, ConnectorResponse, conversation_path
from bot.teams.send_outcome import unreachable_code

_PAGE = 500
_PAGES_AT_MOST = 20
"""A chat has 250 members, a meeting some thousands ("Get Teams-specific context")."""


class ConnectorRoster:
    """See `bot.ports.teams.Roster`."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector

    async def is_member(self, chat: Chat, person: Person) -> bool:
        """Whether the person is in the chat; raises `BotAbsent` where the bot itself is not, or `Unavailable`."""
        if chat.channel != TEAMS:
            # The Emulator has no look-up of one member; its chats have two.
            return any(each.id == person.account_id for each in await self.accounts(chat))
        answer = await self._ask(chat, "members", person.account_id)
        if answer.status not in {HTTPStatus.OK, HTTPStatus.NOT_FOUND}:
            raise _unsaid()
        return answer.status == HTTPStatus.OK

    async def members(self, chat: Chat) -> Sequence[ObjectId | None]:
        """Everybody in the chat but the bot; None for those who are nobody in Entra ID. Raises as `is_member` does."""
        return [each.object_id for each in await self.accounts(chat)]

    async def accounts(self, chat: Chat) -> Sequence[ChatAccount]:
        """The accounts of everybody in the chat but the bot. Raises as `is_member` does."""
        found = await self._pages(chat) if chat.channel == TEAMS else _listed(await self._read(chat, "members"))
        return [_account(each) for each in found if each.get("id") != chat.bot_id]

    async def _pages(self, chat: Chat) -> Sequence[Mapping[str, object]]:
        """Members page by page; Teams says with each page how to go on."""
        found: list[Mapping[str, object]] = []
        query = f"?pageSize={_PAGE}"
        for _ in range(_PAGES_AT_MOST):
            page = await self._read(chat, "pagedmembers", query=query)
            if not isinstance(page, dict):
                raise _unsaid()
            found += _listed(page.get("members"))
            token = page.get("continuationToken")
            if not token:
                break
            query = f"?pageSize={_PAGE}&continuationToken={quote(str(token), safe='')}"
        return found

    async def _read(self, chat: Chat, *parts: str, query: str = "") -> object:
        """The JSON of a success: anything else says nothing of who is in the chat."""
        answer = await self._ask(chat, *parts, query=query)
        if answer.status != HTTPStatus.OK:
            raise _unsaid()
        return answer.json()

    async def _ask(self, chat: Chat, *parts: str, query: str = "") -> ConnectorResponse:
        path = conversation_path(chat.id, *parts) + query
        answer = await self._connector.call("GET", chat.service_url, path)
        if unreachable_code(answer):
            raise BotAbsent
        return answer


def _listed(members: object) -> Sequence[Mapping[str, object]]:
    """The members in an answer, which has a list of them also where there are none."""
    if not isinstance(members, list):
        raise _unsaid()
    return [each for each in members if isinstance(each, dict)]


def _unsaid() -> Unavailable:
    return Unavailable("Teams did not say who is in this chat.", "Try again in a moment.")


def _account(member: Mapping[str, object]) -> ChatAccount:
    """The documentation calls the object id `objectId`, the SDKs `aadObjectId`."""
    named = parse_object_id(member.get("aadObjectId") or member.get("objectId"))
    return ChatAccount(id=str(member.get("id") or ""), object_id=named, name=str(member.get("name") or ""))
