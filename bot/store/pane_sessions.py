"""Sessions of people in the pane. All processes share them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.pane_sessions import PaneHost, PaneIdentity, PaneSession
from bot.domain.values import ObjectId
from bot.store.tables import pane_session as table

_BY_DIGEST = select(table).where(table.c.digest == bindparam("digest"))
"""Built once, because each request needs it."""
_SAVE_USE = (
    update(table)
    .where(table.c.digest == bindparam("session"), table.c.used_at < bindparam("at", type_=table.c.used_at.type))
    .values(used_at=bindparam("at", type_=table.c.used_at.type))
)


class PaneSessions:
    """The sessions by the digests of their tokens. Retention deletes those that ended."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, digest: str, session: PaneSession) -> None:
        """Store a new session."""
        identity = session.identity
        await self._connection.execute(
            table.insert().values(
                digest=digest,
                object_id=identity.object_id,
                tenant_id=identity.tenant_id,
                host=identity.host.value,
                begun_at=session.begun_at,
                used_at=session.used_at,
                checked_at=session.checked_at,
                check_due_at=session.check_due_at,
            )
        )

    async def make_room(self, identity: PaneIdentity, *, at_most: int) -> Sequence[str]:
        """Delete the sessions of the person that were used first until a new one fits; return their digests."""
        mine = (table.c.object_id == identity.object_id) & (table.c.tenant_id == identity.tenant_id)
        newest = select(table.c.digest).where(mine).order_by(table.c.used_at.desc(), table.c.digest).limit(at_most - 1)
        old = delete(table).where(mine, table.c.digest.not_in(newest.scalar_subquery()))
        return list((await self._connection.execute(old.returning(table.c.digest))).scalars())

    async def get(self, digest: str) -> PaneSession | None:
        """Return the session, which may have ended, or None if there is none."""
        found = await self._connection.execute(_BY_DIGEST, {"digest": digest})
        row = found.mappings().one_or_none()
        if row is None:
            return None
        identity = PaneIdentity(
            object_id=ObjectId(row["object_id"]), tenant_id=row["tenant_id"], host=PaneHost(row["host"])
        )
        return PaneSession(
            identity=identity,
            begun_at=row["begun_at"],
            used_at=row["used_at"],
            checked_at=row["checked_at"] or row["begun_at"],
            check_due_at=row["check_due_at"] or row["begun_at"],
        )

    async def save_uses(self, uses: Mapping[str, datetime]) -> None:
        """Store the times of the last uses by the digests, unless a later one is stored."""
        if uses:
            rows = [{"session": digest, "at": at} for digest, at in uses.items()]
            await self._connection.execute(_SAVE_USE, rows)

    async def claim_check(self, digest: str, session: PaneSession, *, next_at: datetime) -> bool:
        """Return True for the one request that may check the account; the next check is due at the given time."""
        same = (table.c.digest == digest) & (
            table.c.check_due_at.is_(None) | (table.c.check_due_at <= session.check_due_at)
        )
        claimed = update(table).where(same).values(check_due_at=next_at)
        return bool((await self._connection.execute(claimed)).rowcount)

    async def save_check(self, digest: str, *, at: datetime) -> None:
        """Store that the account was enabled at this time."""
        await self._connection.execute(update(table).where(table.c.digest == digest).values(checked_at=at))

    async def delete(self, digest: str) -> None:
        """Delete the session, which may be deleted already."""
        await self._connection.execute(delete(table).where(table.c.digest == digest))
