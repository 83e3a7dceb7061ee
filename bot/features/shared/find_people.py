"""Find people of the directory by name."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.directory import DirectoryPerson
from bot.domain.errors import BadRequest
from bot.domain.texts import and_list, details, plural
from bot.domain.values import Person
from bot.features.shared import access
from bot.features.shared.people_details import look_up_remarks
from bot.features.shared.services import Services
from bot.text.typed_text import on_one_line
from cards.inputs import Choice

MATCHES_AT_MOST = 5
"""Maximum number of people listed for an ambiguous name."""
NAMES_AT_MOST = 20
"""Maximum number of names in one input, which `people_by_names` tells."""
LISTED_AT_MOST = 20
"""Maximum number of people listed before the person types."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPeople:
    """The people whom typed names match."""

    matches: Sequence[DirectoryPerson]
    candidates: Sequence[DirectoryPerson]
    """People whom ambiguous names match."""
    problem: str
    """The names that match no person or several people; empty if there are none."""


async def find_people(services: Services, person: Person, words: str) -> Sequence[DirectoryPerson]:
    """Return people who match the words. The person must be allowed to start chats."""
    await access.require_can_start(services, person, None)
    return await services.directory.search(words, at_most=LISTED_AT_MOST)


async def people_by_names(services: Services, person: Person, text: str) -> NamedPeople:
    """Return the people whom the names match, which commas separate. The person must be allowed to start chats.

    Raises `BadRequest` for too many names.
    """
    names = list(dict.fromkeys(filter(None, map(on_one_line, text.split(",")))))
    if len(names) > NAMES_AT_MOST:
        raise BadRequest("Enter at most 20 names.")
    if names:
        await access.require_can_start(services, person, None)
    results = await asyncio.gather(*(services.directory.search(name, at_most=MATCHES_AT_MOST) for name in names))
    matches = {name: _best_matches(name, people) for name, people in zip(names, results, strict=True)}
    unclear = [name for name, people in matches.items() if len(people) != 1]
    return NamedPeople(
        matches=[people[0] for people in matches.values() if len(people) == 1],
        candidates=[candidate for name in unclear for candidate in matches[name]],
        problem=_names_problem(unclear) if unclear else "",
    )


def _names_problem(unclear: Sequence[str]) -> str:
    return plural(
        len(unclear),
        "This name is not clear: {names}. Enter the full name, or choose a person.",
        "These names are not clear: {names}. Enter the full name, or choose a person.",
        names=and_list(unclear),
    )


async def person_choices(services: Services, people: Sequence[DirectoryPerson]) -> Sequence[Choice]:
    """Return the people as choices of a list, with remarks about guests and missing licenses."""
    remarks = await look_up_remarks(services, people)
    return [person_choice(person, person.title, remarks.get(person.id, "")) for person in people]


def person_choice(person: DirectoryPerson, detail: str, remark: str = "") -> Choice:
    """Return the person as a choice of a list."""
    title = details(person.name or person.sign_in, detail, remark)
    return Choice(title=title or person.id, value=person.id)


def _best_matches(name: str, people: Sequence[DirectoryPerson]) -> Sequence[DirectoryPerson]:
    """Return the only person with exactly this name or address, or else all of the people."""
    exact = [person for person in people if name.casefold() in {person.name.casefold(), person.sign_in.casefold()}]
    return exact if len(exact) == 1 else people
