"""The post room: what works off the queues, looks for what was missed, and keeps the tables short.

It belongs to the composition root: `bot.wiring.application` alone uses it.
"""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import timedelta

from bot.dataverse.chat_activity_rows import DataverseChatActivityRows
from bot.dataverse.teams_associations import DataverseTeamsAssociations
from bot.domain.queue_states import Queue
from bot.features.chat_sync.enqueue_stale_chats import FindUnlooked
from bot.features.chat_sync.fetch_chat import LookAtChat
from bot.features.chat_sync.mirror_chat import MirrorChat
from bot.features.chat_sync.sync_chat import SyncChat
from bot.features.chat_sync.write_row import ShowChat
from bot.features.graph_subscriptions.maintain import KeepSubscriptions
from bot.features.graph_subscriptions.reconcile import CompareSubscriptions
from bot.features.key_fields.catch_up import CatchUp
from bot.features.key_fields.find_missed_changes import FindMissed
from bot.features.key_fields.follow_merge import FollowMerge
from bot.features.key_fields.lifecycle_news import FindAbsentOwner
from bot.features.key_fields.notify_changes import TellKeyFields
from bot.features.key_fields.notify_deletion import TellDeletion
from bot.features.key_fields.read_facts import ReadKeyFieldFacts
from bot.features.shared.roster_cache import FindReaders
from bot.teams.sender import ConnectorMessageSender
from bot.wiring.services import Foundation
from bot.workers.chat_sync import StaleChatsJob, SyncHandler
from bot.workers.graph_subscriptions import SubscriptionsJob
from bot.workers.inbox import InboxHandler
from bot.workers.limits import Limits
from bot.workers.missed_changes import MissedChangesJob
from bot.workers.outbox import OutboxHandler
from bot.workers.rate_limiter import RateLimiter
from bot.workers.retention import RetentionJob
from bot.workers.worker import Worker

SYNC_AT_ONCE = 15
"""Chats that are brought up to date side by side: more would only wait for each other's requests."""

Job = Callable[[], Coroutine[None, None, None]]


def post_room(base: Foundation, limits: Limits) -> Sequence[Job]:
    """Jobs that last as long as the process."""
    wakes = base.switchboard.wakeups
    send_lane = OutboxHandler(
        store=base.store,
        teams=ConnectorMessageSender(base.connector),
        clock=base.clock,
        limits=limits,
        metrics=base.metrics,
    )
    inbox = Worker(
        Queue.INBOX,
        _tell_lane(base, limits),
        store=base.store,
        clock=base.clock,
        limits=limits,
        wake=wakes[Queue.INBOX],
    )
    outbox = Worker(
        Queue.OUTBOX, send_lane, store=base.store, clock=base.clock, limits=limits, wake=wakes[Queue.OUTBOX]
    )
    keep = timedelta(days=base.settings.retention_days)
    pruner = RetentionJob(store=base.store, clock=base.clock, retention=keep)
    sync = Worker(
        Queue.SYNC,
        sync_lane(base, limits),
        store=base.store,
        clock=base.clock,
        limits=replace(limits, concurrency=SYNC_AT_ONCE),
        wake=wakes[Queue.SYNC],
    )
    slow_look = StaleChatsJob(find_unlooked=FindUnlooked(store=base.store, clock=base.clock), clock=base.clock)
    return [inbox.run, outbox.run, sync.run, _safety_net(base).run, slow_look.run, pruner.run, *_subscriber(base)]


def sync_lane(base: Foundation, limits: Limits) -> SyncHandler:
    """What brings the rows of synced chats up to date, at the pace of the limits."""
    clients = base.dataverse
    if limits.sync:
        budget = RateLimiter(limits.sync, store=base.store, clock=base.clock)
        clients = {name: each.throttled(budget.limiter(f"sync {name}")) for name, each in clients.items()}
    mirror = MirrorChat(
        store=base.store, associations=DataverseTeamsAssociations(clients), administration=base.administration
    )
    sync_chat = SyncChat(
        mirror=mirror,
        store=base.store,
        show=ShowChat(
            rows=DataverseChatActivityRows(clients, base.records.tables), records=base.records, clock=base.clock
        ),
        look=LookAtChat(roster=base.gates.roster, chats=base.chat_directory, clock=base.clock),
        administration=base.administration,
        clock=base.clock,
        row_every=limits.row_interval,
    )
    return SyncHandler(store=base.store, sync_chat=sync_chat, clock=base.clock)


def _tell_lane(base: Foundation, limits: Limits) -> InboxHandler:
    facts = ReadKeyFieldFacts(records=base.records, administration=base.administration)
    return InboxHandler(
        store=base.store,
        tell_key_fields=TellKeyFields(
            store=base.store,
            read_facts=facts,
            find_absent_owner=FindAbsentOwner(roster=base.gates.roster),
            find_readers=FindReaders(roster=base.gates.roster, clock=base.clock, patience_s=limits.answer_within_s),
            follow_merge=FollowMerge(store=base.store, records=base.records, links=base.links, clock=base.clock),
            links=base.links,
            clock=base.clock,
        ),
        tell_deletion=TellDeletion(
            store=base.store, records=base.records, administration=base.administration, clock=base.clock
        ),
        catch_up=CatchUp(
            store=base.store,
            records=base.records,
            administration=base.administration,
            links=base.links,
            clock=base.clock,
        ),
        register_events=base.register_events,
        find_unlooked=FindUnlooked(store=base.store, clock=base.clock),
        clock=base.clock,
    )


def _safety_net(base: Foundation) -> MissedChangesJob:
    find_missed = FindMissed(
        store=base.store,
        records=base.records,
        administration=base.administration,
        links=base.links,
        clock=base.clock,
    )
    return MissedChangesJob(find_missed=find_missed, clock=base.clock)


def _subscriber(base: Foundation) -> Sequence[Job]:
    if base.feed is None:
        return []
    subscriptions = base.feed.subscriptions
    keep = KeepSubscriptions(
        store=base.store,
        administration=base.administration,
        links=base.links,
        feed=subscriptions,
        clock=base.clock,
        tenant=base.feed.tenant,
    )
    compare = CompareSubscriptions(store=base.store, feed=subscriptions, clock=base.clock)
    return [SubscriptionsJob(keep=keep, compare=compare, clock=base.clock).run]
