"""Being told of changes in chats: what is kept of it, and the system that tells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.subscriptions import Lifecycle, Subscription, SyncedIn, Watch
from bot.domain.values import ChatId


class Subscriptions(Protocol):
    """The subscriptions that there are or are to be."""

    async def want(self, watches: Sequence[Watch], *, at: datetime) -> None:
        """They are wanted from now on; those that were keep their times."""
        ...

    async def drop_all(self, *, at: datetime) -> None:
        """Nobody wants any subscription any more."""
        ...

    async def drop_chats(self, *, but: Sequence[SyncedIn], at: datetime) -> None:
        """Of those on single chats only those on chats that are synced in one of these environments are wanted."""
        ...

    async def outdate(self, made_for: str, *, at: datetime) -> None:
        """Those that were made with something else are due, but for those that are put off for a hindrance."""
        ...

    async def unserved(self, synced: Sequence[SyncedIn], *, tenant: str | None, at_most: int) -> Sequence[ChatId]:
        """Chats that are synced in one of these environments and have no subscription of their own."""
        ...

    async def on_chats(self) -> int:
        """How many subscriptions on single chats there are or are to be."""
        ...

    async def at(self, watches: Sequence[Watch]) -> Mapping[Watch, Subscription]:
        """Those of them that are kept."""
        ...

    async def claim(self, *, at: datetime, until: datetime, at_most: int) -> Sequence[Subscription]:
        """Leases those that are due and that nobody else sees to, the longest due first."""
        ...

    async def put(self, subscription: Subscription, *, due_at: datetime, is_new: bool = False) -> None:
        """Keeps how it is now, when it is to be seen to next, and gives it back; whether it is wanted stays.

        What was heard of it since it was claimed stays too, and makes it due at once: that something was missed, and
        that it is gone, unless it `is_new` under its id.
        """
        ...

    async def ended(self, watch: Watch, *, at: datetime) -> None:
        """There is none any more; it is forgotten, unless somebody has wanted it meanwhile."""
        ...

    async def of(self, ids: Sequence[str]) -> Mapping[str, Watch]:
        """What those of them are for that are kept."""
        ...

    async def heard(self, events: Mapping[str, Lifecycle], *, at: datetime) -> None:
        """Something is the matter with these subscriptions: they are due."""
        ...

    async def ids(self, *, made_for: str | None = None) -> Mapping[str, Watch]:
        """What every subscription that there is is for, by its id; `made_for`: only those made with just this."""
        ...

    async def held(self, watch: Watch, *, at: datetime) -> bool:
        """Whether somebody sees to it just now."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribed:
    """A subscription as the system that tells has it."""

    id: str
    expires_at: datetime
    watch: Watch


class ChangeFeed(Protocol):
    """The system that tells.

    Every call may raise `Unavailable`, and `NotAllowed` that names the permission which the app lacks.
    """

    @property
    def made_for(self) -> str:
        """Names the address, client state and certificate that subscriptions are made with."""
        ...

    async def subscribe(self, watch: Watch) -> Subscribed:
        """A new subscription.

        Raises `Conflict` where there is one, `NotFound` where what it is for is not there, `BadRequest` where we could
        not be reached.
        """
        ...

    async def renew(self, subscription: str, watch: Watch) -> Subscribed:
        """The subscription with its full life before it; raises `NotFound` where it is gone."""
        ...

    async def unsubscribe(self, subscription: str) -> None:
        """There is no such subscription any more."""
        ...

    async def subscriptions(self) -> Sequence[Subscribed]:
        """Those that the app has for this address."""
        ...
