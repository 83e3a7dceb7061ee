"""One transaction over everything that is kept."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from bot.ports.administration import Audit, KeptSettings
from bot.ports.chat_sync import ChatSync
from bot.ports.connections import Chats, Connections, KnownValues
from bot.ports.housekeeping import ChangeLinks, Pruning
from bot.ports.inbox import Inbox
from bot.ports.lanes import Lanes
from bot.ports.new_chats import NewChats
from bot.ports.outbox import Outbox, Pace
from bot.ports.overview import Overview
from bot.ports.subscriptions import Subscriptions
from bot.ports.timeline import Timeline
from bot.ports.told_changes import ToldChanges


class Work(Protocol):
    """One transaction over everything that is kept."""

    @property
    def chats(self) -> Chats: ...
    @property
    def connections(self) -> Connections: ...
    @property
    def known_values(self) -> KnownValues: ...
    @property
    def lanes(self) -> Lanes: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def pace(self) -> Pace: ...
    @property
    def change_links(self) -> ChangeLinks: ...
    @property
    def new_chats(self) -> NewChats: ...
    @property
    def chat_sync(self) -> ChatSync: ...
    @property
    def told_changes(self) -> ToldChanges: ...
    @property
    def subscriptions(self) -> Subscriptions: ...
    @property
    def timeline(self) -> Timeline: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def settings(self) -> KeptSettings: ...
    @property
    def overview(self) -> Overview: ...
    @property
    def pruning(self) -> Pruning: ...


class Store(Protocol):
    """Where things are kept. A block that ends with an error leaves nothing behind."""

    def reading(self) -> AbstractAsyncContextManager[Work]: ...

    def writing(self) -> AbstractAsyncContextManager[Work]: ...
