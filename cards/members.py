"""Dialog that adds a person to a chat, or removes one (spec A5)."""

from collections.abc import Sequence
from dataclasses import dataclass

from cards.buttons import SubmitButton, render_button
from cards.dialog import RenderedPage, dialog_page, page, problem
from cards.elements import ActionSet, Element
from cards.inputs import Choice, TextInput, TypeaheadChoices, show_choices
from cards.record import byline
from cards.translator import Translator

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


@dialog_page
def members_page(t: Translator, view: MembersView) -> RenderedPage:
    """Return the page that asks for the person to add, or for the member to remove."""
    body: list[Element] = [problem(t, view.problem)] if view.problem else []
    body += [
        TypeaheadChoices(PERSON, t("Add a person"), view.others_dataset, show_choices(t, view.others)),
        TextInput(NAMES, t("Or type the whole name"), value=view.names, longest=200),
        byline(t("The person will see the whole history of this chat.")),
        ActionSet([render_button(t, view.add)]),
        TypeaheadChoices(
            MEMBER, t("Remove a member (type a name)"), view.members_dataset, show_choices(t, view.members)
        ),
        ActionSet([render_button(t, view.remove)]),
    ]
    return page(t, t("People in this chat"), body)
