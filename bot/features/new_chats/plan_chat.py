"""Load the options for a new chat: the record, people to choose from, a name, and a preview of the note."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.directory import DirectoryPerson, sanitize_topic
from bot.domain.errors import ChatSyncError
from bot.domain.texts import and_list, sentences, text
from bot.domain.values import ObjectId, Person, RecordRef
from bot.features.shared import access
from bot.features.shared.access import AuthorizedUser
from bot.features.shared.answers import NOTE_CHOICES_TEXT, name_columns, name_of, record_header
from bot.features.shared.find_people import LISTED_AT_MOST
from bot.features.shared.introduction_note import load_note_columns, note_of
from bot.features.shared.services import Services
from bot.features.suggestions.suggest_people import SuggestedPerson, suggest_people
from bot.logs import get_logger
from bot.logs.tracebacks import describe_error
from cards.note import NoteView
from cards.record import RecordHeader

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOptions:
    """The record of the new chat."""

    header: RecordHeader
    topic: str
    """Default name of the chat; empty if the record type does not name chats (spec C8)."""
    note: NoteView | None
    """None if the record type has no note."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatOptions:
    """The record and the people to choose from."""

    record: RecordOptions | None
    suggested: Sequence[SuggestedPerson]
    chosen: Sequence[DirectoryPerson]
    """People who were chosen before and are not suggested."""
    others: Sequence[DirectoryPerson]


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


NOT_CHECKED = text("Chat Sync could not check in time who can open this record.")


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
        return sentences(NOT_CHECKED, NOTE_CHOICES_TEXT)
    without_access = [person for person in people if person not in readers]
    if not without_access:
        return ""
    known = await services.directory.get_people(without_access)
    names = and_list([known[person].name for person in without_access if person in known])
    problem = text("{people} cannot open this record, but would see the note.", people=names)
    return sentences(problem, NOTE_CHOICES_TEXT)


async def _record_options(services: Services, record: RecordRef | None, actor: AuthorizedUser) -> RecordOptions | None:
    if record is None:
        return None
    record_type = await access.require_record_type(services, record.environment, record.table)
    table = await services.records.table(record.environment, record.table)
    columns = await load_note_columns(services, record.environment, record_type, table) if record_type.note else ()
    row = await access.read_row_as(services, record, table, [*name_columns(table), *columns], actor)
    header = record_header(services.links, table, record, row)
    return RecordOptions(
        header=header,
        topic=(sanitize_topic(name_of(table, row)) or "") if record_type.auto_name else "",
        note=note_of(header, columns, row, by=actor.user.name, at=services.clock.now()) if columns else None,
    )


async def _suggest(services: Services, record: RecordRef | None, actor: AuthorizedUser) -> Sequence[SuggestedPerson]:
    if record is None:
        return []
    try:
        return await suggest_people(services, record, actor.object_id)
    except ChatSyncError as error:
        _log.warning("new_chat.suggestions_failed", reason=describe_error(error))
        return []  # The dialog also has a search for people.
