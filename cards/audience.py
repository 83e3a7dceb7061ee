"""The question before a note goes to people who cannot open the record (spec C9)."""

from dataclasses import dataclass

from cards.buttons import Press, button
from cards.elements import AdaptiveCard, TextBlock
from cards.message import Message
from cards.text import line, plain

_NEXT = "The note would show them its fields. Send it all the same?"


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceView:
    """Whom the note would reach, and what the person can choose."""

    kind: str
    """What kind of record it is; its name is not for everybody."""
    people: int
    without_access: int | None
    """None: it is not known."""
    send: Press
    name_only: Press
    cancel: Press


def audience(view: AudienceView) -> Message:
    """The count, what it means, and the three ways on."""
    text = _counted(view)
    body = [TextBlock(plain(text), weight="Bolder"), TextBlock(_NEXT, spacing="Small")]
    actions = [button(each) for each in (view.send, view.name_only, view.cancel)]
    return Message(card=AdaptiveCard(body, actions=actions), summary=line(text))


def _counted(view: AudienceView) -> str:
    record, people = view.kind.lower(), "person" if view.people == 1 else "people"
    if view.without_access is None:
        return f"It is not known yet who of the {view.people} {people} in this chat can open this {record}."
    return f"{view.without_access} of {view.people} {people} in this chat cannot open this {record}."
