"""Keeping what Dataverse tells of, before it is answered (spec K1, K6)."""

from dataclasses import replace
from enum import StrEnum

from bot.domain.key_fields import RecordEvent
from bot.domain.record_lifecycle import WATCHED_COLUMNS
from bot.features.shared.services import Services


class Received(StrEnum):
    """What became of an event that arrived."""

    KEPT = "kept"
    DUPLICATE = "kept before"
    NOT_TOLD = "no watched column of an enabled table"
    NOT_CONNECTED = "no chat is connected to the row"


async def receive_event(services: Services, event: RecordEvent) -> Received:
    """Whether the event is kept, and if not, why: it is durable when this returns."""
    wanted = await _watched(services, event)
    changes = tuple(change for change in event.changes if change.column in wanted)
    told = event.deleted or (wanted and (changes or event.stripped))
    if not told:
        return Received.NOT_TOLD
    async with services.store.reading() as work:
        if not await work.connections.for_record(event.record):
            return Received.NOT_CONNECTED
    now = services.clock.now()
    async with services.store.writing() as work:
        kept = await work.inbox.add_event(
            replace(event, changes=changes), at=now, due_at=now + services.coalescing_window
        )
    return Received.KEPT if kept else Received.DUPLICATE


async def _watched(services: Services, event: RecordEvent) -> frozenset[str]:
    """The key fields, and what a record's life shows in (spec K12)."""
    types = await services.administration.record_types(event.record.environment)
    record_type = types.get(event.record.table)
    if record_type is None or not record_type.enabled:
        return frozenset()
    return frozenset(WATCHED_COLUMNS) | frozenset(record_type.key_fields if record_type.notify else ())
