"""A card with its summary."""

from dataclasses import dataclass

from cards.elements import AdaptiveCard


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A card and its summary for the feed and screen readers; outside text in it is a `cards.text.single_line`."""

    card: AdaptiveCard
    summary: str
