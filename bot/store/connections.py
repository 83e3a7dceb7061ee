"""Connections between chats and records."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, bindparam, exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.values import (
    ChatId,
    Connection,
    ConnectionId,
    EnvironmentId,
    NewConnection,
    ObjectId,
    PublicId,
    RecordRef,
)
from bot.store.posted_cards import PostedCards
from bot.store.record_conditions import of_record
from bot.store.tables import connection as table
from bot.store.tables import posted_card
from bot.store.upsert import insert

_other = table.alias("other")
_LIVE = table.c.ended_at.is_(None)
# Built once, because each card needs them. `key_share`: rows that refer to a connection can still be added.
_FOR_CHAT = select(table).where(_LIVE, table.c.chat_id == bindparam("chat")).order_by(table.c.id)
_LOCK_FOR_CHAT = _FOR_CHAT.with_for_update(key_share=True)
_FOR_RECORD = select(table).where(_LIVE, of_record(table)).order_by(table.c.id)
_LOCK_FOR_RECORD = _FOR_RECORD.with_for_update(key_share=True)
_RENAME = (
    update(table)
    .where(table.c.id == bindparam("connection"))
    .values(record_name=bindparam("name"), record_number=bindparam("number"))
)


class Connections:
    """Connections between chats and records; ended ones stay as history."""

    def __init__(self, connection: AsyncConnection, posted_cards: PostedCards) -> None:
        self._connection = connection
        self._posted_cards = posted_cards

    async def active(self, chat: ChatId, record: RecordRef) -> Connection | None:
        """Return the active connection of the chat and the record, or None."""
        found = await self._select(table.c.chat_id == chat, of_record(table, record))
        return found[0] if found else None

    async def get(self, connection: PublicId) -> Connection | None:
        """Return the active connection that a button names, or None."""
        found = await self._select(table.c.public_id == connection)
        return found[0] if found else None

    async def for_chat(self, chat: ChatId, *, for_update: bool = False) -> Sequence[Connection]:
        """Return the chat's active connections, oldest first. `for_update` locks them in this transaction."""
        found = await self._connection.execute(_LOCK_FOR_CHAT if for_update else _FOR_CHAT, {"chat": chat})
        return [connection_from_row(row) for row in found.mappings()]

    async def for_chats(self, chats: Sequence[ChatId]) -> Mapping[ChatId, Sequence[Connection]]:
        """Return the active connections by chat, without chats that have none."""
        found: dict[ChatId, list[Connection]] = {}
        for each in await self._select(table.c.chat_id.in_(chats)):
            found.setdefault(each.chat_id, []).append(each)
        return found

    async def for_record(self, record: RecordRef, *, for_update: bool = False) -> Sequence[Connection]:
        """Return the record's active connections, oldest first. `for_update` locks them in this transaction."""
        found = await self._connection.execute(_LOCK_FOR_RECORD if for_update else _FOR_RECORD, asdict(record))
        return [connection_from_row(row) for row in found.mappings()]

    async def chats_for_rows(self, environment: EnvironmentId, name: str, row_ids: Sequence[str]) -> frozenset[ChatId]:
        """Return the chats that are connected to one of the rows."""
        here = (table.c.environment == environment) & (table.c.table == name) & table.c.row_id.in_(row_ids)
        found = await self._connection.execute(select(table.c.chat_id).where(_LIVE, here).distinct())
        return frozenset(ChatId(chat) for chat in found.scalars())

    async def chats_for_table(
        self, environment: EnvironmentId, name: str, *, after: ChatId | None, at_most: int
    ) -> Sequence[ChatId]:
        """Return chats that are connected to rows of the table, ordered by id, after an id."""
        here = (table.c.environment == environment) & (table.c.table == name) & (table.c.chat_id > (after or ""))
        chats = select(table.c.chat_id).where(_LIVE, here).distinct().order_by(table.c.chat_id)
        found = await self._connection.execute(chats.limit(at_most))
        return [ChatId(chat) for chat in found.scalars()]

    async def for_table(
        self, environment: EnvironmentId, name: str, *, after: ConnectionId | None, at_most: int
    ) -> Sequence[Connection]:
        """Return active connections to rows of the table, ordered by id, after an id."""
        here = (table.c.environment == environment) & (table.c.table == name) & (table.c.id > (after or 0))
        return await self._select(here, at_most=at_most)

    async def with_live_card(
        self, environment: EnvironmentId, *, after: ConnectionId | None, at_most: int
    ) -> Sequence[Connection]:
        """Return active connections with a current live card, ordered by id, after an id."""
        card = (posted_card.c.connection_id == table.c.id) & posted_card.c.ended_at.is_(None)
        here = (table.c.environment == environment) & (table.c.id > (after or 0))
        return await self._select(here, exists().where(card), at_most=at_most)

    async def add(self, connection: NewConnection) -> Connection | None:
        """Return the new connection, or None if the chat and the record already have an active one."""
        statement = insert(self._connection, table).values(
            chat_id=connection.chat_id,
            environment=connection.record.environment,
            table=connection.record.table,
            row_id=connection.record.row_id,
            record_name=connection.record_name,
            record_number=connection.record_number,
            connector_id=connection.connector_id,
            connector_name=connection.connector_name,
            connected_at=connection.connected_at,
        )
        added = await self._connection.execute(statement.on_conflict_do_nothing().returning(*table.c))
        row = added.mappings().one_or_none()
        return connection_from_row(row) if row else None

    async def rename(self, names: Mapping[ConnectionId, tuple[str, str | None]]) -> None:
        """Store the name and number of the record that the chat of each connection was shown last."""
        rows = [{"connection": each, "name": name, "number": number} for each, (name, number) in names.items()]
        if rows:
            await self._connection.execute(_RENAME, rows)

    async def end(self, connection: ConnectionId, *, at: datetime, by: ObjectId | None, by_name: str) -> bool:
        """End the connection; return False if it had ended before. Its live card is edited to say so."""
        ended = await self._connection.execute(
            update(table)
            .where(table.c.id == connection, _LIVE)
            .values(ended_at=at, ended_by_id=by, ended_by_name=by_name)
        )
        if ended.rowcount:
            await self._posted_cards.schedule([connection], at=at)
        return ended.rowcount > 0

    async def recently_ended(self, connection: PublicId, *, since: datetime) -> Connection | None:
        """Return the connection if a person ended it at that time or later, else None."""
        ended = (table.c.ended_at >= since) & table.c.ended_by_id.is_not(None)
        query = select(table).where(table.c.public_id == connection, ended)
        row = (await self._connection.execute(query)).mappings().one_or_none()
        return connection_from_row(row) if row else None

    async def reopen(self, connection: Connection, *, at: datetime) -> bool:
        """Reactivate an ended connection; return False if it is active or the chat has a newer one for the record."""
        reopened = await self._reopen((table.c.id == connection.id) & table.c.ended_at.is_not(None))
        if reopened:
            await self._posted_cards.schedule([connection.id], at=at)
        return reopened

    async def reopen_unheard(self, connections: Collection[ConnectionId]) -> None:
        """Reactivate those of the connections that ended with their record, because their chats did not hear of it.

        Of several connections of a chat and a record, only the newest one is reactivated.
        """
        for each in sorted(connections, reverse=True):
            ended = (table.c.id == each) & table.c.ended_at.is_not(None) & table.c.ended_by_id.is_(None)
            await self._reopen(ended)

    async def _reopen(self, ended: ColumnElement[bool]) -> bool:
        same = (_other.c.chat_id == table.c.chat_id) & (_other.c.environment == table.c.environment)
        same &= (_other.c.table == table.c.table) & (_other.c.row_id == table.c.row_id)
        newer = exists().where(same, _other.c.ended_at.is_(None))
        going_on = {"ended_at": None, "ended_by_id": None, "ended_by_name": None}
        try:
            async with self._connection.begin_nested():
                reopened = await self._connection.execute(update(table).where(ended, ~newer).values(going_on))
        except IntegrityError:
            return False  # the chat was connected to the record at the same time
        return reopened.rowcount > 0

    async def pause(self, chat: ChatId, reason: str, *, at: datetime) -> None:
        """Pause notifications of the chat's active connections. Paused connections keep their first reason."""
        going = (table.c.chat_id == chat) & _LIVE & table.c.paused_at.is_(None)
        await self._connection.execute(update(table).where(going).values(paused_at=at, paused_reason=reason))

    async def resume(self, chat: ChatId) -> Sequence[Connection]:
        """End the pause, and return the connections that were paused."""
        paused = (table.c.chat_id == chat) & _LIVE & table.c.paused_at.is_not(None)
        resumed = await self._connection.execute(
            update(table).where(paused).values(paused_at=None, paused_reason=None).returning(*table.c)
        )
        return [connection_from_row(row) for row in resumed.mappings()]

    async def _select(self, *where: ColumnElement[bool], at_most: int | None = None) -> Sequence[Connection]:
        query = select(table).where(_LIVE, *where).order_by(table.c.id).limit(at_most)
        found = await self._connection.execute(query)
        return [connection_from_row(row) for row in found.mappings()]


def connection_from_row(row: RowMapping) -> Connection:
    """Return the connection from a row with all columns of the table."""
    return Connection(
        id=ConnectionId(row["id"]),
        public_id=PublicId(row["public_id"]),
        chat_id=ChatId(row["chat_id"]),
        record=RecordRef(environment=EnvironmentId(row["environment"]), table=row["table"], row_id=row["row_id"]),
        record_name=row["record_name"],
        record_number=row["record_number"],
        connector_id=ObjectId(row["connector_id"]),
        connector_name=row["connector_name"],
        connected_at=row["connected_at"],
        paused_at=row["paused_at"],
        paused_reason=row["paused_reason"],
    )
