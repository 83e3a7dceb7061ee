"""What the bot hears of a chat, for the rows that show it in Dataverse (spec Y2)."""

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
"""Who wrote last is held in memory for so long at most: a crash may lose it."""
_BATCH_SIZE = 500
"""Chats of one transaction."""

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A chat's name, as Teams told it; None: it has none."""

    name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatChange:
    """Members or topic of a chat changed, or may have."""

    chat: ChatId
    at: datetime | None = None
    """When; None: now."""
    topic: Topic | None = None
    """The new one, where it was told."""


class ActivityRecorder:
    """Keeps what counts of chats whose connections are synced, and has their rows brought up to date.

    Nothing is kept of other chats: whatever is told of them costs a look-up at most.
    """

    def __init__(self, *, store: Store, administration: Administration, clock: Clock) -> None:
        self._store = store
        self._administration = administration
        self._clock = clock
        self._written: dict[ChatId, LastWrite] = {}
        self._keeping: dict[ChatId, LastWrite] = {}
        self._some = asyncio.Event()
        self._keep_at = clock.now()

    @property
    def pending(self) -> int:
        """Of so many chats it is not kept yet who wrote last."""
        return len(self._written) + len(self._keeping)

    async def record_change(
        self, chat: ChatId, *, at: datetime | None = None, topic: Topic | None = None, counts: bool = True
    ) -> None:
        """Members or topic changed, or may have: it is durable when this returns, and several in a row become one.

        `at`: when, now where nobody knows. `topic`: the new one, where it was told. `counts`: whether people did it,
        so that a chat counts as not idle (spec Y3). Raises `Unavailable`.
        """
        await self.record_changes([ChatChange(chat=chat, at=at, topic=topic)], counts=counts)

    async def record_changes(self, changes: Iterable[ChatChange], *, counts: bool = True) -> None:
        """The same of several chats in one transaction; of several changes of one chat the last is taken."""
        now = self._clock.now()
        by_chat = {each.chat: each for each in changes}
        at = {chat: min(each.at or now, now) for chat, each in by_chat.items()}
        async with self._store.reading() as work:
            synced = await with_sync_on(self._administration, await work.chat_sync.active_connections(list(by_chat)))
        chats = sorted({each.connection.chat_id for each in synced})
        if not chats:
            return
        async with self._store.writing() as work:
            told = [(chat, by_chat[chat].topic) for chat in chats]
            await work.chat_sync.save_topics(
                [
                    TopicChange(chat_id=chat, topic=normalize_topic(topic.name), at=at[chat])
                    for chat, topic in told
                    if topic
                ]
            )
            if counts:
                await work.chat_sync.touch(await activity_times(self._administration, synced, at))
            await work.chat_sync.enqueue(chats, fetch=True, at=now, due_at=now)

    def record_message(self, chat: ChatId, writer: ObjectId | None, at: datetime | None) -> None:
        """Somebody wrote into the chat, changed what they had written, or deleted it; `at` None: just now.

        It is held in memory and kept within a second.
        """
        now = self._clock.now()
        moment = min(at or now, now)
        known = self._written.get(chat)
        if known is None or known.at <= moment:
            self._buffer(LastWrite(chat_id=chat, writer=writer, at=moment))

    async def run(self) -> None:
        """Keeps what was heard, until it is cancelled; then what is left."""
        try:
            while True:
                await self._some.wait()
                # Counted from the first that was heard, however late this is reached.
                await self._clock.sleep((self._keep_at - self._clock.now()).total_seconds())
                await self._flush()
        finally:
            await self._flush()

    async def _flush(self) -> None:
        self._some.clear()
        heard = self._keeping = self._written
        self._written = {}
        every = list(heard.values())
        try:
            for begin in range(0, len(every), _BATCH_SIZE):
                some = every[begin : begin + _BATCH_SIZE]
                if await self._try_save(some):
                    for each in some:
                        del heard[each.chat_id]
        finally:
            # Also where it is cancelled in the middle: what is left is kept at the very end.
            self._keeping = {}
            self._requeue(heard.values())

    async def _try_save(self, some: Sequence[LastWrite]) -> bool:
        try:
            await self._save(some)
        except Exception:  # noqa: BLE001 - a door: what was heard is kept a little later
            _log.exception("last writers not kept", chats=len(some))
            return False
        return True

    def _requeue(self, heard: Iterable[LastWrite]) -> None:
        for each in heard:
            known = self._written.get(each.chat_id)
            if known is None or known.at < each.at:
                self._buffer(each)

    def _buffer(self, heard: LastWrite) -> None:
        if not self._some.is_set():
            self._keep_at = self._clock.now() + _FLUSH_INTERVAL
            self._some.set()
        self._written[heard.chat_id] = heard

    async def _save(self, heard: Sequence[LastWrite]) -> None:
        by_chat = {each.chat_id: each for each in heard}
        async with self._store.reading() as work:
            synced = await with_sync_on(self._administration, await work.chat_sync.active_connections(list(by_chat)))
        active = await activity_times(self._administration, synced, {each.chat_id: each.at for each in heard})
        if active:
            async with self._store.writing() as work:
                await self._apply(work, by_chat, synced, active)

    async def _apply(
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
