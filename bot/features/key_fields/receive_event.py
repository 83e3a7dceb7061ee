"""Keeping what Dataverse tells of, before it is answered (spec K1, K6)."""

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from bot.clock import Clock
from bot.domain.key_fields import RecordEvent
from bot.domain.record_lifecycle import WATCHED_COLUMNS
from bot.store.administration import Administration
from bot.store.unit_of_work import Store


class Kept(StrEnum):
    """What became of an event that arrived."""

    KEPT = "kept"
    DUPLICATE = "kept before"
    NOT_TOLD = "no watched column of an enabled table"
    NOT_CONNECTED = "no chat is connected to the row"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepEvent:
    """Keeps the events that some chat will be told of."""

    store: Store
    administration: Administration
    clock: Clock
    window: timedelta
    """How long changes of one record are gathered into one card (spec K7)."""

    async def __call__(self, event: RecordEvent) -> Kept:
        """Whether the event is kept, and if not, why: it is durable when this returns."""
        wanted = await self._watched(event)
        changes = tuple(change for change in event.changes if change.column in wanted)
        told = event.deleted or (wanted and (changes or event.stripped))
        if not told:
            return Kept.NOT_TOLD
        async with self.store.reading() as work:
            if not await work.connections.for_record(event.record):
                return Kept.NOT_CONNECTED
        now = self.clock.now()
        async with self.store.writing() as work:
            kept = await work.inbox.add_event(replace(event, changes=changes), at=now, due_at=now + self.window)
        return Kept.KEPT if kept else Kept.DUPLICATE

    async def _watched(self, event: RecordEvent) -> frozenset[str]:
        """The key fields, and what a record's life shows in (spec K12)."""
        types = await self.administration.record_types(event.record.environment)
        record_type = types.get(event.record.table)
        if record_type is None or not record_type.enabled:
            return frozenset()
        return frozenset(WATCHED_COLUMNS) | frozenset(record_type.key_fields if record_type.notify else ())
