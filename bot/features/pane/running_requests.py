"""Requests to the pane that are being answered: one person must not delay the others."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from bot.domain.errors import Unavailable
from bot.domain.values import ObjectId, Person

MAX_REQUESTS = 12
"""Requests of a person that are answered at the same time. A page loads up to three views."""


class RunningRequests:
    """Counts the requests of each person."""

    def __init__(self) -> None:
        self._counts: Counter[ObjectId | None] = Counter()

    @contextmanager
    def one_of(self, person: Person) -> Iterator[None]:
        """Count a request while it is answered; raise `Unavailable` if the person sends too many."""
        counts, key = self._counts, person.object_id
        if counts[key] >= MAX_REQUESTS:
            raise Unavailable("Chat Sync is still answering other requests of yours.", "Try again in a moment.")
        counts[key] += 1
        try:
            yield
        finally:
            counts[key] -= 1
            if not counts[key]:
                del counts[key]
