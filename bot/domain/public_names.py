"""Public names: commands that people type, verbs of card buttons, dialogs, and their searches."""

from collections.abc import Mapping
from difflib import SequenceMatcher
from enum import StrEnum
from urllib.parse import parse_qsl, urlencode

from bot.domain.texts import text


class Verb(StrEnum):
    """The action that a card's button requests. The button's other values are untrusted and checked again."""

    CONNECT = "connect"
    CHOOSE = "choose"
    """List the records that match the words."""
    VIEW = "view"
    VIEW_CHANGE = "view change"
    VIEW_LIVE_CARD = "view live card"
    VIEW_SUMMARY = "view summary"
    """Show a card about several records with values."""
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
    RECORDS = "records"
    STATUS = "status"
    CHOOSE_DISCONNECT = "choose disconnect"
    """List the connected records to disconnect."""
    MUTE = "mute"
    UNMUTE = "unmute"
    CHOOSE_MUTE = "choose mute"
    """List the connected records to mute or to unmute."""


SHOWING_VERBS = frozenset(
    {
        *(
            Verb.CHOOSE,
            Verb.VIEW,
            Verb.VIEW_CHANGE,
            Verb.VIEW_LIVE_CARD,
            Verb.VIEW_SUMMARY,
            Verb.CHATS,
            Verb.TIMELINE,
            Verb.MY_CHATS,
            Verb.SUGGEST,
        ),
        *(Verb.RECORDS, Verb.STATUS, Verb.CHOOSE_DISCONNECT, Verb.CHOOSE_MUTE),
    }
)
"""Verbs that only show something. Clients may send these, and no others, without a press by the person."""


class Dialog(StrEnum):
    """A page of a dialog: the button that opens it, or the page that receives the inputs."""

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
    MEMBERS = "members"
    ADD_MEMBER = "addMember"
    REMOVE_MEMBER = "removeMember"
    CONNECT_CHANNEL = "connectChannel"
    CONNECT_THIS_CHANNEL = "connectThisChannel"
    NEW_CHANNEL = "newChannel"
    MAKE_CHANNEL = "makeChannel"
    NOTIFICATIONS = "notifications"
    NOTIFICATIONS_MUTE = "notificationsMute"
    NOTIFICATIONS_SAVE_MUTE = "notificationsSaveMute"
    NOTIFICATIONS_HOURS = "notificationsHours"
    NOTIFICATIONS_SAVE_HOURS = "notificationsSaveHours"
    NOTIFICATIONS_AUTHORS = "notificationsAuthors"
    NOTIFICATIONS_SAVE_AUTHORS = "notificationsSaveAuthors"
    NOTIFICATIONS_LIMITS = "notificationsLimits"
    NOTIFICATIONS_SAVE_LIMITS = "notificationsSaveLimits"
    NOTIFICATIONS_MENTIONS = "notificationsMentions"
    NOTIFICATIONS_SAVE_MENTIONS = "notificationsSaveMentions"
    NOTIFICATIONS_RECORD = "notificationsRecord"
    NOTIFICATIONS_SAVE_RECORD = "notificationsSaveRecord"
    NOTIFICATIONS_RULE = "notificationsRule"
    NOTIFICATIONS_CONDITION = "notificationsCondition"
    NOTIFICATIONS_SAVE_RULE = "notificationsSaveRule"
    NOTIFICATIONS_LANGUAGE = "notificationsLanguage"
    NOTIFICATIONS_SAVE_LANGUAGE = "notificationsSaveLanguage"
    NOTIFICATIONS_WHY = "notificationsWhy"
    SETTINGS = "settings"
    SETTINGS_ORGANIZATION = "settings organisation"
    SETTINGS_SAVE_ORGANIZATION = "settings save organisation"
    SETTINGS_SYNC_EXISTING = "settings sync existing"
    SETTINGS_RECORD_TYPE = "settings record type"
    SETTINGS_SAVE_RECORD_TYPE = "settings save record type"
    SETTINGS_PREVIEW_NOTE = "settings preview note"
    SETTINGS_RULE = "settings rule"
    SETTINGS_CONDITION = "settings rule condition"
    SETTINGS_SAVE_RULE = "settings save rule"
    SETTINGS_CHOOSE_TABLE = "settings adding"
    SETTINGS_ADD = "settings add"
    SETTINGS_EXPORT = "settings export"
    SETTINGS_IMPORT = "settings import"
    SETTINGS_PREVIEW = "settings preview"
    SETTINGS_SAVE_IMPORT = "settings save import"
    SETTINGS_HISTORY = "settings history"


class Dataset(StrEnum):
    """A dataset that a dialog's input searches while a person types."""

    RECORDS = "records"
    CHANNELS = "channels"
    TEAMS = "teams"
    PEOPLE = "people"
    MEMBERS = "members"
    ROLES = "roles"
    APPS = "apps"
    TABLES = "tables"
    KEY_FIELDS = "key fields"
    CHANGE_FIELDS = "change fields"
    TIME_ZONES = "time zones"


def encode_dataset(dataset: Dataset, claims: Mapping[str, str]) -> str:
    """Return the dataset with its parameters, because clients send only its name with the typed text."""
    return f"{dataset}?{urlencode(claims)}"


def decode_dataset(named: str) -> tuple[str, dict[str, str]]:
    """Return the name of the dataset and its parameters."""
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
    NOTIFICATIONS = "notifications"
    MUTE = "mute"
    NEW = "new"
    SETTINGS = "settings"


CLOSEST = 3
"""Number of commands suggested for an unknown word."""

_COMPARED = 40
"""Characters of an unknown word that are compared. Longer input takes no more time."""


def closest_commands(word: str) -> tuple[Command, ...]:
    """Return the three commands closest to an unknown word, the closest first.

    Commands that the word abbreviates come first, then the most similar ones. Case does not matter. Ties keep the order
    of `Command`, so the same word always has the same answer.
    """
    typed = word.strip()[:_COMPARED].lower()

    def distance(command: Command) -> tuple[bool, float]:
        is_abbreviation = bool(typed) and command.startswith(typed)
        return not is_abbreviation, -SequenceMatcher(None, typed, command, autojunk=False).ratio()

    return tuple(sorted(Command, key=distance)[:CLOSEST])


MESSAGE_EVENTS = "ChatMessage.Read.Chat"
"""Permission with which Teams sends the bot all messages of a chat, and not only those that mention it."""

CHAT_PERMISSIONS = ("ChatSettings.Read.Chat", "ChatMember.Read.Chat", MESSAGE_EVENTS)
"""Permissions that the app requests in each chat ("Resource-specific consent"): its name, members, and messages."""


def chat_permissions(*, message_events: bool) -> tuple[str, ...]:
    """Return the permissions for the manifest and for installations, which must request the same ones."""
    return tuple(each for each in CHAT_PERMISSIONS if message_events or each != MESSAGE_EVENTS)


AUDIENCE_CONFIRMED = "audience"
"""In a button's data: the person confirmed who will see the note."""

TARGET_CHAT = "into"
"""In a button's data: the target chat, if it differs from the chat of the button."""

PERSON = "person"
"""In a button's data: the Entra object ID of the affected person."""


class QuotedField(StrEnum):
    """Names in a page's data for the message that the page was opened from."""

    TEXT = "text"
    AUTHOR = "author"
    SENT = "sent"
    LINK = "link"
    FILES = "files"
    """Names of the attachments, one per line."""
    ADDRESSES = "addresses"
    """Web addresses in the message, one per line."""


ACTION = "act"
"""In a button's data: the page of record actions, or the action itself."""

VERSION = "version"
"""In a button's data: the version of the row that the person saw."""

QUIET = "quiet"
"""The last word of `connect … quiet`: connect without the note."""

USAGE: dict[Command, tuple[str, str]] = {
    Command.CONNECT: (
        text("connect <link, number, or words> [quiet]"),
        text("Connect this chat to a record; add quiet to skip the introduction note"),
    ),
    Command.DISCONNECT: (text("disconnect [<link or number>]"), text("Disconnect this chat from a record")),
    Command.CHATS: (text("chats [<link, number, or words>]"), text("List the chats connected to a record")),
    Command.TIMELINE: (
        text("timeline [<link, number, or words>]"),
        text("List the current and past chats of a record"),
    ),
    Command.JOIN: (text("join <link, number, or words>"), text("Join a chat connected to a record")),
    Command.SUGGEST: (
        text("suggest [<link, number, or words>]"),
        text("Suggest people to talk to about a record, with the reasons"),
    ),
    Command.RECORDS: ("records", text("List the records connected to this chat")),
    Command.NEW: ("new", text("Start a chat with people you choose, with or without a record")),
    Command.STATUS: ("status", text("Show the latest updates sent to this chat, and any problems")),
    Command.NOTIFICATIONS: ("notifications", text("Choose when and how this chat hears about changes")),
    Command.MUTE: (
        text("mute [1h | tomorrow | monday | always] [record]"),
        text("Mute this chat or one of its records for a while; write mute off to end it"),
    ),
    Command.SETTINGS: (
        text("settings [export | import]"),
        text("For administrators: set record types, notes, key fields, and permissions"),
    ),
    Command.HELP: ("help", text("Show all commands")),
}
"""Syntax and description of each command."""
