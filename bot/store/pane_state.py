"""The stored state that the pane shows, without asking any other system (spec P9, P14).

Each visible pane asks for it twice a minute. So there are two statements, which are built only once.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from json import dumps

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    CompoundSelect,
    Select,
    String,
    any_,
    bindparam,
    case,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.open_panes import OpenPane
from bot.domain.values import ChatId, ObjectId, RecordRef
from bot.store.decisions import IS_OPEN
from bot.store.open_panes import pane_from_row
from bot.store.record_conditions import of_record
from bot.store.tables import chat, chat_rules, connection, connection_rules, decision
from bot.store.tables import open_pane as panes

_MAX_ROWS = 1_000
"""Connections of a person's chats that are compared."""
_MAX_PANES = 200
"""Panes that show the record."""


class PaneState:
    """Connections and open panes, which change while people look at the pane."""

    def __init__(self, db: AsyncConnection) -> None:
        self._db = db

    async def rows(
        self, record: RecordRef | None, chats: Collection[ChatId], *, at_most: int
    ) -> Sequence[tuple[object, ...]]:
        """Return the newest connections of the record, with the number of all, and those of the chats."""
        is_postgres = self._db.dialect.name == "postgresql"
        statement, ids = (_ROWS_POSTGRES, list(chats)) if is_postgres else (_ROWS_SQLITE, dumps(list(chats)))
        found = await self._db.execute(statement, {**_values(record), "chats": ids, "shown": at_most})
        return [tuple(row) for row in found]

    async def panes(
        self, record: RecordRef | None, digest: str, person: ObjectId | None, *, after: datetime
    ) -> tuple[OpenPane | None, Sequence[ObjectId]]:
        """Return the pane with this digest, and the other people who had the record open after this time."""
        values = {**_values(record), "own": digest, "after": after}
        found = (await self._db.execute(_PANES, values)).mappings().all()
        own = next((pane_from_row(row) for row in found if row["digest"] == digest), None)
        others = [pane_from_row(row) for row in found if row["digest"] != digest]
        return own, sorted({each.person for each in others if each.record == record} - {person})

    async def chat_rows(self, chat_id: ChatId) -> list[tuple[object, ...]]:
        """Return the connections of the chat with the versions of their rules, and of their last decisions."""
        latest = select(func.max(decision.c.id)).where(decision.c.connection_id == connection.c.id)
        held = select(func.count()).where(IS_OPEN, decision.c.connection_id == connection.c.id)
        rules = select(connection_rules.c.version).where(connection_rules.c.connection_id == connection.c.id)
        query = (
            select(
                connection.c.id,
                connection.c.record_name,
                connection.c.record_number,
                connection.c.paused_at,
                chat.c.bot_present,
                chat_rules.c.version,
                rules.scalar_subquery(),
                latest.scalar_subquery(),
                held.scalar_subquery(),
            )
            .join_from(connection, chat, chat.c.id == connection.c.chat_id)
            .outerjoin(chat_rules, chat_rules.c.chat_id == connection.c.chat_id)
            .where(connection.c.ended_at.is_(None), connection.c.chat_id == chat_id)
            .order_by(connection.c.id)
        )
        return [tuple(row) for row in await self._db.execute(query)]


def _values(record: RecordRef | None) -> dict[str, str]:
    """Return the values that name the record. Without one, they match nothing."""
    return asdict(record) if record else {"environment": "", "table": "", "row_id": ""}


_IS_SHOWN = connection.c.ended_at.is_(None) & of_record(connection)
_COUNT = select(func.count()).select_from(connection).where(_IS_SHOWN).scalar_subquery()


def _newest(count: object) -> Select[tuple[object, ...]]:
    columns = (
        *(connection.c.id, connection.c.record_name, connection.c.record_number, connection.c.paused_at),
        *(chat.c.topic, chat.c.bot_present, chat.c.last_writer_id, chat.c.last_written_at),
    )
    joined = select(*columns, count).join_from(connection, chat, chat.c.id == connection.c.chat_id)  # type: ignore[call-overload]
    found: Select[tuple[object, ...]] = joined.order_by(connection.c.id.desc())
    return found


def _rows(is_of_chats: ColumnElement[bool]) -> CompoundSelect[tuple[object, ...]]:
    """Return the statement. A list in one parameter costs less than one parameter for each chat."""
    of_chats = connection.c.ended_at.is_(None) & is_of_chats
    # Parts of a UNION have limits only in subqueries.
    return union_all(
        select(_newest(_COUNT.label("count")).where(_IS_SHOWN).limit(bindparam("shown")).subquery()),
        select(_newest(bindparam("none", 0).label("count")).where(of_chats).limit(_MAX_ROWS).subquery()),
    )


_LISTED = func.json_each(bindparam("chats")).table_valued("value")
_ROWS_SQLITE = _rows(connection.c.chat_id.in_(select(_LISTED.c.value)))
_ROWS_POSTGRES = _rows(connection.c.chat_id == any_(bindparam("chats", type_=ARRAY(String))))
_PANES = (
    select(panes)
    .where(
        or_(
            panes.c.digest == bindparam("own"),
            of_record(panes) & (panes.c.seen_at > bindparam("after", type_=panes.c.seen_at.type)),
        )
    )
    # The own pane is found among any number of others. Otherwise, it would be stored at each poll.
    .order_by(case((panes.c.digest == bindparam("own"), 0), else_=1), panes.c.digest)
    .limit(_MAX_PANES)
)
