"""Names that the outside knows: commands that people type, verbs of the cards' buttons, dialogs and their searches."""

from collections.abc import Mapping
from enum import StrEnum
from urllib.parse import parse_qsl, urlencode


class Verb(StrEnum):
    """What a card's button asks for; its other values are claims that are checked again."""

    CONNECT = "connect"
    ADD_PERSON = "add person"
    REMOVE_PERSON = "remove person"
    CANCEL = "cancel"
    CHATS = "chats"
    JOIN = "join"
    MY_CHATS = "my chats"
    SUGGEST = "suggest"
    DISCONNECT = "disconnect"
    UNDO_DISCONNECT = "undo disconnect"
    KEEP_CONNECTED = "keep connected"
    ADD_OWNER = "add owner"


class Dialog(StrEnum):
    """A page of a dialog: what opens it, or where its button sends what was filled in."""

    NEW_CHAT = "newChat"
    NEW_CHAT_PEOPLE = "newChatPeople"
    MAKE_CHAT = "makeChat"
    FINISH_CHAT = "finishChat"
    CONNECT_CHANNEL = "connectChannel"
    CONNECT_THIS_CHANNEL = "connectThisChannel"
    SETTINGS = "settings"
    SETTINGS_ORGANISATION = "settings organisation"
    SETTINGS_SAVE_ORGANISATION = "settings save organisation"
    SETTINGS_RECORD_TYPE = "settings record type"
    SETTINGS_SAVE_RECORD_TYPE = "settings save record type"
    SETTINGS_ADDING = "settings adding"
    SETTINGS_ADD = "settings add"
    SETTINGS_EXPORT = "settings export"
    SETTINGS_IMPORT = "settings import"
    SETTINGS_PREVIEW = "settings preview"
    SETTINGS_SAVE_IMPORT = "settings save import"


class Dataset(StrEnum):
    """What somebody searches while they type into an input of a dialog."""

    RECORDS = "records"
    PEOPLE = "people"
    TABLES = "tables"
    KEY_FIELDS = "key fields"


def searching(dataset: Dataset, claims: Mapping[str, str]) -> str:
    """The dataset with what it is searched for in: clients send nothing but its name along with what is typed."""
    return f"{dataset}?{urlencode(claims)}"


def searched_in(named: str) -> tuple[str, dict[str, str]]:
    """The dataset's name and the claims behind it."""
    dataset, _, claims = named.partition("?")
    return dataset, dict(parse_qsl(claims))


class Command(StrEnum):
    """The first word of a text command."""

    HELP = "help"
    CONNECT = "connect"
    DISCONNECT = "disconnect"
    RECORDS = "records"
    CHATS = "chats"
    JOIN = "join"
    SUGGEST = "suggest"
    STATUS = "status"
    NEW = "new"
    SETTINGS = "settings"


CHAT_PERMISSIONS = ("ChatSettings.Read.Chat", "ChatMember.Read.Chat")
"""What the app asks of each chat that it is added to ("Resource-specific consent"): its name, and who is in it."""

AUDIENCE = "audience"
"""In the data of a button: the person knows who the note reaches, and wants it sent."""

INTO = "into"
"""In the data of a button: the chat that is meant, where it is not the one in which the button is pressed."""

PERSON = "person"
"""In the data of a button: whom it is about, by Entra object id."""

QUIET = "quiet"
"""The last word of `connect … quiet`: connect without the note."""

USAGE: dict[Command, tuple[str, str]] = {
    Command.CONNECT: (
        "connect <link, number or words> [quiet]",
        "Connect this chat to a record; with quiet, without the introduction note",
    ),
    Command.DISCONNECT: ("disconnect [<link or number>]", "End a connection of this chat"),
    Command.CHATS: ("chats [<link, number or words>]", "The chats that are connected to a record"),
    Command.JOIN: ("join <link, number or words>", "Join a chat that is connected to a record"),
    Command.SUGGEST: ("suggest [<link, number or words>]", "Whom to speak to about a record, and why"),
    Command.RECORDS: ("records", "The records that this chat is connected to"),
    Command.NEW: ("new", "Start a chat with people of your choice, about a record or about none"),
    Command.STATUS: ("status", "What this chat was told last, and what is in the way"),
    Command.SETTINGS: (
        "settings [export | import]",
        "What administrators set: which records can be connected, notes, key fields, who may do what",
    ),
    Command.HELP: ("help", "What you can write here"),
}
"""How each command is written and what it does."""

ACTIONS: dict[Dialog, tuple[str, str]] = {
    Dialog.NEW_CHAT: ("New connected chat", "Start a chat with people of your choice, about a record or about none"),
    Dialog.CONNECT_CHANNEL: ("Connect a channel", "Connect a channel of one of your teams to a record"),
    Dialog.SETTINGS: ("Settings", "What administrators set: records, notes, key fields, who may do what"),
}
"""Dialogs that are opened from the compose box, with their titles and what they do."""
