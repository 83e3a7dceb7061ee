"""The pages of the settings: what their buttons send, as values."""

from collections.abc import Mapping, Sequence
from urllib.parse import unquote

from bot.domain.errors import BadRequest
from bot.domain.public_names import Dataset, Dialog
from bot.domain.record_actions import CardAction
from bot.domain.record_types import Disclosure
from bot.domain.settings import SettingValue
from bot.domain.values import EnvironmentId
from bot.features.chat_sync.sync_existing import sync_existing_chats
from bot.features.settings.import_export import preview_import, save_import, show_export, show_import
from bot.features.settings.pages import SaveOutcome, overview_page
from bot.features.settings.record_type_page import DEFAULT
from bot.features.settings.save_settings import (
    OrganizationForm,
    RecordTypeForm,
    add_record_type,
    save_organization,
    save_record_type,
)
from bot.features.settings.show_settings import (
    find_changeable_columns,
    find_columns,
    find_roles,
    find_tables,
    first_page,
    load_context,
    named_environment,
    show_add_table,
    show_organization,
    show_record_type,
)
from bot.features.settings.store_settings import SaveRequest
from bot.features.shared.action_data import ActionData
from bot.features.shared.routes import PageHandler, SearchHandler
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from cards.dialog import Page
from cards.inputs import OFF, ON, Choice

_LONGEST_VERSION = 9  # digits

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
)


async def _first(services: Services, turn: Turn, data: ActionData) -> Page:
    return await first_page(services, turn.person, data.get("environment", ""))


async def _organisation(services: Services, turn: Turn, data: ActionData) -> Page:
    return await show_organization(services, turn.person, _environment(data))


async def _save_organisation(services: Services, turn: Turn, data: ActionData) -> Page:
    filled_in = OrganizationForm(
        chats_on=_switch(data, "chats_on"),
        allowed_roles=tuple(unquote(each) for each in _several(data, "allowed_roles")),
        idle_days=data.get("sync_idle_days", ""),
        mirror_chats=_switch(data, "mirror_chats"),
        sync_on=_switch(data, "sync_on") if "sync_on" in data else None,
    )
    return await save_organization(services, _save_request(turn, data), filled_in)


async def _sync_existing(services: Services, turn: Turn, data: ActionData) -> Page:
    environment = named_environment(services, _environment(data))
    count = await sync_existing_chats(services, environment.id, turn.person)
    chats = "No chat was" if count == 0 else "One chat is" if count == 1 else f"{count} chats are"
    said = f"{chats} {'left out' if count == 0 else 'shown in Dynamics 365 from now on'}."
    return overview_page(await load_context(services, environment), SaveOutcome(message=said))


async def _record_type(services: Services, turn: Turn, data: ActionData) -> Page:
    return await show_record_type(services, turn.person, _environment(data), _table(data))


async def _save_record_type(services: Services, turn: Turn, data: ActionData) -> Page:
    return await save_record_type(services, _save_request(turn, data), _filled_in(data))


async def _adding(services: Services, turn: Turn, data: ActionData) -> Page:
    return await show_add_table(services, turn.person, _environment(data))


async def _add(services: Services, turn: Turn, data: ActionData) -> Page:
    return await add_record_type(services, _save_request(turn, data), data.get("table", ""))


async def _export(services: Services, turn: Turn, data: ActionData) -> Page:
    return await show_export(services, turn.person, data.get("environment", ""), data.get("part", ""))


async def _import(services: Services, turn: Turn, data: ActionData) -> Page:
    return await show_import(services, turn.person, data.get("environment", ""))


async def _preview(services: Services, turn: Turn, data: ActionData) -> Page:
    return await preview_import(services, turn.person, _environment(data), data.get("settings", ""))


async def _save_import(services: Services, turn: Turn, data: ActionData) -> Page:
    return await save_import(services, _save_request(turn, data), data.get("settings", ""))


async def _roles(services: Services, turn: Turn, text: str, data: ActionData) -> Sequence[Choice]:
    return await find_roles(services, turn.person, _environment(data), text)


async def _tables(services: Services, turn: Turn, text: str, data: ActionData) -> Sequence[Choice]:
    return await find_tables(services, turn.person, _environment(data), text)


async def _columns(services: Services, turn: Turn, text: str, data: ActionData) -> Sequence[Choice]:
    return await find_columns(services, turn.person, _environment(data), _table(data), text)


async def _changeable(services: Services, turn: Turn, text: str, data: ActionData) -> Sequence[Choice]:
    return await find_changeable_columns(services, turn.person, _environment(data), _table(data), text)


def _filled_in(data: ActionData) -> RecordTypeForm:
    """What was filled in for a record type; what the page did not offer is not in it."""
    values: dict[str, SettingValue] = {"enabled": _switch(data, "enabled")}
    values |= {name: _switch(data, name) for name in _SWITCHES if name in data}
    if "note_view" in data:
        values["note_view"] = None if data["note_view"] == DEFAULT else data["note_view"]
    if "notify" in data:
        # An input in which nothing is chosen is not sent; the switch beside it is.
        values["key_fields"] = _several(data, "key_fields")
    if "offered" in data:
        values["card_acts"] = tuple(_act(each) for each in _several(data, "card_acts"))
        values["change_fields"] = _several(data, "change_fields")
    if "disclosure" in data:
        values["disclosure"] = _disclosure(data["disclosure"])
    return RecordTypeForm(table=_table(data), values=values)


def _disclosure(text: str) -> Disclosure:
    try:
        return Disclosure(text)
    except ValueError as error:
        raise _incomplete() from error


def _act(text: str) -> CardAction:
    try:
        return CardAction(text)
    except ValueError as error:
        raise _incomplete() from error


def _save_request(turn: Turn, data: ActionData) -> SaveRequest:
    return SaveRequest(
        chat=turn.chat,
        person=turn.person,
        environment=EnvironmentId(_environment(data)),
        version=_version(data),
    )


def _environment(data: ActionData) -> str:
    return data.get("environment", "")


def _table(data: ActionData) -> str:
    if not data.get("table"):
        raise BadRequest("Choose a record type first.", "Write settings to open them again.")
    return data["table"]


def _version(data: ActionData) -> int:
    text = data.get("version", "")
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_VERSION):
        raise _incomplete()
    return int(text)


def _switch(data: ActionData, name: str) -> bool:
    if data.get(name) not in {ON, OFF}:
        raise _incomplete()
    return data[name] == ON


def _several(data: ActionData, name: str) -> tuple[str, ...]:
    """The values that were chosen; an input without any is not sent at all."""
    return tuple(each.strip() for each in data.get(name, "").split(",") if each.strip())


def _incomplete() -> BadRequest:
    return BadRequest("This page was not filled in as it was made.", "Write settings to open them again.")


PAGES: Mapping[str, PageHandler] = {
    Dialog.SETTINGS: _first,
    Dialog.SETTINGS_ORGANIZATION: _organisation,
    Dialog.SETTINGS_SAVE_ORGANIZATION: _save_organisation,
    Dialog.SETTINGS_SYNC_EXISTING: _sync_existing,
    Dialog.SETTINGS_RECORD_TYPE: _record_type,
    Dialog.SETTINGS_SAVE_RECORD_TYPE: _save_record_type,
    Dialog.SETTINGS_CHOOSE_TABLE: _adding,
    Dialog.SETTINGS_ADD: _add,
    Dialog.SETTINGS_EXPORT: _export,
    Dialog.SETTINGS_IMPORT: _import,
    Dialog.SETTINGS_PREVIEW: _preview,
    Dialog.SETTINGS_SAVE_IMPORT: _save_import,
}


SEARCHES: Mapping[str, SearchHandler] = {
    Dataset.ROLES: _roles,
    Dataset.TABLES: _tables,
    Dataset.KEY_FIELDS: _columns,
    Dataset.CHANGE_FIELDS: _changeable,
}
