"""Sending what a chat's lane holds, in order (spec K8, K9)."""

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.delivery.retry import GIVE_UP_AFTER, wait_s
from bot.domain.outcomes import Gone, Later, Outcome, Refused, Sent
from bot.observe import correlated, get_logger
from bot.ports import Clock, Store, TeamsOut, WaitingMessage

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendLane:
    """Posts the messages of one chat after the other."""

    store: Store
    teams: TeamsOut
    clock: Clock

    async def __call__(self, lane: str) -> datetime | None:
        """Sends until the lane is empty; gives the time to go on where Teams wants to be asked later."""
        while True:
            async with self.store.reading() as work:
                message = await work.outbox.head(lane)
            if message is None:
                return None
            with correlated(message.correlation_id):
                outcome = await self.teams.send(message.chat, message.activity)
                later = await self._settle(message, outcome)
            if later is not None:
                return later

    async def _settle(self, message: WaitingMessage, outcome: Outcome) -> datetime | None:
        """Keeps what became of the message; gives the time of the next attempt, if there is to be one."""
        now = self.clock.now()
        _log.info("message", outcome=type(outcome).__name__.lower(), reason=getattr(outcome, "reason", None))
        async with self.store.writing() as work:
            match outcome:
                case Sent():
                    await work.outbox.sent(message.id, at=now)
                case Later() if now - message.kept_at < GIVE_UP_AFTER:
                    await work.outbox.failed(message.id, outcome.reason)
                    return now + _wait(message, outcome)
                case Later() | Refused():
                    await work.outbox.park(message.id, outcome.reason, at=now)
                case Gone():
                    await work.outbox.park(message.id, outcome.reason, at=now)
                    await work.chats.put(replace(message.chat, bot_present=False))
        return None


def _wait(message: WaitingMessage, later: Later) -> timedelta:
    # Not a secret: it only spreads attempts over time.
    jitter = random.random()  # noqa: S311
    return timedelta(seconds=wait_s(message.attempts, jitter=jitter, retry_after_s=later.retry_after_s))
