"""What settings and their values are called, on pages and in lists of changes."""

from bot.domain.record_actions import CardAction
from bot.domain.record_types import Disclosure
from bot.domain.settings import SettingValue

LABELS = {
    "chats_on": "Chats",
    "allowed_roles": "Who may use chats",
    "sync_on": "Chat sync",
    "sync_idle_days": "Days until an idle chat is not synced any more",
    "mirror_chats": "List chats in Dynamics 365's own pane",
    "enabled": "Connect chats to these records",
    "note": "Include a note",
    "note_view": "View of the note",
    "leave_out_secured": "Leave secured columns out of the note",
    "auto_name": "Name new chats after the record",
    "join": "Let people join connected chats",
    "owner_can_disconnect": "Record owner can disconnect",
    "connector_can_disconnect": "Chat connector can disconnect",
    "notify": "Tell chats of key updates",
    "key_fields": "Key fields",
    "tell_secured": "Tell values of secured key fields",
    "disclosure": "What the card of a pasted link tells everybody",
    "tell_each": "Tell values of key fields only to those who may see them",
    "card_acts": "What people can do on a card",
    "change_fields": "Fields that people can change on a card",
}
"""By the names of the settings."""

DISCLOSURES = {
    Disclosure.NOTHING: "Nothing of the record",
    Disclosure.TABLE: "The type of record",
    Disclosure.NAME: "Type, number and name",
    Disclosure.FIELDS: "Type, number, name and the note's fields",
}

CARD_ACTS = {
    CardAction.ASSIGN: "Assign to me",
    CardAction.NOTE: "Add a note",
    CardAction.RESOLVE: "Resolve",
}

EVERYBODY = "Everybody with a Dynamics 365 user"
DEFAULT_VIEW = "The default view"
NO_LIMIT = "no limit"


def format_setting(setting: str, value: SettingValue) -> str:
    """The value as people read it; ids and logical names stay as they are."""
    match value:
        case bool():
            return "on" if value else "off"
        case Disclosure():
            return DISCLOSURES[value]
        case None:
            return DEFAULT_VIEW if setting == "note_view" else ""
        case tuple() if setting == "card_acts":
            return ", ".join(CARD_ACTS[CardAction(act)] for act in value) or "nothing"
        case tuple():
            return ", ".join(value) or (EVERYBODY if setting == "allowed_roles" else "none")
        case 0 if setting == "sync_idle_days":
            return NO_LIMIT
        case _:
            return str(value)


def setting_path(table: str | None, setting: str) -> str:
    """Where the setting stands in an export."""
    return f"organisation.{setting}" if table is None else f"record_types.{table}.{setting}"
