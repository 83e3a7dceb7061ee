"""Cards about mutes: the question for how long, and the notice for the chat (spec V2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cards.buttons import ActionButton, button_rows, render_button
from cards.elements import AdaptiveCard, Element, TextBlock
from cards.inputs import Toggle
from cards.message import Message
from cards.record import byline, escape_name, escape_word
from cards.text import escape, local_time, single_line

ALSO_URGENT = "alsoUrgent"
"""Name of the switch for urgent changes."""
ALSO_URGENT_TITLE = "Also mute urgent changes"


@dataclass(frozen=True, slots=True, kw_only=True)
class MuteState:
    """A mute that is active."""

    by: str
    until: datetime | None
    """None until somebody turns it off."""


def mute_sentence(state: MuteState) -> str:
    """Return the sentence that says until when something is muted, escaped for a card."""
    by = escape_word(state.by)
    if state.until is None:
        return f"Muted by {by} until someone turns it off."
    return f"Muted by {by} until {local_time(state.until)}."


@dataclass(frozen=True, slots=True, kw_only=True)
class AskMuteView:
    """The question for how long the chat, or one record of it, is muted."""

    record: str
    """Name of the record; empty for the whole chat."""
    spans: tuple[ActionButton, ...]
    state: MuteState | None = None
    """The present mute; None if there is none."""
    unmute: ActionButton | None = None


def ask_mute(view: AskMuteView) -> Message:
    """Return the card with a button for each span."""
    question = f"Mute {view.record} in this chat for how long?" if view.record else "Mute this chat for how long?"
    body: list[Element] = [TextBlock(escape(question), weight="Bolder")]
    if view.state:
        body.append(TextBlock(mute_sentence(view.state), spacing="Small"))
    body.append(Toggle(ALSO_URGENT, ALSO_URGENT_TITLE, on=False))
    body += button_rows(view.spans)
    body.append(byline("Times are in the chat's time zone, or else in yours."))
    actions = [render_button(view.unmute)] if view.unmute else []
    return Message(card=AdaptiveCard(body, actions=actions), summary=single_line(question))


@dataclass(frozen=True, slots=True, kw_only=True)
class MutedView:
    """The notice that a person muted the chat, or one record of it."""

    record: str
    """Name of the record; empty for the whole chat."""
    state: MuteState
    also_urgent: bool
    utc_note: str
    """Sentence that the time is in UTC; empty if a time zone is known."""
    unmute: ActionButton


def muted(view: MutedView) -> Message:
    """Return the notice with who muted it, and until when."""
    by, until = escape_word(view.state.by), view.state.until
    what = f"{escape_name(view.record)} in this chat" if view.record else "this chat"
    end = f"until {local_time(until)}" if until else "until someone turns it off"
    lines: Sequence[str] = (
        "Only news such as a closed or deleted record still comes."
        if view.also_urgent
        else "Urgent changes, and news such as a closed or deleted record, still come.",
        view.utc_note,
    )
    body: list[Element] = [TextBlock(f"{by} muted {what} {end}.", weight="Bolder")]
    body += [TextBlock(escape(line), spacing="Small") for line in lines if line]
    summary = f"{single_line(view.state.by)} muted {single_line(view.record) or 'this chat'}."
    return Message(card=AdaptiveCard(body, actions=[render_button(view.unmute)]), summary=summary)
