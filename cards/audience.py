"""Confirmation before a note reaches people who cannot open the record (spec C9)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from cards.buttons import ActionButton, button_rows, render_button
from cards.elements import AdaptiveCard, Element, TextBlock
from cards.message import Message
from cards.text import escape, single_line
from cards.words import plural

Place = Literal["chat", "team"]

_NEXT = "The note shows fields of the record to everyone in the chat. Send it anyway?"

_COUNTED: Mapping[Place, tuple[str, str]] = {
    "chat": (
        "{without_access} of 1 person in this chat cannot open this {kind}.",
        "{without_access} of {people} people in this chat cannot open this {kind}.",
    ),
    "team": (
        "{without_access} of 1 person in this team cannot open this {kind}.",
        "{without_access} of {people} people in this team cannot open this {kind}.",
    ),
}
_UNCOUNTED: Mapping[Place, tuple[str, str]] = {
    "chat": (
        "Chat Sync has not yet checked whether the 1 person in this chat can open this {kind}.",
        "Chat Sync has not yet checked which of the {people} people in this chat can open this {kind}.",
    ),
    "team": (
        "Chat Sync has not yet checked whether the 1 person in this team can open this {kind}.",
        "Chat Sync has not yet checked which of the {people} people in this team can open this {kind}.",
    ),
}
"""Sentences by place, for one person and for any other number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceView:
    """The people whom the note would reach, and the choices."""

    kind: str
    """The record type. Not everyone may see the record's name."""
    people: int
    without_access: int | None
    """None if the number is not known."""
    send: ActionButton
    name_only: ActionButton
    cancel: ActionButton


def audience_text(*, kind: str, place: Place, people: int, without_access: int | None) -> str:
    """Return how many people in the chat or team cannot open a record of this kind; None for a number not known yet."""
    sentences = _UNCOUNTED if without_access is None else _COUNTED
    sentence = plural(people, *sentences[place])
    return sentence.format(people=people, without_access=without_access, kind=kind.lower())


def audience(view: AudienceView) -> Message:
    """Return the card with the count, its consequence, and the three choices."""
    text = audience_text(kind=view.kind, place="chat", people=view.people, without_access=view.without_access)
    body: list[Element] = [
        TextBlock(escape(text), weight="Bolder"),
        TextBlock(_NEXT, spacing="Small"),
        *button_rows((view.send, view.name_only)),
    ]
    return Message(card=AdaptiveCard(body, actions=[render_button(view.cancel)]), summary=single_line(text))
