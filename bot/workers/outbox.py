"""Send the messages of a chat in order, at the rate that Teams allows (spec K8, K9)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.errors import BotAbsent, ChatSyncError
from bot.domain.jobs import ChatJob, JobKind
from bot.domain.outgoing_messages import PendingMessage, Subject
from bot.domain.posted_cards import CardKind
from bot.domain.queue_states import Queue
from bot.domain.rate_windows import earliest_post, longest_span
from bot.domain.send_outcomes import (
    OUTCOME_NAMES,
    ChatNotFound,
    ChatUnreachable,
    Dropped,
    DropReason,
    MessageNotFound,
    Rejected,
    RetryLater,
    SendOutcome,
    Sent,
)
from bot.domain.switches import Settings, drop_reason, reportable_subjects
from bot.domain.values import Chat, ChatId
from bot.features.shared.chat_presence import leave_chat
from bot.features.shared.services import Services
from bot.logs import get_logger, with_correlation_id
from bot.metrics import Metrics
from bot.ports.teams import MessageSender
from bot.store.unit_of_work import UnitOfWork
from bot.tracing import SpanKind
from bot.workers.attempts import BACKOFF, GIVE_UP_AFTER
from bot.workers.post_times import PostTimes
from bot.workers.rate_limiter import RateLimiter
from bot.workers.worker import LaneResult

_SHORT_WAIT = timedelta(milliseconds=250)
"""A wait this short is not worth releasing the lane for."""

_SECOND_LOOK_AFTER_S = 60.0
"""Time after which a chat that Teams did not find is tried again, before it is given up."""

_SECOND_EDIT_AFTER_S = 5.0
"""Time after which a message that Teams did not find is edited again, before a new one takes its place."""

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendResult:
    """The outcome of sending a message, and when it was known."""

    message: PendingMessage
    outcome: SendOutcome | Dropped
    at: datetime
    summarize_again: tuple[Subject, ...] = ()
    """The subjects of a dropped message whose changes a new summary reports."""

    @property
    def is_final_attempt(self) -> bool:
        """True if the message has failed for as long as messages are retried."""
        return self.at - self.message.enqueued_at >= GIVE_UP_AFTER

    @property
    def is_given_up(self) -> bool:
        """True if the message becomes a dead letter, and not because its chat is gone."""
        if isinstance(self.outcome, RetryLater):
            return self.is_final_attempt
        return isinstance(self.outcome, Rejected)


class OutboxHandler:
    """Posts the first message of a chat's lane. See `bot.workers.worker.LaneHandler`."""

    def __init__(self, services: Services, *, teams: MessageSender, metrics: Metrics) -> None:
        self._services = services
        self._teams = teams
        self._clock = services.clock
        self._metrics = metrics
        self._times = PostTimes()
        self._windows, tenant = services.limits.chat, services.limits.tenant
        self._rate_limiter = RateLimiter(tenant, store=services.store, clock=self._clock) if tenant else None

    async def fetch(self, work: UnitOfWork, lanes: Sequence[str]) -> Mapping[str, PendingMessage]:
        """Return the first message of each lane, with the times of recent posts into its chat."""
        since = self._clock.now() - longest_span(self._windows)
        chats = [ChatId(lane) for lane in lanes]
        posts = await work.rate_history.posts_since(chats, since) if self._windows else {}
        return await work.outbox.next_messages(lanes, posts)

    async def process(self, lane: str, pending: PendingMessage) -> LaneResult[SendResult]:
        """Post the message as soon as the rate limits allow it; postpone the lane if that takes too long.

        Drop a message that nobody asked for if a setting or a disconnect rules it out (spec S1).
        """
        dropped = await self._dropped(pending)
        postponed_until = None if dropped else await self._wait_for_limits(pending)
        if postponed_until:
            return LaneResult(lane, not_before=postponed_until)
        # An administrator may have changed the setting during the wait.
        dropped = dropped or await self._dropped(pending)
        if dropped:
            self._count(dropped)
            return LaneResult(lane, dropped)
        return await self._send(lane, pending)

    async def _send(self, lane: str, pending: PendingMessage) -> LaneResult[SendResult]:
        begun = self._services.tracer.begin("outbox post", SpanKind.CONSUMER, [pending.trace])
        with with_correlation_id(pending.correlation_id) as correlation_id, begun as step:
            step.set("chatsync.correlation_id", correlation_id)
            with self._metrics.send_seconds.time():
                first = await self._post(pending)
            outcome = await self._look_again(pending, first)
            outcome_name = OUTCOME_NAMES[type(outcome)]
            step.set("chatsync.outcome", outcome_name)
            if not isinstance(outcome, Sent):
                _log.info("outbox.message_posted", outcome=outcome_name, reason=getattr(outcome, "reason", None))
        posted = SendResult(message=pending, outcome=outcome, at=self._clock.now())
        self._count(posted)
        if isinstance(outcome, RetryLater) and not posted.is_final_attempt:
            return LaneResult(lane, posted, BACKOFF.next_attempt_at(posted.at, pending.attempts, outcome.retry_after_s))
        return LaneResult(lane, posted)

    async def _post(self, pending: PendingMessage) -> SendOutcome:
        card = pending.card
        if card is None:
            return await self._teams.send(pending.chat, pending.activity)
        if card.kind is None:
            return Rejected(reason="The card is no longer stored.")
        return await self._teams.send_card(pending.chat, pending.activity, card.activity_id)

    async def _look_again(self, pending: PendingMessage, outcome: SendOutcome) -> SendOutcome:
        """Return the outcome for a chat that Teams did not find: retry, until a second look shows that it is gone.

        At the second attempt, the roster is asked as well. The failure of the first attempt is stored. A message to
        edit is gone if Teams does not find it twice.
        """
        if isinstance(outcome, MessageNotFound) and pending.last_failure != outcome.reason:
            return RetryLater(reason=outcome.reason, retry_after_s=_SECOND_EDIT_AFTER_S)
        if not isinstance(outcome, ChatNotFound):
            return outcome
        if pending.last_failure != outcome.reason:
            return RetryLater(reason=outcome.reason, retry_after_s=_SECOND_LOOK_AFTER_S)
        gave_up_at = pending.enqueued_at + GIVE_UP_AFTER
        if self._clock.now() >= gave_up_at or not await self._exists(pending.chat):
            return ChatUnreachable(reason=outcome.reason)
        return RetryLater(reason=outcome.reason)

    async def _exists(self, chat: Chat) -> bool:
        """Return False if Teams does not list the members of the chat either; True if it gives no clear answer."""
        try:
            await self._services.roster.members(chat)
        except BotAbsent:
            return False
        except ChatSyncError:
            return True
        return True

    async def _dropped(self, pending: PendingMessage) -> SendResult | None:
        """Return the result if a setting or a disconnect rules the message out; None if it can be sent."""
        if not any(subject.switch for subject in pending.subjects):
            return None
        services = self._services
        settings: Settings = {each: await services.administration.settings(each) for each in services.environments}
        reason = drop_reason(pending.subjects, settings)
        if reason is None and pending.disconnected:
            reason = DropReason.DISCONNECTED
        if reason is None:
            return None
        with with_correlation_id(pending.correlation_id):
            _log.info("outbox.message_dropped", reason=reason.value)
        return SendResult(
            message=pending,
            outcome=Dropped(reason=reason),
            at=self._clock.now(),
            summarize_again=reportable_subjects(pending.subjects, settings),
        )

    async def _wait_for_limits(self, message: PendingMessage) -> datetime | None:
        now = self._clock.now()
        at = earliest_post(self._windows, self._times.credible(message.posts, now), now)
        if at - now > _SHORT_WAIT:
            return at
        await self._clock.sleep((at - now).total_seconds())
        if self._rate_limiter is None:
            return None
        return await self._rate_limiter.acquire(message.chat.tenant_id, yields=message.is_summary)

    def _count(self, posted: SendResult) -> None:
        self._metrics.messages.labels(OUTCOME_NAMES[type(posted.outcome)]).inc()
        if posted.is_given_up:
            self._services.dead_letter_counts[Queue.OUTBOX,] += 1
        caused_at = posted.message.caused_at
        if caused_at and isinstance(posted.outcome, Sent):
            self._metrics.change_to_card_seconds.observe((posted.at - caused_at).total_seconds())

    async def commit(self, work: UnitOfWork, results: Sequence[SendResult]) -> None:
        """Store the outcomes of the messages."""
        await _store_cards(work, results)
        sent = [each for each in results if isinstance(each.outcome, Sent) and each.message.card is None]
        if sent:
            await work.outbox.mark_sent([each.message.id for each in sent], at=sent[-1].at)
        if self._windows:
            posts = [each for each in results if not isinstance(each.outcome, Dropped)]
            await work.rate_history.add_posts([(each.message.chat.id, each.at) for each in posts])
        for each in results:
            await _store_failure(work, each)

    def committed(self, results: Sequence[SendResult]) -> None:
        """Log the messages that Teams accepted in one line. One for each takes a sixth of the time of a card."""
        ids = [each.message.correlation_id for each in results if isinstance(each.outcome, Sent)]
        if ids:
            _log.info("outbox.messages_sent", messages=len(ids), correlation_ids=ids)


async def _store_cards(work: UnitOfWork, results: Sequence[SendResult]) -> None:
    """Store the IDs of posted cards in the transaction that completes their messages, cards first (see `PostedCards`).

    A message that got another content during its post stays pending, and is sent again as an edit.
    """
    cards = [(each, each.message.card, each.outcome) for each in results if each.message.card]
    sent = [(each, card, outcome) for each, card, outcome in cards if isinstance(outcome, Sent)]
    if sent:
        posted = {card.card_id: outcome.activity_id for _, card, outcome in sent}
        await work.posted_cards.record_posts(posted, at=sent[-1][0].at)
    for each, card, _ in sent:
        await work.outbox.mark_card_sent(each.message.id, card.version, at=each.at)


async def _store_failure(work: UnitOfWork, posted: SendResult) -> None:
    message, at = posted.message, posted.at
    match posted.outcome:
        case RetryLater(reason=reason) | Rejected(reason=reason) if posted.is_given_up:
            await work.outbox.dead_letter(message.id, reason, at=at)
        case RetryLater(reason=reason):
            await work.outbox.record_failure(message.id, reason)
        case Dropped(reason=drop):
            await _drop(work, posted, drop)
        case MessageNotFound() if message.card and not message.subjects:
            # It would only have said that the card is no longer edited.
            await work.outbox.mark_sent([message.id], at=at)
        case MessageNotFound() if message.card:
            # The message stays pending, so the next attempt posts a new one.
            await work.posted_cards.lose(message.card.card_id)
        case ChatUnreachable(reason=reason):
            # No message reaches the chat until the bot is added again; then one card sums up what the chat missed.
            await leave_chat(work, message.chat.id, reason, at=at)


async def _drop(work: UnitOfWork, result: SendResult, reason: DropReason) -> None:
    message, at = result.message, result.at
    if message.card and message.card.kind is CardKind.SUMMARY:
        # Its changes count as not reported, so they must not be in the next summary.
        await work.posted_cards.abandon(message.card.card_id, at=at)
    await work.outbox.drop(message.id, reason, at=at)
    if result.summarize_again:
        restored = await work.outbox.restore_reported(message.id, result.summarize_again)
        await work.connections.reopen_unheard(restored)
        job = ChatJob(kind=JobKind.CATCH_UP, chat_id=message.chat.id)
        await work.inbox.enqueue(job, at=at, due_at=at)
    if any(subject.environment is None for subject in message.subjects):
        await work.chats.forget_introduction(message.chat.id)
