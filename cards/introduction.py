"""The bot's introduction, posted once to each chat."""

from dataclasses import dataclass

from cards.elements import AdaptiveCard, Element, TextBlock
from cards.help import usage
from cards.message import Rendered, message
from cards.translator import Translator

_NAME = "Chat Sync"
_CONNECT, _RECORDS, _HELP = "connect CAS-01001", "records", "help"


@dataclass(frozen=True, slots=True, kw_only=True)
class IntroductionView:
    """The kind of chat: `personal` for a one-to-one chat with the bot."""

    personal: bool


@message
def introduction(t: Translator, view: IntroductionView) -> Rendered:
    """Return the card that says what the bot does and what to write first."""
    body: list[Element] = [
        TextBlock(_NAME, size="Medium", weight="Bolder"),
        *(_to_person(t) if view.personal else _to_group(t)),
    ]
    return Rendered(card=AdaptiveCard(body), summary=t("Chat Sync connects chats to Dynamics 365 records"))


def _to_group(t: Translator) -> list[Element]:
    what = t(
        "I connect this chat to Dynamics 365 records. The chat gets a note about the record, "
        "and a card whenever a key field changes."
    )
    examples = (
        (_CONNECT, t("Connect this chat to a record by its number, its link, or a few words")),
        (_RECORDS, t("List the records connected to this chat")),
        (_HELP, t("Show all commands")),
    )
    return [TextBlock(what, spacing="Small"), TextBlock(t("Mention me and write:")), *usage(t, examples)]


def _to_person(t: Translator) -> list[Element]:
    what = t(
        "I connect group chats to Dynamics 365 records. The chat gets a note about the record, "
        "and a card whenever a key field changes. To connect a group chat, add me to it."
    )
    examples = (
        (_CONNECT, t("Start a group chat about a record by its number, its link, or a few words")),
        (_HELP, t("Show all commands")),
    )
    return [TextBlock(what, spacing="Small"), TextBlock(t("In this chat, write:")), *usage(t, examples)]
