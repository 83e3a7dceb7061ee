"""The search for synced chats that were not fetched for a while, in steps through all chats (spec Y2).

Whether a chat is synced is stored with its connections. So each search looks at some chats only, in the order of their
last fetch, and the next search goes on behind them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.values import ChatId
from bot.store.tables import PENDING, Instant, chat, chat_activity, connection, sync_job

_SEARCHED = 1_000
"""Chats that a search looks at, of those that were never fetched and of the others."""
_OPEN = connection.c.ended_at.is_(None) | chat_activity.c.closing.is_(None)


@dataclass(frozen=True, slots=True)
class SearchPosition:
    """The last chats that were looked at."""

    never_fetched: ChatId | None = None
    """The last chat that was never fetched; None to start from the first one."""
    fetched: tuple[datetime, ChatId] | None = None
    """The last one of the others, with the time of its last fetch."""


FIRST = SearchPosition()


class StaleChats:
    """The search for synced chats that were not fetched for a while."""

    def __init__(self, db: AsyncConnection) -> None:
        self._db = db

    async def find(
        self, *, since: datetime, at_most: int, after: SearchPosition
    ) -> tuple[Sequence[ChatId], SearchPosition]:
        """Return chats with synchronized connections that were not fetched since then, the oldest fetch first.

        Ended connections count until their rows are completed. Chats with a pending job are left out: they may fail
        repeatedly, and would stay at the head of the result. Also return the position for the next search.
        """
        never = chat.c.looked_at.is_(None) & (chat.c.id > (after.never_fetched or ""))
        found, last = await self._search(never, at_most)
        position = replace(after, never_fetched=last[1] if last else None)
        if len(found) == at_most:
            return found, position
        more, last = await self._search(_fetched_before(since, after.fetched), at_most - len(found))
        return [*found, *more], replace(position, fetched=last)

    async def _search(
        self, which: ColumnElement[bool], at_most: int
    ) -> tuple[Sequence[ChatId], tuple[datetime, ChatId] | None]:
        """Return stale chats among the first ones that match, and the last one that was looked at; None at the end."""
        query = select(chat.c.id, chat.c.looked_at).where(which).order_by(chat.c.looked_at, chat.c.id).limit(_SEARCHED)
        looked = [(row.looked_at, ChatId(row.id)) for row in await self._db.execute(query)]
        synced = await self._synced([each for _, each in looked])
        stale = [each for each in looked if each[1] in synced][:at_most]
        is_end = len(stale) < at_most and len(looked) < _SEARCHED
        last = None if is_end else (stale if len(stale) == at_most else looked)[-1]
        return [each for _, each in stale], last

    async def _synced(self, chats: Sequence[ChatId]) -> frozenset[ChatId]:
        """Return those of the chats that are synced, without those that have a pending job."""
        waits = select(sync_job.c.lane).where(sync_job.c.lane == connection.c.chat_id, sync_job.c.state == PENDING)
        query = select(connection.c.chat_id).join(chat_activity, chat_activity.c.connection_id == connection.c.id)
        mine = query.where(connection.c.chat_id.in_(chats), _OPEN, ~waits.correlate(connection).exists()).distinct()
        return frozenset(map(ChatId, (await self._db.execute(mine)).scalars()))


def _fetched_before(since: datetime, after: tuple[datetime, ChatId] | None) -> ColumnElement[bool]:
    before = chat.c.looked_at < since
    if after is None:
        return before
    at, last = after
    # The first part is that of an index on both databases.
    follows = tuple_(chat.c.looked_at, chat.c.id) > tuple_(literal(at, Instant), literal(last))
    return before & (chat.c.looked_at >= at) & follows
