"""What somebody chooses from when they start a chat: the record, people, a name, and what the note will say."""

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
from cards.record import Fact, RecordHeader

OFFERED = 5
"""People who are offered where a name fits several."""
NAMES_AT_MOST = 20

LISTED = 20
"""People who are listed before somebody types."""

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOptions:
    """What is known of the record."""

    head: RecordHeader
    topic: str
    """The chat's name by the record type's setting; empty where it has none (spec C8)."""
    facts: tuple[Fact, ...] | None
    """What the note will say; None where records of this type have no note."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatOptions:
    """What is offered."""

    record: RecordOptions | None
    suggested: Sequence[SuggestedPerson]
    chosen: Sequence[DirectoryPerson]
    """Who was chosen before and is not suggested."""
    others: Sequence[DirectoryPerson]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPeople:
    """People whom somebody wrote by name."""

    found: Sequence[DirectoryPerson]
    offered: Sequence[DirectoryPerson]
    """Who could be meant where a name fits several."""
    problem: str
    """Which names fit nobody or several; empty where all is clear."""


async def plan_chat(
    services: Services, person: Person, record: RecordRef | None, chosen: Sequence[ObjectId]
) -> ChatOptions:
    """What is offered, with the people who were chosen before.

    Raises `NotSupported`, `NotAllowed` or `Unavailable`.
    """
    actor = await access.require_starter(services, person, record)
    people = asyncio.gather(
        _suggested(services, record, actor),
        services.directory.get_people(chosen),
        services.directory.search("", at_most=LISTED),
    )
    planned, (suggested, before, listed) = await asyncio.gather(_record(services, record, actor), people)
    known = {actor.object_id, *(each.person.id for each in suggested)}
    return ChatOptions(
        record=planned,
        suggested=suggested,
        chosen=[each for each in before.values() if each.id not in known],
        others=[each for each in listed if each.id not in {*known, *before}],
    )


async def find_people(services: Services, person: Person, words: str) -> Sequence[DirectoryPerson]:
    """People to choose from; only who may start a chat may look people up."""
    await access.require_can_start(services, person, None)
    return await services.directory.search(words, at_most=LISTED)


async def people_by_names(services: Services, person: Person, names: str) -> NamedPeople:
    """Whom the names mean, which stand between commas; only who may start a chat may look people up."""
    parts = list(dict.fromkeys(part.strip() for part in names.split(",") if part.strip()))[:NAMES_AT_MOST]
    if parts:
        await access.require_can_start(services, person, None)
    answers = await asyncio.gather(*(services.directory.search(part, at_most=OFFERED) for part in parts))
    hits = {part: _meant(part, found) for part, found in zip(parts, answers, strict=True)}
    unclear = [part for part, found in hits.items() if len(found) != 1]
    return NamedPeople(
        found=[found[0] for found in hits.values() if len(found) == 1],
        offered=[each for part in unclear for each in hits[part]],
        problem=f"It is not clear who is meant: {', '.join(unclear)}. Write the whole name, or choose."
        if unclear
        else "",
    )


async def note_problem(services: Services, record: RecordRef, people: Sequence[ObjectId]) -> str:
    """Empty where everybody may open the record, or there is no note; else who may not, as a question (spec C9)."""
    if not (await access.require_record_type(services, record.environment, record.table)).note:
        return ""
    try:
        async with asyncio.timeout(services.limits.answer_within_s / 2):
            readers = await services.records.filter_readers(record, people)
    except TimeoutError:
        return f"It is not known in time who can open this record. {NOTE_CHOICES_TEXT}"
    blind = [each for each in people if each not in readers]
    names = await services.directory.get_people(blind)
    who = ", ".join(names[each].name for each in blind if each in names)
    return f"{who} cannot open this record, and would see the note. {NOTE_CHOICES_TEXT}" if blind else ""


async def _record(services: Services, record: RecordRef | None, actor: AuthorizedUser) -> RecordOptions | None:
    if record is None:
        return None
    record_type = await access.require_record_type(services, record.environment, record.table)
    table = await services.records.table(record.environment, record.table, reader=actor.user.id)
    columns = await _note(services, record, record_type, table)
    row = await access.read_row_as(services, record, table, [*name_columns(table), *(columns or ())], actor)
    facts = [Fact(label=label, value=value) for label, value in note_facts(columns or (), row)]
    return RecordOptions(
        head=record_header(services.links, table, record, row),
        topic=(sanitize_topic(name_of(table, row)) or "") if record_type.auto_name else "",
        facts=None if columns is None else tuple(facts),
    )


async def _note(
    services: Services, record: RecordRef, record_type: RecordType, table: Table
) -> tuple[Column, ...] | None:
    if not record_type.note:
        return None
    view = await services.records.note_view(record.environment, table.name, record_type.note_view)
    return note_columns(view, table, leave_out_secured=record_type.leave_out_secured)


async def _suggested(services: Services, record: RecordRef | None, actor: AuthorizedUser) -> Sequence[SuggestedPerson]:
    if record is None:
        return []
    try:
        return await suggest_people(services, record, actor.object_id)
    except ChatSyncError as error:
        _log.warning("nobody could be suggested", reason=str(error))
        return []  # people can be searched all the same


def _meant(name: str, found: Sequence[DirectoryPerson]) -> Sequence[DirectoryPerson]:
    """The one whose whole name or address it is, else all that it fits."""
    exact = [each for each in found if name.casefold() in {each.name.casefold(), each.sign_in.casefold()}]
    return exact if len(exact) == 1 else found
