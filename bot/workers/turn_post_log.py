"""Replies in a turn count against the rate limit but are never delayed by it."""

import asyncio
from collections import deque
from datetime import datetime

from bot.clock import Clock
from bot.domain.limits import Limits
from bot.domain.rate_windows import credible_posts
from bot.domain.values import Chat, ChatId
from bot.logs import get_logger
from bot.store.unit_of_work import Store

_COLLECT_S = 0.5
_MAX_POSTS = 60
"""Maximum number of posts to save for one chat at a time: the windows are full by then."""

_log = get_logger(__name__)


class TurnPostLog:
    """Collects replies in memory and saves them a moment later, so that a turn does not wait for the database."""

    def __init__(self, *, store: Store, clock: Clock, limits: Limits) -> None:
        self._store = store
        self._clock = clock
        self._limits = limits
        self._posts: dict[Chat, deque[datetime]] = {}
        self._has_posts = asyncio.Event()

    def record(self, chat: Chat) -> None:
        """Record that the bot replied in the chat."""
        if self._limits.chat:
            self._posts.setdefault(chat, deque(maxlen=_MAX_POSTS)).append(self._clock.now())
            self._has_posts.set()

    async def run(self) -> None:
        """Save collected replies until cancelled."""
        while True:
            await self._has_posts.wait()
            await asyncio.sleep(_COLLECT_S)
            self._has_posts.clear()
            collected, self._posts = self._posts, {}
            try:
                await self._save(collected)
            except Exception:  # noqa: BLE001 - the job's boundary: the bot then posts a little too fast
                _log.exception("outbox.turn_posts_not_saved")

    async def _save(self, collected: dict[Chat, deque[datetime]]) -> None:
        posts: list[tuple[ChatId, datetime]] = [(chat.id, at) for chat, ats in collected.items() for at in ats]
        async with self._store.writing() as work:
            await work.rate_history.add_posts(posts)
            if self._limits.tenant is None:
                return
            now = self._clock.now()
            since = now - self._limits.tenant.span
            for tenant in {chat.tenant_id for chat in collected}:
                own = [at for chat, ats in collected.items() if chat.tenant_id == tenant for at in ats if at > since]
                reserved = credible_posts(await work.rate_history.lock_tenant_posts(tenant), now)
                await work.rate_history.save_tenant_posts(
                    tenant, sorted([*reserved, *own])[-self._limits.tenant.posts :]
                )
