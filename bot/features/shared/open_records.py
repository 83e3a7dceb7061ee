"""The records that are open in panes (spec P14).

A pane that opens or leaves a record is stored at once. That it is still open is stored with other panes a little later,
in one transaction, because hundreds of panes say so twice a minute.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.domain.errors import ChatSyncError
from bot.domain.open_panes import SEEN_FOR, OpenPane
from bot.domain.values import ObjectId, RecordRef
from bot.logs import get_logger
from bot.logs.tracebacks import describe_error
from bot.store.unit_of_work import Store

SAVED_WITHIN = timedelta(seconds=5)
"""Time after which other processes know that a pane is still open."""

_log = get_logger(__name__)


@dataclass(slots=True)
class OpenRecords:
    """The panes of this process that are still open, until they are stored."""

    _waiting: dict[str, OpenPane] = field(default_factory=dict)

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

    def viewers(self, record: RecordRef | None, found: Iterable[ObjectId], digest: str, now: datetime) -> set[ObjectId]:
        """Return the people of the stored panes, and those whose panes wait to be stored."""
        after = now - SEEN_FOR
        waiting = (each for key, each in self._waiting.items() if key != digest)
        return {*found, *(each.person for each in waiting if each.record == record and each.seen_at > after)}

    async def run(self, store: Store, clock: Clock) -> None:
        """Store the waiting panes every few seconds until cancelled."""
        while True:
            await clock.sleep(SAVED_WITHIN.total_seconds())
            await self.flush(store)

    async def flush(self, store: Store) -> None:
        """Store the waiting panes. If that fails, they wait for the next time."""
        saved = dict(self._waiting)
        if not saved:
            return
        try:
            async with store.writing() as work:
                await work.open_panes.save(saved)
        except ChatSyncError as error:
            _log.warning("pane.open_records_not_saved", reason=describe_error(error))
            return
        for digest, pane in saved.items():
            if self._waiting.get(digest) is pane:
                del self._waiting[digest]
