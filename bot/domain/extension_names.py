"""Names of the message extension in the manifest: its search, and the action commands that open dialogs."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.public_names import Dialog
from bot.domain.texts import text

SEARCH = "searchRecords"
SEARCH_TITLE = text("Find records")
"""The search of the compose box, and its title in Teams."""

ALL_RECORDS = "words"
"""Name of the search parameter for all record types. The other parameters are named after tables."""

SEARCHES: Mapping[str, str] = {
    ALL_RECORDS: text("All records"),
    "incident": text("Cases"),
    "account": text("Accounts"),
    "contact": text("Contacts"),
    "knowledgearticle": text("Articles"),
}
"""Search parameters and their titles, at most five ("App manifest schema for Teams")."""

INITIAL_RUN = "initialRun"
"""Name of the parameter that marks a search that was opened without any typed text."""


class ActionContext(StrEnum):
    """The place where an action command is offered, by its manifest name."""

    COMPOSE = "compose"
    COMMAND_BOX = "commandBox"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionCommand:
    """An action command: a dialog that is opened from the compose box or from a message."""

    title: str
    meaning: str
    contexts: tuple[ActionContext, ...] = (ActionContext.COMPOSE, ActionContext.COMMAND_BOX)


ACTIONS: Mapping[Dialog, ActionCommand] = {
    Dialog.CONNECT_CHAT: ActionCommand(
        title=text("Connect this chat"),
        meaning=text("Connect this chat to a record, such as one that a message links to"),
        contexts=(ActionContext.COMPOSE, ActionContext.MESSAGE),
    ),
    Dialog.SAVE_MESSAGE: ActionCommand(
        title=text("Save to record"),
        meaning=text("Save a message to a record as a note or a task"),
        contexts=(ActionContext.MESSAGE,),
    ),
    Dialog.TIMELINE: ActionCommand(
        title=text("Timeline"), meaning=text("Show the current and past chats of a record, and join them")
    ),
    Dialog.NEW_CHAT: ActionCommand(
        title=text("New connected chat"), meaning=text("Start a chat with people you choose, with or without a record")
    ),
    Dialog.MEMBERS: ActionCommand(
        title=text("People in this chat"), meaning=text("Add a person to this chat, or remove one")
    ),
    Dialog.CONNECT_CHANNEL: ActionCommand(
        title=text("Connect a channel"), meaning=text("Connect a channel of one of your teams to a record")
    ),
    Dialog.SETTINGS: ActionCommand(
        title=text("Settings"), meaning=text("For administrators: set record types, notes, key fields, and permissions")
    ),
}
"""Action commands, in the order in which Teams lists them."""
