"""Names that the outside knows: commands that people type, verbs of the cards' buttons, dialogs and their searches."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl, urlencode


class Verb(StrEnum):
    """What a card's button asks for; its other values are claims that are checked again."""

    CONNECT = "connect"
    CHOOSE = "choose"
    """Shows the records that words fit, to connect one of them. Clients ask for it by themselves: it does nothing."""
    VIEW = "view"
    VIEW_CHANGE = "view change"
    UPDATE = "update"
    ADD_PERSON = "add person"
    REMOVE_PERSON = "remove person"
    CANCEL = "cancel"
    CHATS = "chats"
    TIMELINE = "timeline"
    RESUME_SYNC = "resume sync"
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
    CONNECT_CHAT = "connectChat"
    CONNECT_THIS_CHAT = "connectThisChat"
    SAVE_MESSAGE = "saveToRecord"
    SAVE_THIS_MESSAGE = "saveThisMessage"
    TIMELINE = "recordTimeline"
    TIMELINE_WHICH = "timelineWhich"
    TIMELINE_OF = "timelineOf"
    TIMELINE_JOIN = "timelineJoin"
    UPDATE = "update"
    CONNECT_CHANNEL = "connectChannel"
    CONNECT_THIS_CHANNEL = "connectThisChannel"
    SETTINGS = "settings"
    SETTINGS_ORGANIZATION = "settings organisation"
    SETTINGS_SAVE_ORGANIZATION = "settings save organisation"
    SETTINGS_SYNC_EXISTING = "settings sync existing"
    SETTINGS_RECORD_TYPE = "settings record type"
    SETTINGS_SAVE_RECORD_TYPE = "settings save record type"
    SETTINGS_CHOOSE_TABLE = "settings adding"
    SETTINGS_ADD = "settings add"
    SETTINGS_EXPORT = "settings export"
    SETTINGS_IMPORT = "settings import"
    SETTINGS_PREVIEW = "settings preview"
    SETTINGS_SAVE_IMPORT = "settings save import"


class Dataset(StrEnum):
    """What somebody searches while they type into an input of a dialog."""

    RECORDS = "records"
    CHANNELS = "channels"
    PEOPLE = "people"
    ROLES = "roles"
    TABLES = "tables"
    KEY_FIELDS = "key fields"
    CHANGE_FIELDS = "change fields"


def encode_dataset(dataset: Dataset, claims: Mapping[str, str]) -> str:
    """The dataset with what it is searched for in: clients send nothing but its name along with what is typed."""
    return f"{dataset}?{urlencode(claims)}"


def decode_dataset(named: str) -> tuple[str, dict[str, str]]:
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
    TIMELINE = "timeline"
    JOIN = "join"
    SUGGEST = "suggest"
    STATUS = "status"
    NEW = "new"
    SETTINGS = "settings"


CHAT_PERMISSIONS = ("ChatSettings.Read.Chat", "ChatMember.Read.Chat")
"""What the app asks of each chat that it is added to ("Resource-specific consent"): its name, and who is in it."""

AUDIENCE_CONFIRMED = "audience"
"""In the data of a button: the person knows who the note reaches, and wants it sent."""

TARGET_CHAT = "into"
"""In the data of a button: the chat that is meant, where it is not the one in which the button is pressed."""

PERSON = "person"
"""In the data of a button: whom it is about, by Entra object id."""


class QuotedField(StrEnum):
    """In what a page sends: the message from which it was opened."""

    TEXT = "text"
    AUTHOR = "author"
    SENT = "sent"
    LINK = "link"
    FILES = "files"
    """The attachments' names, a line each."""
    ADDRESSES = "addresses"
    """The web addresses in it, a line each."""


ACTION = "act"
"""In the data of a button: which page of what can be done to a record, or what is to be done."""

VERSION = "version"
"""In the data of a button: the version of the record's row that the person saw."""

QUIET = "quiet"
"""The last word of `connect … quiet`: connect without the note."""

USAGE: dict[Command, tuple[str, str]] = {
    Command.CONNECT: (
        "connect <link, number or words> [quiet]",
        "Connect this chat to a record; with quiet, without the introduction note",
    ),
    Command.DISCONNECT: ("disconnect [<link or number>]", "End a connection of this chat"),
    Command.CHATS: ("chats [<link, number or words>]", "The chats that are connected to a record"),
    Command.TIMELINE: (
        "timeline [<link, number or words>]",
        "The chats that a record has and had: who wrote last, and what is kept of them in Dynamics 365",
    ),
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

SEARCH = "searchRecords"
SEARCH_TITLE = "Find records"
"""The search of the compose box, and how Teams calls it."""

ALL_RECORDS = "words"
"""The name under which it sends what is looked for in all record types; the others are names of tables."""

SEARCHES: Mapping[str, str] = {
    ALL_RECORDS: "All records",
    "incident": "Cases",
    "account": "Accounts",
    "contact": "Contacts",
    "knowledgearticle": "Articles",
}
"""What can be searched, with how Teams calls it: five parameters at most ("App manifest schema for Teams")."""

INITIAL_RUN = "initialRun"
"""Under this name the search says that it was opened and nothing is typed yet."""


class ActionContext(StrEnum):
    """From where an action command is opened, by the manifest's names."""

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
        title="Connect this chat",
        meaning="Connect this chat to a record, such as the one that a message links to",
        contexts=(ActionContext.COMPOSE, ActionContext.MESSAGE),
    ),
    Dialog.SAVE_MESSAGE: ActionCommand(
        title="Save to record",
        meaning="Write a message to a record as a note or a task",
        contexts=(ActionContext.MESSAGE,),
    ),
    Dialog.TIMELINE: ActionCommand(
        title="Timeline", meaning="The chats that a record has and had, and the way into them"
    ),
    Dialog.NEW_CHAT: ActionCommand(
        title="New connected chat", meaning="Start a chat with people of your choice, about a record or about none"
    ),
    Dialog.CONNECT_CHANNEL: ActionCommand(
        title="Connect a channel", meaning="Connect a channel of one of your teams to a record"
    ),
    Dialog.SETTINGS: ActionCommand(
        title="Settings", meaning="What administrators set: records, notes, key fields, who may do what"
    ),
}
"""The action commands, in the order in which Teams lists them."""
