"""Look for changes that Dataverse sent no event for: when the process starts, and from time to time."""

from datetime import datetime, timedelta

from bot.features.key_fields.find_missed_changes import find_missed_changes
from bot.features.shared.services import Services
from bot.tracing import SpanKind
from bot.workers.periodic import periodic

_EVERY = timedelta(minutes=15)
_FULL_SCAN_EVERY = timedelta(days=1)
_AFTER_FAILURE = timedelta(minutes=1)
_LATE = timedelta(minutes=2)
"""An event that is less late than this does not count as missed."""


class MissedChangesJob:
    """Finds missed changes periodically, once a day over all connected records."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._full_scan_at: datetime | None = None

    async def run(self) -> None:
        """Run until cancelled; retry soon if Dataverse is not responding."""
        await periodic(
            self._find,
            every=_EVERY,
            clock=self._services.clock,
            failed="missed_changes.search_failed",
            first_after=self._services.limits.check_after,
            after_failure=_AFTER_FAILURE,
        )

    async def _find(self) -> None:
        now, last = self._services.clock.now(), self._full_scan_at
        is_full = last is None or now - last >= _FULL_SCAN_EVERY
        delay = timedelta(0) if last is None else _LATE
        with self._services.tracer.begin("missed changes", SpanKind.INTERNAL):
            is_complete = await find_missed_changes(self._services, delay=delay, full_scan=is_full)
        if is_full and is_complete:
            self._full_scan_at = now
