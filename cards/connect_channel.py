"""Dialog that connects a channel (spec A2)."""

from collections.abc import Sequence
from dataclasses import dataclass

from cards.buttons import SubmitButton, button_rows
from cards.dialog import RenderedPage, dialog_page, page, problem
from cards.elements import Element
from cards.inputs import Choice, Choices, TextInput, Toggle, TypeaheadChoices, show_choices
from cards.new_chat import NOTE
from cards.record_inputs import RecordInputs, record_inputs
from cards.translator import Translator

CHANNEL = "channel"
"""Name of the input with the chosen channel."""
TEAM = "team"
"""Name of the input with part of a team's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelView:
    """The record, and the channels to choose from."""

    record: RecordInputs
    channels: Sequence[Choice]
    channel: str
    search: str
    """Dataset of the channel search; empty if all channels are listed."""
    team: str
    """Text entered as the team's name."""
    note: bool
    problem: str
    connect: SubmitButton
    connect_anyway: SubmitButton | None
    """Sends the note even if some people cannot open the record. None if the person was not asked."""
    new_channel: SubmitButton
    """Creates a channel instead."""


@dialog_page
def channel_page(t: Translator, view: ChannelView) -> RenderedPage:
    """Return the page that asks for the record, the channel, and whether to send a note."""
    body: list[Element] = [problem(t, view.problem)] if view.problem else []
    body += [
        *record_inputs(t, view.record),
        *_channels(t, view),
        *button_rows(t, [view.new_channel]),
        Toggle(NOTE, t("Send a note about the record to the channel"), on=view.note),
    ]
    anyway = [view.connect_anyway] if view.connect_anyway else []
    return page(t, t("Connect a channel"), body, [view.connect, *anyway])


def _channels(t: Translator, view: ChannelView) -> list[Element]:
    """Return the input with all channels, or with some and a search by team name if there are too many."""
    chosen = [view.channel] if view.channel else []
    if not view.search:
        return [Choices(CHANNEL, t("Channel"), show_choices(t, view.channels), chosen=chosen)]
    return [
        TypeaheadChoices(
            CHANNEL,
            t("Channel (type part of the team name)"),
            view.search,
            show_choices(t, view.channels),
            chosen=chosen,
        ),
        TextInput(TEAM, t("Or show channels of teams with this name"), value=view.team, longest=100),
    ]
