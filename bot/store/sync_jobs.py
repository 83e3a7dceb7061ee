"""The queue of chats whose Dataverse rows need an update."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import case, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.chat_sync import STUCK_AFTER_ATTEMPTS
from bot.domain.jobs import SyncJob
from bot.domain.queue_states import Failures, Queue
from bot.domain.values import ChatId
from bot.logs import correlation_id
from bot.store.lanes import Lanes
from bot.store.tables import DEAD_LETTERED, DONE, PENDING
from bot.store.tables import sync_job as table
from bot.store.upsert import insert
from bot.tracing import traceparent

STUCK = table.c.reason.is_not(None) & or_(table.c.state == DEAD_LETTERED, table.c.attempts >= STUCK_AFTER_ATTEMPTS)
"""Match jobs that failed for some minutes, and dead letters."""


class SyncJobs:
    """The queue of chats whose Dataverse rows need an update."""

    def __init__(self, connection: AsyncConnection, lanes: Lanes) -> None:
        self._connection = connection
        self._lanes = lanes

    async def enqueue(self, chats: Sequence[ChatId], *, fetch: bool, at: datetime, due_at: datetime) -> None:
        """Enqueue an update of the chats' rows. Requests that arrive before it starts share one job.

        A request revives a dead letter for another day; its failure stays recorded until it succeeds.
        """
        if not chats:
            return
        statement = insert(self._connection, table)
        new, waits = statement.excluded, table.c.state == PENDING
        upsert = statement.on_conflict_do_update(
            index_elements=["lane"],
            set_={
                "asked": table.c.asked + 1,
                "look": or_(new.look, case((waits, table.c.look), else_=new.look)),
                "correlation_id": new.correlation_id,
                "trace": new.trace,
                "received_at": case((waits, table.c.received_at), else_=new.received_at),
                "due_at": case((waits, table.c.due_at), else_=new.due_at),
                "attempts": case((table.c.state == DONE, 0), else_=table.c.attempts),
                "state": PENDING,
            },
        )
        # Sort to avoid deadlocks between transactions.
        rows = [_row(chat, fetch, at, due_at) for chat in sorted(set(chats))]
        await self._connection.execute(upsert, rows)
        await self._lanes.schedule(Queue.SYNC, [str(row["lane"]) for row in rows], due_at=due_at)

    async def pending(self, lanes: Sequence[str]) -> Mapping[str, SyncJob]:
        """Return the pending job of each lane."""
        query = select(table.c.lane, table.c.asked, table.c.look, table.c.correlation_id, table.c.trace)
        found = await self._connection.execute(query.where(table.c.lane.in_(lanes), table.c.state == PENDING))
        return {
            row.lane: SyncJob(
                chat_id=ChatId(row.lane),
                request_count=row.asked,
                fetch=row.look,
                correlation_id=row.correlation_id,
                trace=row.trace,
            )
            for row in found
        }

    async def complete(self, job: SyncJob, *, at: datetime) -> None:
        """Complete the job. If it was requested again meanwhile, it stays pending as a new job."""
        mine, well = table.c.lane == job.chat_id, {"attempts": 0, "reason": None}
        again, same = table.c.asked != job.request_count, table.c.asked == job.request_count
        await self._connection.execute(update(table).where(mine, again).values(received_at=at, **well))
        await self._connection.execute(
            update(table).where(mine, same).values(state=DONE, look=False, done_at=at, **well)
        )

    async def record_failure(self, lane: str, reason: str, *, dead_letter_before: datetime, at: datetime) -> Failures:
        """Count an attempt, and return the numbers of attempts and dead letters; an older job becomes one."""
        waits = (table.c.lane == lane) & (table.c.state == PENDING)
        counted = await self._connection.execute(
            update(table).where(waits).values(attempts=table.c.attempts + 1, reason=reason).returning(table.c.attempts)
        )
        given_up = await self._connection.execute(
            update(table).where(waits, table.c.received_at < dead_letter_before).values(state=DEAD_LETTERED, done_at=at)
        )
        return Failures(attempts=max(counted.scalars(), default=0), dead_letters=given_up.rowcount)

    async def failures(self, chats: Sequence[ChatId]) -> Mapping[ChatId, str]:
        """Return why updates of these chats fail, for chats whose updates have failed for some minutes.

        Chats whose next attempt may succeed are left out.
        """
        found = await self._connection.execute(
            select(table.c.lane, table.c.reason).where(STUCK, table.c.lane.in_(chats))
        )
        return {ChatId(row.lane): row.reason for row in found}


def _row(chat: ChatId, look: bool, at: datetime, due_at: datetime) -> dict[str, object]:
    return {
        "lane": chat,
        "asked": 1,
        "look": look,
        "correlation_id": correlation_id(),
        "trace": traceparent(),
        "received_at": at,
        "due_at": due_at,
        "state": PENDING,
        "attempts": 0,
    }
