"""Check and store the events that Dataverse sends, before the request is answered (spec K1, K6)."""

from dataclasses import replace
from enum import StrEnum

from bot.domain.clock_skew import is_ahead
from bot.domain.key_fields import RecordEvent, shorten_change
from bot.domain.record_lifecycle import WATCHED_COLUMNS
from bot.domain.values import EnvironmentId
from bot.domain.watching import watch_of
from bot.features.notifications.decide_changes import TURNED_OFF
from bot.features.shared.services import Services


class Received(StrEnum):
    """Outcome of a received event. The values are published in the response and the log, so they stay."""

    STORED = "kept"
    DUPLICATE = "kept before"
    NOT_WATCHED = "no watched column of an enabled table"
    NOT_CONNECTED = "no chat is connected to the row"


async def is_own_organization(services: Services, environment: EnvironmentId, named: str) -> bool:
    """Check whether the event is from the organization of the environment. Raises `Unavailable`.

    The organization of the last event is remembered. For the first event, and if one names another organization,
    Dataverse decides: an environment gets a new organization ID when it is restored from a backup or copied.
    """
    known = services.organization_ids.get(environment) or await _stored_organization(services, environment)
    if known != named and await services.records.organization_id(environment) != named:
        return False
    if known != named:
        async with services.store.writing() as work:
            await work.organizations.save(environment, named)
    services.organization_ids[environment] = named
    return True


async def _stored_organization(services: Services, environment: EnvironmentId) -> str | None:
    async with services.store.reading() as work:
        return await work.organizations.get(environment)


async def receive_event(services: Services, event: RecordEvent) -> Received:
    """Store the event if a connected chat needs it, and return the outcome. Raises `Unavailable`."""
    event = _with_plausible_time(services, event)
    watched = await _watched_columns(services, event)
    changes = tuple(shorten_change(change) for change in event.changes if change.column in watched)
    is_relevant = event.deleted or (watched and (changes or event.stripped))
    if not is_relevant:
        if not watched:
            services.decision_counts[TURNED_OFF] += 1
        return Received.NOT_WATCHED
    async with services.store.reading() as work:
        if not await work.connections.for_record(event.record):
            return Received.NOT_CONNECTED
    now = services.clock.now()
    async with services.store.writing() as work:
        is_new = await work.inbox.add_event(
            replace(event, changes=changes), at=now, due_at=now + services.coalescing_window
        )
    return Received.STORED if is_new else Received.DUPLICATE


def _with_plausible_time(services: Services, event: RecordEvent) -> RecordEvent:
    """Replace a time in the future by the time of receipt. Real changes would count as older, and not be shown."""
    now = services.clock.now()
    return replace(event, at=now) if is_ahead(event.at, now) else event


async def _watched_columns(services: Services, event: RecordEvent) -> frozenset[str]:
    """Return the key fields and the lifecycle columns, or nothing if the table is not watched (spec S1, K12)."""
    watch = watch_of(await services.administration.settings(event.record.environment), event.record.table)
    return frozenset(watch.starts) | frozenset(WATCHED_COLUMNS) if watch.starts else frozenset()
