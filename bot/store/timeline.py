"""The chat history of records (spec L1)."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, RowMapping, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.timeline import TimelineEntry
from bot.domain.values import ChatKind, ObjectId, RecordRef
from bot.store.chat_sync import synced_row_from_row
from bot.store.connections import connection_from_row
from bot.store.record_conditions import of_record
from bot.store.sync_jobs import STUCK
from bot.store.tables import chat, chat_activity, connection, sync_job


class Timeline:
    """The chat history of records: active and ended connections (spec L1)."""

    def __init__(self, db: AsyncConnection) -> None:
        self._db = db

    async def count(self, record: RecordRef, *, active_only: bool = False, channels: bool | None = None) -> int:
        """Return the number of the record's connections; see `for_record`."""
        query = select(func.count()).select_from(connection)
        if channels is not None:
            query = query.join(chat, chat.c.id == connection.c.chat_id)
        query = query.where(*_of(record, live=active_only), *_kinds(channels))
        return (await self._db.execute(query)).scalar_one()

    async def for_record(
        self,
        record: RecordRef,
        *,
        offset: int,
        at_most: int,
        active_only: bool = False,
        channels: bool | None = None,
    ) -> Sequence[TimelineEntry]:
        """Return a page of the record's connections, newest first; `active_only` leaves out ended ones.

        `channels` is True for channels only, False for chats only, and None for both.
        """
        known = (
            chat.c.kind,
            chat.c.team_id,
            chat.c.topic,
            chat.c.bot_present,
            chat.c.last_writer_id,
            chat.c.last_written_at,
        )
        stuck = case((STUCK, sync_job.c.reason)).label("stuck")
        query = select(connection, chat_activity, *known, stuck)
        query = query.join_from(connection, chat, chat.c.id == connection.c.chat_id)
        query = query.outerjoin(sync_job, sync_job.c.lane == chat.c.id)
        query = query.outerjoin(chat_activity, chat_activity.c.connection_id == connection.c.id)
        query = query.where(*_of(record, live=active_only), *_kinds(channels))
        query = query.order_by(connection.c.id.desc()).offset(offset).limit(at_most)
        return [_entry(row) for row in (await self._db.execute(query)).mappings()]


def _of(record: RecordRef, *, live: bool) -> Sequence[ColumnElement[bool]]:
    same = of_record(connection, record)
    return [same, connection.c.ended_at.is_(None)] if live else [same]


def _kinds(channels: bool | None) -> Sequence[ColumnElement[bool]]:
    if channels is None:
        return []
    return [chat.c.kind == ChatKind.CHANNEL.value if channels else chat.c.kind != ChatKind.CHANNEL.value]


def _entry(row: RowMapping) -> TimelineEntry:
    writer = row["last_writer_id"]
    return TimelineEntry(
        connection=connection_from_row(row),
        kind=ChatKind(row["kind"]),
        team_id=row["team_id"],
        topic=row["topic"],
        bot_present=row["bot_present"],
        last_writer_id=ObjectId(writer) if writer else None,
        last_written_at=row["last_written_at"],
        ended_at=row["ended_at"],
        ended_by_name=row["ended_by_name"] or "",
        synced=synced_row_from_row(row) if row["connection_id"] else None,
        failure=row["stuck"] or "",
    )
