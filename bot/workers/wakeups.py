"""Pass events of the store on to listeners in this process."""

import asyncio
from collections.abc import Callable

from bot.domain.queue_states import Queue
from bot.domain.values import ChatId
from bot.store.notify import StoreEvent


class EventHub:
    """Wakes the workers of a queue, and notifies caches that a chat or the settings have changed."""

    def __init__(self) -> None:
        self.wakeups = {queue: asyncio.Event() for queue in Queue}
        self._left_listeners: list[Callable[[ChatId], None]] = []
        self._settings_listeners: list[Callable[[], None]] = []

    def on_chat_left(self, listener: Callable[[ChatId], None]) -> None:
        """Register a listener for chats that the bot has left."""
        self._left_listeners.append(listener)

    def on_settings_saved(self, notify: Callable[[], None]) -> None:
        """Register a listener for saved settings."""
        self._settings_listeners.append(notify)

    def publish(self, news: StoreEvent) -> None:
        """Pass the event on to its listeners."""
        if news.queue:
            self.wakeups[news.queue].set()
        if news.left_chat:
            for listener in self._left_listeners:
                listener(news.left_chat)
        if news.settings_saved:
            for notify in self._settings_listeners:
                notify()
