"""Group chats, teams, and channels."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from bot.domain.channel_names import channel_exists
from bot.domain.directory import MAX_EXPANDED_MEMBERS, MAX_MEMBERS, ChatMember, DirectoryChat, Team, TeamChannel
from bot.domain.errors import BadRequest, ChatSyncError, Conflict, NotAllowed, NotFound, NotSupported, Unavailable
from bot.domain.texts import text
from bot.domain.values import ChatId, ObjectId
from bot.graph.app_installation import AppInstaller
from bot.graph.client import GraphClient, GraphPermission
from bot.graph.protocol import (
    NAME,
    new_chat_body,
    new_member_body,
    page_rows,
    parse_channel,
    parse_chat,
    parse_member,
    parse_team,
)
from bot.http.paths import path_segment
from bot.logs import get_logger

T = TypeVar("T")

_log = get_logger(__name__)

CREATE = GraphPermission(name="Chat.Create", missing=text("Microsoft 365 does not let Chat Sync create chats."))
READ = GraphPermission(name="Chat.ReadBasic.All", missing=text("Microsoft 365 does not let Chat Sync see chats."))
RENAME = GraphPermission(
    name="Chat.ReadWrite.All", missing=text("Microsoft 365 does not let Chat Sync name this chat.")
)
READ_MEMBERS = GraphPermission(
    name="ChatMember.Read.All", missing=text("Microsoft 365 does not let Chat Sync see who is in this chat.")
)
CHANGE_MEMBERS = GraphPermission(
    name="ChatMember.ReadWrite.All",
    missing=text("Microsoft 365 does not let Chat Sync add or remove people in this chat."),
)
READ_TEAMS = GraphPermission(
    name="Team.ReadBasic.All", missing=text("Microsoft 365 does not let Chat Sync see your teams.")
)
READ_CHANNELS = GraphPermission(
    name="Channel.ReadBasic.All", missing=text("Microsoft 365 does not let Chat Sync see this team's channels.")
)
CREATE_CHANNEL = GraphPermission(
    name="Channel.Create", missing=text("Microsoft 365 does not let Chat Sync create channels in this team.")
)

PAGE = 50
"""Number of chats on one page ("List chats")."""
MAX_CHATS_SEARCHED = 200
"""Number of chats searched for one that was just created; it is among the newest."""

_CHANNELS = {"$select": "id,displayName,membershipType,webUrl", "$filter": "membershipType eq 'standard'"}

_NAME_EXISTS = "NameAlreadyExists"
_CLOCKS_DIFFER = timedelta(minutes=2)
_GROUP, _MEETING = "chatType eq 'group'", "chatType eq 'meeting'"


class GraphChats:
    """See `bot.ports.graph.ChatDirectory`."""

    def __init__(self, client: GraphClient, installing: AppInstaller) -> None:
        self._client = client
        self._installing = installing

    async def create(
        self, people: Sequence[ObjectId], topic: str | None, *, guests: Collection[ObjectId] = ()
    ) -> DirectoryChat:
        """Create a group chat."""
        body = new_chat_body(self._client.base, people, topic, guests=guests)
        return parse_chat((await self._client.change("POST", "chats", body, permission=CREATE)).body)

    async def find_created(self, people: Sequence[ObjectId], *, since: datetime) -> DirectoryChat | None:
        """Return the group chat with exactly these people, created since then, from the first person's chats."""
        query = {"$expand": "members", "$filter": _GROUP, "$top": str(PAGE)}
        path = f"users/{path_segment(people[0])}/chats"
        rows = await self._client.pages(path, query, permission=READ, at_most=MAX_CHATS_SEARCHED)
        chats = _parse_rows(rows, parse_chat)
        recent = [each for each in chats if each.created_at and each.created_at > since - _CLOCKS_DIFFER]
        return next((each for each in recent if _has_exactly(each, people)), None)

    async def get_chat(self, chat: ChatId) -> DirectoryChat:
        """Return the chat."""
        return parse_chat(await self._client.get(f"chats/{path_segment(chat)}", permission=READ, chat=chat))

    async def get_chats(self, chats: Sequence[ChatId]) -> Mapping[ChatId, DirectoryChat]:
        """Return the chats that the app can see. One request reads up to twenty of them."""
        paths = {f"chats/{path_segment(chat)}?$expand=members": chat for chat in chats}
        answers = await self._read_many(list(paths), READ)
        return {paths[path]: found[0] for path, body in answers.items() if (found := _parse_rows([body], parse_chat))}

    async def list_chats(self, person: ObjectId, *, at_most: int = PAGE) -> Sequence[DirectoryChat]:
        """Return the person's group and meeting chats, those with the newest message first."""
        query = {
            "$expand": "members,lastMessagePreview",
            "$filter": f"{_GROUP} or {_MEETING}",
            "$orderby": "lastMessagePreview/createdDateTime desc",
            "$top": str(min(at_most, PAGE)),
        }
        rows = await self._client.pages(f"users/{path_segment(person)}/chats", query, permission=READ, at_most=at_most)
        return _parse_rows(rows, parse_chat)

    async def list_members(self, chat: ChatId) -> Sequence[ChatMember]:
        """Return the current members of the chat."""
        path = f"chats/{path_segment(chat)}/members"
        rows = await self._client.pages(path, {}, permission=READ_MEMBERS, at_most=10 * MAX_MEMBERS, chat=chat)
        return [parse_member(row) for row in rows]

    async def add_member(self, chat: ChatId, person: ObjectId, *, guest: bool = False) -> None:
        """Add the person to the chat with its whole history; raise `NotSupported` if the chat is full."""
        body = new_member_body(self._client.base, person, guest=guest)
        try:
            await self._client.change(
                "POST", f"chats/{path_segment(chat)}/members", body, permission=CHANGE_MEMBERS, chat=chat
            )
        except (BadRequest, Conflict, NotAllowed) as error:
            # The error texts vary and are not documented, so the members tell the cause.
            await self._raise_unless_member(chat, person, error)

    async def _raise_unless_member(self, chat: ChatId, person: ObjectId, error: ChatSyncError) -> None:
        """Return if the person is a member; raise the reason otherwise."""
        members = await self.list_members(chat)
        if any(each.object_id == person for each in members):
            return
        if len(members) >= MAX_MEMBERS:
            raise NotSupported(
                text("The chat is full: it has {most} members.", most=MAX_MEMBERS), "Someone must leave it first."
            ) from error
        raise error

    async def remove_member(self, chat: ChatId, person: ObjectId) -> None:
        """Remove the person from the chat."""
        gone = [each.membership_id for each in await self.list_members(chat) if each.object_id == person]
        if "" in gone:
            raise Unavailable(text("{system} returned an unreadable answer.", system=NAME), "Try again in a moment.")
        for membership in gone:
            path = f"chats/{path_segment(chat)}/members/{path_segment(membership)}"
            await _ignoring(self._client.change("DELETE", path, permission=CHANGE_MEMBERS, chat=chat), NotFound)

    async def rename(self, chat: ChatId, topic: str) -> None:
        """Rename the chat; raise `BadRequest` for a name that Teams rejects."""
        try:
            await self._client.change(
                "PATCH", f"chats/{path_segment(chat)}", {"topic": topic}, permission=RENAME, chat=chat
            )
        except BadRequest as error:
            raise BadRequest("Teams does not accept this name.", "Choose another name without a colon.") from error

    async def install(self, chat: ChatId) -> None:
        """Install the app in the chat, with the permissions for chats that its manifest requests."""
        await _ignoring(self._installing.install_in_chat(chat), Conflict)

    async def list_teams(self, person: ObjectId) -> Sequence[Team]:
        """Return the teams that the person is a member of."""
        body = await self._client.get(f"users/{path_segment(person)}/joinedTeams", permission=READ_TEAMS)
        return _parse_rows(page_rows(body), parse_team)

    async def list_channels(self, team: str) -> Sequence[TeamChannel]:
        """Return the team's standard channels, which all of its members see."""
        body = await self._client.get(
            f"teams/{path_segment(team)}/channels", _CHANNELS, permission=READ_CHANNELS, chat=team
        )
        return _parse_rows(page_rows(body), parse_channel)

    async def channels_of(self, teams: Sequence[str]) -> Mapping[str, Sequence[TeamChannel]]:
        """Return the standard channels of each team. One request reads up to twenty of them."""
        paths = {f"teams/{path_segment(team)}/channels?{urlencode(_CHANNELS, quote_via=quote)}": team for team in teams}
        answers = await self._read_many(list(paths), READ_CHANNELS)
        return {paths[path]: _parse_rows(page_rows(body), parse_channel) for path, body in answers.items()}

    async def _read_many(self, paths: Sequence[str], permission: GraphPermission) -> Mapping[str, Mapping[str, Any]]:
        """Return the object at each path without those that cannot be read; raise the error if none can."""
        answers = await self._client.batch(paths, permission=permission) if paths else []
        found = dict(zip(paths, answers, strict=True))
        errors = [each for each in found.values() if isinstance(each, ChatSyncError)]
        failures = [each for each in errors if not isinstance(each, NotFound)]
        if failures and len(errors) == len(found):
            raise failures[0]
        return {path: each for path, each in found.items() if not isinstance(each, ChatSyncError)}

    async def create_channel(self, team: str, name: str) -> TeamChannel:
        """Create a standard channel. Graph answers some creations before the channel exists."""
        body = {"displayName": name, "membershipType": "standard"}
        path = f"teams/{path_segment(team)}/channels"
        try:
            answer = await self._client.change("POST", path, body, permission=CREATE_CHANNEL, chat=team)
        except (BadRequest, Conflict) as error:
            raise _channel_rejected(error) from error
        try:
            return parse_channel(answer.body)
        except Unavailable as error:
            raise Unavailable("Microsoft 365 is still creating the channel.", "Continue in a moment.") from error

    async def install_in_team(self, team: str) -> None:
        """Install the app in the team."""
        await _ignoring(self._installing.install_in_team(team), Conflict)


def _parse_rows(rows: Iterable[Mapping[str, Any]], parse: Callable[[Mapping[str, Any]], T]) -> list[T]:
    """Parse the rows of a list. Skip a row that cannot be read, because it must not hide the others."""
    found, skipped = [], 0
    for row in rows:
        try:
            found.append(parse(row))
        except Unavailable:
            skipped += 1
    if skipped:
        _log.warning("graph.row_unreadable", kind=parse.__name__.removeprefix("parse_"), count=skipped)
    return found


async def _ignoring(act: Awaitable[object], meaning: type[ChatSyncError]) -> None:
    """Await the call; ignore the error that means that it was done before."""
    try:
        await act
    except meaning:
        return


def _channel_rejected(error: ChatSyncError) -> BadRequest:
    """Return the error for people. Graph has a code for a name that exists, but does not always use it."""
    if error.code == _NAME_EXISTS or isinstance(error, Conflict):
        return channel_exists()
    return BadRequest(
        "Teams does not accept this channel. Its name may belong to a deleted or private channel, or the team is full.",
        "Enter another name.",
    )


def _has_exactly(chat: DirectoryChat, people: Sequence[ObjectId]) -> bool:
    """Return whether exactly these people are in the chat, judging by the members that came with it."""
    members, expected = {each.object_id for each in chat.members if each.object_id}, set(people)
    return members == expected or (len(chat.members) >= MAX_EXPANDED_MEMBERS and members <= expected)
