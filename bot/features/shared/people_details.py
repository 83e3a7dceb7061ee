"""Names and presence for lists of people. A list is shown even if both are missing."""

import asyncio
from collections.abc import Awaitable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.domain.directory import DirectoryPerson, Presence
from bot.domain.errors import ChatSyncError
from bot.domain.texts import Text, and_list, plural, text
from bot.domain.values import ObjectId
from bot.features.shared.services import Services
from bot.features.shared.view_cache import Cached, fetch_many
from bot.logs import get_logger
from bot.logs.tracebacks import describe_error

T = TypeVar("T")

GUEST, NO_LICENSE = text("guest"), text("has no Teams license")
"""Remarks about people who may be added to a chat."""

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleInfo:
    """Names and presence of the people on a page."""

    people: Mapping[ObjectId, DirectoryPerson]
    presence: Mapping[ObjectId, Presence]

    def name(self, person: ObjectId | None) -> str:
        """Return the person's name; empty if it is unknown."""
        found = self.people.get(person) if person else None
        return found.name if found else ""


async def look_up_people(
    services: Services, *, named: Iterable[ObjectId | None], present: Iterable[ObjectId]
) -> PeopleInfo:
    """Return the names of some people and the presence of others. Unknown presence is included."""
    ids = list(dict.fromkeys(each for each in named if each))
    no_names: Mapping[ObjectId, DirectoryPerson] = {}
    people, presence = await asyncio.gather(
        _fetch(services, "names", get_people(services, ids), no_names),
        look_up_presence(services, list(dict.fromkeys(present))),
    )
    return PeopleInfo(people=people, presence=presence)


async def look_up_presence(services: Services, people: Collection[ObjectId]) -> Mapping[ObjectId, Presence]:
    """Return the presence of each person, which may be unknown."""
    unknown = dict.fromkeys(people, Presence.UNKNOWN)
    found = fetch_many(services.view_cache, Cached.PRESENCE, list(people), services.directory.presence)
    return await _fetch(services, "presence", found, unknown)


async def get_people(services: Services, people: Sequence[ObjectId]) -> Mapping[ObjectId, DirectoryPerson]:
    """Return the people who are in the directory; raise `Unavailable`."""
    return await fetch_many(services.view_cache, Cached.NAMES, people, services.directory.get_people)


async def with_teams_license(services: Services, people: Sequence[ObjectId]) -> frozenset[ObjectId]:
    """Return the people with a Teams license; raise `Unavailable`."""

    async def load(ids: Sequence[ObjectId]) -> Mapping[ObjectId, bool]:
        licensed = await services.directory.with_teams_license(ids)
        return {person: person in licensed for person in ids}

    found = await fetch_many(services.view_cache, Cached.LICENSES, people, load)
    return frozenset(person for person, has_teams in found.items() if has_teams)


async def find_guests(services: Services, people: Sequence[ObjectId]) -> frozenset[ObjectId]:
    """Return the guests among the people, whom Graph adds to chats only as guests. Raises `Unavailable`."""
    return frozenset(person for person, found in (await services.directory.get_people(people)).items() if found.guest)


async def look_up_remarks(services: Services, people: Iterable[DirectoryPerson]) -> Mapping[ObjectId, str]:
    """Return remarks about people who may be added to a chat: guests, and members without a Teams license.

    Guests have the license in their own organization. If the licenses cannot be read, nothing is said about them.
    """
    found = list(people)
    members = list(dict.fromkeys(person.id for person in found if not person.guest))
    try:
        async with asyncio.timeout(services.limits.answer_within_s / 3):
            unlicensed = await services.directory.without_teams_license(members)
    except (TimeoutError, ChatSyncError) as error:
        _log.warning("list.details_missing", details="licenses", reason=describe_error(error))
        unlicensed = frozenset()
    return {**{person.id: GUEST for person in found if person.guest}, **dict.fromkeys(unlicensed, NO_LICENSE)}


def without_license(names: Sequence[str]) -> Text:
    """Return the sentence about people without a Teams license."""
    return plural(
        len(names),
        "{people} has no Teams license.",
        "{people} have no Teams license.",
        people=and_list(names),
    )


async def _fetch(
    services: Services, details: str, request: Awaitable[Mapping[ObjectId, T]], default: Mapping[ObjectId, T]
) -> Mapping[ObjectId, T]:
    try:
        async with asyncio.timeout(services.limits.answer_within_s / 3):
            return await request
    except (TimeoutError, ChatSyncError) as error:
        _log.warning("list.details_missing", details=details, reason=describe_error(error))
        return default
