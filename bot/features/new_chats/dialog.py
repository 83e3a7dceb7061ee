"""Dialog that starts a chat. Any client can send its data, so check every value again."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import uuid4

from bot.domain.directory import MAX_MEMBERS, DirectoryPerson, sanitize_topic
from bot.domain.errors import BadRequest
from bot.domain.new_chat import ChatRequest, NewChatKey, require_people
from bot.domain.object_ids import parse_object_id
from bot.domain.public_names import PERSON, Dataset, Dialog
from bot.domain.record_links import parse_guid
from bot.domain.texts import sentences, text
from bot.domain.values import ObjectId, RecordRef
from bot.features.new_chats.create_chat import resume_creation, start_creation, unfinished_creation
from bot.features.new_chats.creation_page import creation_page, resume_button
from bot.features.new_chats.plan_chat import (
    ChatOptions,
    note_problem,
    plan_chat,
)
from bot.features.record_search.find_records import MAX_CHOICES, Hit, find_records
from bot.features.record_search.record_picker import (
    initial_choices,
    parse_choice,
    record_choice,
    record_problem,
    single,
)
from bot.features.record_search.resolver import from_link, from_text
from bot.features.shared.access import require_can_start
from bot.features.shared.action_data import KEY, SURE, ActionData, parse_link
from bot.features.shared.answers import record_data
from bot.features.shared.find_people import find_people, people_by_names, person_choice, person_choices
from bot.features.shared.people_details import GUEST, NO_LICENSE, look_up_remarks, without_license
from bot.features.shared.routes import PageHandler, SearchHandler
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn, other_member
from cards.buttons import SubmitButton
from cards.dialog import Page
from cards.inputs import OFF, ON, Choice
from cards.new_chat import (
    NAME,
    NAMES,
    NOTE,
    OTHERS,
    SUGGESTED,
    PeopleView,
    RecordView,
    people_page,
    record_page,
)
from cards.record_inputs import RECORD, WORDS, RecordInputs

_MAX_IDS = 1_000
"""IDs that are read. The fields of a page may name a person several times."""


async def start(services: Services, turn: Turn, data: ActionData) -> Page:
    """Return the page for the record, or the page for people if the button already has a record."""
    other = other_member(turn.chat, turn.person)
    if other and PERSON not in data:
        data = {**data, PERSON: other}
    if "row" not in data:
        return await _record_page(services, turn, data)
    record = await from_link(services, parse_link(data, services.links), turn.person)
    return await _people_page(services, turn, {**data, **record_data(record)})


async def choose(services: Services, turn: Turn, data: ActionData) -> Page:
    """Return the page for people, or again the page for the record if the words do not match exactly one."""
    words = data.get(WORDS, "").strip()
    if data.get(RECORD) or not words:
        return await _people_page(services, turn, data)
    matches = await from_text(services, words, turn.person)
    if len(matches) == 1:
        return await _people_page(services, turn, {**data, **record_data(single(matches))})
    choices = [record_choice(match) for match in matches if isinstance(match, Hit)][:MAX_CHOICES]
    problem = record_problem(matches, data)
    return await _record_page(services, turn, data, choices, problem)


async def _record_page(
    services: Services, turn: Turn, data: ActionData, hits: Sequence[Choice] = (), problem: str = ""
) -> Page:
    newest = await find_records(services, turn.person, "")
    unfinished = await unfinished_creation(services, ObjectId(turn.person.object_id or ""))
    inputs = RecordInputs(
        choices=initial_choices(newest), dataset=Dataset.RECORDS, hits=hits, words=data.get(WORDS, "")
    )
    chosen = ",".join(_ids(data, PERSON))
    payload = {PERSON: chosen} if chosen else {}
    view = RecordView(
        record=inputs,
        problem=problem,
        next_button=SubmitButton(title=text("Next"), dialog=Dialog.NEW_CHAT_PEOPLE, payload=payload),
        resume_button=resume_button(text("Finish my last chat"), unfinished) if unfinished else None,
    )
    return record_page(view)


async def _people_page(
    services: Services, turn: Turn, data: ActionData, problem: str = "", candidates: Sequence[DirectoryPerson] = ()
) -> Page:
    """Return the page for people. `candidates` are the people whom ambiguous names match."""
    record, chosen = parse_choice(data, services.links), _chosen(data)
    options = await plan_chat(services, turn.person, record, chosen)
    payload = {KEY: parse_guid(data.get(KEY, "")) or str(uuid4()), **(record_data(record) if record else {})}
    people = [*options.chosen, *(person for person in candidates if person.id not in chosen)]
    create_button = SubmitButton(title=text("Create chat"), dialog=Dialog.MAKE_CHAT, payload=payload)
    anyway = SubmitButton(title=text("Send it anyway"), dialog=create_button.dialog, payload={**payload, SURE: ON})
    remarks = await look_up_remarks(services, [*people, *options.others])
    view = _people_view(options, people, remarks, data, problem, create_button)
    return people_page(replace(view, create_anyway_button=anyway if data.get(SURE) == ON else None))


async def resume(services: Services, turn: Turn, data: ActionData) -> Page:
    """Resume the creation, and return the progress."""
    await require_can_start(services, turn.person, None)
    return creation_page(await resume_creation(services, creation_key(data), turn.person, turn.chat))


async def create(services: Services, turn: Turn, data: ActionData) -> Page:
    """Create the chat and return the progress, or return the page for people with a problem."""
    record, key = parse_choice(data, services.links), creation_key(data)
    await require_can_start(services, turn.person, record)
    try:
        named = await people_by_names(services, turn.person, data.get(NAMES, ""))
    except BadRequest as error:
        return await _people_page(services, turn, data, error.text)
    known = {**data, PERSON: ",".join([data.get(PERSON, ""), *(person.id for person in named.matches)])}
    if named.problem:
        return await _people_page(services, turn, known, named.problem, named.candidates)
    try:
        request = _request(turn, known, record)
        question = await _note_question(services, request, data)
        if question:
            return await _people_page(services, turn, {**known, SURE: ON}, question)
        progress = await start_creation(services, key, request, turn.person, turn.chat)
        return creation_page(progress, await _license_remark(services, named.matches))
    except BadRequest as error:
        return await _people_page(services, turn, known, sentences(error.text, error.next_step))


async def _license_remark(services: Services, people: Sequence[DirectoryPerson]) -> str:
    """Return who of the people with typed names has no Teams license. Others were chosen from a list that says so."""
    remarks = await look_up_remarks(services, people)
    names = [person.name for person in people if remarks.get(person.id) == NO_LICENSE]
    return without_license(names) if names else ""


def _request(turn: Turn, data: ActionData, record: RecordRef | None) -> ChatRequest:
    """Return the request; raise `BadRequest` for no people or too many."""
    person = ObjectId(turn.person.object_id or "")
    return ChatRequest(
        person=person,
        people=require_people(person, _chosen(data)),
        topic=sanitize_topic(data.get(NAME, "")),
        record=record,
        note=data.get(NOTE, ON) != OFF,
    )


async def _note_question(services: Services, request: ChatRequest, data: ActionData) -> str:
    """Return the question about the audience of the note, unless the person has confirmed it."""
    if request.record is None or not request.note or data.get(SURE) == ON:
        return ""
    return await note_problem(services, request.record, request.people)


async def search_records(services: Services, turn: Turn, words: str, _data: ActionData) -> Sequence[Choice]:
    """Return records that match the words."""
    return [record_choice(hit) for hit in await find_records(services, turn.person, words)]


async def search_people(services: Services, turn: Turn, words: str, _data: ActionData) -> Sequence[Choice]:
    """Return people who match the words, except the person who types."""
    found = await find_people(services, turn.person, words)
    return await person_choices(services, [person for person in found if person.id != turn.person.object_id])


def creation_key(data: ActionData) -> NewChatKey:
    """Return the key of the creation; raise `BadRequest` if the data has none."""
    key = parse_guid(data.get(KEY, ""))
    if key is None:
        raise BadRequest("This dialog has expired.", "To start a chat, write new.")
    return NewChatKey(key)


def _chosen(data: ActionData) -> list[ObjectId]:
    """Return the chosen people: suggested, searched, or from the button that opened the dialog."""
    return _ids(data, SUGGESTED, OTHERS, PERSON)


def _ids(data: ActionData, *fields: str) -> list[ObjectId]:
    """Return the people in the fields, without duplicates; raise `BadRequest` for more than a chat can have."""
    ids = ",".join(data.get(field, "") for field in fields).split(",", _MAX_IDS)
    people = dict.fromkeys(person for person in (parse_object_id(each.strip()) for each in ids) if person)
    if len(people) > MAX_MEMBERS or len(ids) > _MAX_IDS:
        raise BadRequest(text("A chat can have at most {most} members. Choose fewer people.", most=MAX_MEMBERS))
    return list(people)


def _people_view(
    options: ChatOptions,
    people: Sequence[DirectoryPerson],
    remarks: Mapping[ObjectId, str],
    data: ActionData,
    problem: str,
    create_button: SubmitButton,
) -> PeopleView:
    record = options.record
    suggested = [
        person_choice(each.person, each.reason, GUEST if each.person.guest else "") for each in options.suggested
    ]
    named = [person_choice(person, person.title, remarks.get(person.id, "")) for person in people]
    return PeopleView(
        record=record.header if record else None,
        suggested=[*suggested, *named],
        others=[person_choice(person, person.title, remarks.get(person.id, "")) for person in options.others],
        dataset=Dataset.PEOPLE,
        chosen=_chosen(data),
        topic=data.get(NAME, record.topic if record else ""),
        note=data.get(NOTE, ON) != OFF,
        preview=record.note if record else None,
        problem=problem,
        create_button=create_button,
    )


PAGES: Mapping[str, PageHandler] = {
    Dialog.NEW_CHAT: start,
    Dialog.NEW_CHAT_PEOPLE: choose,
    Dialog.MAKE_CHAT: create,
    Dialog.FINISH_CHAT: resume,
}


SEARCHES: Mapping[str, SearchHandler] = {Dataset.RECORDS: search_records, Dataset.PEOPLE: search_people}
