"""Build the workers: the queues' workers and the periodic jobs."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import timedelta

from bot.domain.queue_states import Queue
from bot.teams.sender import ConnectorMessageSender
from bot.wiring.services import Runtime
from bot.workers.chat_sync import StaleChatsJob, SyncHandler
from bot.workers.graph_subscriptions import SubscriptionsJob
from bot.workers.held_changes import HeldChangesJob
from bot.workers.inbox import InboxHandler
from bot.workers.missed_changes import MissedChangesJob
from bot.workers.outbox import OutboxHandler
from bot.workers.retention import RetentionJob
from bot.workers.worker import Worker

SYNC_CONCURRENCY = 15
"""Chats synced concurrently: more would only wait for each other's requests."""

Job = Callable[[], Coroutine[None, None, None]]


def build_workers(runtime: Runtime) -> Sequence[Job]:
    """Return the jobs that run as long as the process."""
    services, wakeups = runtime.services, runtime.event_hub.wakeups
    store, clock, limits = services.store, services.clock, services.limits
    sender = ConnectorMessageSender(runtime.connector)
    outbox_handler = OutboxHandler(services, teams=sender, metrics=runtime.metrics)
    inbox = Worker(
        Queue.INBOX, InboxHandler(services), store=store, clock=clock, limits=limits, wake=wakeups[Queue.INBOX]
    )
    outbox = Worker(Queue.OUTBOX, outbox_handler, store=store, clock=clock, limits=limits, wake=wakeups[Queue.OUTBOX])
    sync = Worker(
        Queue.SYNC,
        SyncHandler(services),
        store=store,
        clock=clock,
        limits=replace(limits, concurrency=SYNC_CONCURRENCY),
        wake=wakeups[Queue.SYNC],
    )
    retention = RetentionJob(
        store=store,
        clock=clock,
        retention=timedelta(days=runtime.settings.retention_days),
        first_after=limits.delete_after,
    )
    jobs = [
        MissedChangesJob(services).run,
        HeldChangesJob(services).run,
        StaleChatsJob(services=services).run,
        retention.run,
        retention.run_often,
    ]
    notifications = runtime.graph_notifications
    if notifications:
        jobs.append(SubscriptionsJob(services, notifications.subscriptions).run)
    return [inbox.run, outbox.run, sync.run, *jobs]
