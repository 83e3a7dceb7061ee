"""What lists tell of people: names, and whether they can be spoken to now. A list stands without either."""

import asyncio
from collections.abc import Awaitable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from bot.domain.directory import DirectoryPerson, Presence
from bot.domain.errors import ChatSyncError
from bot.domain.values import ObjectId
from bot.logs import get_logger
from bot.ports.graph import Directory

T = TypeVar("T")

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPeople:
    """The people of a page."""

    people: Mapping[ObjectId, DirectoryPerson]
    presence: Mapping[ObjectId, Presence]

    def name(self, person: ObjectId | None) -> str:
        """What somebody is called; empty where that is not known."""
        found = self.people.get(person) if person else None
        return found.name if found else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAtPeople:
    """Asks the directory once for all people of a page. What it refuses, or is too slow for, is left out."""

    directory: Directory
    patience_s: float

    async def __call__(self, *, named: Iterable[ObjectId | None], present: Iterable[ObjectId]) -> SeenPeople:
        """The names of some and the presence of others; nobody of these is left out."""
        ids = list(dict.fromkeys(each for each in named if each))
        nobody: Mapping[ObjectId, DirectoryPerson] = {}
        people, presence = await asyncio.gather(
            self._tried("names", self.directory.get_people(ids), nobody), self.presence(list(dict.fromkeys(present)))
        )
        return SeenPeople(people=people, presence=presence)

    async def presence(self, people: Collection[ObjectId]) -> Mapping[ObjectId, Presence]:
        """Whether they can be spoken to now; nobody is left out."""
        unknown = dict.fromkeys(people, Presence.UNKNOWN)
        return await self._tried("presence", self.directory.presence(list(people)), unknown)

    async def _tried(
        self, what: str, asked: Awaitable[Mapping[ObjectId, T]], otherwise: Mapping[ObjectId, T]
    ) -> Mapping[ObjectId, T]:
        try:
            async with asyncio.timeout(self.patience_s):
                return await asked
        except (TimeoutError, ChatSyncError) as error:
            _log.warning("list without", what=what, reason=str(error) or "Microsoft 365 takes long to answer.")
            return otherwise
