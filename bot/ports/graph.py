"""Ports to Microsoft Graph.

Every call may raise `Unavailable`, and `NotAllowed` that names the missing permission and who can grant it.
Graph is called as the app: check the user's rights before each call (spec S7).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.directory import ChatMember, DirectoryChat, DirectoryPerson, Presence, Team, TeamChannel
from bot.domain.subscriptions import SubscriptionTarget
from bot.domain.values import ChatId, ObjectId


class Directory(Protocol):
    """People."""

    async def get_people(self, ids: Sequence[ObjectId]) -> Mapping[ObjectId, DirectoryPerson]:
        """Those of them that are in the directory."""
        ...

    async def search(self, words: str, *, at_most: int) -> Sequence[DirectoryPerson]:
        """People whose name or address begins with the words; the first ones by name where there are none."""
        ...

    async def presence(self, ids: Sequence[ObjectId]) -> Mapping[ObjectId, Presence]:
        """Whether they can be spoken to now; nobody is left out."""
        ...

    async def with_teams_license(self, ids: Sequence[ObjectId]) -> frozenset[ObjectId]:
        """Those of them who have a licence for Teams (spec A3)."""
        ...

    async def is_global_administrator(self, person: ObjectId) -> bool:
        """Whether the person holds Entra's role Global Administrator now, directly or through a group (spec S2)."""
        ...


class ChatDirectory(Protocol):
    """Group chats, teams and channels. Calls on a chat raise `NotFound` where it is not there, or not for the app."""

    async def create(self, people: Sequence[ObjectId], topic: str | None) -> DirectoryChat:
        """A new group chat. `Unavailable` may mean that there is one all the same: see `find_created`."""
        ...

    async def find_created(self, people: Sequence[ObjectId], *, since: datetime) -> DirectoryChat | None:
        """The group chat with exactly these people (the first of them is asked) that was created since."""
        ...

    async def get_chat(self, chat: ChatId) -> DirectoryChat:
        """The chat."""
        ...

    async def list_chats(self, person: ObjectId, *, at_most: int = 50) -> Sequence[DirectoryChat]:
        """The person's group and meeting chats, the one with the newest message first."""
        ...

    async def list_members(self, chat: ChatId) -> Sequence[ChatMember]:
        """Who is in the chat now."""
        ...

    async def add_member(self, chat: ChatId, person: ObjectId) -> None:
        """The person is in the chat and sees its whole history; raises `NotSupported` where the chat is full."""
        ...

    async def remove_member(self, chat: ChatId, person: ObjectId) -> None:
        """The person is not in the chat any more."""
        ...

    async def rename(self, chat: ChatId, topic: str) -> None:
        """The chat has this name; raises `BadRequest` for one that Teams does not take."""
        ...

    async def install(self, chat: ChatId) -> None:
        """The app is in the chat, with the permissions that it asks of chats."""
        ...

    async def list_teams(self, person: ObjectId) -> Sequence[Team]:
        """The teams that the person is a member of."""
        ...

    async def list_channels(self, team: str) -> Sequence[TeamChannel]:
        """The team's channels that all of its members see."""
        ...

    async def install_in_team(self, team: str) -> None:
        """The app is in the team."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteSubscription:
    """A subscription as the system that tells has it."""

    id: str
    expires_at: datetime
    target: SubscriptionTarget


class ChangeFeed(Protocol):
    """The system that tells.

    Every call may raise `Unavailable`, and `NotAllowed` that names the permission which the app lacks.
    """

    @property
    def fingerprint(self) -> str:
        """Names the address, client state and certificate that subscriptions are made with."""
        ...

    @property
    def tenant(self) -> str | None:
        """The tenant whose chats it covers; None in the sandbox, which has one of its own."""
        ...

    async def subscribe(self, target: SubscriptionTarget) -> RemoteSubscription:
        """A new subscription.

        Raises `Conflict` where there is one, `NotFound` where what it is for is not there, `BadRequest` where we could
        not be reached.
        """
        ...

    async def renew(self, subscription: str, target: SubscriptionTarget) -> RemoteSubscription:
        """The subscription with its full life before it; raises `NotFound` where it is gone."""
        ...

    async def unsubscribe(self, subscription: str) -> None:
        """There is no such subscription any more."""
        ...

    async def list_subscriptions(self) -> Sequence[RemoteSubscription]:
        """Those that the app has for this address."""
        ...
