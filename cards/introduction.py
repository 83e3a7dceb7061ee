"""The bot's one introduction to a chat."""

from dataclasses import dataclass

from cards.elements import AdaptiveCard, Element, FactSet, TextBlock
from cards.message import Message
from cards.record import fact_set


@dataclass(frozen=True, slots=True, kw_only=True)
class IntroductionView:
    """Whether it is a one-to-one chat with the bot."""

    personal: bool


_GROUP = "I tie this chat to records of Dynamics 365: a note about the record, and a card whenever a key field changes."
_PERSONAL = "I tie group chats to records of Dynamics 365. Add me to a group chat, or ask me about a record here."
_HOW = "Mention me and write what you want:"
_HOW_ALONE = "Write what you want:"


def introduction(view: IntroductionView) -> Message:
    """What the bot does, and what to write first."""
    body: list[Element] = [
        TextBlock("Chat Sync", size="Medium", weight="Bolder"),
        TextBlock(_PERSONAL if view.personal else _GROUP, spacing="Small"),
        TextBlock(_HOW_ALONE if view.personal else _HOW),
        _examples(),
    ]
    return Message(card=AdaptiveCard(body), summary="Chat Sync ties chats to records of Dynamics 365")


def _examples() -> FactSet:
    return fact_set(
        [
            ("connect CAS-01001", "by the record's number, its link or a few words"),
            ("records", "what this chat is connected to"),
            ("help", "everything else"),
        ]
    )
