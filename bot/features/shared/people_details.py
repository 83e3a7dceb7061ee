"""What lists tell of people: names, and whether they can be spoken to now. A list stands without either."""

import asyncio
from collections.abc import Awaitable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from bot.domain.directory import DirectoryPerson, Presence
from bot.domain.errors import ChatSyncError
from bot.domain.values import ObjectId
from bot.features.shared.services import Services
from bot.logs import get_logger

T = TypeVar("T")

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleInfo:
    """The people of a page."""

    people: Mapping[ObjectId, DirectoryPerson]
    presence: Mapping[ObjectId, Presence]

    def name(self, person: ObjectId | None) -> str:
        """What somebody is called; empty where that is not known."""
        found = self.people.get(person) if person else None
        return found.name if found else ""


async def look_up_people(
    services: Services, *, named: Iterable[ObjectId | None], present: Iterable[ObjectId]
) -> PeopleInfo:
    """The names of some and the presence of others; nobody of these is left out."""
    ids = list(dict.fromkeys(each for each in named if each))
    nobody: Mapping[ObjectId, DirectoryPerson] = {}
    people, presence = await asyncio.gather(
        _tried(services, "names", services.directory.get_people(ids), nobody),
        look_up_presence(services, list(dict.fromkeys(present))),
    )
    return PeopleInfo(people=people, presence=presence)


async def look_up_presence(services: Services, people: Collection[ObjectId]) -> Mapping[ObjectId, Presence]:
    """Whether they can be spoken to now; nobody is left out."""
    unknown = dict.fromkeys(people, Presence.UNKNOWN)
    return await _tried(services, "presence", services.directory.presence(list(people)), unknown)


async def _tried(
    services: Services, what: str, asked: Awaitable[Mapping[ObjectId, T]], otherwise: Mapping[ObjectId, T]
) -> Mapping[ObjectId, T]:
    try:
        async with asyncio.timeout(services.limits.answer_within_s / 3):
            return await asked
    except (TimeoutError, ChatSyncError) as error:
        _log.warning("list without", what=what, reason=str(error) or "Microsoft 365 takes long to answer.")
        return otherwise
