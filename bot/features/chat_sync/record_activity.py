"""Record the activity in synced chats, and enqueue the update of their Dataverse rows (spec Y2)."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.domain.chat_sync import normalize_topic
from bot.domain.synced_chats import LastWrite, SyncedConnection, TopicChange
from bot.domain.values import ChatId, ConnectionId, ObjectId
from bot.features.chat_sync.start_and_end import activity_times, with_sync_on
from bot.logs import get_logger
from bot.store.administration import Administration
from bot.store.unit_of_work import Store, UnitOfWork

_FLUSH_INTERVAL = timedelta(seconds=1)
"""Maximum time that a last write stays only in memory, where a crash loses it."""
_BATCH_SIZE = 500
"""Chats in one transaction."""

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """The topic of a chat, as Teams reported it. The name is None if the chat has no topic."""

    name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatChange:
    """A change, or a possible change, of a chat's members or topic."""

    chat: ChatId
    at: datetime | None = None
    """Time of the change; None for now."""
    topic: Topic | None = None
    """The new topic, if it was reported."""


class ActivityRecorder:
    """Records messages and changes of synced chats, and enqueues the update of their rows.

    Nothing is stored about other chats.
    """

    def __init__(self, *, store: Store, administration: Administration, clock: Clock) -> None:
        self._store = store
        self._administration = administration
        self._clock = clock
        self._buffer: dict[ChatId, LastWrite] = {}
        self._flushing: dict[ChatId, LastWrite] = {}
        self._has_writes = asyncio.Event()
        self._flush_at = clock.now()

    @property
    def pending(self) -> int:
        """Number of chats whose last write is not stored yet."""
        return len(self._buffer) + len(self._flushing)

    async def record_change(
        self, chat: ChatId, *, at: datetime | None = None, topic: Topic | None = None, counts: bool = True
    ) -> None:
        """Store a change, or a possible change, of members or topic. Several pending changes need only one update.

        `at` is the time of the change, or None for now. `topic` is the new topic, if it was reported. A change by
        people counts as activity, which keeps the chat from becoming idle (spec Y3). Raises `Unavailable`.
        """
        await self.record_changes([ChatChange(chat=chat, at=at, topic=topic)], counts=counts)

    async def record_changes(self, changes: Iterable[ChatChange], *, counts: bool = True) -> None:
        """Store changes of several chats in one transaction. Only the last change of each chat is used."""
        now = self._clock.now()
        by_chat = {each.chat: each for each in changes}
        at = {chat: min(each.at or now, now) for chat, each in by_chat.items()}
        synced = await self._synced_connections(by_chat)
        chats = sorted({each.connection.chat_id for each in synced})
        if not chats:
            return
        topics = [
            TopicChange(chat_id=chat, topic=normalize_topic(topic.name), at=at[chat])
            for chat, topic in ((chat, by_chat[chat].topic) for chat in chats)
            if topic
        ]
        async with self._store.writing() as work:
            await work.chat_sync.save_topics(topics)
            if counts:
                await work.chat_sync.touch(await activity_times(self._administration, synced, at))
            await work.chat_sync.enqueue(chats, fetch=True, at=now, due_at=now)

    def record_message(self, chat: ChatId, writer: ObjectId | None, at: datetime | None) -> None:
        """Buffer that a person posted, edited, or deleted a message; it is stored within a second.

        `at` is the time of the message, or None for now.
        """
        now = self._clock.now()
        written_at = min(at or now, now)
        buffered = self._buffer.get(chat)
        if buffered is None or buffered.at <= written_at:
            self._add(LastWrite(chat_id=chat, writer=writer, at=written_at))

    async def run(self) -> None:
        """Store buffered writes until cancelled, and then the remaining ones."""
        try:
            while True:
                await self._has_writes.wait()
                # The interval begins with the first buffered write, even if this line runs late. The clock may have
                # been set back since.
                wait = min(self._flush_at - self._clock.now(), _FLUSH_INTERVAL)
                await self._clock.sleep(wait.total_seconds())
                await self._flush()
        finally:
            await self._flush()

    async def _flush(self) -> None:
        self._has_writes.clear()
        unsaved = self._flushing = self._buffer
        self._buffer = {}
        writes = list(unsaved.values())
        try:
            for start in range(0, len(writes), _BATCH_SIZE):
                batch = writes[start : start + _BATCH_SIZE]
                if await self._try_save(batch):
                    for each in batch:
                        del unsaved[each.chat_id]
        finally:
            # If the flush is cancelled, the last flush in `run` stores the remaining writes.
            self._flushing = {}
            self._requeue(unsaved.values())

    async def _try_save(self, writes: Sequence[LastWrite]) -> bool:
        try:
            await self._save(writes)
        except Exception:  # noqa: BLE001 - the writes stay buffered and are retried
            _log.exception("chat_sync.last_writes_not_saved", chats=len(writes))
            return False
        return True

    def _requeue(self, writes: Iterable[LastWrite]) -> None:
        """Buffer the writes again, unless a later one of the same chat is buffered."""
        for each in writes:
            buffered = self._buffer.get(each.chat_id)
            if buffered is None or buffered.at < each.at:
                self._add(each)

    def _add(self, write: LastWrite) -> None:
        if not self._has_writes.is_set():
            self._flush_at = self._clock.now() + _FLUSH_INTERVAL
            self._has_writes.set()
        self._buffer[write.chat_id] = write

    async def _save(self, writes: Sequence[LastWrite]) -> None:
        by_chat = {each.chat_id: each for each in writes}
        synced = await self._synced_connections(by_chat)
        active = await activity_times(self._administration, synced, {each.chat_id: each.at for each in writes})
        if active:
            async with self._store.writing() as work:
                await self._store_writes(work, by_chat, synced, active)

    async def _synced_connections(self, chats: Iterable[ChatId]) -> Sequence[SyncedConnection]:
        """Return the active connections of the chats in environments with sync on."""
        async with self._store.reading() as work:
            return await with_sync_on(self._administration, await work.chat_sync.active_connections(list(chats)))

    async def _store_writes(
        self,
        work: UnitOfWork,
        by_chat: Mapping[ChatId, LastWrite],
        synced: Sequence[SyncedConnection],
        active: Mapping[ConnectionId, datetime],
    ) -> None:
        now = self._clock.now()
        chats = {each.connection.chat_id for each in synced if each.connection.id in active}
        await work.chat_sync.save_last_writes([by_chat[chat] for chat in chats])
        await work.chat_sync.touch(active)
        await work.chat_sync.enqueue(list(chats), fetch=False, at=now, due_at=now)
