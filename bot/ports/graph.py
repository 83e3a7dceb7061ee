"""Ports to Microsoft Graph.

Each call may raise `Unavailable`, and `NotAllowed` with the missing permission and who can grant it.
Graph is called as the app: check the user's rights before each call (spec S7).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.directory import ChatMember, DirectoryChat, DirectoryPerson, Photo, Presence, Team, TeamChannel
from bot.domain.subscriptions import SubscriptionTarget
from bot.domain.values import ChatId, ObjectId


class Directory(Protocol):
    """The people of the organization."""

    async def get_people(self, ids: Sequence[ObjectId]) -> Mapping[ObjectId, DirectoryPerson]:
        """Return the people who are in the directory."""
        ...

    async def search(self, words: str, *, at_most: int) -> Sequence[DirectoryPerson]:
        """Return people whose name or address starts with the words; without words, the first people by name."""
        ...

    async def presence(self, ids: Sequence[ObjectId]) -> Mapping[ObjectId, Presence]:
        """Return the presence of each person."""
        ...

    async def photo(self, person: ObjectId) -> Photo | None:
        """Return the person's photo of 48 pixels, or None if there is none that can be shown."""
        ...

    async def with_teams_license(self, ids: Sequence[ObjectId]) -> frozenset[ObjectId]:
        """Return the people with a Teams license (spec A3)."""
        ...

    async def without_teams_license(self, ids: Sequence[ObjectId]) -> frozenset[ObjectId]:
        """Return the people without a Teams license; leave out those whose licenses cannot be read."""
        ...

    async def is_global_administrator(self, person: ObjectId) -> bool:
        """Return whether the person has Entra's role Global Administrator, directly or through a group (spec S2)."""
        ...


class ChatDirectory(Protocol):
    """Group chats, teams, and channels. Calls on a chat raise `NotFound` if the app cannot see it."""

    async def create(
        self, people: Sequence[ObjectId], topic: str | None, *, guests: Collection[ObjectId] = ()
    ) -> DirectoryChat:
        """Create a group chat. After `Unavailable` it may exist: see `find_created`.

        `guests` are the guests of the organization among the people, which Graph requires to know.
        """
        ...

    async def find_created(self, people: Sequence[ObjectId], *, since: datetime) -> DirectoryChat | None:
        """Return the group chat with exactly these people that was created since then, or None.

        The search covers the chats of the first person.
        """
        ...

    async def get_chat(self, chat: ChatId) -> DirectoryChat:
        """Return the chat."""
        ...

    async def get_chats(self, chats: Sequence[ChatId]) -> Mapping[ChatId, DirectoryChat]:
        """Return the chats that the app can see, with members; those of a large chat are incomplete."""
        ...

    async def list_chats(self, person: ObjectId, *, at_most: int = 50) -> Sequence[DirectoryChat]:
        """Return the person's group and meeting chats, the latest message first."""
        ...

    async def list_members(self, chat: ChatId) -> Sequence[ChatMember]:
        """Return the current members of the chat."""
        ...

    async def add_member(self, chat: ChatId, person: ObjectId, *, guest: bool = False) -> None:
        """Add the person with the whole history; raises `NotSupported` if the chat is full."""
        ...

    async def remove_member(self, chat: ChatId, person: ObjectId) -> None:
        """Remove the person from the chat."""
        ...

    async def rename(self, chat: ChatId, topic: str) -> None:
        """Rename the chat; raises `BadRequest` if Teams rejects the name."""
        ...

    async def install(self, chat: ChatId) -> None:
        """Install the app in the chat with its permissions for chats."""
        ...

    async def list_teams(self, person: ObjectId) -> Sequence[Team]:
        """Return the teams of the person."""
        ...

    async def list_channels(self, team: str) -> Sequence[TeamChannel]:
        """Return the team's standard channels, which all members see."""
        ...

    async def channels_of(self, teams: Sequence[str]) -> Mapping[str, Sequence[TeamChannel]]:
        """Return the standard channels of each team that the app can see."""
        ...

    async def create_channel(self, team: str, name: str) -> TeamChannel:
        """Create a standard channel; raises `BadRequest` if Teams rejects it. After `Unavailable` it may exist."""
        ...

    async def install_in_team(self, team: str) -> None:
        """Install the app in the team."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteSubscription:
    """A subscription in Microsoft Graph."""

    id: str
    expires_at: datetime
    target: SubscriptionTarget


class ChangeFeed(Protocol):
    """Subscriptions to changes of chats in Microsoft Graph.

    Each call may raise `Unavailable`, and `NotAllowed` with the missing permission.
    """

    @property
    def fingerprint(self) -> str:
        """Return a fingerprint of the address, client state, and certificate of new subscriptions."""
        ...

    @property
    def tenant(self) -> str | None:
        """The tenant whose chats it covers; None in the sandbox, which has one of its own."""
        ...

    async def subscribe(self, target: SubscriptionTarget) -> RemoteSubscription:
        """Create a subscription.

        Raises `Conflict` if there is one, `NotFound` if the target does not exist, and `BadRequest` if Graph cannot
        reach our address.
        """
        ...

    async def renew(self, subscription: str, target: SubscriptionTarget) -> RemoteSubscription:
        """Extend the subscription to its maximum lifetime; raises `NotFound` if it does not exist."""
        ...

    async def unsubscribe(self, subscription: str) -> None:
        """Delete the subscription, which may be deleted already."""
        ...

    async def list_subscriptions(self) -> Sequence[RemoteSubscription]:
        """Return the app's subscriptions for this address."""
        ...
