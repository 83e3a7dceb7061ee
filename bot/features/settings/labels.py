"""Labels of settings and their values, for pages and lists of changes."""

from collections.abc import Mapping, Sequence

from bot.domain.notifications.condition_rules import describe_conditions, parse_conditions
from bot.domain.notifications.rules import Style
from bot.domain.record_actions import CardAction
from bot.domain.record_types import Disclosure
from bot.domain.settings import SettingValue
from bot.domain.tables import Column

LABELS = {
    "chats_on": "Chats",
    "allowed_roles": "Who can use chats",
    "sync_on": "Chat sync",
    "sync_idle_days": "Days until an idle chat stops syncing",
    "mirror_chats": "List chats in the Dynamics 365 chat pane",
    "other_chats": "List other chats in the pane without a record",
    "pane_apps": "Dynamics 365 apps that show the pane",
    "enabled": "Connect chats to these records",
    "note": "Include a note",
    "note_view": "View for the note",
    "leave_out_secured": "Exclude secured columns from the note",
    "auto_name": "Name new chats after the record",
    "join": "Let people join connected chats",
    "owner_can_disconnect": "Record owner can disconnect",
    "connector_can_disconnect": "Chat connector can disconnect",
    "notify": "Notify chats of key updates",
    "key_fields": "Key fields",
    "tell_secured": "Show values of secured key fields",
    "disclosure": "What the card of a pasted link shows to everyone",
    "tell_each": "Show key field values only to people who can see them",
    "card_acts": "What people can do on a card",
    "change_fields": "Fields that people can change on a card",
    "notify_style": "How chats get changes by default",
    "digest_at": "Default time of the digest",
    "value_rule": "Default value rule",
    "urgent_rule": "Default urgent rule",
    "mention_new_owner": "Mention the new owner",
    "mention_owner": "Mention the owner on urgent changes",
    "locked_rules": "Notification rules that chats cannot change",
}
"""Labels by the name of the setting."""

WITHOUT_CHATS = {
    "sync_on": "Chat sync has no effect until chats are turned on.",
    "mirror_chats": "The Dynamics 365 chat pane lists no new chats until chats are turned on.",
}
"""Sentences by switch, for switches that are on while chats are off."""

DISCLOSURES = {
    Disclosure.NOTHING: "Nothing about the record",
    Disclosure.TABLE: "The record type",
    Disclosure.NAME: "Type, number, and name",
    Disclosure.FIELDS: "Type, number, name, and the fields of the note",
}

CARD_ACTS = {
    CardAction.ASSIGN: "Assign to me",
    CardAction.NOTE: "Add a note",
    CardAction.RESOLVE: "Resolve",
}

STYLES = {
    Style.EACH: "A card for each change",
    Style.LIVE: "One live card",
    Style.DIGEST: "A digest once a day",
}

EVERYBODY = "Everyone with a Dynamics 365 user"
DEFAULT_VIEW = "The default view"
ALL_APPS = "All model-driven apps, also future ones"
NO_LIMIT = "no limit"


_NAMED: Mapping[str, Mapping[str, str]] = {
    "locked_rules": LABELS,
    "card_acts": {act.value: title for act, title in CARD_ACTS.items()},
}
_NONE = {"card_acts": "nothing"}
"""Names of values that are settings or actions themselves."""


def format_setting(setting: str, value: SettingValue) -> str:
    """Return the value as people read it. IDs and logical names stay unchanged."""
    match value:
        case bool():
            return "On" if value else "Off"
        case Disclosure():
            return DISCLOSURES[value]
        case str() if setting == "notify_style":
            return STYLES[Style(value)]
        case tuple() if setting in _NAMED:
            return ", ".join(_NAMED[setting].get(each, each) for each in value) or _NONE.get(setting, "none")
        case None:
            return {"note_view": DEFAULT_VIEW, "pane_apps": ALL_APPS}.get(setting, "")
        case tuple():
            return ", ".join(value) or (EVERYBODY if setting == "allowed_roles" else "none")
        case 0 if setting == "sync_idle_days":
            return NO_LIMIT
        case _:
            return str(value)


def describe_rule(texts: Sequence[str], columns: Mapping[str, Column]) -> str:
    """Return a rule in words. Columns that are not known keep their names."""
    try:
        rule = parse_conditions(texts)
    except ValueError:
        return ", ".join(texts)
    return describe_conditions(rule, columns) if rule else "none"


def setting_path(table: str | None, setting: str) -> str:
    """Return the path of the setting in an export."""
    return f"organisation.{setting}" if table is None else f"record_types.{table}.{setting}"
