"""The dialog that connects a channel. What comes back from it is a claim, whoever sends it."""

from collections.abc import Mapping, Sequence

from bot.domain.errors import NotFound
from bot.domain.public_names import Dataset, Dialog
from bot.domain.values import RecordRef
from bot.features.connections.audience import Audience
from bot.features.connections.connect_channel import TeamChannelRef, connect_channel, find_channel_choices
from bot.features.connections.connect_chat import Note
from bot.features.record_search.find_records import Hit
from bot.features.record_search.record_picker import (
    prefilled_record,
    record_inputs,
    record_problem,
    selected_records,
    single,
)
from bot.features.shared.access import require_can_start
from bot.features.shared.action_data import SURE, ActionData
from bot.features.shared.answers import NOTE_CHOICES_TEXT, record_data
from bot.features.shared.routes import PageHandler, SearchHandler
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from cards.audience import audience_text
from cards.buttons import SubmitButton
from cards.connect_channel import CHANNEL, TEAM, ChannelView, channel_page
from cards.dialog import Done, Page
from cards.inputs import OFF, ON, Choice
from cards.new_chat import NOTE

_PARTS = "|"
"""Stands between a team and its channel in a list of choices."""


async def start(services: Services, turn: Turn, data: ActionData) -> Page:
    """The page."""
    return await _page(services, turn, data)


async def submit(services: Services, turn: Turn, data: ActionData) -> Page | Done:
    """The channel is connected; or the page once more, with what is wrong on it."""
    found = await selected_records(services, turn.person, data)
    if len(found) != 1 or not data.get(CHANNEL):
        wrong = "Choose a channel." if len(found) == 1 else record_problem(found, data)
        return await _page(services, turn, data, wrong, found)
    record = single(found)
    sure = Note.SEND if data.get(SURE) == ON else Note.ASK
    note = Note.NONE if data.get(NOTE) == OFF else sure
    team, _, channel = data[CHANNEL].partition(_PARTS)
    answer = await connect_channel(services, turn.chat, turn.person, record, (team, channel), note=note)
    if isinstance(answer, Audience):
        return await _page(services, turn, {**data, SURE: ON}, f"{_question(answer)} {NOTE_CHOICES_TEXT}")
    return Done(text=answer.message.summary)


async def search(services: Services, turn: Turn, words: str, _data: ActionData) -> Sequence[Choice]:
    """Channels of the teams whose names fit what was typed; only who may start a chat may look."""
    await require_can_start(services, turn.person, None)
    return [_choice(each) for each in (await find_channel_choices(services, turn.person, words)).listed]


async def _page(
    services: Services, turn: Turn, data: ActionData, problem: str = "", found: Sequence[Hit | RecordRef] = ()
) -> Page:
    await require_can_start(services, turn.person, None)
    team = data.get(TEAM, "").strip()
    places = await find_channel_choices(services, turn.person, team)
    if team and not places.listed:
        places, problem = await find_channel_choices(services, turn.person), "None of your teams has this name."
    if not places.listed:
        raise NotFound("You are in no team with a channel to connect.", "Join a team in Teams first.")
    about = await prefilled_record(services, turn.person, data)
    payload = record_data(about.record) if about else {}
    go_on = SubmitButton(title="Connect", dialog=Dialog.CONNECT_THIS_CHANNEL, payload=payload)
    anyway = SubmitButton(title="Send it anyway", dialog=go_on.dialog, payload={**payload, SURE: ON})
    return channel_page(
        ChannelView(
            record=await record_inputs(services, turn.person, data, about, found),
            channels=[_choice(each) for each in places.listed],
            channel=data.get(CHANNEL, ""),
            search=Dataset.CHANNELS if team or not places.is_complete else "",
            team=team,
            note=data.get(NOTE, ON) != OFF,
            problem=problem,
            connect=go_on,
            connect_anyway=anyway if data.get(SURE) == ON else None,
        )
    )


def _choice(place: TeamChannelRef) -> Choice:
    title = f"{place.team.name} · {place.channel.name}"
    return Choice(title=title, value=_PARTS.join((place.team.id, place.channel.id)))


def _question(audience: Audience) -> str:
    return audience_text(kind="record", place="team", people=audience.people, without_access=audience.without_access)


PAGES: Mapping[str, PageHandler] = {Dialog.CONNECT_CHANNEL: start, Dialog.CONNECT_THIS_CHANNEL: submit}


SEARCHES: Mapping[str, SearchHandler] = {Dataset.CHANNELS: search}
