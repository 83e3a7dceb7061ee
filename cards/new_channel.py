"""Dialog that creates a channel for a record (spec A2)."""

from collections.abc import Sequence
from dataclasses import dataclass

from cards.buttons import SubmitButton
from cards.dialog import RenderedPage, dialog_page, page, problem
from cards.elements import Element
from cards.inputs import Choice, Choices, TextInput, Toggle, TypeaheadChoices, show_choices
from cards.new_chat import NOTE
from cards.record import byline
from cards.record_inputs import RecordInputs, record_inputs
from cards.translator import Translator

TEAM, TEAM_NAME, NAME = "teamId", "teamName", "name"
"""Names of the inputs."""

_MAX_TEAM_NAME = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class NewChannelView:
    """The record, and the teams to choose from."""

    record: RecordInputs
    teams: Sequence[Choice]
    search: str
    """Dataset of the team search; empty if all teams are listed."""
    team: str
    """The ID of the chosen team; empty if there is none."""
    team_name: str
    """Text entered as the team's name."""
    name: str
    max_name_length: int
    note: bool
    problem: str
    create: SubmitButton
    create_anyway: SubmitButton | None
    """Sends the note even if some people cannot open the record. None if the person was not asked."""


@dialog_page
def new_channel_page(t: Translator, view: NewChannelView) -> RenderedPage:
    """Return the page that asks for the record, the team, the channel's name, and whether to send a note."""
    body: list[Element] = [problem(t, view.problem)] if view.problem else []
    body += [
        *record_inputs(t, view.record),
        *_teams(t, view),
        TextInput(NAME, t("Channel name"), value=view.name, longest=view.max_name_length),
        Toggle(NOTE, t("Send a note about the record to the channel"), on=view.note),
        byline(t("Everyone in the team sees the channel and its name.")),
    ]
    buttons = [view.create, *([view.create_anyway] if view.create_anyway else [])]
    return page(t, t("New channel"), body, buttons, height="large")


def _teams(t: Translator, view: NewChannelView) -> list[Element]:
    """Return the input with all teams, or with some and a search by name if there are too many."""
    chosen = [view.team] if view.team in {each.value for each in view.teams} else []
    if not view.search:
        return [Choices(TEAM, t("Team"), show_choices(t, view.teams), chosen=chosen)]
    return [
        TypeaheadChoices(
            TEAM, t("Team (type part of its name)"), view.search, show_choices(t, view.teams), chosen=chosen
        ),
        TextInput(TEAM_NAME, t("Or the name of the team"), value=view.team_name, longest=_MAX_TEAM_NAME),
    ]
