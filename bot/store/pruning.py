"""Deleting what is done and old."""

from datetime import datetime

from sqlalchemy import ColumnElement, Table, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.forgetting import forget_chats
from bot.store.tables import PENDING, audit, inbox, new_chat, outbox, post, told_change

BATCH_SIZE = 1_000
"""Rows of a table that one transaction looks at, so that others never wait long for it."""


class Pruning:
    """Deletion of old rows."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def prune(self, *, before: datetime, posts_before: datetime) -> int:
        """Deletes some of what was done, parked, begun, audited or posted before; gives the number of rows.

        What was known of chats that are not synced since then is forgotten too.
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
        # Rows come in the order of time, so looking at the first of them needs no index of its own.
        first = select(table.c.id).order_by(table.c.id).limit(BATCH_SIZE)
        done = await self._connection.execute(delete(table).where(table.c.id.in_(first.scalar_subquery()), old))
        return done.rowcount
