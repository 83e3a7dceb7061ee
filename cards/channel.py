"""The dialog that connects a channel (spec A2)."""

from collections.abc import Sequence
from dataclasses import dataclass

from cards.buttons import Step
from cards.dialog import Page, page, problem
from cards.elements import Element
from cards.inputs import Choice, Choices, Searched, TextInput, Toggle
from cards.new_chat import NOTE, RECORD, WORDS

CHANNEL = "channel"
"""The input's name, under which the channel that was picked comes back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelView:
    """Records and channels to choose from."""

    records: Sequence[Choice]
    dataset: str
    hits: Sequence[Choice]
    """Records that fit what was written, where these are several."""
    words: str
    channels: Sequence[Choice]
    channel: str
    note: bool
    problem: str
    connect: Step
    anyway: Step | None
    """Sends the note though not everybody may open the record; None where that is not the question."""


def channel_page(view: ChannelView) -> Page:
    """Which record, which channel, and whether with a note."""
    body: list[Element] = [problem(view.problem)] if view.problem else []
    if view.hits:
        body.append(Choices(RECORD, "Which of these?", view.hits, expanded=True))
    else:
        body.append(Searched(RECORD, "Record", view.dataset, view.records))
    body += [
        TextInput(WORDS, "Or its number, link or a few words", value=view.words),
        Choices(
            CHANNEL,
            "Channel",
            view.channels,
            chosen=[view.channel] if view.channel else [],
            required="Choose a channel",
        ),
        Toggle(NOTE, "Send a note about the record into the channel", on=view.note),
    ]
    return page("Connect a channel", body, [view.connect, *([view.anyway] if view.anyway else [])])
