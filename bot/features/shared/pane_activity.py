"""The records that are open in panes (spec P14), and the last uses of their sessions (spec P7).

A pane that opens or leaves a record is stored at once. That it is still open, and that its session was used, is stored
with other panes a little later, in one transaction, because hundreds of panes say so twice a minute.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from bot.clock import Clock
from bot.domain.errors import ChatSyncError
from bot.domain.open_panes import SEEN_FOR, OpenPane
from bot.domain.values import ObjectId, RecordRef
from bot.logs import get_logger
from bot.logs.tracebacks import describe_error
from bot.store.unit_of_work import Store

SAVED_WITHIN = timedelta(seconds=5)
"""Time after which other processes know that a pane is still open, and that its session was used."""

T = TypeVar("T")

_log = get_logger(__name__)


@dataclass(slots=True)
class PaneActivity:
    """The panes of this process that are still open, and the uses of their sessions, until they are stored."""

    _waiting: dict[str, OpenPane] = field(default_factory=dict)
    _uses: dict[str, datetime] = field(default_factory=dict)

    def note_use(self, digest: str, at: datetime) -> None:
        """Note that the session was used, to store it soon."""
        self._uses[digest] = at

    def last_use(self, digest: str) -> datetime | None:
        """Return the last use that is not stored yet, if any."""
        return self._uses.get(digest)

    async def save(self, store: Store, digest: str, shown: OpenPane | None, stored: OpenPane | None) -> None:
        """Store what the pane shows now, at once if it is another record than before; raise `Unavailable`."""
        if shown is None:
            self._waiting.pop(digest, None)
            if stored is not None:
                async with store.writing() as work:
                    await work.open_panes.delete([digest])
        elif stored is None or stored.record != shown.record:
            self._waiting.pop(digest, None)
            async with store.writing() as work:
                await work.open_panes.save({digest: shown})
        elif not stored.is_saved(shown.record, shown.seen_at):
            self._waiting[digest] = shown

    def forget(self, digest: str) -> None:
        """Forget a pane whose session has ended."""
        self._waiting.pop(digest, None)
        self._uses.pop(digest, None)

    def viewers(self, record: RecordRef | None, digest: str, now: datetime) -> frozenset[ObjectId]:
        """Return the people whose other panes show the record and wait to be stored."""
        after = now - SEEN_FOR
        waiting = (each for key, each in self._waiting.items() if key != digest)
        return frozenset(each.person for each in waiting if each.record == record and each.seen_at > after)

    async def run(self, store: Store, clock: Clock) -> None:
        """Store what waits every few seconds until cancelled."""
        while True:
            await clock.sleep(SAVED_WITHIN.total_seconds())
            await self.flush(store)

    async def flush(self, store: Store) -> None:
        """Store what waits. If that fails, it waits for the next time."""
        panes, uses = dict(self._waiting), dict(self._uses)
        if not panes and not uses:
            return
        try:
            async with store.writing() as work:
                await work.open_panes.save(panes)
                await work.pane_sessions.save_uses(uses)
        except ChatSyncError as error:
            _log.warning("pane.activity_not_saved", reason=describe_error(error))
            return
        _forget(self._waiting, panes)
        _forget(self._uses, uses)


def _forget(waiting: dict[str, T], saved: Mapping[str, T]) -> None:
    """Remove what was saved, unless there is something newer."""
    for digest, value in saved.items():
        if waiting.get(digest) is value:
            del waiting[digest]
