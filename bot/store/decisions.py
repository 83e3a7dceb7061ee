"""The history of decisions."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.notifications.decide import Authors, Outcome, Reason
from bot.domain.notifications.history import Closing, HeldChange, NewDecision, StoredDecision
from bot.domain.values import ChatId, ConnectionId, EnvironmentId
from bot.store.codecs import AUTHORS, DECIDED_COLUMNS
from bot.store.lists import one_of
from bot.store.tables import connection as connections
from bot.store.tables import decision as table

COUNTED = (Outcome.POSTED, Outcome.MERGED)
"""Outcomes that put a message into the chat."""

_COMPARED = 50_000
"""Decisions of all chats that are counted to find the busiest chat."""

IS_OPEN = (table.c.outcome == Outcome.HELD.value) & table.c.closed_as.is_(None)
"""The condition for held changes whose end is not decided yet."""
# Built once, because each card needs them.
_OPEN = (
    select(table.c.id, table.c.connection_id, table.c.reason, table.c.due_at)
    .where(table.c.chat_id == bindparam("chat"), IS_OPEN)
    .order_by(table.c.id)
)
_OPEN_IN_CHATS = select(table).where(one_of(table.c.chat_id, "chats"), IS_OPEN).order_by(table.c.id)
_SINCE = one_of(table.c.chat_id, "chats") & (table.c.at > bindparam("since", type_=table.c.at.type))
_POSTS_SINCE = (
    select(table.c.chat_id, table.c.at).where(_SINCE, table.c.outcome == Outcome.POSTED.value).order_by(table.c.at)
)
_CHANGED_SINCE = select(table.c.chat_id, table.c.connection_id, table.c.authors).where(_SINCE).order_by(table.c.id)
_CLOSE = (
    update(table)
    .where(one_of(table.c.id, "ids"), IS_OPEN)
    .values(closed_as=bindparam("closing"), closed_at=bindparam("now", type_=table.c.closed_at.type))
)


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

    async def busiest_chat(self, *, since: datetime) -> ChatId | None:
        """Return the chat with the most decisions since then among the last ones, or None."""
        newest = select(table.c.chat_id, table.c.at).order_by(table.c.id.desc()).limit(_COMPARED).subquery()
        query = select(newest.c.chat_id).where(newest.c.at >= since).group_by(newest.c.chat_id)
        busiest = query.order_by(func.count().desc(), newest.c.chat_id).limit(1)
        found = (await self._connection.execute(busiest)).scalar()
        return ChatId(found) if found else None

    async def posts_since(self, chats: Sequence[ChatId], since: datetime) -> Mapping[ChatId, Sequence[datetime]]:
        """Return the times of messages about changes in each chat, in order."""
        found: dict[ChatId, list[datetime]] = {}
        for chat, at in await self._connection.execute(_POSTS_SINCE, {"chats": chats, "since": since}):
            found.setdefault(ChatId(chat), []).append(at)
        return found

    async def changed_since(
        self, chats: Sequence[ChatId], since: datetime
    ) -> Mapping[ChatId, Sequence[tuple[ConnectionId, Authors]]]:
        """Return the connections with decisions since then, with the authors of the changes."""
        found: dict[ChatId, list[tuple[ConnectionId, Authors]]] = {}
        rows = await self._connection.execute(_CHANGED_SINCE, {"chats": chats, "since": since})
        for chat, connection, authors in rows:
            found.setdefault(ChatId(chat), []).append((ConnectionId(connection), AUTHORS.decode(authors)))
        return found

    async def open_for(
        self, connections: Collection[ConnectionId] | None, *, chats: Sequence[ChatId]
    ) -> Mapping[ConnectionId, Sequence[StoredDecision]]:
        """Return the held changes of these connections of the chats, oldest first. None: of all connections."""
        found: dict[ConnectionId, list[StoredDecision]] = {}
        for row in (await self._connection.execute(_OPEN_IN_CHATS, {"chats": chats})).mappings():
            if connections is None or row["connection_id"] in connections:
                found.setdefault(ConnectionId(row["connection_id"]), []).append(_decision(row))
        return found

    async def open_in_chat(self, chat: ChatId) -> Sequence[HeldChange]:
        """Return the chat's held changes, oldest first."""
        return [
            HeldChange(id=number, connection=ConnectionId(connection), reason=Reason(reason), due_at=due_at)
            for number, connection, reason, due_at in await self._connection.execute(_OPEN, {"chat": chat})
        ]

    async def due_chats(self, now: datetime, *, at_most: int, after: ChatId | None = None) -> Sequence[ChatId]:
        """Return chats with held changes whose next decision is due, ordered by id, after an id."""
        due = IS_OPEN & (table.c.due_at <= now) & (table.c.chat_id > (after or ""))
        chats = select(table.c.chat_id).where(due).distinct().order_by(table.c.chat_id).limit(at_most)
        return [ChatId(chat) for chat in (await self._connection.execute(chats)).scalars()]

    async def holding_chats(self, environment: EnvironmentId, *, after: ChatId, at_most: int) -> Sequence[ChatId]:
        """Return chats with held changes of records of the environment, ordered by id, after an id."""
        mine = IS_OPEN & (connections.c.environment == environment) & (table.c.chat_id > after)
        query = select(table.c.chat_id).join(connections, connections.c.id == table.c.connection_id).where(mine)
        chats = query.distinct().order_by(table.c.chat_id).limit(at_most)
        return [ChatId(chat) for chat in (await self._connection.execute(chats)).scalars()]

    async def make_due(self, ids: Sequence[int], *, at: datetime) -> None:
        """Make held changes due at this time. The rule that held them stays their reason."""
        await self._connection.execute(update(table).where(table.c.id.in_(ids), IS_OPEN).values(due_at=at))

    async def postpone(self, ids: Sequence[int], *, due_at: datetime | None, reason: Reason) -> None:
        """Store the next decision about held changes, and the rule that holds them now."""
        mine = update(table).where(table.c.id.in_(ids), IS_OPEN)
        await self._connection.execute(mine.values(due_at=due_at, reason=reason.value))

    async def close(self, ids: Sequence[int], closed_as: Closing, *, at: datetime) -> None:
        """Close held changes."""
        await self._connection.execute(_CLOSE, {"ids": ids, "closing": closed_as.value, "now": at})

    async def close_connections(self, ended: Sequence[ConnectionId], closed_as: Closing, *, at: datetime) -> None:
        """Close all held changes of these connections."""
        await self._close(table.c.connection_id.in_(ended), closed_as, at)

    async def close_ended(self, *, ended_before: datetime, at: datetime) -> None:
        """Close the held changes of connections that ended before."""
        held = select(table.c.connection_id).where(IS_OPEN)
        ended = select(connections.c.id).where(connections.c.id.in_(held), connections.c.ended_at < ended_before)
        await self._close(table.c.connection_id.in_(ended), Closing.CONNECTION_ENDED, at)

    async def _close(self, which: ColumnElement[bool], closed_as: Closing, at: datetime) -> None:
        mine = update(table).where(which, IS_OPEN)
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
