"""The question before a note goes to people who cannot open the record (spec C9)."""

from dataclasses import dataclass

from cards.buttons import ActionButton, button_rows, render_button
from cards.elements import AdaptiveCard, Element, TextBlock
from cards.message import Message
from cards.text import escape, single_line

_NEXT = "The note would show them its fields. Send it all the same?"


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceView:
    """Whom the note would reach, and what the person can choose."""

    kind: str
    """What kind of record it is; its name is not for everybody."""
    people: int
    without_access: int | None
    """None: it is not known."""
    send: ActionButton
    name_only: ActionButton
    cancel: ActionButton


def audience_text(*, kind: str, place: str, people: int, without_access: int | None) -> str:
    """How many of the people in the place cannot open a record of this kind; without their number it is not known."""
    record, noun = kind.lower(), "person" if people == 1 else "people"
    if without_access is None:
        return f"It is not known yet who of the {people} {noun} in this {place} can open this {record}."
    return f"{without_access} of {people} {noun} in this {place} cannot open this {record}."


def audience(view: AudienceView) -> Message:
    """The count, what it means, and the three ways on."""
    text = audience_text(kind=view.kind, place="chat", people=view.people, without_access=view.without_access)
    body: list[Element] = [
        TextBlock(escape(text), weight="Bolder"),
        TextBlock(_NEXT, spacing="Small"),
        *button_rows((view.send, view.name_only)),
    ]
    return Message(card=AdaptiveCard(body, actions=[render_button(view.cancel)]), summary=single_line(text))
