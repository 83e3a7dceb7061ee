"""Keys that sign data which clients return to the bot. All processes share them."""

from collections.abc import Sequence
from datetime import datetime
from secrets import token_hex

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import microseconds
from bot.store.tables import signing_key as table
from bot.store.upsert import insert

_KEY_BYTES = 32
_WEEK_US = 7 * 24 * 60 * 60 * 1_000_000


class SigningKeys:
    """One random key for each week. A signature is valid in the week of its key and in the next one."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def current(self, at: datetime) -> bytes:
        """Return the key of this week. The first caller creates it, and deletes the keys that are no longer valid."""
        new = insert(self._connection, table).values(week=_week(at), key=token_hex(_KEY_BYTES))
        created = await self._connection.execute(new.on_conflict_do_nothing())
        if created.rowcount > 0:
            await self._connection.execute(delete(table).where(table.c.week < _week(at) - 1))
        found = await self._connection.execute(select(table.c.key).where(table.c.week == _week(at)))
        return bytes.fromhex(found.scalar_one())

    async def valid(self, at: datetime) -> Sequence[bytes]:
        """Return the valid keys. They include the key of the next week, if the clock of another process is ahead."""
        found = await self._connection.execute(select(table.c.key).where(table.c.week >= _week(at) - 1))
        return [bytes.fromhex(key) for key in found.scalars()]


def _week(at: datetime) -> int:
    return microseconds(at) // _WEEK_US
