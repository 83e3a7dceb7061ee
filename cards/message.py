"""A card and the line that stands for it where the card is not shown."""

from dataclasses import dataclass

from cards.elements import AdaptiveCard


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is posted: the summary goes into the feed and to screen readers, of outside text only `cards.text.line`."""

    card: AdaptiveCard
    summary: str
