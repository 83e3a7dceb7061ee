"""Who has to do with a record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.domain.values import EnvironmentId, ObjectId, RecordRef


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPeople:
    """Who a record's columns and activities name; those without an enabled user are left out."""

    owner: ObjectId | None = None
    team: frozenset[ObjectId] = frozenset()
    """The members of the team that owns it."""
    creator: ObjectId | None = None
    modifier: ObjectId | None = None
    activities: Mapping[ObjectId, int] = field(default_factory=dict)
    """How many of its activities each of them owns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SolvedRecord:
    """A record that somebody has brought to its end."""

    row_id: str
    text: str
    """Its name and what it is filed under."""
    owner: ObjectId


class Ties(Protocol):
    """See `RecordPeople`. Every call may raise `Unavailable`."""

    async def of_record(self, record: RecordRef, *, since: datetime, caller: ObjectId) -> RecordPeople:
        """The people, as far as the caller may see what names them; activities that changed since the instant."""
        ...

    async def solved(self, environment: EnvironmentId, table: str) -> Sequence[SolvedRecord]:
        """The newest ten thousand at most, as the app sees them; they may be ten minutes old."""
        ...

    async def text_of(self, record: RecordRef, *, caller: ObjectId) -> str:
        """The record's name and what it is filed under, as far as the caller may see them."""
        ...

    async def readable(
        self, environment: EnvironmentId, table: str, row_ids: Sequence[str], *, caller: ObjectId
    ) -> frozenset[str]:
        """Those of a few rows that the caller may read."""
        ...


class Similarity(Protocol):
    """How alike texts are."""

    async def most_like(self, text: str, texts: Sequence[str], *, at_most: int, at_least: float) -> Sequence[int]:
        """Which of the texts are most like the one, the most alike first; `at_least` of 1, which is the same."""
        ...
