"""Dialog that connects a channel. Any client can send its data, so check every value again."""

from collections.abc import Mapping, Sequence

from bot.domain.errors import NotFound
from bot.domain.public_names import Dataset, Dialog
from bot.domain.texts import sentences, text
from bot.domain.values import RecordRef
from bot.features.connections.audience import Audience, team_audience_text
from bot.features.connections.connect_channel import (
    ChannelChoices,
    TeamChannelRef,
    connect_channel,
    find_channel_choices,
)
from bot.features.connections.dialog import note_choice
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
from bot.text.typed_text import on_one_line
from cards.buttons import SubmitButton
from cards.connect_channel import CHANNEL, TEAM, ChannelView, channel_page
from cards.dialog import Done, Page
from cards.inputs import OFF, ON, Choice
from cards.new_chat import NOTE

_SEPARATOR = "|"
"""Separator between the team and the channel in the value of a choice."""


async def start(services: Services, turn: Turn, data: ActionData) -> Page:
    """Return the page."""
    return await _page(services, turn, data)


async def submit(services: Services, turn: Turn, data: ActionData) -> Page | Done:
    """Connect the channel, or return the page with the problem."""
    matches = await selected_records(services, turn.person, data)
    if len(matches) != 1:
        return await _page(services, turn, data, record_problem(matches, data), matches)
    if not data.get(CHANNEL):
        return await _page(services, turn, data, text("Choose a channel."), matches)
    team, _, channel = data[CHANNEL].partition(_SEPARATOR)
    record, note = single(matches), note_choice(data)
    answer = await connect_channel(services, turn.chat, turn.person, record, (team, channel), note=note)
    if isinstance(answer, Audience):
        return await _page(services, turn, {**data, SURE: ON}, sentences(team_audience_text(answer), NOTE_CHOICES_TEXT))
    return Done(message=answer.message)


async def search(services: Services, turn: Turn, words: str, _data: ActionData) -> Sequence[Choice]:
    """Return channels of teams whose names contain the words. The person must be allowed to start chats."""
    await require_can_start(services, turn.person, None)
    return [_choice(ref) for ref in (await find_channel_choices(services, turn.person, words)).listed]


async def _page(
    services: Services, turn: Turn, data: ActionData, problem: str = "", matches: Sequence[Hit | RecordRef] = ()
) -> Page:
    await require_can_start(services, turn.person, None)
    team = on_one_line(data.get(TEAM, ""))
    choices = await find_channel_choices(services, turn.person, team)
    if team and not choices.listed:
        choices, problem = await find_channel_choices(services, turn.person), text("None of your teams has this name.")
    if not choices.listed:
        raise NotFound("None of your teams has a channel that you can connect.", "In Teams, join a team first.")
    about = await prefilled_record(services, turn.person, data)
    view = ChannelView(
        record=await record_inputs(services, turn.person, data, about, matches),
        channels=[_choice(ref) for ref in choices.listed],
        channel=data.get(CHANNEL, ""),
        search=_search(choices, team),
        team=team,
        note=data.get(NOTE, ON) != OFF,
        problem=problem,
        connect=_connect_button(about),
        connect_anyway=_connect_button(about, anyway=True) if data.get(SURE) == ON else None,
        new_channel=SubmitButton(
            title=text("New channel"), dialog=Dialog.NEW_CHANNEL, payload=record_data(about.record) if about else {}
        ),
    )
    return channel_page(view)


def _search(choices: ChannelChoices, team: str) -> str:
    """Return the dataset of the search, or an empty string if the page lists all channels."""
    return Dataset.CHANNELS if team or not choices.is_complete else ""


def _connect_button(about: Hit | None, *, anyway: bool = False) -> SubmitButton:
    payload = {**(record_data(about.record) if about else {}), **({SURE: ON} if anyway else {})}
    title = text("Send it anyway") if anyway else text("Connect")
    return SubmitButton(title=title, dialog=Dialog.CONNECT_THIS_CHANNEL, payload=payload)


def _choice(ref: TeamChannelRef) -> Choice:
    title = f"{ref.team.name} · {ref.channel.name}"
    return Choice(title=title, value=_SEPARATOR.join((ref.team.id, ref.channel.id)))


PAGES: Mapping[str, PageHandler] = {Dialog.CONNECT_CHANNEL: start, Dialog.CONNECT_THIS_CHANNEL: submit}


SEARCHES: Mapping[str, SearchHandler] = {Dataset.CHANNELS: search}
