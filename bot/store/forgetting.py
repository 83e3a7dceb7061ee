"""Retention of personal data in chats that are no longer synchronized (spec S6)."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, String, cast, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import chat, chat_activity, connection, environment, setting_change

_KNOWN = ("topic", "topic_told_at", "last_writer_id", "last_written_at")
"""Columns with data about a synchronized chat, except its members."""


async def forget_synced_rows(db: AsyncConnection, before: datetime, some: ColumnElement[bool]) -> int:
    """Delete or clear the sync state of these connections if their sync ended before; return the number of rows."""
    return await _rows(db, before, some) + await _people(db, before, some)


async def forget_chats(db: AsyncConnection, before: datetime, some: ColumnElement[bool]) -> int:
    """Clear data of these chats if their sync ended before; return the number of rows.

    The connections themselves stay as the record's history.
    """
    goes_on = _synced().where(connection.c.chat_id == chat.c.id, ~_over(before)).correlate(chat).exists()
    known = or_(*(chat.c[each].is_not(None) for each in _KNOWN))
    return (await db.execute(update(chat).where(some, known, ~goes_on).values(dict.fromkeys(_KNOWN)))).rowcount


async def _rows(db: AsyncConnection, before: datetime, some: ColumnElement[bool]) -> int:
    """Delete the sync state of connections that ended before and whose Dataverse rows are completed."""
    done = _synced().where(some, _ended(before), chat_activity.c.closing.is_not(None))
    return (await db.execute(delete(chat_activity).where(chat_activity.c.connection_id.in_(done)))).rowcount


async def _people(db: AsyncConnection, before: datetime, some: ColumnElement[bool]) -> int:
    """Clear the members and the last seen row. If sync is turned on again, both are fetched again."""
    anybody = cast(chat_activity.c.people, String) != "{}"
    mine = _synced().where(some, _over(before), chat_activity.c.row.is_not(None) | anybody)
    cleared = update(chat_activity).where(chat_activity.c.connection_id.in_(mine)).values(people={}, row=None)
    return (await db.execute(cleared)).rowcount


def _synced() -> Select[tuple[int]]:
    joined = select(chat_activity.c.connection_id).select_from(chat_activity)
    return joined.join(connection, connection.c.id == chat_activity.c.connection_id)


def _over(before: datetime) -> ColumnElement[bool]:
    return _ended(before) | connection.c.environment.in_(_off(before))


def _ended(before: datetime) -> ColumnElement[bool]:
    return connection.c.ended_at.is_not(None) & (connection.c.ended_at < before)


def _off(before: datetime) -> Select[tuple[str]]:
    """Return the environments in which sync, or chats altogether, have been off since before."""
    of = environment.c
    sync_off = ~of.sync_on & (of.sync_changed_at.is_(None) | (of.sync_changed_at < before))
    # The time at which chats were turned off is not stored: it is no later than the last change of settings.
    later = (setting_change.c.environment == of.id) & (setting_change.c.at >= before)
    chats_off = ~of.chats_on & ~select(setting_change.c.version).where(later).correlate(environment).exists()
    return select(of.id).where(sync_off | chats_off)
