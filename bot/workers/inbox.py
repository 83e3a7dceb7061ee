"""Process the inbox: the events of one record, or one job."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

from bot.domain.errors import NotSupported
from bot.domain.jobs import CardJob, ChatJob, EnvironmentJob, JobKind, PendingWork
from bot.domain.queue_states import Queue
from bot.domain.values import EnvironmentId
from bot.features.chat_sync.enqueue_stale_chats import enqueue_chats_of_environment
from bot.features.key_fields.catch_up import post_after_mute, post_catch_up, post_held_changes
from bot.features.key_fields.notify_changes import notify_changes
from bot.features.key_fields.notify_deletion import notify_deletion
from bot.features.key_fields.take_values import take_values
from bot.features.key_fields.webhook_registration import update_webhook
from bot.features.notifications.follow_rules import follow_rules
from bot.features.notifications.post_card import post_card
from bot.features.shared.services import Services
from bot.store.unit_of_work import UnitOfWork
from bot.workers.attempts import Attempts, Origin
from bot.workers.worker import LaneResult

_CHAT_JOBS: Mapping[JobKind, Callable[[Services, ChatJob, Sequence[str]], Awaitable[None]]] = {
    JobKind.CATCH_UP: post_catch_up,
    JobKind.HELD_CHANGES: post_held_changes,
}
_ENVIRONMENT_JOBS: Mapping[JobKind, Callable[[Services, EnvironmentId, Sequence[str]], Awaitable[None]]] = {
    JobKind.FOLLOW_SETTINGS: update_webhook,
    JobKind.TAKE_VALUES: take_values,
    JobKind.FOLLOW_RULES: follow_rules,
    JobKind.SYNC_ALL: enqueue_chats_of_environment,
}


class InboxHandler:
    """Notifies chats of the events of a record, or runs a job; schedules another attempt on failure.

    See `bot.workers.worker.LaneHandler`. Each feature completes the events or jobs itself, in one transaction with the
    messages that it enqueues.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._attempts = Attempts(
            store=services.store,
            clock=services.clock,
            event="inbox.processing_failed",
            record_failure=lambda work: work.inbox.record_failure,
            queue=Queue.INBOX,
            dead_letter_counts=services.dead_letter_counts,
            tracer=services.tracer,
        )

    async def fetch(self, work: UnitOfWork, lanes: Sequence[str]) -> Mapping[str, PendingWork]:
        """Return the pending work of each lane."""
        return await work.inbox.pending(lanes)

    async def process(self, lane: str, pending: PendingWork) -> LaneResult[None]:
        """Process the work; schedule another attempt on failure."""
        work = pending.job.kind.value if pending.job else "events"
        origin = Origin(work=work, correlation_id=pending.correlation_id, traces=pending.traces)
        return await self._attempts.run(lane, origin, partial(self._dispatch, pending))

    async def _dispatch(self, pending: PendingWork) -> None:
        if pending.is_unreadable:
            raise NotSupported(
                "This version of Chat Sync cannot read stored work.", "Run the same version in all processes."
            )
        match pending.job:
            case ChatJob(kind=JobKind.END_MUTE) as job:
                await post_after_mute(self._services, job, pending.keys)
            case ChatJob(kind=kind) as job:
                await _CHAT_JOBS[kind](self._services, job, pending.keys)
            case EnvironmentJob(kind=kind, environment=environment):
                await _ENVIRONMENT_JOBS[kind](self._services, environment, pending.keys)
            case CardJob(card_id=card):
                await post_card(self._services, card, pending.keys)
            case None:
                is_deleted = any(event.deleted for event in pending.events)
                await (notify_deletion if is_deleted else notify_changes)(self._services, pending.events)

    async def commit(self, work: UnitOfWork, results: Sequence[None]) -> None:
        """Commit nothing: the features have stored their results."""

    def committed(self, results: Sequence[None]) -> None:
        """Do nothing."""
