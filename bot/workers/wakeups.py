"""Passes news of the store on to whoever waits for them in this process."""

import asyncio
from collections.abc import Callable

from bot.domain.queue_states import Queue
from bot.domain.values import ChatId
from bot.store.notify import News


class Switchboard:
    """Wakes the workers of a queue, and tells whoever remembers chats or settings that they are not so any more."""

    def __init__(self) -> None:
        self.wakes = {queue: asyncio.Event() for queue in Queue}
        self._leavers: list[Callable[[ChatId], None]] = []
        self._readers: list[Callable[[], None]] = []

    def on_left(self, told: Callable[[ChatId], None]) -> None:
        """From now on calls `told` with each chat that the bot has left."""
        self._leavers.append(told)

    def on_settings(self, told: Callable[[], None]) -> None:
        """From now on calls `told` when settings were saved."""
        self._readers.append(told)

    def tell(self, news: News) -> None:
        """Passes the news on."""
        if news.queue:
            self.wakes[news.queue].set()
        if news.left:
            for told in self._leavers:
                told(news.left)
        if news.settings:
            for reread in self._readers:
                reread()
