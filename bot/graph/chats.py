"""Group chats, teams and channels."""

from collections.abc import Awaitable, Sequence
from datetime import datetime, timedelta

from bot.domain.directory import MEMBERS_AT_MOST, ChatMember, DirectoryChat, Team, TeamChannel
from bot.domain.errors import BadRequest, ChatSyncError, Conflict, NotAllowed, NotFound, NotSupported
from bot.domain.values import ChatId, ObjectId
from bot.graph.app_installation import Installing
from bot.graph.client import GraphClient, Right, part
from bot.graph.protocol import channel_of, chat_of, member_of, new_chat, new_member, team_of, values_of

CREATE = Right(permission="Chat.Create", to="create chats")
READ = Right(permission="Chat.ReadBasic.All", to="see chats")
RENAME = Right(permission="Chat.ReadWrite.All", to="name this chat")
READ_MEMBERS = Right(permission="ChatMember.Read.All", to="see who is in this chat")
CHANGE_MEMBERS = Right(permission="ChatMember.ReadWrite.All", to="add or remove people in this chat")
READ_TEAMS = Right(permission="Team.ReadBasic.All", to="see your teams")
READ_CHANNELS = Right(permission="Channel.ReadBasic.All", to="see this team's channels")

PAGE = 50
"""Chats that come at once ("List chats")."""
LOOKED_THROUGH = 200
"""Chats among which one that was just created is looked for: it is among the newest."""
EXPANDED_AT_MOST = 25
"""Members that come with a chat ("chat resource type")."""

_CLOCKS_DIFFER = timedelta(minutes=2)
_GROUP, _MEETING = "chatType eq 'group'", "chatType eq 'meeting'"


class GraphChats:
    """See `bot.ports.graph.ChatDirectory`."""

    def __init__(self, client: GraphClient, installing: Installing) -> None:
        self._client = client
        self._installing = installing

    async def create(self, people: Sequence[ObjectId], topic: str | None) -> DirectoryChat:
        """A new group chat."""
        body = new_chat(self._client.base, people, topic)
        return chat_of((await self._client.change("POST", "chats", body, right=CREATE)).body)

    async def created(self, people: Sequence[ObjectId], *, since: datetime) -> DirectoryChat | None:
        """The group chat with exactly these people that was created since; the first of them is asked."""
        query = {"$expand": "members", "$filter": _GROUP, "$top": str(PAGE)}
        path = f"users/{part(people[0])}/chats"
        rows = await self._client.pages(path, query, right=READ, at_most=LOOKED_THROUGH)
        chats = [chat_of(row) for row in rows]
        young = [each for each in chats if each.created_at and each.created_at > since - _CLOCKS_DIFFER]
        return next((each for each in young if _are_in(each, people)), None)

    async def chat(self, chat: ChatId) -> DirectoryChat:
        """The chat."""
        return chat_of(await self._client.get(f"chats/{part(chat)}", right=READ, chat=chat))

    async def chats_of(self, person: ObjectId, *, at_most: int = PAGE) -> Sequence[DirectoryChat]:
        """The person's group and meeting chats, the one with the newest message first."""
        query = {
            "$expand": "members,lastMessagePreview",
            "$filter": f"{_GROUP} or {_MEETING}",
            "$orderby": "lastMessagePreview/createdDateTime desc",
            "$top": str(min(at_most, PAGE)),
        }
        rows = await self._client.pages(f"users/{part(person)}/chats", query, right=READ, at_most=at_most)
        return [chat_of(row) for row in rows]

    async def members(self, chat: ChatId) -> Sequence[ChatMember]:
        """Who is in the chat now."""
        path = f"chats/{part(chat)}/members"
        rows = await self._client.pages(path, {}, right=READ_MEMBERS, at_most=10 * MEMBERS_AT_MOST, chat=chat)
        return [member_of(row) for row in rows]

    async def add_member(self, chat: ChatId, person: ObjectId) -> None:
        """The person is in the chat and sees its whole history; raises `NotSupported` where the chat is full."""
        body = new_member(self._client.base, person)
        try:
            await self._client.change("POST", f"chats/{part(chat)}/members", body, right=CHANGE_MEMBERS, chat=chat)
        except (BadRequest, Conflict, NotAllowed) as error:
            # Its words differ and are nowhere promised; who is in the chat says what the matter is.
            await self._why_not_added(chat, person, error)

    async def _why_not_added(self, chat: ChatId, person: ObjectId, error: ChatSyncError) -> None:
        """Returns where the person is in the chat; else raises why not."""
        there = await self.members(chat)
        if any(each.object_id == person for each in there):
            return
        if len(there) >= MEMBERS_AT_MOST:
            raise NotSupported(
                f"The chat is full: it has {MEMBERS_AT_MOST} members.", "Somebody has to leave it first."
            ) from error
        raise error

    async def remove_member(self, chat: ChatId, person: ObjectId) -> None:
        """The person is not in the chat any more."""
        gone = [each.membership_id for each in await self.members(chat) if each.object_id == person]
        for membership in gone:
            path = f"chats/{part(chat)}/members/{part(membership)}"
            await _done_already(self._client.change("DELETE", path, right=CHANGE_MEMBERS, chat=chat), NotFound)

    async def rename(self, chat: ChatId, topic: str) -> None:
        """The chat has this name; raises `BadRequest` for one that Teams does not take."""
        try:
            await self._client.change("PATCH", f"chats/{part(chat)}", {"topic": topic}, right=RENAME, chat=chat)
        except BadRequest as error:
            raise BadRequest("Teams does not take this name.", "Choose another, without a colon.") from error

    async def install(self, chat: ChatId) -> None:
        """The app is in the chat, with the permissions that it asks of chats."""
        await _done_already(self._installing.in_chat(chat), Conflict)

    async def teams_of(self, person: ObjectId) -> Sequence[Team]:
        """The teams that the person is a member of."""
        body = await self._client.get(f"users/{part(person)}/joinedTeams", right=READ_TEAMS)
        return [team_of(row) for row in values_of(body)]

    async def channels_of(self, team: str) -> Sequence[TeamChannel]:
        """The team's channels that all of its members see."""
        query = {"$select": "id,displayName,membershipType,webUrl", "$filter": "membershipType eq 'standard'"}
        body = await self._client.get(f"teams/{part(team)}/channels", query, right=READ_CHANNELS, chat=team)
        return [channel_of(row) for row in values_of(body)]

    async def install_in_team(self, team: str) -> None:
        """The app is in the team."""
        await _done_already(self._installing.in_team(team), Conflict)


async def _done_already(act: Awaitable[object], meaning: type[ChatSyncError]) -> None:
    """Does it; the error that says it was done before is none."""
    try:
        await act
    except meaning:
        return


def _are_in(chat: DirectoryChat, people: Sequence[ObjectId]) -> bool:
    """Whether exactly these people are in the chat, as far as its members came with it."""
    there, wanted = {each.object_id for each in chat.members if each.object_id}, set(people)
    return there == wanted or (len(chat.members) >= EXPANDED_AT_MOST and there <= wanted)
