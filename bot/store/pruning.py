"""Deletion of old rows, in steps that are short transactions.

Most deletions find their rows by an index, or by their keys, which increase with time. Otherwise, a walk
goes through the table in slices. No statement reads a whole table that can be large.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, Table, delete, func, literal, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.posted_cards import CardKind
from bot.store.decisions import IS_OPEN
from bot.store.forgetting import forget_chats, forget_synced_rows
from bot.store.tables import (
    PENDING,
    Instant,
    audit,
    chat,
    chat_activity,
    chat_rules,
    connection,
    connection_rules,
    decision,
    field_value,
    inbox,
    lane,
    mention_opt_out,
    new_chat,
    open_pane,
    outbox,
    own_change,
    pane_session,
    pane_sign_in,
    post,
    posted_card,
    sync_job,
    targeted_answer,
    targeted_refusal,
    told_change,
)

BATCH_SIZE = 1_000
"""Rows that a transaction deletes, so that other transactions never wait long."""
SLICE_SIZE = 2_000
"""Rows that a step of a walk looks at."""

Deletion = Callable[["Pruning"], Awaitable[int]]
"""Deletes at most `BATCH_SIZE` rows; returns their number. If it is 0, nothing is left to delete."""


@dataclass(frozen=True, slots=True)
class Ages:
    """The times before which rows are old."""

    before: datetime
    posts_before: datetime
    """Posts. Changes made on cards are kept as long: their events arrive soon or never. So are answered requests."""
    refusals_before: datetime


@dataclass(frozen=True, slots=True)
class Slice:
    """The result of a step of a walk."""

    changed: int
    """Rows that were deleted or cleared."""
    last: Any
    """The last row that was looked at; None at the end."""


@dataclass(frozen=True, slots=True)
class EndedConnection:
    """A connection by the time of its end."""

    ended_at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class Walk:
    """A way through a table in the order of its keys."""

    key: Column[Any]
    first: Any
    """A value before all keys."""
    delete: Callable[["Pruning", ColumnElement[bool]], Awaitable[int]]
    """Delete or clear old rows among those that match."""


def deletions(ages: Ages) -> Sequence[Deletion]:
    """Return the deletions that find old rows by themselves."""
    before, posts_before = ages.before, ages.posts_before
    is_old_summary = (posted_card.c.kind == CardKind.SUMMARY.value) & (posted_card.c.changed_at < before)
    return (
        lambda its: its.delete_oldest(inbox, _is_done(inbox, before)),
        lambda its: its.delete_oldest(outbox, _is_done(outbox, before)),
        lambda its: its.delete_oldest(audit, audit.c.at < before),
        lambda its: its.delete_oldest(told_change, told_change.c.told_at < before),
        lambda its: its.delete_oldest(decision, decision.c.at < before, kept=_waits()),
        lambda its: its.delete_oldest(own_change, own_change.c.at < posts_before),
        lambda its: its.delete_oldest(new_chat, new_chat.c.begun_at < before),
        lambda its: its.delete_oldest(post, post.c.at < posts_before),
        lambda its: its.delete_by_key(targeted_answer, targeted_answer.c.at < posts_before),
        lambda its: its.delete_by_key(targeted_refusal, targeted_refusal.c.at < ages.refusals_before),
        lambda its: its.delete_cards(is_old_summary),
        lambda its: its.delete_cards(posted_card.c.ended_at < before),
    )


def walks(ages: Ages) -> Sequence[Walk]:
    """Return the walks through tables whose old rows can be anywhere.

    They also clear the data of chats whose sync ended before: topics, members, and last writers.
    """
    before = ages.before
    return (
        # A chat has one sync job.
        Walk(sync_job.c.id, 0, lambda its, some: its.delete_all(sync_job, some & _is_done(sync_job, before))),
        Walk(chat_rules.c.chat_id, "", lambda its, some: its.delete_chat_rules(some, before)),
        Walk(mention_opt_out.c.tenant_id, "", lambda its, some: its.delete_opt_outs(some, before)),
        Walk(chat_activity.c.connection_id, 0, lambda its, some: forget_synced_rows(its.connection, before, some)),
        Walk(chat.c.id, "", lambda its, some: forget_chats(its.connection, before, some)),
    )


class Pruning:
    """Deletion of old rows."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def step(self, walk: Walk, after: Any) -> Slice:
        """Delete old rows among the next ones of a walk after this key; None at the beginning."""
        beyond = walk.key > (walk.first if after is None else after)
        some = select(walk.key.label("key")).where(beyond).distinct().order_by(walk.key).limit(SLICE_SIZE).subquery()
        last, rows = (await self.connection.execute(select(func.max(some.c.key), func.count()).select_from(some))).one()
        changed = await walk.delete(self, beyond & (walk.key <= last)) if rows else 0
        return Slice(changed, last if rows == SLICE_SIZE else None)

    async def forget_ended(self, after: EndedConnection, *, ended_before: datetime) -> Slice:
        """Delete the values, rules, and cards of the connections that ended next after this one.

        The slice names the last connection, or None if no more ended before.
        """
        of = connection.c
        follows = tuple_(of.ended_at, of.id) > tuple_(literal(after.ended_at, Instant), literal(after.id))
        # The first part is that of an index on both databases.
        ended = (of.ended_at >= after.ended_at) & (of.ended_at < ended_before) & follows
        query = select(of.ended_at, of.id).where(ended).order_by(of.ended_at, of.id).limit(BATCH_SIZE)
        found = [EndedConnection(*row) for row in await self.connection.execute(query)]
        ids = [each.id for each in found]
        changed = sum([await self.delete_all(each, each.c.connection_id.in_(ids)) for each in _OF_CONNECTION])
        changed += await self.delete_cards(posted_card.c.connection_id.in_(ids))
        return Slice(changed, found[-1] if len(found) == BATCH_SIZE else None)

    async def delete_cards(self, old: ColumnElement[bool]) -> int:
        """Delete cards, except those that are still to be edited."""
        pending = (outbox.c.lane == posted_card.c.chat_id) & (outbox.c.state == PENDING)
        waits = select(outbox.c.id).where(pending, outbox.c.card_id == posted_card.c.id).correlate(posted_card)
        idle = posted_card.c.due_at.is_(None) & ~waits.exists()
        return await self._delete_some(posted_card, select(posted_card.c.id).where(old, idle))

    async def delete_chat_rules(self, some: ColumnElement[bool], before: datetime) -> int:
        """Delete rules of chats whose last connection ended before."""
        has_recent = select(connection.c.id).where(connection.c.chat_id == chat_rules.c.chat_id, _goes_on(before))
        return await self.delete_all(chat_rules, some & ~has_recent.correlate(chat_rules).exists())

    async def delete_opt_outs(self, some: ColumnElement[bool], before: datetime) -> int:
        """Delete choices about mentions in tenants whose last connection ended before."""
        found = await self.connection.execute(select(mention_opt_out.c.tenant_id).where(some).distinct())
        ended = [each for each in found.scalars() if not await self._has_recent(each, before)]
        return await self.delete_all(mention_opt_out, mention_opt_out.c.tenant_id.in_(ended)) if ended else 0

    async def delete_sessions(self, *, used_before: datetime, begun_before: datetime) -> int:
        """Delete sessions of the pane that were last used or begun before; return the number of rows."""
        old = (pane_session.c.used_at <= used_before) | (pane_session.c.begun_at <= begun_before)
        return await self.delete_by_key(pane_session, old)

    async def delete_closed_panes(self, *, seen_before: datetime) -> int:
        """Delete the records of panes that were last seen before; return the number of rows."""
        return await self.delete_by_key(open_pane, open_pane.c.seen_at < seen_before)

    async def delete_sign_ins(self, *, begun_before: datetime) -> int:
        """Delete sign-in windows that were begun before; return the number of rows."""
        return await self.delete_by_key(pane_sign_in, pane_sign_in.c.begun_at <= begun_before)

    async def delete_idle_lanes(self) -> int:
        """Delete lanes without pending work; return the number of rows. New work creates its lane again."""
        idle = lane.c.due_at.is_(None) & lane.c.owner.is_(None)
        # Another transaction that schedules work waits for a locked lane, and creates it again.
        some = select(lane.c.queue, lane.c.name).where(idle).limit(BATCH_SIZE).with_for_update(skip_locked=True)
        names: dict[str, list[str]] = {}
        for queue, name in await self.connection.execute(some):
            names.setdefault(queue, []).append(name)
        mine = [(lane.c.queue == queue) & lane.c.name.in_(found) for queue, found in names.items()]
        return sum([await self.delete_all(lane, idle & each) for each in mine])

    async def delete_oldest(
        self, table: Table, old: ColumnElement[bool], kept: ColumnElement[bool] | None = None
    ) -> int:
        """Delete the oldest rows that are old, except those to keep, which may be older than any other."""
        others = true() if kept is None else ~kept
        # Ids increase with time, so the oldest rows are found without another index.
        first = select(table.c.id).where(others).order_by(table.c.id).limit(BATCH_SIZE).subquery()
        last = await self.connection.scalar(select(func.max(first.c.id)))
        # With a value instead of the subquery, PostgreSQL knows that it needs few rows.
        return 0 if last is None else await self.delete_all(table, (table.c.id <= last) & old & others)

    async def delete_by_key(self, table: Table, old: ColumnElement[bool]) -> int:
        """Delete old rows of a table whose keys do not increase with time, and which is never large."""
        (key,) = table.primary_key.columns
        return await self.delete_all(table, key.in_(select(key).where(old).limit(BATCH_SIZE).scalar_subquery()) & old)

    async def delete_all(self, table: Table, old: ColumnElement[bool]) -> int:
        """Delete all rows that match; return their number."""
        return (await self.connection.execute(delete(table).where(old))).rowcount

    async def _delete_some(self, table: Table, old: Select[Any]) -> int:
        return await self.delete_all(table, table.c.id.in_(old.limit(BATCH_SIZE).scalar_subquery()))

    async def _has_recent(self, tenant: str, before: datetime) -> bool:
        joined = select(connection.c.id).join_from(connection, chat).where(chat.c.tenant_id == tenant)
        return (await self.connection.execute(joined.where(_goes_on(before)).limit(1))).first() is not None


_OF_CONNECTION = (field_value, connection_rules)
"""Tables whose rows nobody needs after the connection ended."""


def _is_done(queue: Table, before: datetime) -> ColumnElement[bool]:
    return (queue.c.state != PENDING) & (queue.c.done_at < before)


def _goes_on(before: datetime) -> ColumnElement[bool]:
    """Match connections that did not end before."""
    return connection.c.ended_at.is_(None) | (connection.c.ended_at >= before)


def _waits() -> ColumnElement[bool]:
    """Return the condition for changes that are held: without them, the chat would not hear of them after a mute."""
    mine = select(connection.c.id).where(connection.c.id == decision.c.connection_id, connection.c.ended_at.is_(None))
    return IS_OPEN & mine.correlate(decision).exists()
