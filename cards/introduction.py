"""The bot's one introduction to a chat."""

from dataclasses import dataclass

from cards.elements import AdaptiveCard, Element, TextBlock
from cards.help import usage
from cards.message import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class IntroductionView:
    """Whether it is a one-to-one chat with the bot."""

    personal: bool


_GROUP = "I tie this chat to records of Dynamics 365: a note about the record, and a card whenever a key field changes."
_GROUP_HOW = "Mention me and write:"
_GROUP_EXAMPLES = (
    ("connect CAS-01001", "Connects this chat to a record: by its number, its link or a few words"),
    ("records", "Shows what this chat is connected to"),
    ("help", "Tells what else you can write"),
)

_PERSONAL = (
    "I tie group chats to records of Dynamics 365: a note about the record, and a card whenever a key field changes. "
    "Add me to a group chat to connect it."
)
_PERSONAL_HOW = "Here you can write:"
_PERSONAL_EXAMPLES = (
    ("connect CAS-01001", "Starts a group chat about a record: by its number, its link or a few words"),
    ("help", "Tells what else you can write"),
)


def introduction(view: IntroductionView) -> Message:
    """What the bot does, and what to write first."""
    what, how, examples = (
        (_PERSONAL, _PERSONAL_HOW, _PERSONAL_EXAMPLES) if view.personal else (_GROUP, _GROUP_HOW, _GROUP_EXAMPLES)
    )
    body: list[Element] = [
        TextBlock("Chat Sync", size="Medium", weight="Bolder"),
        TextBlock(what, spacing="Small"),
        TextBlock(how),
        *usage(examples),
    ]
    return Message(card=AdaptiveCard(body), summary="Chat Sync ties chats to records of Dynamics 365")
