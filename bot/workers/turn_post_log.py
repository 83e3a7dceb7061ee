"""Answers given in a turn count for the pace of what follows, though they wait for nobody."""

import asyncio
from collections import deque
from datetime import datetime

from bot.clock import Clock
from bot.domain.values import Chat, ChatId
from bot.logs import get_logger
from bot.store.unit_of_work import Store
from bot.workers.limits import Limits

_GATHER_S = 0.5
_MOST = 60
"""Posts into one chat that are noted of one gathering: more make no difference to the windows."""

_log = get_logger(__name__)


class TurnPostLog:
    """Gathers answers in memory and keeps them a little later: a turn must not wait for the database."""

    def __init__(self, *, store: Store, clock: Clock, limits: Limits) -> None:
        self._store = store
        self._clock = clock
        self._limits = limits
        self._recorded: dict[Chat, deque[datetime]] = {}
        self._some = asyncio.Event()

    def record(self, chat: Chat) -> None:
        """The bot answered in the chat."""
        if self._limits.chat:
            self._recorded.setdefault(chat, deque(maxlen=_MOST)).append(self._clock.now())
            self._some.set()

    async def run(self) -> None:
        """Keeps what was gathered, until it is cancelled."""
        while True:
            await self._some.wait()
            await asyncio.sleep(_GATHER_S)
            self._some.clear()
            noted, self._recorded = self._recorded, {}
            try:
                await self._keep(noted)
            except Exception:  # noqa: BLE001 - a door: the pace is then a little too fast, and Teams says so
                _log.exception("answers not noted")

    async def _keep(self, noted: dict[Chat, deque[datetime]]) -> None:
        posts: list[tuple[ChatId, datetime]] = [(chat.id, at) for chat, ats in noted.items() for at in ats]
        async with self._store.writing() as work:
            await work.rate_history.add_posts(posts)
            if self._limits.tenant is None:
                return
            since = self._clock.now() - self._limits.tenant.span
            for tenant in {chat.tenant_id for chat in noted}:
                own = [at for chat, ats in noted.items() if chat.tenant_id == tenant for at in ats if at > since]
                reserved = await work.rate_history.lock_tenant_posts(tenant)
                await work.rate_history.save_tenant_posts(
                    tenant, sorted([*reserved, *own])[-self._limits.tenant.posts :]
                )
