"""Load the options for a new chat: the record, people to choose from, a name, and a preview of the note."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.directory import DirectoryPerson, sanitize_topic
from bot.domain.errors import ChatSyncError
from bot.domain.note_fields import note_columns, note_facts
from bot.domain.record_types import RecordType
from bot.domain.tables import Column, Table
from bot.domain.values import ObjectId, Person, RecordRef
from bot.features.shared import access
from bot.features.shared.access import AuthorizedUser
from bot.features.shared.answers import NOTE_CHOICES_TEXT, name_columns, name_of, record_header
from bot.features.shared.services import Services
from bot.features.suggestions.suggest_people import SuggestedPerson, suggest_people
from bot.logs import get_logger
from bot.logs.tracebacks import describe_error
from cards.record import Fact, RecordHeader
from cards.words import and_list, plural

MATCHES_AT_MOST = 5
"""Maximum number of people listed for an ambiguous name."""
NAMES_AT_MOST = 20
"""Maximum number of names in one input. The others are ignored."""
LISTED_AT_MOST = 20
"""Maximum number of people listed before the person types."""

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOptions:
    """The record of the new chat."""

    header: RecordHeader
    topic: str
    """Default name of the chat; empty if the record type does not name chats (spec C8)."""
    facts: tuple[Fact, ...] | None
    """Content of the note; None if the record type has no note."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatOptions:
    """The record and the people to choose from."""

    record: RecordOptions | None
    suggested: Sequence[SuggestedPerson]
    chosen: Sequence[DirectoryPerson]
    """People who were chosen before and are not suggested."""
    others: Sequence[DirectoryPerson]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPeople:
    """The people whom typed names match."""

    matches: Sequence[DirectoryPerson]
    candidates: Sequence[DirectoryPerson]
    """People whom ambiguous names match."""
    problem: str
    """The names that match no person or several people; empty if there are none."""


async def plan_chat(
    services: Services, person: Person, record: RecordRef | None, chosen: Sequence[ObjectId]
) -> ChatOptions:
    """Return the options, including the people who were chosen before.

    Raises `NotSupported`, `NotAllowed`, or `Unavailable`.
    """
    actor = await access.require_starter(services, person, record)
    people = asyncio.gather(
        _suggest(services, record, actor),
        services.directory.get_people(chosen),
        services.directory.search("", at_most=LISTED_AT_MOST),
    )
    options, (suggested, chosen_people, listed) = await asyncio.gather(_record_options(services, record, actor), people)
    known = {actor.object_id, *(each.person.id for each in suggested)}
    return ChatOptions(
        record=options,
        suggested=suggested,
        chosen=[each for each in chosen_people.values() if each.enabled and each.id not in known],
        others=[each for each in listed if each.id not in {*known, *chosen_people}],
    )


async def find_people(services: Services, person: Person, words: str) -> Sequence[DirectoryPerson]:
    """Return people who match the words. The person must be allowed to start chats."""
    await access.require_can_start(services, person, None)
    return await services.directory.search(words, at_most=LISTED_AT_MOST)


async def people_by_names(services: Services, person: Person, text: str) -> NamedPeople:
    """Return the people whom the names match, which commas separate. The person must be allowed to start chats."""
    names = list(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))[:NAMES_AT_MOST]
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
    problem = plural(len(unclear), "This name is not clear", "These names are not clear")
    return f"{problem}: {', '.join(unclear)}. Enter the full name, or choose a person."


async def note_problem(services: Services, record: RecordRef, people: Sequence[ObjectId]) -> str:
    """Return a question with the people who would see the note but cannot open the record (spec C9).

    The question is empty if everyone can open the record, or if the record type has no note.
    """
    if not (await access.require_record_type(services, record.environment, record.table)).note:
        return ""
    try:
        async with asyncio.timeout(services.limits.answer_within_s / 2):
            readers = await services.records.filter_readers(record, people)
    except TimeoutError:
        return f"Chat Sync could not check in time who can open this record. {NOTE_CHOICES_TEXT}"
    without_access = [person for person in people if person not in readers]
    if not without_access:
        return ""
    known = await services.directory.get_people(without_access)
    names = and_list([known[person].name for person in without_access if person in known])
    return f"{names} cannot open this record, but would see the note. {NOTE_CHOICES_TEXT}"


async def _record_options(services: Services, record: RecordRef | None, actor: AuthorizedUser) -> RecordOptions | None:
    if record is None:
        return None
    record_type = await access.require_record_type(services, record.environment, record.table)
    table = await services.records.table(record.environment, record.table, reader=actor.user.id)
    columns = await _note_columns(services, record, record_type, table)
    row = await access.read_row_as(services, record, table, [*name_columns(table), *(columns or ())], actor)
    facts = [Fact(label=label, value=value) for label, value in note_facts(columns or (), row)]
    return RecordOptions(
        header=record_header(services.links, table, record, row),
        topic=(sanitize_topic(name_of(table, row)) or "") if record_type.auto_name else "",
        facts=None if columns is None else tuple(facts),
    )


async def _note_columns(
    services: Services, record: RecordRef, record_type: RecordType, table: Table
) -> tuple[Column, ...] | None:
    """Return the columns of the note, or None if the record type has no note."""
    if not record_type.note:
        return None
    view = await services.records.note_view(record.environment, table.name, record_type.note_view)
    return note_columns(view, table, leave_out_secured=record_type.leave_out_secured)


async def _suggest(services: Services, record: RecordRef | None, actor: AuthorizedUser) -> Sequence[SuggestedPerson]:
    if record is None:
        return []
    try:
        return await suggest_people(services, record, actor.object_id)
    except ChatSyncError as error:
        _log.warning("new_chat.suggestions_failed", reason=describe_error(error))
        return []  # The dialog also has a search for people.


def _best_matches(name: str, people: Sequence[DirectoryPerson]) -> Sequence[DirectoryPerson]:
    """Return the only person with exactly this name or address, or else all of the people."""
    exact = [person for person in people if name.casefold() in {person.name.casefold(), person.sign_in.casefold()}]
    return exact if len(exact) == 1 else people
