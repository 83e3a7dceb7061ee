"""Dialog that adds a person to a chat, or removes one (spec A5)."""

from collections.abc import Sequence
from dataclasses import dataclass

from cards.buttons import SubmitButton, render_button
from cards.dialog import Page, page, problem
from cards.elements import ActionSet, Element
from cards.inputs import Choice, TextInput, TypeaheadChoices
from cards.record import byline

PERSON, NAMES, MEMBER = "other", "names", "member"
"""Names of the inputs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MembersView:
    """The members of the chat, and other people to choose from."""

    members: Sequence[Choice]
    members_dataset: str
    others: Sequence[Choice]
    others_dataset: str
    names: str
    problem: str
    add: SubmitButton
    remove: SubmitButton


def members_page(view: MembersView) -> Page:
    """Return the page that asks for the person to add, or for the member to remove."""
    body: list[Element] = [problem(view.problem)] if view.problem else []
    body += [
        TypeaheadChoices(PERSON, "Add a person (type a name)", view.others_dataset, view.others),
        TextInput(NAMES, "Or the name of the person", value=view.names, longest=200),
        byline("The person will see the whole history of this chat."),
        ActionSet([render_button(view.add)]),
        TypeaheadChoices(MEMBER, "Remove a member (type a name)", view.members_dataset, view.members),
        ActionSet([render_button(view.remove)]),
    ]
    return page("People in this chat", body)
