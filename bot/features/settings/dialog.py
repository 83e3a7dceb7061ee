"""The dialog of the settings: parse the inputs of its pages (spec M1)."""

from collections.abc import Mapping, Sequence
from urllib.parse import unquote

from bot.domain.notifications.defaults import LOCKABLE
from bot.domain.notifications.rules import Style
from bot.domain.public_names import Dataset, Dialog
from bot.domain.record_actions import CardAction
from bot.domain.record_types import Disclosure
from bot.domain.settings import SettingValue
from bot.domain.texts import plural, text
from bot.features.chat_sync.sync_existing import sync_existing_chats
from bot.features.settings import choices
from bot.features.settings.apps import ALL_APPS, SOME_APPS
from bot.features.settings.context import find_environment, load_context
from bot.features.settings.form_data import (
    invalid_form,
    parse_environment,
    parse_save_request,
    parse_switch,
    parse_table,
    parse_values,
)
from bot.features.settings.import_export import preview_import, save_import, show_export, show_import
from bot.features.settings.pages import SaveOutcome, overview_page
from bot.features.settings.record_type_page import DEFAULT_VIEW
from bot.features.settings.save_settings import (
    AppsInput,
    OrganizationForm,
    RecordTypeForm,
    add_record_type,
    preview_record_type,
    save_organization,
    save_record_type,
)
from bot.features.settings.show_settings import (
    show_add_table,
    show_first_page,
    show_organization,
    show_record_type,
)
from bot.features.shared.action_data import ActionData
from bot.features.shared.routes import PageHandler, SearchHandler
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from cards.dialog import Page
from cards.inputs import Choice

_SWITCHES = (
    "note",
    "leave_out_secured",
    "auto_name",
    "join",
    "owner_can_disconnect",
    "connector_can_disconnect",
    "notify",
    "tell_secured",
    "tell_each",
    "mention_new_owner",
    "mention_owner",
)


async def _first_page(services: Services, turn: Turn, data: ActionData) -> Page:
    return await show_first_page(services, turn.person, parse_environment(data))


async def _organization(services: Services, turn: Turn, data: ActionData) -> Page:
    return await show_organization(services, turn.person, parse_environment(data))


async def _save_organization(services: Services, turn: Turn, data: ActionData) -> Page:
    form = OrganizationForm(
        chats_on=parse_switch(data, "chats_on"),
        allowed_roles=tuple(unquote(each) for each in parse_values(data, "allowed_roles")),
        idle_days=data.get("sync_idle_days", ""),
        mirror_chats=parse_switch(data, "mirror_chats"),
        sync_on=parse_switch(data, "sync_on") if "sync_on" in data else None,
        other_chats=parse_switch(data, "other_chats") if "other_chats" in data else None,
        apps=_apps(data) if "app_choice" in data else None,
    )
    return await save_organization(services, parse_save_request(turn, data), form)


async def _sync_existing(services: Services, turn: Turn, data: ActionData) -> Page:
    environment = find_environment(services, parse_environment(data))
    count = await sync_existing_chats(services, environment.id, turn.person)
    message = text("All chats were already included.")
    if count:
        message = plural(
            count,
            "1 chat was included. It will appear in Dynamics 365 soon.",
            "{count} chats were included. They will appear in Dynamics 365 soon.",
        )
    return overview_page(await load_context(services, environment), SaveOutcome(message=message))


async def _record_type(services: Services, turn: Turn, data: ActionData) -> Page:
    return await show_record_type(services, turn.person, parse_environment(data), parse_table(data))


async def _save_record_type(services: Services, turn: Turn, data: ActionData) -> Page:
    return await save_record_type(services, parse_save_request(turn, data), _record_type_form(data))


async def _preview_note(services: Services, turn: Turn, data: ActionData) -> Page:
    return await preview_record_type(services, parse_save_request(turn, data), _record_type_form(data))


async def _choose_table(services: Services, turn: Turn, data: ActionData) -> Page:
    return await show_add_table(services, turn.person, parse_environment(data))


async def _add(services: Services, turn: Turn, data: ActionData) -> Page:
    return await add_record_type(services, parse_save_request(turn, data), data.get("table", ""))


async def _export(services: Services, turn: Turn, data: ActionData) -> Page:
    return await show_export(services, turn.person, parse_environment(data), data.get("part", ""))


async def _import(services: Services, turn: Turn, data: ActionData) -> Page:
    return await show_import(services, turn.person, parse_environment(data))


async def _preview(services: Services, turn: Turn, data: ActionData) -> Page:
    return await preview_import(services, turn.person, parse_environment(data), data.get("settings", ""))


async def _save_import(services: Services, turn: Turn, data: ActionData) -> Page:
    return await save_import(services, parse_save_request(turn, data), data.get("settings", ""))


async def _find_roles(services: Services, turn: Turn, typed: str, data: ActionData) -> Sequence[Choice]:
    return await choices.find_roles(services, turn.person, parse_environment(data), typed)


async def _find_apps(services: Services, turn: Turn, typed: str, data: ActionData) -> Sequence[Choice]:
    return await choices.find_apps(services, turn.person, parse_environment(data), typed)


async def _find_tables(services: Services, turn: Turn, typed: str, data: ActionData) -> Sequence[Choice]:
    return await choices.find_tables(services, turn.person, parse_environment(data), typed)


async def _find_key_fields(services: Services, turn: Turn, typed: str, data: ActionData) -> Sequence[Choice]:
    return await choices.find_key_fields(services, turn.person, parse_environment(data), parse_table(data), typed)


async def _find_changeable_columns(services: Services, turn: Turn, typed: str, data: ActionData) -> Sequence[Choice]:
    return await choices.find_changeable_columns(
        services, turn.person, parse_environment(data), parse_table(data), typed
    )


def _record_type_form(data: ActionData) -> RecordTypeForm:
    """Return the inputs of the page; settings that it did not offer are missing."""
    values: dict[str, SettingValue] = {"enabled": parse_switch(data, "enabled")}
    values |= {name: parse_switch(data, name) for name in _SWITCHES if name in data}
    if "note_view" in data:
        values["note_view"] = None if data["note_view"] == DEFAULT_VIEW else data["note_view"]
    if "notify" in data:
        # Clients omit an input without any choice, but always send the switch beside it.
        values["key_fields"] = parse_values(data, "key_fields")
    if "offered" in data:
        values["card_acts"] = tuple(_card_action(each) for each in parse_values(data, "card_acts"))
        values["change_fields"] = parse_values(data, "change_fields")
    if "notify_style" in data:
        values["notify_style"] = _style(data["notify_style"])
        values["digest_at"] = data.get("digest_at") or "08:00"
        # Clients omit an input without any choice.
        values["locked_rules"] = tuple(each for each in parse_values(data, "locked_rules") if each in LOCKABLE)
    if "disclosure" in data:
        values["disclosure"] = _disclosure(data["disclosure"])
    return RecordTypeForm(table=parse_table(data), values=values)


def _apps(data: ActionData) -> AppsInput:
    if data["app_choice"] not in {ALL_APPS, SOME_APPS}:
        raise invalid_form()
    return AppsInput(are_all=data["app_choice"] == ALL_APPS, chosen=parse_values(data, "pane_apps"))


def _disclosure(value: str) -> Disclosure:
    try:
        return Disclosure(value)
    except ValueError as error:
        raise invalid_form() from error


def _style(value: str) -> Style:
    try:
        return Style(value)
    except ValueError as error:
        raise invalid_form() from error


def _card_action(value: str) -> CardAction:
    try:
        return CardAction(value)
    except ValueError as error:
        raise invalid_form() from error


PAGES: Mapping[str, PageHandler] = {
    Dialog.SETTINGS: _first_page,
    Dialog.SETTINGS_ORGANIZATION: _organization,
    Dialog.SETTINGS_SAVE_ORGANIZATION: _save_organization,
    Dialog.SETTINGS_SYNC_EXISTING: _sync_existing,
    Dialog.SETTINGS_RECORD_TYPE: _record_type,
    Dialog.SETTINGS_SAVE_RECORD_TYPE: _save_record_type,
    Dialog.SETTINGS_PREVIEW_NOTE: _preview_note,
    Dialog.SETTINGS_CHOOSE_TABLE: _choose_table,
    Dialog.SETTINGS_ADD: _add,
    Dialog.SETTINGS_EXPORT: _export,
    Dialog.SETTINGS_IMPORT: _import,
    Dialog.SETTINGS_PREVIEW: _preview,
    Dialog.SETTINGS_SAVE_IMPORT: _save_import,
}


SEARCHES: Mapping[str, SearchHandler] = {
    Dataset.ROLES: _find_roles,
    Dataset.APPS: _find_apps,
    Dataset.TABLES: _find_tables,
    Dataset.KEY_FIELDS: _find_key_fields,
    Dataset.CHANGE_FIELDS: _find_changeable_columns,
}
