"""Sign-in windows of the pane. All processes share them, because each request may reach another one."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.pane_sessions import PaneHost, PaneIdentity
from bot.domain.pane_sign_in import SignInFailure, SignInResult
from bot.domain.values import ObjectId
from bot.store.tables import pane_sign_in as table
from bot.store.upsert import insert


class PaneSignIns:
    """The sign-ins by the digests of their secrets. Retention deletes those that nobody finished."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, digest: str, *, at: datetime) -> bool:
        """Store a new sign-in; return False if its secret was used before."""
        new = insert(self._connection, table).values(digest=digest, begun_at=at)
        return bool((await self._connection.execute(new.on_conflict_do_nothing())).rowcount)

    async def claim(self, digest: str, *, begun_after: datetime, at: datetime) -> bool:
        """Return True for the first answer to this sign-in, if it is in time."""
        first = _open(digest, begun_after) & table.c.returned_at.is_(None)
        return bool((await self._connection.execute(update(table).where(first).values(returned_at=at))).rowcount)

    async def save(self, digest: str, result: SignInResult) -> None:
        """Store the result of a claimed sign-in."""
        identity, failure = result.identity, result.failure
        await self._connection.execute(
            update(table)
            .where(table.c.digest == digest)
            .values(
                object_id=identity.object_id if identity else None,
                tenant_id=identity.tenant_id if identity else None,
                failure=failure.value if failure else None,
            )
        )

    async def is_finished(self, digest: str, *, begun_after: datetime) -> bool | None:
        """Return whether the sign-in has a result; None if there is no such sign-in in time."""
        found = await self._connection.execute(select(_has_result()).where(_open(digest, begun_after)))
        finished: bool | None = found.scalar_one_or_none()
        return finished

    async def take(self, digest: str, *, begun_after: datetime) -> SignInResult | None:
        """Return the result of the sign-in, once; None if there is none in time."""
        taken = delete(table).where(_open(digest, begun_after), _has_result())
        row = (
            await self._connection.execute(taken.returning(table.c.object_id, table.c.tenant_id, table.c.failure))
        ).one_or_none()
        if row is None:
            return None
        if row.failure:
            return SignInResult(failure=SignInFailure(row.failure))
        person = ObjectId(row.object_id)
        return SignInResult(identity=PaneIdentity(object_id=person, tenant_id=row.tenant_id, host=PaneHost.DYNAMICS))


def _has_result() -> ColumnElement[bool]:
    return table.c.object_id.is_not(None) | table.c.failure.is_not(None)


def _open(digest: str, begun_after: datetime) -> ColumnElement[bool]:
    return (table.c.digest == digest) & (table.c.begun_at > begun_after)
