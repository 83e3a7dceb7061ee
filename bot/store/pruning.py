"""Deletion of old rows."""

from datetime import datetime

from sqlalchemy import ColumnElement, Table, delete, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.posted_cards import CardKind
from bot.store.decisions import IS_OPEN
from bot.store.forgetting import forget_chats
from bot.store.tables import (
    PENDING,
    audit,
    chat,
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
"""Rows of a table per transaction, so that other transactions never wait long."""


class Pruning:
    """Deletion of old rows. One call handles at most `BATCH_SIZE` rows of each table."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def prune(self, *, before: datetime, posts_before: datetime, refusals_before: datetime) -> int:
        """Delete rows that were done, dead-lettered, or audited before, and older posts; return the number of rows.

        Changes made on cards are kept as long as posts: their events arrive soon or never. So are answered requests.

        Also clear the data of chats whose sync ended before: topics, members, and last writers.
        """
        deleted = 0
        for queue in (inbox, outbox):
            deleted += await self._delete(queue, (queue.c.state != PENDING) & (queue.c.done_at < before))
        deleted += await self._delete(audit, audit.c.at < before)
        deleted += await self._delete(told_change, told_change.c.told_at < before)
        deleted += await self._delete(decision, decision.c.at < before, kept=_waits())
        deleted += await self._delete(own_change, own_change.c.at < posts_before)
        deleted += await self._delete(new_chat, new_chat.c.begun_at < before)
        deleted += await self._delete(post, post.c.at < posts_before)
        deleted += await self._delete_by_key(targeted_answer, targeted_answer.c.at < posts_before)
        deleted += await self._delete_by_key(targeted_refusal, targeted_refusal.c.at < refusals_before)
        # A chat has one sync job.
        deleted += await self._delete_by_key(sync_job, (sync_job.c.state != PENDING) & (sync_job.c.done_at < before))
        deleted += await self._delete_chat_rules(before)
        deleted += await self._delete_opt_outs(before)
        deleted += await self._delete_cards(
            (posted_card.c.kind == CardKind.SUMMARY.value) & (posted_card.c.changed_at < before)
        )
        deleted += await self._delete_cards(posted_card.c.ended_at < before)
        return deleted + await forget_chats(self._connection, before, at_most=BATCH_SIZE)

    async def forget_ended(self, *, ended_before: datetime) -> int:
        """Delete the values, rules, and cards of connections that ended before; return the number of rows."""
        deleted = sum([await self._delete_ended(each, ended_before) for each in (field_value, connection_rules)])
        ended = select(connection.c.id).where(connection.c.id == posted_card.c.connection_id)
        is_ended = ended.where(connection.c.ended_at < ended_before).correlate(posted_card).exists()
        return deleted + await self._delete_cards(is_ended)

    async def _delete_cards(self, old: ColumnElement[bool]) -> int:
        """Delete cards, except those that are still to be edited."""
        pending = (outbox.c.lane == posted_card.c.chat_id) & (outbox.c.state == PENDING)
        waits = select(outbox.c.id).where(pending, outbox.c.card_id == posted_card.c.id).correlate(posted_card)
        idle = posted_card.c.due_at.is_(None) & ~waits.exists()
        some = select(posted_card.c.id).where(old, idle).limit(BATCH_SIZE).scalar_subquery()
        return (await self._connection.execute(delete(posted_card).where(posted_card.c.id.in_(some)))).rowcount

    async def _delete_ended(self, table: Table, ended_before: datetime) -> int:
        joined = select(table.c.connection_id).join_from(table, connection)
        some = joined.where(connection.c.ended_at < ended_before).distinct().limit(BATCH_SIZE)
        mine = table.c.connection_id.in_(some.scalar_subquery())
        return (await self._connection.execute(delete(table).where(mine))).rowcount

    async def _delete_chat_rules(self, before: datetime) -> int:
        """Delete rules of chats whose last connection ended before."""
        recent = connection.c.ended_at.is_(None) | (connection.c.ended_at >= before)
        has_recent = select(connection.c.id).where(connection.c.chat_id == chat_rules.c.chat_id, recent)
        some = select(chat_rules.c.chat_id).where(~has_recent.correlate(chat_rules).exists()).limit(BATCH_SIZE)
        mine = chat_rules.c.chat_id.in_(some.scalar_subquery())
        return (await self._connection.execute(delete(chat_rules).where(mine))).rowcount

    async def _delete_opt_outs(self, before: datetime) -> int:
        """Delete choices about mentions in tenants whose last connection ended before."""
        recent = connection.c.ended_at.is_(None) | (connection.c.ended_at >= before)
        joined = select(connection.c.id).join_from(connection, chat)
        has_recent = joined.where(chat.c.tenant_id == mention_opt_out.c.tenant_id, recent).correlate(mention_opt_out)
        tenants = select(mention_opt_out.c.tenant_id).distinct().where(~has_recent.exists()).limit(1)
        mine = mention_opt_out.c.tenant_id.in_(tenants.scalar_subquery())
        return (await self._connection.execute(delete(mention_opt_out).where(mine))).rowcount

    async def delete_sessions(self, *, used_before: datetime, begun_before: datetime) -> int:
        """Delete sessions of the pane that were last used or begun before; return the number of rows."""
        old = (pane_session.c.used_at <= used_before) | (pane_session.c.begun_at <= begun_before)
        return await self._delete_by_key(pane_session, old)

    async def delete_closed_panes(self, *, seen_before: datetime) -> int:
        """Delete the records of panes that were last seen before; return the number of rows."""
        return await self._delete_by_key(open_pane, open_pane.c.seen_at < seen_before)

    async def delete_sign_ins(self, *, begun_before: datetime) -> int:
        """Delete sign-in windows that were begun before; return the number of rows."""
        return await self._delete_by_key(pane_sign_in, pane_sign_in.c.begun_at <= begun_before)

    async def delete_idle_lanes(self) -> int:
        """Delete lanes without pending work; return the number of rows. New work creates its lane again."""
        idle = lane.c.due_at.is_(None) & lane.c.owner.is_(None)
        # Another transaction that schedules work waits for a locked lane, and creates it again.
        some = select(lane.c.queue, lane.c.name).where(idle).limit(BATCH_SIZE).with_for_update(skip_locked=True)
        these = tuple_(lane.c.queue, lane.c.name).in_(some)
        return (await self._connection.execute(delete(lane).where(idle, these))).rowcount

    async def _delete_by_key(self, table: Table, old: ColumnElement[bool]) -> int:
        """Delete old rows of a table whose keys do not increase with time."""
        (key,) = table.primary_key.columns
        some = select(key).where(old).limit(BATCH_SIZE).scalar_subquery()
        return (await self._connection.execute(delete(table).where(key.in_(some), old))).rowcount

    async def _delete(self, table: Table, old: ColumnElement[bool], kept: ColumnElement[bool] | None = None) -> int:
        """Delete the oldest rows that are old, except those to keep, which may be older than any other."""
        # Ids increase with time, so the oldest rows are found without another index.
        first = select(table.c.id).order_by(table.c.id).limit(BATCH_SIZE)
        if kept is not None:
            first = first.where(~kept)
        done = await self._connection.execute(delete(table).where(table.c.id.in_(first.scalar_subquery()), old))
        return done.rowcount


def _waits() -> ColumnElement[bool]:
    """Return the condition for changes that are held: without them, the chat would not hear of them after a mute."""
    mine = select(connection.c.id).where(connection.c.id == decision.c.connection_id, connection.c.ended_at.is_(None))
    return IS_OPEN & mine.correlate(decision).exists()
