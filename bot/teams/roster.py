"""Current members of a chat, from the connector ("Get Teams-specific context", Teams documentation)."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from urllib.parse import quote

from bot.domain.directory import EXTERNAL, ChatAccount
from bot.domain.errors import Unavailable
from bot.domain.object_ids import parse_object_id
from bot.domain.values import TEAMS, Chat, ObjectId, Person
from bot.teams.connector import Connector, ConnectorResponse, conversation_path
from bot.teams.send_outcome import require_reachable

_PAGE = 500
_GUESTS = ("guest", "anonymous")
"""Roles of members of other organizations, and of those who did not sign in ("Get Teams-specific context")."""
_PAGES_AT_MOST = 20
"""A chat has up to 250 members, a meeting some thousands ("Get Teams-specific context")."""


class ConnectorRoster:
    """See `bot.ports.teams.Roster`."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector

    async def is_member(self, chat: Chat, person: Person) -> bool:
        """Return whether the person is in the chat; raise `BotAbsent` if the bot itself is not, or `Unavailable`."""
        if chat.channel != TEAMS:
            # The Emulator cannot look up one member, but its chats have only two.
            return any(each.id == person.account_id for each in await self.accounts(chat))
        answer = await self._call(chat, "members", person.account_id)
        if answer.status not in {HTTPStatus.OK, HTTPStatus.NOT_FOUND}:
            raise _unlisted()
        return answer.status == HTTPStatus.OK

    async def members(self, chat: Chat) -> Sequence[ObjectId | None]:
        """Return all members except the bot; None stands for one without an Entra ID. Raise as `is_member` does."""
        return [each.object_id for each in await self.accounts(chat)]

    async def accounts(self, chat: Chat) -> Sequence[ChatAccount]:
        """Return the accounts of all members except the bot. Raise the errors of `is_member`."""
        found = (
            await self._pages(chat) if chat.channel == TEAMS else _member_list(await self._get_json(chat, "members"))
        )
        return [_parse_account(each) for each in found if each.get("id") != chat.bot_id]

    async def _pages(self, chat: Chat) -> Sequence[Mapping[str, object]]:
        """Return the members page by page; each page has a token for the next."""
        found: list[Mapping[str, object]] = []
        query = f"?pageSize={_PAGE}"
        for _ in range(_PAGES_AT_MOST):
            page = await self._get_json(chat, "pagedmembers", query=query)
            if not isinstance(page, dict):
                raise _unlisted()
            found += _member_list(page.get("members"))
            token = page.get("continuationToken")
            if not token:
                break
            query = f"?pageSize={_PAGE}&continuationToken={quote(str(token), safe='')}"
        return found

    async def _get_json(self, chat: Chat, *parts: str, query: str = "") -> object:
        """Return the JSON of a successful response; raise `Unavailable` for any other status."""
        answer = await self._call(chat, *parts, query=query)
        if answer.status != HTTPStatus.OK:
            raise _unlisted()
        return answer.json()

    async def _call(self, chat: Chat, *parts: str, query: str = "") -> ConnectorResponse:
        path = conversation_path(chat.id, *parts) + query
        answer = await self._connector.call("GET", chat.service_url, path)
        require_reachable(answer)
        return answer


def _member_list(members: object) -> Sequence[Mapping[str, object]]:
    """Return the members in a response, which has a list even if it is empty."""
    if not isinstance(members, list):
        raise _unlisted()
    return [each for each in members if isinstance(each, dict)]


def _unlisted() -> Unavailable:
    return Unavailable("Teams did not list the members of this chat.", "Try again in a moment.")


def _parse_account(member: Mapping[str, object]) -> ChatAccount:
    """Parse a member: the documentation calls the object ID `objectId`, the SDKs `aadObjectId`."""
    entra_id = parse_object_id(member.get("aadObjectId") or member.get("objectId"))
    return ChatAccount(
        id=str(member.get("id") or ""),
        object_id=entra_id,
        name=str(member.get("name") or ""),
        guest=member.get("userRole") in _GUESTS or EXTERNAL in str(member.get("userPrincipalName")).upper(),
    )
