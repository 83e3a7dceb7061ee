"""Transactions over all tables of the store."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cached_property

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
    """One transaction. Its parts share the connection. Most transactions use few of them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    lanes = cached_property(lambda work: Lanes(work.connection))
    chats = cached_property(lambda work: Chats(work.connection))
    reported_values = cached_property(lambda work: ReportedValues(work.connection))
    inbox = cached_property(lambda work: Inbox(work.connection, work.lanes))
    posted_cards = cached_property(lambda work: PostedCards(work.connection, work.inbox))
    connections = cached_property(lambda work: Connections(work.connection, work.posted_cards))
    outbox = cached_property(lambda work: Outbox(work.connection, work.lanes, work.reported_values))
    rate_history = cached_property(lambda work: RateHistory(work.connection))
    change_tracking = cached_property(lambda work: ChangeTracking(work.connection))
    new_chats = cached_property(lambda work: NewChats(work.connection))
    chat_sync = cached_property(lambda work: ChatSync(work.connection, work.lanes))
    stale_chats = cached_property(lambda work: StaleChats(work.connection))
    reported_changes = cached_property(lambda work: ReportedChanges(work.connection))
    notification_rules = cached_property(lambda work: NotificationRules(work.connection))
    decisions = cached_property(lambda work: Decisions(work.connection))
    decision_history = cached_property(lambda work: DecisionHistory(work.connection))
    own_changes = cached_property(lambda work: OwnChangeLog(work.connection))
    mention_opt_outs = cached_property(lambda work: MentionOptOuts(work.connection))
    private_answers = cached_property(lambda work: PrivateAnswers(work.connection))
    pane_state = cached_property(lambda work: PaneState(work.connection))
    pane_sessions = cached_property(lambda work: PaneSessions(work.connection))
    open_panes = cached_property(lambda work: OpenPanes(work.connection))
    pane_sign_ins = cached_property(lambda work: PaneSignIns(work.connection))
    subscriptions = cached_property(lambda work: Subscriptions(work.connection))
    timeline = cached_property(lambda work: Timeline(work.connection))
    audit = cached_property(lambda work: Audit(work.connection))
    settings = cached_property(lambda work: StoredSettings(work.connection))
    organizations = cached_property(lambda work: Organizations(work.connection))
    signing_keys = cached_property(lambda work: SigningKeys(work.connection))
    queue_states = cached_property(lambda work: QueueStates(work.connection, work.lanes, work.reported_values))
    pruning = cached_property(lambda work: Pruning(work.connection))
    erasure = cached_property(lambda work: Erasure(work.connection, work.chats))

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
