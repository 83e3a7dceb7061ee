"""Chats with synchronized connections, and the state of their rows in Dataverse."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    RowMapping,
    Select,
    and_,
    bindparam,
    case,
    literal,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.chat_sync import SyncedRow, SyncProblem
from bot.domain.synced_chats import FetchedChat, LastWrite, Pause, SyncedChat, SyncedConnection, TopicChange
from bot.domain.values import ChatId, ChatKind, Connection, ConnectionId, EnvironmentId, ObjectId
from bot.store import upsert
from bot.store.chats import CHAT_COLUMNS, chat_from_row
from bot.store.codecs import ACTIVITY_ROW
from bot.store.connections import connection_from_row
from bot.store.lanes import Lanes
from bot.store.sync_jobs import SyncJobs
from bot.store.tables import chat, chat_activity, connection, microseconds
from bot.store.tables.types import Instant

_LIVE = connection.c.ended_at.is_(None)
_OPEN = _LIVE | chat_activity.c.closing.is_(None)
_KNOWN = (chat.c.topic, chat.c.topic_told_at, chat.c.looked_at, chat.c.last_writer_id, chat.c.last_written_at)


class ChatSync(SyncJobs):
    """The state of synchronized chats. No such data is stored about other chats."""

    def __init__(self, db: AsyncConnection, lanes: Lanes) -> None:
        super().__init__(db, lanes)
        self._db = db

    async def start(self, connection: ConnectionId, synced: SyncedRow) -> None:
        """Start synchronization of the connection, unless it was started before."""
        statement = upsert.insert(self._db, chat_activity).values(connection_id=connection, **_values(synced))
        await self._db.execute(statement.on_conflict_do_nothing(index_elements=["connection_id"]))

    async def transfer(self, old: ConnectionId, new: ConnectionId) -> None:
        """Transfer the Dataverse row of the old connection to the new connection."""
        mine = chat_activity.c.connection_id == old
        await self._db.execute(update(chat_activity).where(mine).values(connection_id=new))

    async def get_rows(self, connections: Sequence[ConnectionId]) -> Mapping[ConnectionId, SyncedRow]:
        """Return the state of the connections that were ever synchronized, including paused and ended ones."""
        query = select(chat_activity).where(chat_activity.c.connection_id.in_(connections))
        found = await self._db.execute(query)
        return {ConnectionId(row["connection_id"]): synced_row_from_row(row) for row in found.mappings()}

    async def save_row(self, connection: ConnectionId, synced: SyncedRow) -> None:
        """Store the state of the connection's row. The time of the last activity in the chat does not change."""
        values = {name: value for name, value in _values(synced).items() if name != "active_at"}
        mine = chat_activity.c.connection_id == connection
        await self._db.execute(update(chat_activity).where(mine).values(values))

    async def touch(self, at: Mapping[ConnectionId, datetime]) -> None:
        """Store the time of the last activity; earlier times change nothing."""
        rows = [{"of": each, "now": moment} for each, moment in sorted(at.items())]
        earlier = (chat_activity.c.connection_id == bindparam("of")) & (chat_activity.c.active_at < bindparam("now"))
        if rows:
            await self._db.execute(update(chat_activity).where(earlier).values(active_at=bindparam("now")), rows)

    async def exclude_pause(self, environment: EnvironmentId, pause: Pause) -> None:
        """Exclude the pause from the idle time of the environment's connections that were not idle when it began.

        Also forget when the chats were last fetched: changes during the pause must not count as activity now.
        """
        here = select(connection.c.id).where(connection.c.environment == environment)
        mine = chat_activity.c.connection_id.in_(here) & (chat_activity.c.active_at <= pause.start)
        if pause.active_since is not None:
            mine &= chat_activity.c.active_at >= pause.active_since
        length = literal(microseconds(pause.end) - microseconds(pause.start), BigInteger)
        moved = type_coerce(chat_activity.c.active_at, BigInteger) + length
        await self._db.execute(update(chat_activity).where(mine).values(active_at=type_coerce(moved, Instant)))
        chats = select(connection.c.chat_id).where(connection.c.environment == environment)
        await self._db.execute(update(chat).where(chat.c.id.in_(chats)).values(looked_at=None))

    async def active_connections(self, chats: Sequence[ChatId]) -> Sequence[SyncedConnection]:
        """Return the active connections of these chats that were ever synchronized."""
        return await self._connections(_LIVE, connection.c.chat_id.in_(chats))

    async def get_chat(self, chat_id: ChatId) -> SyncedChat | None:
        """Return all stored data of the chat, or None if the chat is unknown."""
        found = await self._db.execute(select(*CHAT_COLUMNS, *_KNOWN).where(chat.c.id == chat_id))
        row = found.mappings().one_or_none()
        if row is None:
            return None
        writer = row["last_writer_id"]
        return SyncedChat(
            chat=chat_from_row(row),
            topic=row["topic"],
            topic_reported_at=row["topic_told_at"],
            checked_at=row["looked_at"],
            last_writer_id=ObjectId(writer) if writer else None,
            last_written_at=row["last_written_at"],
            connections=await self._connections(_OPEN, connection.c.chat_id == chat_id),
        )

    async def save_snapshot(self, known: SyncedChat, fetched: FetchedChat, *, at: datetime) -> None:
        """Store the time of the fetch and the chat's topic, unless the stored topic changed after `known` was read."""
        chat_id = known.chat.id
        # Compare both: two topics may have the same time, and the one stored last must stay.
        same_time = chat.c.topic_told_at.is_not_distinct_from(known.topic_reported_at)
        same = same_time & chat.c.topic.is_not_distinct_from(known.topic)
        topic = case((same, fetched.topic), else_=chat.c.topic)
        await self._db.execute(update(chat).where(chat.c.id == chat_id).values(topic=topic, looked_at=at))

    async def mark_checked(self, chat_id: ChatId, *, at: datetime) -> None:
        """Store the time of a fetch that was skipped or failed."""
        await self._db.execute(update(chat).where(chat.c.id == chat_id).values(looked_at=at))

    async def save_topics(self, changes: Sequence[TopicChange]) -> None:
        """Store the chats' topics, unless a later topic is stored or the bot was removed from the chat."""
        rows = [{"of": each.chat_id, "called": each.topic, "now": each.at} for each in changes]
        earlier = or_(chat.c.topic_told_at.is_(None), chat.c.topic_told_at <= bindparam("now"))
        told = update(chat).where(chat.c.id == bindparam("of"), chat.c.bot_present, earlier)
        if rows:
            in_order = sorted(rows, key=itemgetter("of"))
            await self._db.execute(told.values(topic=bindparam("called"), topic_told_at=bindparam("now")), in_order)

    async def save_last_writes(self, writes: Sequence[LastWrite]) -> None:
        """Store each chat's last writer and time, unless a later message is stored."""
        rows = [{"of": each.chat_id, "by": each.writer, "now": each.at} for each in writes]
        earlier = or_(chat.c.last_written_at.is_(None), chat.c.last_written_at < bindparam("now"))
        last = update(chat).where(chat.c.id == bindparam("of"), earlier)
        if rows:
            in_order = sorted(rows, key=itemgetter("of"))
            await self._db.execute(
                last.values(last_writer_id=bindparam("by"), last_written_at=bindparam("now")), in_order
            )

    async def chats_in_environment(
        self, environment: EnvironmentId, *, after: ChatId | None, at_most: int
    ) -> Sequence[ChatId]:
        """Return chats with active or uncompleted connections in the environment, ordered by id.

        Pass the last id as `after` to get the next page.
        """
        here = (connection.c.environment == environment) & (connection.c.chat_id > (after or ""))
        every = select(connection.c.chat_id).outerjoin(chat_activity)
        ending = chat_activity.c.connection_id.is_not(None) & chat_activity.c.closing.is_(None)
        query = every.where(_LIVE | ending, here).distinct().order_by(connection.c.chat_id)
        return [ChatId(each) for each in (await self._db.execute(query.limit(at_most))).scalars()]

    async def unsynced_connections(
        self, environment: EnvironmentId, *, after: ConnectionId | None, at_most: int
    ) -> Sequence[Connection]:
        """Return active group chat connections that were made while sync was off, ordered by id, after an id."""
        here = (connection.c.environment == environment) & (connection.c.id > (after or 0))
        synced = select(chat_activity.c.connection_id).where(chat_activity.c.connection_id == connection.c.id)
        query = select(connection).join(chat, chat.c.id == connection.c.chat_id)
        found = await self._db.execute(
            query.where(_LIVE, here, chat.c.kind == ChatKind.GROUP, ~synced.exists())
            .order_by(connection.c.id)
            .limit(at_most)
        )
        return [connection_from_row(row) for row in found.mappings()]

    async def unmirrored_connections(self, chat_id: ChatId) -> Sequence[tuple[Connection, bool]]:
        """Return the chat's connections whose entry in Dynamics 365 is wrong, each with whether it must be listed.

        Leave out an ended connection if the chat and record are connected again: both share one entry. Only group
        chats can be listed ("msdyn_teamscollaboration table reference").
        """
        newer = connection.alias()
        # The entry belongs to the chat and the record: an ended connection would remove that of the active one.
        same = and_(*(newer.c[each] == connection.c[each] for each in ("chat_id", "environment", "table", "row_id")))
        again = select(newer.c.id).where(same, newer.c.ended_at.is_(None)).exists()
        listed = _LIVE & (chat.c.kind == ChatKind.GROUP)
        wrong = (connection.c.chat_id == chat_id) & (connection.c.mirrored != listed) & (_LIVE | ~again)
        query = select(connection, listed.label("listed")).join(chat, chat.c.id == connection.c.chat_id)
        found = await self._db.execute(query.where(wrong).order_by(connection.c.id))
        return [(connection_from_row(row), row["listed"]) for row in found.mappings()]

    async def save_mirrored(self, connection_id: ConnectionId, *, listed: bool) -> None:
        """Store whether Dynamics 365 lists the connection."""
        mine = connection.c.id == connection_id
        await self._db.execute(update(connection).where(mine).values(mirrored=listed))

    async def _connections(self, *where: ColumnElement[bool]) -> Sequence[SyncedConnection]:
        found = await self._db.execute(_joined(connection, chat_activity).where(*where).order_by(connection.c.id))
        return [
            SyncedConnection(
                connection=connection_from_row(row),
                ended_at=row["ended_at"],
                ended_by_name=row["ended_by_name"] or "",
                synced=synced_row_from_row(row),
            )
            for row in found.mappings()
        ]


def _joined(*what: Any) -> Select[Any]:
    return select(*what).join_from(connection, chat_activity, chat_activity.c.connection_id == connection.c.id)


def _values(synced: SyncedRow) -> dict[str, object]:
    return {
        "activity_id": synced.activity_id,
        "maker_id": synced.created_by,
        "active_at": synced.last_activity_at,
        "row": ACTIVITY_ROW.encode(synced.row),
        "people": dict(synced.users),
        "others": synced.members_without_user,
        "trouble": synced.problem,
        "closing": synced.closing_line,
        "written_at": synced.written_at,
    }


def synced_row_from_row(row: RowMapping) -> SyncedRow:
    """Return the sync state from a row with all columns of table `chat_activity`."""
    return SyncedRow(
        activity_id=row["activity_id"],
        created_by=ObjectId(row["maker_id"]),
        last_activity_at=row["active_at"],
        row=ACTIVITY_ROW.decode(row["row"]),
        users=row["people"],
        members_without_user=row["others"],
        problem=SyncProblem(row["trouble"]) if row["trouble"] else None,
        closing_line=row["closing"],
        written_at=row["written_at"],
    )
