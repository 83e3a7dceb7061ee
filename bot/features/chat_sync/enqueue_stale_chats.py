"""Having chats looked at of which nobody may have told (spec Y2)."""

from collections.abc import Sequence
from datetime import timedelta

from bot.domain.values import ChatId, EnvironmentId
from bot.features.shared.services import Services

CHECK_INTERVAL = timedelta(hours=6)
"""What no event told of is seen after this time."""
MAX_CHATS = 40
"""Chats a minute and process: Graph gives an app thirty requests a second, and people want some of them."""
_BATCH_SIZE = 500


async def enqueue_stale_chats(services: Services, within: timedelta) -> None:
    """Has the chats looked at that were not for long; they are spread over the time `within`."""
    now = services.clock.now()
    async with services.store.reading() as work:
        chats = await work.chat_sync.stale_chats(since=now - CHECK_INTERVAL, at_most=MAX_CHATS)
    if not chats:
        return
    async with services.store.writing() as work:
        for number, chat in enumerate(sorted(chats)):
            due_at = now + within * number / len(chats)
            await work.chat_sync.enqueue([chat], fetch=True, at=now, due_at=due_at)


async def enqueue_chats_of_environment(services: Services, environment: EnvironmentId, jobs: Sequence[str]) -> None:
    """Has all synced chats there looked at, and settles the jobs: something was set that concerns them."""
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
