"""Transactions over everything that is kept."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.audit import Audit
from bot.store.cancellation import steady, to_its_end
from bot.store.change_tracking import ChangeLinks
from bot.store.chat_sync import ChatSync
from bot.store.chats import Chats
from bot.store.connections import Connections
from bot.store.engine import Engines
from bot.store.errors import trouble_told
from bot.store.inbox import Inbox
from bot.store.known_values import KnownValues
from bot.store.lanes import Lanes
from bot.store.new_chats import NewChats
from bot.store.notify import News, notify
from bot.store.outbox import Outbox
from bot.store.pruning import Pruning
from bot.store.queue_states import Overview
from bot.store.rate_history import Pace
from bot.store.reported_changes import ToldChanges
from bot.store.settings import StoredSettings
from bot.store.subscriptions import Subscriptions
from bot.store.timeline import Timeline


class UnitOfWork:
    """One transaction. Its parts share the connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.lanes = Lanes(connection)
        self.chats = Chats(connection)
        self.connections = Connections(connection)
        self.known_values = KnownValues(connection)
        self.inbox = Inbox(connection, self.lanes)
        self.outbox = Outbox(connection, self.lanes, self.known_values)
        self.pace = Pace(connection)
        self.change_links = ChangeLinks(connection)
        self.new_chats = NewChats(connection)
        self.chat_sync = ChatSync(connection, self.lanes)
        self.told_changes = ToldChanges(connection)
        self.subscriptions = Subscriptions(connection)
        self.timeline = Timeline(connection)
        self.audit = Audit(connection)
        self.settings = StoredSettings(connection)
        self.overview = Overview(connection, self.lanes)
        self.pruning = Pruning(connection)

    @property
    def news(self) -> tuple[News, ...]:
        """What others have to know of the transaction."""
        filled = (News(queue=queue) for queue in self.lanes.touched)
        gone = (News(left=chat) for chat in self.chats.abandoned)
        return (*filled, *gone, *([News(settings=True)] if self.settings.saved else []))


class Store:
    """Opens transactions and publishes their events after the commit. An error rolls the transaction back."""

    def __init__(self, engines: Engines, tell: Callable[[News], None]) -> None:
        self._engines = engines
        self._tell = tell

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[UnitOfWork]:
        """A transaction that only reads."""
        with trouble_told():
            async with steady(self._engines.reading) as connection:
                yield UnitOfWork(connection)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[UnitOfWork]:
        """A transaction that is committed at the end of the block, or undone by an error."""
        with trouble_told():
            async with steady(self._engines.writing) as connection:
                work = UnitOfWork(connection)
                yield work
                # Who gives up waiting here must not leave it open whether the commit took place.
                await to_its_end(self._commit(connection, work))

    async def _commit(self, connection: AsyncConnection, work: UnitOfWork) -> None:
        await notify(connection, work.news)
        await connection.commit()
        for each in work.news:
            self._tell(each)
