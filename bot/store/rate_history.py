"""Recent posts, from which the rate limiter computes the time of the next one."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.values import ChatId
from bot.store.bulk import bulk_execute
from bot.store.lists import one_of
from bot.store.tables import microseconds, post, tenant_budget
from bot.store.upsert import insert

# Built once, because each block of posts needs them.
_NEW_POST = post.insert()
_POSTS_SINCE = (
    select(post.c.chat_id, post.c.at)
    .where(one_of(post.c.chat_id, "chats"), post.c.at > bindparam("since"))
    .order_by(post.c.at)
)
_OF_TENANT = tenant_budget.c.tenant_id == bindparam("tenant")
_LOCK_POSTS = select(tenant_budget.c.posts).where(_OF_TENANT).with_for_update()
_SAVE_POSTS = update(tenant_budget).where(_OF_TENANT).values(posts=bindparam("latest"))


class RateHistory:
    """Recent posts by chat and by tenant, shared by all processes. Teams limits both rates."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add_posts(self, posts: Sequence[tuple[ChatId, datetime]]) -> None:
        """Store posts to chats."""
        rows = [{"chat_id": chat, "at": microseconds(at)} for chat, at in posts]
        if rows:
            await bulk_execute(self._connection, _NEW_POST, rows)

    async def posts_since(self, chats: Sequence[ChatId], at: datetime) -> Mapping[ChatId, Sequence[datetime]]:
        """Return each chat's posts after this time, in order."""
        found = await self._connection.execute(_POSTS_SINCE, {"chats": chats, "since": at})
        posts: dict[ChatId, list[datetime]] = defaultdict(list)
        for chat, posted_at in found:
            posts[ChatId(chat)].append(posted_at)
        return posts

    async def lock_tenant_posts(self, tenant: str) -> Sequence[datetime]:
        """Return the tenant's last reserved posts, in order, and lock them until the end of the transaction."""
        mine = {"tenant": tenant}
        found: Sequence[datetime] | None = await self._connection.scalar(_LOCK_POSTS, mine)
        if found is not None:
            return found
        new = insert(self._connection, tenant_budget).values(tenant_id=tenant, posts=[])
        await self._connection.execute(new.on_conflict_do_nothing())
        posts: Sequence[datetime] = (await self._connection.execute(_LOCK_POSTS, mine)).scalar_one()
        return posts

    async def save_tenant_posts(self, tenant: str, posts: Sequence[datetime]) -> None:
        """Replace the tenant's last reserved posts."""
        await self._connection.execute(_SAVE_POSTS, {"tenant": tenant, "latest": list(posts)})
