"""Enqueue chats that were not fetched for a while, because events about them may be missing (spec Y2)."""

from collections.abc import Sequence
from datetime import timedelta

from bot.domain.values import ChatId, EnvironmentId
from bot.features.shared.services import Services
from bot.store.stale_chats import FIRST, SearchPosition

CHECK_INTERVAL = timedelta(hours=6)
"""Time after which a chat is fetched again even if no event reported a change."""
MAX_CHATS = 40
"""Chats that one process fetches in a minute. Graph allows an app 30 requests per second, and people need most."""
_BATCH_SIZE = 500


async def enqueue_stale_chats(services: Services, within: timedelta, after: SearchPosition = FIRST) -> SearchPosition:
    """Enqueue chats that were not fetched for `CHECK_INTERVAL`, spread evenly over the time `within`.

    The search goes on after a position, and returns the one for the next search.
    """
    now = services.clock.now()
    async with services.store.reading() as work:
        chats, position = await work.stale_chats.find(since=now - CHECK_INTERVAL, at_most=MAX_CHATS, after=after)
    async with services.store.writing() as work:
        for number, chat in enumerate(sorted(chats)):
            due_at = now + within * number / len(chats)
            await work.chat_sync.enqueue([chat], fetch=True, at=now, due_at=due_at)
    return position


async def enqueue_chats_of_environment(services: Services, environment: EnvironmentId, jobs: Sequence[str]) -> None:
    """Enqueue all synced chats of the environment after a settings change, and complete the jobs."""
    after: ChatId | None = None
    while True:
        now = services.clock.now()
        async with services.store.writing() as work:
            chats = await work.chat_sync.chats_in_environment(environment, after=after, at_most=_BATCH_SIZE)
            await work.chat_sync.enqueue(chats, fetch=True, at=now, due_at=now)
            if not chats:
                await work.inbox.complete(jobs, at=now)
                return
        after = chats[-1]
