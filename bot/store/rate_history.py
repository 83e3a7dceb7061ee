"""Rows of what was posted lately."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.values import ChatId
from bot.store.bulk import bulk_execute
from bot.store.tables import microseconds, post, tenant_budget
from bot.store.upsert import insert


class RateHistory:
    """Recent posts by chat and by tenant, shared by all processes; Teams limits both."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add_posts(self, posts: Sequence[tuple[ChatId, datetime]]) -> None:
        """Notes posts into chats."""
        rows = [{"chat_id": chat, "at": microseconds(at)} for chat, at in posts]
        if rows:
            await bulk_execute(self._connection, post.insert(), rows)

    async def posts_since(self, chats: Sequence[ChatId], at: datetime) -> Mapping[ChatId, Sequence[datetime]]:
        """The posts into each chat after the instant, in order."""
        found = await self._connection.execute(
            select(post.c.chat_id, post.c.at).where(post.c.chat_id.in_(chats), post.c.at > at).order_by(post.c.at)
        )
        posts: dict[ChatId, list[datetime]] = defaultdict(list)
        for chat, posted_at in found:
            posts[ChatId(chat)].append(posted_at)
        return posts

    async def lock_tenant_posts(self, tenant: str) -> Sequence[datetime]:
        """The last posts that were reserved for the tenant, in order; nobody else may change them meanwhile."""
        new = insert(self._connection, tenant_budget).values(tenant_id=tenant, posts=[])
        await self._connection.execute(new.on_conflict_do_nothing())
        found = await self._connection.execute(
            select(tenant_budget.c.posts).where(tenant_budget.c.tenant_id == tenant).with_for_update()
        )
        posts: Sequence[datetime] = found.scalar_one()
        return posts

    async def save_tenant_posts(self, tenant: str, posts: Sequence[datetime]) -> None:
        """Keeps these as the tenant's last posts."""
        mine = tenant_budget.c.tenant_id == tenant
        await self._connection.execute(update(tenant_budget).where(mine).values(posts=list(posts)))
