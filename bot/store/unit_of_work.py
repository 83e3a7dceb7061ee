"""Transactions over all tables of the store."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.audit import Audit
from bot.store.cancellation import cancel_safe, shielded
from bot.store.change_tracking import ChangeTracking
from bot.store.chat_sync import ChatSync
from bot.store.chats import Chats
from bot.store.connections import Connections
from bot.store.decision_history import DecisionHistory
from bot.store.decisions import Decisions
from bot.store.engine import Engines
from bot.store.erasure.erasure import Erasure
from bot.store.errors import translate_errors
from bot.store.inbox import Inbox
from bot.store.known_values import ReportedValues
from bot.store.lanes import Lanes
from bot.store.mention_opt_outs import MentionOptOuts
from bot.store.new_chats import NewChats
from bot.store.notification_rules import NotificationRules
from bot.store.notify import StoreEvent, notify
from bot.store.open_panes import OpenPanes
from bot.store.organizations import Organizations
from bot.store.outbox import Outbox
from bot.store.own_changes import OwnChangeLog
from bot.store.pane_sessions import PaneSessions
from bot.store.pane_sign_ins import PaneSignIns
from bot.store.pane_state import PaneState
from bot.store.posted_cards import PostedCards
from bot.store.private_answers import PrivateAnswers
from bot.store.pruning import Pruning
from bot.store.queue_states import QueueStates
from bot.store.rate_history import RateHistory
from bot.store.reported_changes import ReportedChanges
from bot.store.settings import StoredSettings
from bot.store.signing_keys import SigningKeys
from bot.store.stale_chats import StaleChats
from bot.store.subscriptions import Subscriptions
from bot.store.timeline import Timeline


class UnitOfWork:
    """One transaction. Its parts share the connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.lanes = Lanes(connection)
        self.chats = Chats(connection)
        self.reported_values = ReportedValues(connection)
        self.inbox = Inbox(connection, self.lanes)
        self.posted_cards = PostedCards(connection, self.inbox)
        self.connections = Connections(connection, self.posted_cards)
        self.outbox = Outbox(connection, self.lanes, self.reported_values)
        self.rate_history = RateHistory(connection)
        self.change_tracking = ChangeTracking(connection)
        self.new_chats = NewChats(connection)
        self.chat_sync = ChatSync(connection, self.lanes)
        self.stale_chats = StaleChats(connection)
        self.reported_changes = ReportedChanges(connection)
        self.notification_rules = NotificationRules(connection)
        self.decisions = Decisions(connection)
        self.decision_history = DecisionHistory(connection)
        self.own_changes = OwnChangeLog(connection)
        self.mention_opt_outs = MentionOptOuts(connection)
        self.private_answers = PrivateAnswers(connection)
        self.pane_state = PaneState(connection)
        self.pane_sessions = PaneSessions(connection)
        self.open_panes = OpenPanes(connection)
        self.pane_sign_ins = PaneSignIns(connection)
        self.subscriptions = Subscriptions(connection)
        self.timeline = Timeline(connection)
        self.audit = Audit(connection)
        self.settings = StoredSettings(connection)
        self.organizations = Organizations(connection)
        self.signing_keys = SigningKeys(connection)
        self.queue_states = QueueStates(connection, self.lanes, self.reported_values)
        self.pruning = Pruning(connection)
        self.erasure = Erasure(connection, self.chats)

    @property
    def events(self) -> tuple[StoreEvent, ...]:
        """Return the events to publish after the commit."""
        filled = (StoreEvent(queue=queue) for queue in self.lanes.touched)
        gone = (StoreEvent(left_chat=chat) for chat in self.chats.left_chats)
        return (*filled, *gone, *([StoreEvent(settings_saved=True)] if self.settings.saved else []))


class Store:
    """Opens transactions and publishes their events after the commit."""

    def __init__(self, engines: Engines, publish: Callable[[StoreEvent], None]) -> None:
        self._engines = engines
        self._publish = publish

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[UnitOfWork]:
        """Open a transaction that only reads."""
        with translate_errors():
            async with cancel_safe(self._engines.reading) as connection:
                yield UnitOfWork(connection)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[UnitOfWork]:
        """Open a transaction that is committed at the end of the block. An error rolls it back."""
        with translate_errors():
            async with cancel_safe(self._engines.writing) as connection:
                work = UnitOfWork(connection)
                yield work
                # A cancellation must not leave it unknown whether the commit succeeded.
                await shielded(self._commit(connection, work))

    async def _commit(self, connection: AsyncConnection, work: UnitOfWork) -> None:
        await notify(connection, work.events)
        await connection.commit()
        for each in work.events:
            self._publish(each)
