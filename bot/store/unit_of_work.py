"""Transactions over everything that is kept."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports import News
from bot.store.audit import AuditRows
from bot.store.cancellation import steady, to_its_end
from bot.store.change_tracking import ChangeLinkRows
from bot.store.chat_sync import ChatSyncRows
from bot.store.chats import ChatRows
from bot.store.connections import ConnectionRows
from bot.store.engine import Engines
from bot.store.errors import trouble_told
from bot.store.inbox import InboxRows
from bot.store.known_values import KnownValueRows
from bot.store.lanes import LaneRows
from bot.store.new_chats import NewChatRows
from bot.store.notify import notify
from bot.store.outbox import OutboxRows
from bot.store.pruning import Pruner
from bot.store.queue_states import OverviewRows
from bot.store.rate_history import PaceRows
from bot.store.reported_changes import ToldChangeRows
from bot.store.settings import SettingsRows
from bot.store.subscriptions import SubscriptionRows
from bot.store.timeline import TimelineRows


class SqlWork:
    """One transaction. Its parts share the connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.lanes = LaneRows(connection)
        self.chats = ChatRows(connection)
        self.connections = ConnectionRows(connection)
        self.known_values = KnownValueRows(connection)
        self.inbox = InboxRows(connection, self.lanes)
        self.outbox = OutboxRows(connection, self.lanes, self.known_values)
        self.pace = PaceRows(connection)
        self.change_links = ChangeLinkRows(connection)
        self.new_chats = NewChatRows(connection)
        self.chat_sync = ChatSyncRows(connection, self.lanes)
        self.told_changes = ToldChangeRows(connection)
        self.subscriptions = SubscriptionRows(connection)
        self.timeline = TimelineRows(connection)
        self.audit = AuditRows(connection)
        self.settings = SettingsRows(connection)
        self.overview = OverviewRows(connection, self.lanes)
        self.pruning = Pruner(connection)

    @property
    def news(self) -> tuple[News, ...]:
        """What others have to know of the transaction."""
        filled = (News(queue=queue) for queue in self.lanes.touched)
        gone = (News(left=chat) for chat in self.chats.abandoned)
        return (*filled, *gone, *([News(settings=True)] if self.settings.saved else []))


class SqlStore:
    """Opens transactions; passes on the news of each, once it is committed."""

    def __init__(self, engines: Engines, tell: Callable[[News], None]) -> None:
        self._engines = engines
        self._tell = tell

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[SqlWork]:
        """A transaction that only reads."""
        with trouble_told():
            async with steady(self._engines.reading) as connection:
                yield SqlWork(connection)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[SqlWork]:
        """A transaction that is committed at the end of the block, or undone by an error."""
        with trouble_told():
            async with steady(self._engines.writing) as connection:
                work = SqlWork(connection)
                yield work
                # Who gives up waiting here must not leave it open whether the commit took place.
                await to_its_end(self._commit(connection, work))

    async def _commit(self, connection: AsyncConnection, work: SqlWork) -> None:
        await notify(connection, work.news)
        await connection.commit()
        for each in work.news:
            self._tell(each)
