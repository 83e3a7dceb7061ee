"""The history of decisions."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.notifications.decide import Outcome, Reason
from bot.domain.notifications.history import Closing, NewDecision, StoredDecision
from bot.domain.values import ChatId, ConnectionId, UserId
from bot.store.codecs import AUTHORS, DECIDED_COLUMNS
from bot.store.tables import decision as table

COUNTED = (Outcome.POSTED, Outcome.MERGED)
"""Outcomes that put a message into the chat."""

_OPEN = (table.c.outcome == Outcome.HELD.value) & table.c.closed_as.is_(None)


class Decisions:
    """Decisions about changes, one for each change and connection. Retention deletes them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, decisions: Sequence[NewDecision]) -> None:
        """Store the decisions."""
        if decisions:
            await self._connection.execute(insert(table), [_row(each) for each in decisions])

    async def latest(self, connection: ConnectionId, *, at_most: int) -> Sequence[StoredDecision]:
        """Return the connection's last decisions, newest first."""
        query = select(table).where(table.c.connection_id == connection).order_by(table.c.id.desc()).limit(at_most)
        return [_decision(row) for row in (await self._connection.execute(query)).mappings()]

    async def in_chat(self, chat: ChatId, *, since: datetime, at_most: int) -> Sequence[StoredDecision]:
        """Return the chat's decisions since then, oldest first."""
        mine = (table.c.chat_id == chat) & (table.c.at >= since)
        query = select(table).where(mine).order_by(table.c.at, table.c.id).limit(at_most)
        return [_decision(row) for row in (await self._connection.execute(query)).mappings()]

    async def posts_since(self, chats: Sequence[ChatId], since: datetime) -> Mapping[ChatId, Sequence[datetime]]:
        """Return the times of messages about changes in each chat, in order."""
        counted = table.c.outcome == Outcome.POSTED.value
        query = select(table.c.chat_id, table.c.at).where(table.c.chat_id.in_(chats), table.c.at > since, counted)
        found: dict[ChatId, list[datetime]] = {}
        for chat, at in await self._connection.execute(query.order_by(table.c.at)):
            found.setdefault(ChatId(chat), []).append(at)
        return found

    async def bulk_records(
        self, chats: Sequence[ChatId], author: UserId, since: datetime, *, besides: Collection[ConnectionId]
    ) -> Mapping[ChatId, int]:
        """Return the number of other records that the author changed, by chat, if the chat was told of the changes.

        `besides`: the connections of the record that is decided about now. Lock the chats first (`work.chats.lock`).
        """
        by_author = cast(table.c.authors, String).contains(f'"{author}"', autoescape=True)
        told = table.c.outcome.in_([each.value for each in COUNTED])
        mine = (table.c.chat_id.in_(chats)) & (table.c.at > since) & table.c.connection_id.not_in(besides)
        query = select(table.c.chat_id, func.count(table.c.connection_id.distinct()))
        found = await self._connection.execute(query.where(mine, told, by_author).group_by(table.c.chat_id))
        return {ChatId(chat): count for chat, count in found}

    async def open_in_chat(self, chat: ChatId) -> Sequence[StoredDecision]:
        """Return the chat's held changes, oldest first."""
        query = select(table).where(table.c.chat_id == chat, _OPEN).order_by(table.c.id)
        return [_decision(row) for row in (await self._connection.execute(query)).mappings()]

    async def due_chats(self, now: datetime, *, at_most: int) -> Sequence[ChatId]:
        """Return chats with held changes whose next decision is due, longest due first."""
        due = select(table.c.chat_id, table.c.due_at).where(_OPEN, table.c.due_at <= now)
        found = await self._connection.execute(due.order_by(table.c.due_at).limit(at_most))
        return list(dict.fromkeys(ChatId(row.chat_id) for row in found))

    async def postpone(self, ids: Sequence[int], *, due_at: datetime | None, reason: Reason) -> None:
        """Store the next decision about held changes, and the rule that holds them now."""
        mine = update(table).where(table.c.id.in_(ids), _OPEN)
        await self._connection.execute(mine.values(due_at=due_at, reason=reason.value))

    async def close(self, ids: Sequence[int], closed_as: Closing, *, at: datetime) -> None:
        """Close held changes."""
        await self._close(table.c.id.in_(ids), closed_as, at)

    async def close_connections(self, connections: Sequence[ConnectionId], closed_as: Closing, *, at: datetime) -> None:
        """Close all held changes of these connections."""
        await self._close(table.c.connection_id.in_(connections), closed_as, at)

    async def _close(self, which: ColumnElement[bool], closed_as: Closing, at: datetime) -> None:
        mine = update(table).where(which, _OPEN)
        await self._connection.execute(mine.values(closed_as=closed_as.value, closed_at=at))


def _row(decision: NewDecision) -> dict[str, object]:
    return {
        "connection_id": decision.connection,
        "chat_id": decision.chat,
        "at": decision.at,
        "outcome": decision.outcome.value,
        "reason": decision.reason.value,
        "columns": DECIDED_COLUMNS.encode(decision.columns),
        "authors": AUTHORS.encode(decision.authors),
        "news": decision.is_news,
        "due_at": decision.due_at,
    }


def _decision(row: Mapping[Any, Any]) -> StoredDecision:
    return StoredDecision(
        id=row["id"],
        connection=ConnectionId(row["connection_id"]),
        chat=ChatId(row["chat_id"]),
        at=row["at"],
        outcome=Outcome(row["outcome"]),
        reason=Reason(row["reason"]),
        columns=DECIDED_COLUMNS.decode(row["columns"]),
        authors=AUTHORS.decode(row["authors"]),
        is_news=row["news"],
        due_at=row["due_at"],
        closed_as=Closing(row["closed_as"]) if row["closed_as"] else None,
        closed_at=row["closed_at"],
    )
