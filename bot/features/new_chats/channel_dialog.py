"""Dialog that creates a channel. Any client can send its data, so check every value again."""

import asyncio
from collections.abc import Mapping, Sequence
from uuid import uuid4

from bot.domain.channel_names import MAX_CHANNEL_NAME, require_channel_name
from bot.domain.directory import Team
from bot.domain.errors import BadRequest, NotFound
from bot.domain.new_chat import ChatRequest, NewChatKey
from bot.domain.public_names import Dataset, Dialog
from bot.domain.texts import sentences, text
from bot.domain.values import ObjectId, Person, RecordRef
from bot.features.connections.audience import team_audience_text
from bot.features.new_chats.create_channel import check_team_audience, require_free_name
from bot.features.new_chats.create_chat import discard_creation, is_started, resume_creation, start_creation
from bot.features.new_chats.creation_page import creation_page
from bot.features.new_chats.dialog import creation_key
from bot.features.new_chats.plan_chat import NOT_CHECKED
from bot.features.record_search.find_records import Hit
from bot.features.record_search.record_picker import (
    load_record_inputs,
    prefilled_record,
    record_problem,
    selected_records,
    single,
)
from bot.features.shared import access
from bot.features.shared.action_data import KEY, SURE, ActionData
from bot.features.shared.answers import NOTE_CHOICES_TEXT, record_data
from bot.features.shared.routes import PageHandler, SearchHandler
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from cards.buttons import SubmitButton
from cards.dialog import Page
from cards.inputs import OFF, ON, Choice
from cards.new_channel import NAME, TEAM, TEAM_NAME, NewChannelView, new_channel_page
from cards.new_chat import NOTE

_TEAMS_LISTED = 20
"""Maximum number of teams listed before the person types."""


async def start(services: Services, turn: Turn, data: ActionData) -> Page:
    """Return the page."""
    return await _page(services, turn, data)


async def create(services: Services, turn: Turn, data: ActionData) -> Page:
    """Create the channel and return the progress, or return the page with the problem."""
    key = creation_key(data)
    if await is_started(services, key):
        await access.require_can_start(services, turn.person, None)
        return creation_page(await resume_creation(services, key, turn.person, turn.chat))
    matches = await selected_records(services, turn.person, data)
    if len(matches) != 1:
        return await _page(services, turn, data, record_problem(matches, data), matches)
    try:
        request = await _request(services, turn, data, single(matches))
        question = await _note_question(services, turn, data, request)
        if question:
            return await _page(services, turn, {**data, SURE: ON}, question, matches)
        progress = await start_creation(services, key, request, turn.person, turn.chat)
    except BadRequest as error:
        return await _page(services, turn, data, sentences(error.text, error.next_step), matches)
    if rejection := progress.new_chat.rejection:
        # Nothing was created, so the person can change the name.
        await discard_creation(services, key)
        return await _page(services, turn, data, sentences(rejection.reason, rejection.next_step), matches)
    return creation_page(progress)


async def search(services: Services, turn: Turn, words: str, _data: ActionData) -> Sequence[Choice]:
    """Return the person's teams whose names contain the words. The person must be allowed to start chats."""
    await access.require_can_start(services, turn.person, None)
    return [_choice(team) for team in await _teams(services, turn.person, words)][:_TEAMS_LISTED]


async def _request(services: Services, turn: Turn, data: ActionData, record: RecordRef) -> ChatRequest:
    """Return the request; raise `BadRequest` for a wrong team or name, and other errors for missing rights."""
    await access.require_readable(services, record, turn.person)
    team = await _chosen_team(services, turn.person, data)
    name = require_channel_name(data.get(NAME, ""))
    await require_free_name(services, team.id, name)
    return ChatRequest(
        person=ObjectId(turn.person.object_id or ""),
        people=(),
        topic=name,
        record=record,
        note=data.get(NOTE, ON) != OFF,
        team=team.id,
    )


async def _chosen_team(services: Services, person: Person, data: ActionData) -> Team:
    teams, typed = await _teams(services, person), data.get(TEAM_NAME, "").strip()
    if typed:
        matches = [team for team in teams if typed.casefold() in team.name.casefold()]
        exact = [team for team in matches if team.name.casefold() == typed.casefold()]
        if not matches:
            raise BadRequest("None of your teams has this name.")
        if len(exact or matches) > 1:
            raise BadRequest("Several of your teams have this name.")
        return (exact or matches)[0]
    if not data.get(TEAM):
        raise BadRequest("Choose a team.")
    found = next((team for team in teams if team.id == data[TEAM]), None)
    if found is None:
        raise BadRequest("You are not in this team.", "Choose another team.")
    return found


async def _note_question(services: Services, turn: Turn, data: ActionData, request: ChatRequest) -> str:
    """Return the question about the audience of the note, unless the person has confirmed it (spec C9)."""
    if not request.note or request.record is None or data.get(SURE) == ON:
        return ""
    record_type = await access.require_record_type(services, request.record.environment, request.record.table)
    if not record_type.note:
        return ""
    audience = await check_team_audience(services, turn.chat, turn.person, request.team or "", request.record)
    if audience.without_access == 0:
        return ""
    if not audience.people:
        return sentences(NOT_CHECKED, NOTE_CHOICES_TEXT)
    return sentences(team_audience_text(audience), NOTE_CHOICES_TEXT)


async def _page(
    services: Services, turn: Turn, data: ActionData, problem: str = "", matches: Sequence[Hit | RecordRef] = ()
) -> Page:
    (about, inputs), teams = await asyncio.gather(
        load_record_inputs(services, turn.person, data, prefilled_record(services, turn.person, data), matches),
        _teams(services, turn.person),
    )
    if not teams:
        raise NotFound("You are not in any team.", "In Teams, join a team first.")
    key = NewChatKey(data.get(KEY) or str(uuid4()))
    view = NewChannelView(
        record=inputs,
        teams=[_choice(team) for team in _listed(teams, data.get(TEAM, ""))],
        search=Dataset.TEAMS if len(teams) > _TEAMS_LISTED else "",
        team=data.get(TEAM, "") or (teams[0].id if len(teams) == 1 else ""),
        team_name=data.get(TEAM_NAME, ""),
        name=data.get(NAME, "")[:MAX_CHANNEL_NAME],
        max_name_length=MAX_CHANNEL_NAME,
        note=data.get(NOTE, ON) != OFF,
        problem=problem,
        create=_create_button(about, key),
        create_anyway=_create_button(about, key, anyway=True) if data.get(SURE) == ON else None,
    )
    return new_channel_page(view)


async def _teams(services: Services, person: Person, words: str = "") -> Sequence[Team]:
    teams = await services.chats.list_teams(person.object_id) if person.object_id else []
    return [team for team in teams if words.strip().casefold() in team.name.casefold()]


def _listed(teams: Sequence[Team], chosen: str) -> Sequence[Team]:
    """Return the teams to list before the person types, the chosen one first."""
    return sorted(teams, key=lambda team: team.id != chosen)[:_TEAMS_LISTED]


def _choice(team: Team) -> Choice:
    return Choice(title=team.name or team.id, value=team.id)


def _create_button(about: Hit | None, key: NewChatKey, *, anyway: bool = False) -> SubmitButton:
    payload = {KEY: key, **(record_data(about.record) if about else {}), **({SURE: ON} if anyway else {})}
    title = text("Send it anyway") if anyway else text("Create channel")
    return SubmitButton(title=title, dialog=Dialog.MAKE_CHANNEL, payload=payload)


PAGES: Mapping[str, PageHandler] = {Dialog.NEW_CHANNEL: start, Dialog.MAKE_CHANNEL: create}


SEARCHES: Mapping[str, SearchHandler] = {Dataset.TEAMS: search}
