"""Passes news of the store on to whoever waits for them in this process."""

import asyncio
from collections.abc import Callable

from bot.domain.queue_states import Queue
from bot.domain.values import ChatId
from bot.store.notify import StoreEvent


class EventHub:
    """Wakes the workers of a queue, and tells whoever remembers chats or settings that they are not so any more."""

    def __init__(self) -> None:
        self.wakeups = {queue: asyncio.Event() for queue in Queue}
        self._leavers: list[Callable[[ChatId], None]] = []
        self._readers: list[Callable[[], None]] = []

    def on_chat_left(self, listener: Callable[[ChatId], None]) -> None:
        """From now on calls `told` with each chat that the bot has left."""
        self._leavers.append(listener)

    def on_settings_saved(self, listener: Callable[[], None]) -> None:
        """From now on calls `told` when settings were saved."""
        self._readers.append(listener)

    def publish(self, news: StoreEvent) -> None:
        """Passes the news on."""
        if news.queue:
            self.wakeups[news.queue].set()
        if news.left_chat:
            for told in self._leavers:
                told(news.left_chat)
        if news.settings_saved:
            for reread in self._readers:
                reread()
