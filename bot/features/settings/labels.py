"""Labels of settings and their values, for pages and lists of changes."""

from collections.abc import Mapping, Sequence

from bot.domain.notifications.condition_rules import describe_conditions, parse_conditions
from bot.domain.notifications.rules import Style
from bot.domain.record_actions import CardAction
from bot.domain.record_types import Disclosure
from bot.domain.settings import SettingValue
from bot.domain.tables import Column
from bot.domain.texts import and_list, text

LABELS = {
    "chats_on": text("Chats"),
    "allowed_roles": text("Who can use chats"),
    "sync_on": text("Chat sync"),
    "sync_idle_days": text("Days until an idle chat stops syncing"),
    "mirror_chats": text("List chats in the Dynamics 365 chat pane"),
    "other_chats": text("List other chats in the pane without a record"),
    "pane_apps": text("Dynamics 365 apps that show the pane"),
    "enabled": text("Connect chats to these records"),
    "note": text("Include a note"),
    "note_view": text("View for the note"),
    "leave_out_secured": text("Exclude secured columns from the note"),
    "auto_name": text("Name new chats after the record"),
    "join": text("Let people join connected chats"),
    "owner_can_disconnect": text("Record owner can disconnect"),
    "connector_can_disconnect": text("Chat connector can disconnect"),
    "notify": text("Notify chats of key updates"),
    "key_fields": text("Key fields"),
    "tell_secured": text("Show values of secured key fields"),
    "disclosure": text("What the card of a pasted link shows to everyone"),
    "tell_each": text("Show key field values only to people who can see them"),
    "card_acts": text("What people can do on a card"),
    "change_fields": text("Fields that people can change on a card"),
    "notify_style": text("How chats get changes by default"),
    "digest_at": text("Default time of the digest"),
    "value_rule": text("Default value rule"),
    "urgent_rule": text("Default urgent rule"),
    "mention_new_owner": text("Mention the new owner"),
    "mention_owner": text("Mention the owner on urgent changes"),
    "locked_rules": text("Notification rules that chats cannot change"),
}
"""Labels by the name of the setting."""

WITHOUT_CHATS = {
    "sync_on": text("Chat sync has no effect until chats are turned on."),
    "mirror_chats": text("The Dynamics 365 chat pane lists no new chats until chats are turned on."),
}
"""Sentences by switch, for switches that are on while chats are off."""

DISCLOSURES = {
    Disclosure.NOTHING: text("Nothing about the record"),
    Disclosure.TABLE: text("The record type"),
    Disclosure.NAME: text("Type, number, and name"),
    Disclosure.FIELDS: text("Type, number, name, and the fields of the note"),
}

CARD_ACTS = {
    CardAction.ASSIGN: text("Assign to me"),
    CardAction.NOTE: text("Add a note"),
    CardAction.RESOLVE: text("Resolve"),
}

STYLES = {
    Style.EACH: text("A card for each change"),
    Style.LIVE: text("One live card"),
    Style.DIGEST: text("A digest once a day"),
}

EVERYBODY = text("Everyone with a Dynamics 365 user")
DEFAULT_VIEW = text("The default view")
ALL_APPS = text("All model-driven apps, including future ones")
NO_LIMIT = text("no limit")
_NO_NAMES = text("none")
_ON, _OFF = text("On"), text("Off")


_NAMED: Mapping[str, Mapping[str, str]] = {
    "locked_rules": LABELS,
    "card_acts": {act.value: title for act, title in CARD_ACTS.items()},
}
_NONE = {"card_acts": text("nothing")}
"""Names of values that are settings or actions themselves."""


def format_setting(setting: str, value: SettingValue) -> str:
    """Return the value as people read it. IDs and logical names stay unchanged."""
    match value:
        case bool():
            return _ON if value else _OFF
        case Disclosure():
            return DISCLOSURES[value]
        case str() if setting == "notify_style":
            return STYLES[Style(value)]
        case tuple() if setting in _NAMED:
            return and_list(_NAMED[setting].get(each, each) for each in value) or _NONE.get(setting, _NO_NAMES)
        case None:
            return {"note_view": DEFAULT_VIEW, "pane_apps": ALL_APPS}.get(setting, "")
        case tuple():
            return ", ".join(value) or (EVERYBODY if setting == "allowed_roles" else _NO_NAMES)
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
    return describe_conditions(rule, columns) if rule else text("none")


def setting_path(table: str | None, setting: str) -> str:
    """Return the path of the setting in an export."""
    return f"organisation.{setting}" if table is None else f"record_types.{table}.{setting}"
