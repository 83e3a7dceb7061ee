"""The dialog that connects a channel (spec A2)."""

from collections.abc import Sequence
from dataclasses import dataclass

from cards.buttons import SubmitButton
from cards.dialog import Page, page, problem
from cards.elements import Element
from cards.inputs import Choice, Choices, TextInput, Toggle, TypeaheadChoices
from cards.new_chat import NOTE
from cards.record_inputs import RecordInputs, record_inputs

CHANNEL = "channel"
"""The input's name, under which the channel that was picked comes back."""
TEAM = "team"
"""The input's name, under which the part of a team's name comes back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelView:
    """Which record, and channels to choose from."""

    record: RecordInputs
    channels: Sequence[Choice]
    channel: str
    search: str
    """The dataset that channels are searched in; empty where all are listed."""
    team: str
    """What was written of the team's name."""
    note: bool
    problem: str
    connect: SubmitButton
    connect_anyway: SubmitButton | None
    """Sends the note though not everybody may open the record; None where that is not the question."""


def channel_page(view: ChannelView) -> Page:
    """Which record, which channel, and whether with a note."""
    body: list[Element] = [problem(view.problem)] if view.problem else []
    body += [
        *record_inputs(view.record),
        *_channels(view),
        Toggle(NOTE, "Send a note about the record into the channel", on=view.note),
    ]
    return page("Connect a channel", body, [view.connect, *([view.connect_anyway] if view.connect_anyway else [])])


def _channels(view: ChannelView) -> list[Element]:
    """All channels; where these are too many, some and a search by the team's name."""
    chosen = [view.channel] if view.channel else []
    if not view.search:
        return [Choices(CHANNEL, "Channel", view.channels, chosen=chosen, required="Choose a channel")]
    return [
        TypeaheadChoices(
            CHANNEL, "Channel (type a part of the team's name)", view.search, view.channels, chosen=chosen
        ),
        TextInput(TEAM, "Or list the channels of teams with this name", value=view.team, longest=100),
    ]
