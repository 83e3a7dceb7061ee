"""The pages of the dialog that starts a chat. What comes back from a page is a claim, whoever sends it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import uuid4

from bot.domain.directory import DirectoryPerson, sanitize_topic
from bot.domain.errors import BadRequest
from bot.domain.new_chat import ChatRequest, ChatStep, NewChatKey, require_people
from bot.domain.object_ids import parse_object_id
from bot.domain.public_names import PERSON, Dataset, Dialog
from bot.domain.record_links import parse_guid
from bot.domain.values import ObjectId
from bot.features.new_chats.create_chat import Progress, resume_creation, start_creation, unfinished_creation
from bot.features.new_chats.plan_chat import (
    ChatOptions,
    find_people,
    note_problem,
    people_by_names,
    plan_chat,
)
from bot.features.record_search.find_records import Hit, find_record, find_records
from bot.features.record_search.record_picker import initial_choices, parse_choice, record_choice
from bot.features.shared.access import require_can_start
from bot.features.shared.action_data import KEY, SURE, ActionData
from bot.features.shared.answers import record_data
from bot.features.shared.routes import PageHandler, SearchHandler
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
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
    ProgressView,
    RecordView,
    StepLine,
    people_page,
    progress_page,
    record_page,
)
from cards.record_inputs import RECORD, WORDS, RecordInputs

_WORDS: Mapping[ChatStep, str] = {
    ChatStep.CREATE: "the chat is created",
    ChatStep.MEMBERS: "everybody is in it",
    ChatStep.NAME: "it has its name",
    ChatStep.INSTALL: "Chat Sync is added to it",
    ChatStep.CONNECT: "it is connected to the record",
}


async def start(services: Services, turn: Turn, data: ActionData) -> Page:
    """The first page; the second where a button has said already which record it is about."""
    if "row" in data:
        return await show_people(services, turn, data)
    return await _which_record(services, turn, data)


async def choose(services: Services, turn: Turn, data: ActionData) -> Page:
    """The second page, or the first once more where it is not clear which record was meant."""
    words = data.get(WORDS, "").strip()
    if data.get(RECORD) or not words:
        return await show_people(services, turn, data)
    hits = await find_record(services, turn.person, words)
    if len(hits) == 1:
        record = hits[0].record if isinstance(hits[0], Hit) else hits[0]
        return await show_people(services, turn, {**data, **record_data(record)})
    choices = [record_choice(each) for each in hits if isinstance(each, Hit)]
    wrong = "" if hits else "No record fits these words."
    return await _which_record(services, turn, data, choices, wrong)


async def _which_record(
    services: Services, turn: Turn, data: ActionData, hits: Sequence[Choice] = (), problem: str = ""
) -> Page:
    newest = await find_records(services, turn.person, "")
    half_made = await unfinished_creation(services, ObjectId(turn.person.object_id or ""))
    known = {PERSON: data[PERSON]} if PERSON in data else {}
    finish = SubmitButton(
        title="Finish my last chat", dialog=Dialog.FINISH_CHAT, payload={KEY: half_made.key if half_made else ""}
    )
    return record_page(
        RecordView(
            record=RecordInputs(
                choices=initial_choices(newest),
                dataset=Dataset.RECORDS,
                hits=hits,
                words=data.get(WORDS, ""),
            ),
            problem=problem,
            next_button=SubmitButton(title="Next", dialog=Dialog.NEW_CHAT_PEOPLE, payload=known),
            resume_button=finish if half_made else None,
        )
    )


async def show_people(
    services: Services, turn: Turn, data: ActionData, problem: str = "", offered: Sequence[DirectoryPerson] = ()
) -> Page:
    """The second page; once more with what is wrong on it where something is."""
    record, chosen = parse_choice(data, services.links), _chosen(data)
    plan = await plan_chat(services, turn.person, record, chosen)
    payload = {KEY: data.get(KEY) or str(uuid4()), **(record_data(record) if record else {})}
    people = [*plan.chosen, *(each for each in offered if each.id not in chosen)]
    make = SubmitButton(title="Create chat", dialog=Dialog.MAKE_CHAT, payload=payload)
    anyway = SubmitButton(title="Send it anyway", dialog=make.dialog, payload={**payload, SURE: ON})
    view = _people_view(plan, people, data, problem, make)
    return people_page(replace(view, create_anyway_button=anyway if data.get(SURE) == ON else None))


async def resume(services: Services, turn: Turn, data: ActionData) -> Page:
    """The last page once more: goes on with what is left."""
    await require_can_start(services, turn.person, None)
    return _progress(await resume_creation(services, _key(data), turn.person, turn.chat))


async def create(services: Services, turn: Turn, data: ActionData) -> Page:
    """The last page: makes the chat."""
    record, key = parse_choice(data, services.links), _key(data)
    await require_can_start(services, turn.person, record)
    named = await people_by_names(services, turn.person, data.get(NAMES, ""))
    known = {**data, PERSON: ",".join([data.get(PERSON, ""), *(each.id for each in named.found)])}
    if named.problem:
        return await show_people(services, turn, known, named.problem, named.offered)
    person = ObjectId(turn.person.object_id or "")
    try:
        people, note = require_people(person, _chosen(known)), data.get(NOTE, ON) != OFF
        doubts = await note_problem(services, record, people) if record and note and data.get(SURE) != ON else ""
        if doubts:
            return await show_people(services, turn, {**known, SURE: ON}, doubts)
        topic = sanitize_topic(data.get(NAME, ""))
        wish = ChatRequest(person=person, people=people, topic=topic, record=record, note=note)
        return _progress(await start_creation(services, key, wish, turn.person, turn.chat))
    except BadRequest as error:
        return await show_people(services, turn, known, f"{error} {error.next_step}".strip())


async def search_records(services: Services, turn: Turn, words: str, _data: ActionData) -> Sequence[Choice]:
    """Records that fit what was typed."""
    return [record_choice(each) for each in await find_records(services, turn.person, words)]


async def search_people(services: Services, turn: Turn, words: str, _data: ActionData) -> Sequence[Choice]:
    """People who fit what was typed."""
    found = await find_people(services, turn.person, words)
    return [person_choice(each, each.title) for each in found if each.id != turn.person.object_id]


def person_choice(person: DirectoryPerson, about: str) -> Choice:
    """Somebody in a list of choices, with what tells them apart."""
    title = " · ".join(part for part in (person.name or person.sign_in, about) if part)
    return Choice(title=title or person.id, value=person.id)


def _key(data: ActionData) -> NewChatKey:
    key = parse_guid(data.get(KEY, ""))
    if key is None:
        raise BadRequest("This dialog is too old to go on with.", "Write new to start a chat.")
    return NewChatKey(key)


def _chosen(data: ActionData) -> list[ObjectId]:
    """Whom the page names: suggested, searched, or given by the button that opened it."""
    named = ",".join(data.get(each, "") for each in (SUGGESTED, OTHERS, PERSON)).split(",")
    return [person for person in (parse_object_id(each.strip()) for each in named) if person]


def _people_view(
    plan: ChatOptions, people: Sequence[DirectoryPerson], data: ActionData, problem: str, make: SubmitButton
) -> PeopleView:
    record = plan.record
    suggested = [person_choice(each.person, each.reason) for each in plan.suggested]
    return PeopleView(
        record=record.head if record else None,
        suggested=[*suggested, *(person_choice(each, each.title) for each in people)],
        others=[person_choice(each, each.title) for each in plan.others],
        dataset=Dataset.PEOPLE,
        chosen=_chosen(data),
        topic=data.get(NAME, record.topic if record else ""),
        note=data.get(NOTE, ON) != OFF,
        facts=record.facts if record else None,
        problem=problem,
        create_button=make,
    )


def _progress(progress: Progress) -> Page:
    new = progress.new
    troubles = {each.step: each for each in new.failures}
    lines = [
        StepLine(
            text=_WORDS[step],
            done=step in new.done,
            failure=troubles[step].reason if step in troubles else "",
            next_step=troubles[step].next_step if step in troubles else "",
        )
        for step in new.request.steps
    ]
    again = SubmitButton(
        title="Look again" if progress.is_running else "Continue", dialog=Dialog.FINISH_CHAT, payload={KEY: new.key}
    )
    summary = "Not everything is done yet." if new.remaining_steps else "The chat is ready."
    if progress.is_running:
        summary = "The chat is being made."
    return progress_page(
        ProgressView(summary=summary, steps=lines, url=new.url, resume_button=again if new.remaining_steps else None)
    )


PAGES: Mapping[str, PageHandler] = {
    Dialog.NEW_CHAT: start,
    Dialog.NEW_CHAT_PEOPLE: choose,
    Dialog.MAKE_CHAT: create,
    Dialog.FINISH_CHAT: resume,
}


SEARCHES: Mapping[str, SearchHandler] = {Dataset.RECORDS: search_records, Dataset.PEOPLE: search_people}
