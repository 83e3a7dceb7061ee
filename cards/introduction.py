"""The bot's introduction, posted once to each chat."""

from dataclasses import dataclass

from cards.elements import AdaptiveCard, Element, TextBlock
from cards.help import usage
from cards.message import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class IntroductionView:
    """The kind of chat: `personal` for a one-to-one chat with the bot."""

    personal: bool


_GROUP = (
    "I connect this chat to Dynamics 365 records. The chat gets a note about the record, "
    "and a card whenever a key field changes."
)
_GROUP_HOW = "Mention me and write:"
_GROUP_EXAMPLES = (
    ("connect CAS-01001", "Connect this chat to a record by its number, its link, or a few words"),
    ("records", "List the records connected to this chat"),
    ("help", "Show all commands"),
)

_PERSONAL = (
    "I connect group chats to Dynamics 365 records. The chat gets a note about the record, "
    "and a card whenever a key field changes. To connect a group chat, add me to it."
)
_PERSONAL_HOW = "In this chat, write:"
_PERSONAL_EXAMPLES = (
    ("connect CAS-01001", "Start a group chat about a record by its number, its link, or a few words"),
    ("help", "Show all commands"),
)


def introduction(view: IntroductionView) -> Message:
    """Return the card that says what the bot does and what to write first."""
    what, how, examples = (
        (_PERSONAL, _PERSONAL_HOW, _PERSONAL_EXAMPLES) if view.personal else (_GROUP, _GROUP_HOW, _GROUP_EXAMPLES)
    )
    body: list[Element] = [
        TextBlock("Chat Sync", size="Medium", weight="Bolder"),
        TextBlock(what, spacing="Small"),
        TextBlock(how),
        *usage(examples),
    ]
    return Message(card=AdaptiveCard(body), summary="Chat Sync connects chats to Dynamics 365 records")
