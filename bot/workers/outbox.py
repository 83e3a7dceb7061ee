"""Sending what a chat's lane holds, in order and at the pace that Teams allows (spec K8, K9)."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.domain.outgoing_messages import WaitingMessage
from bot.domain.send_outcomes import Gone, Later, Outcome, Refused, Sent
from bot.domain.values import ChatId
from bot.logs import correlated, get_logger
from bot.metrics import Metrics
from bot.ports.teams import TeamsOut
from bot.store.unit_of_work import Store, UnitOfWork
from bot.workers.backoff import GIVE_UP_AFTER, wait_s
from bot.workers.limits import Limits
from bot.workers.rate_limiter import TenantBudget
from bot.workers.rate_windows import earliest, longest
from bot.workers.worker import Ended

_PATIENCE = timedelta(milliseconds=250)
"""A wait that is not worth giving the lane back for."""

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What became of a message, and when that was known."""

    message: WaitingMessage
    outcome: Outcome
    at: datetime

    @property
    def gave_up(self) -> bool:
        """Whether it was tried for as long as messages are."""
        return self.at - self.message.kept_at >= GIVE_UP_AFTER


class SendLane:
    """Posts the message at the head of a chat's lane. See `bot.workers.worker.LaneWork`."""

    def __init__(self, *, store: Store, teams: TeamsOut, clock: Clock, limits: Limits, metrics: Metrics) -> None:
        self._teams = teams
        self._clock = clock
        self._metrics = metrics
        self._windows = limits.chat
        self._budget = TenantBudget(limits.tenant, store=store, clock=clock) if limits.tenant else None

    async def load(self, work: UnitOfWork, lanes: Sequence[str]) -> Mapping[str, WaitingMessage]:
        """The next message of each lane, and when its chat was written into lately."""
        since = self._clock.now() - longest(self._windows)
        chats = [ChatId(lane) for lane in lanes]
        posts = await work.pace.since(chats, since) if self._windows else {}
        return await work.outbox.heads(lanes, posts)

    async def work_off(self, lane: str, held: WaitingMessage) -> Ended[Posted]:
        """Posts the message, once it may go out; what is too far off is left for later."""
        put_off = await self._turn(held)
        if put_off:
            return Ended(lane, not_before=put_off)
        with correlated(held.correlation_id):
            with self._metrics.send_seconds.time():
                outcome = await self._teams.send(held.chat, held.activity)
            _log.info("message", outcome=type(outcome).__name__.lower(), reason=getattr(outcome, "reason", None))
        posted = Posted(message=held, outcome=outcome, at=self._clock.now())
        self._count(posted)
        again = isinstance(outcome, Later) and not posted.gave_up
        return Ended(lane, posted, posted.at + _wait(held, outcome) if again else None)

    async def _turn(self, message: WaitingMessage) -> datetime | None:
        now = self._clock.now()
        at = earliest(self._windows, message.posts, now)
        if at - now > _PATIENCE:
            return at
        await self._clock.sleep((at - now).total_seconds())
        return await self._budget.turn(message.chat.tenant_id) if self._budget else None

    def _count(self, posted: Posted) -> None:
        self._metrics.messages.labels(type(posted.outcome).__name__.lower()).inc()
        caused_at = posted.message.caused_at
        if caused_at and isinstance(posted.outcome, Sent):
            self._metrics.change_to_card_seconds.observe((posted.at - caused_at).total_seconds())

    async def settle(self, work: UnitOfWork, results: Sequence[Posted]) -> None:
        """Keeps what became of the messages."""
        sent = [each for each in results if isinstance(each.outcome, Sent)]
        if sent:
            await work.outbox.sent([each.message.id for each in sent], at=sent[-1].at)
        if self._windows:
            await work.pace.posted([(each.message.chat.id, each.at) for each in results])
        for each in results:
            await _settle_trouble(work, each)


async def _settle_trouble(work: UnitOfWork, posted: Posted) -> None:
    message, at = posted.message, posted.at
    match posted.outcome:
        case Later(reason=reason) if not posted.gave_up:
            await work.outbox.failed(message.id, reason)
        case Later(reason=reason) | Refused(reason=reason):
            await work.outbox.park(message.id, reason, at=at)
        case Gone(reason=reason):
            # Nothing more gets there until the bot is added again; then one card sums up what was missed.
            await work.chats.left(message.chat.id)
            await work.connections.pause(message.chat.id, reason, at=at)
            await work.outbox.give_up(message.chat.id, reason, at=at)


def _wait(message: WaitingMessage, outcome: Outcome) -> timedelta:
    asked = outcome.retry_after_s if isinstance(outcome, Later) else None
    # Not a secret: it only spreads attempts over time.
    jitter = random.random()  # noqa: S311
    return timedelta(seconds=wait_s(message.attempts, jitter=jitter, retry_after_s=asked))
