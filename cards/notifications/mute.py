"""Cards about mutes: the question for how long, and the notice for the chat (spec V2)."""

from dataclasses import dataclass
from datetime import datetime

from cards.buttons import ActionButton, button_rows, render_button
from cards.elements import AdaptiveCard, Element, TextBlock
from cards.inputs import Toggle
from cards.message import Rendered, message
from cards.record import byline, escape_name, escape_word
from cards.text import escape, local_time, single_line
from cards.translator import Translator

ALSO_URGENT = "alsoUrgent"
"""Name of the switch for urgent changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MuteState:
    """A mute that is active."""

    by: str
    until: datetime | None
    """None until somebody turns it off."""


def mute_sentence(t: Translator, state: MuteState) -> str:
    """Return the sentence that says until when something is muted, escaped for a card."""
    name = escape_word(t.show(state.by))
    if state.until is None:
        return t("Muted by {name} until someone turns it off.", name=name)
    return t("Muted by {name} until {time}.", name=name, time=local_time(state.until))


@dataclass(frozen=True, slots=True, kw_only=True)
class AskMuteView:
    """The question for how long the chat, or one record of it, is muted."""

    record: str
    """Name of the record; empty for the whole chat."""
    spans: tuple[ActionButton, ...]
    state: MuteState | None = None
    """The present mute; None if there is none."""
    unmute: ActionButton | None = None


@message
def ask_mute(t: Translator, view: AskMuteView) -> Rendered:
    """Return the card with a button for each span."""
    question = _question(t, view.record)
    body: list[Element] = [TextBlock(escape(question), weight="Bolder")]
    if view.state:
        body.append(TextBlock(mute_sentence(t, view.state), spacing="Small"))
    body.append(Toggle(ALSO_URGENT, t("Also mute urgent changes"), on=False))
    body += button_rows(t, view.spans)
    body.append(byline(t("Times are in the chat's time zone, or else in yours.")))
    actions = [render_button(t, view.unmute)] if view.unmute else []
    return Rendered(card=AdaptiveCard(body, actions=actions), summary=single_line(question))


def _question(t: Translator, record: str) -> str:
    if record:
        return t("Mute {record} in this chat for how long?", record=record)
    return t("Mute this chat for how long?")


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


@message
def muted(t: Translator, view: MutedView) -> Rendered:
    """Return the notice with who muted it, and until when."""
    lines = (_still_told(t, also_urgent=view.also_urgent), t.show(view.utc_note))
    body: list[Element] = [TextBlock(_muted(t, view), weight="Bolder")]
    body += [TextBlock(escape(line), spacing="Small") for line in lines if line]
    card = AdaptiveCard(body, actions=[render_button(t, view.unmute)])
    return Rendered(card=card, summary=_muted_summary(t, view))


def _muted(t: Translator, view: MutedView) -> str:
    name, record = escape_word(t.show(view.state.by)), escape_name(view.record)
    time = local_time(view.state.until) if view.state.until else ""
    if view.record and time:
        return t("{name} muted {record} in this chat until {time}.", name=name, record=record, time=time)
    if view.record:
        return t("{name} muted {record} in this chat until someone turns it off.", name=name, record=record)
    if time:
        return t("{name} muted this chat until {time}.", name=name, time=time)
    return t("{name} muted this chat until someone turns it off.", name=name)


def _muted_summary(t: Translator, view: MutedView) -> str:
    name, record = single_line(t.show(view.state.by)), single_line(view.record)
    if record:
        return t("{name} muted {record}.", name=name, record=record)
    return t("{name} muted this chat.", name=name)


def _still_told(t: Translator, *, also_urgent: bool) -> str:
    if also_urgent:
        return t("Only news such as a closed or deleted record still comes.")
    return t("Urgent changes, and news such as a closed or deleted record, still come.")
