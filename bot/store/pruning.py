"""Deletion of old rows."""

from datetime import datetime

from sqlalchemy import ColumnElement, Table, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.forgetting import forget_chats
from bot.store.tables import PENDING, audit, inbox, new_chat, outbox, post, told_change

BATCH_SIZE = 1_000
"""Rows of a table per transaction, so that other transactions never wait long."""


class Pruning:
    """Deletion of old rows."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def prune(self, *, before: datetime, posts_before: datetime) -> int:
        """Delete rows that were done, dead-lettered, or audited before, and older posts; return the number of rows.

        Also clear the data of chats whose sync ended before: topics, members, and last writers. One call handles at
        most `BATCH_SIZE` rows of each table.
        """
        deleted = 0
        for queue in (inbox, outbox):
            deleted += await self._delete(queue, (queue.c.state != PENDING) & (queue.c.done_at < before))
        deleted += await self._delete(audit, audit.c.at < before)
        deleted += await self._delete(told_change, told_change.c.told_at < before)
        deleted += await self._delete(new_chat, new_chat.c.begun_at < before)
        deleted += await self._delete(post, post.c.at < posts_before)
        return deleted + await forget_chats(self._connection, before, at_most=BATCH_SIZE)

    async def _delete(self, table: Table, old: ColumnElement[bool]) -> int:
        # Ids increase with time, so the oldest rows are found without another index.
        first = select(table.c.id).order_by(table.c.id).limit(BATCH_SIZE)
        done = await self._connection.execute(delete(table).where(table.c.id.in_(first.scalar_subquery()), old))
        return done.rowcount
