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
from bot.features.settings.pages import Outcome, overview_page
from bot.features.settings.record_type_page import DEFAULT
from bot.features.settings.save_settings import (
    OrganisationForm,
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
from bot.features.settings.store_settings import Saving
from bot.features.shared.action_data import Claims
from bot.features.shared.routes import PageHandler, SearchHandler
from bot.features.shared.services import Services
from bot.features.shared.turn import Incoming
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


async def _first(services: Services, incoming: Incoming, claims: Claims) -> Page:
    return await first_page(services, incoming.person, claims.get("environment", ""))


async def _organisation(services: Services, incoming: Incoming, claims: Claims) -> Page:
    return await show_organization(services, incoming.person, _environment(claims))


async def _save_organisation(services: Services, incoming: Incoming, claims: Claims) -> Page:
    filled_in = OrganisationForm(
        chats_on=_switch(claims, "chats_on"),
        allowed_roles=tuple(unquote(each) for each in _several(claims, "allowed_roles")),
        idle_days=claims.get("sync_idle_days", ""),
        mirror_chats=_switch(claims, "mirror_chats"),
        sync_on=_switch(claims, "sync_on") if "sync_on" in claims else None,
    )
    return await save_organization(services, _saving(incoming, claims), filled_in)


async def _sync_existing(services: Services, incoming: Incoming, claims: Claims) -> Page:
    environment = named_environment(services, _environment(claims))
    count = await sync_existing_chats(services, environment.id, incoming.person)
    chats = "No chat was" if count == 0 else "One chat is" if count == 1 else f"{count} chats are"
    said = f"{chats} {'left out' if count == 0 else 'shown in Dynamics 365 from now on'}."
    return overview_page(await load_context(services, environment), Outcome(said=said))


async def _record_type(services: Services, incoming: Incoming, claims: Claims) -> Page:
    return await show_record_type(services, incoming.person, _environment(claims), _table(claims))


async def _save_record_type(services: Services, incoming: Incoming, claims: Claims) -> Page:
    return await save_record_type(services, _saving(incoming, claims), _filled_in(claims))


async def _adding(services: Services, incoming: Incoming, claims: Claims) -> Page:
    return await show_add_table(services, incoming.person, _environment(claims))


async def _add(services: Services, incoming: Incoming, claims: Claims) -> Page:
    return await add_record_type(services, _saving(incoming, claims), claims.get("table", ""))


async def _export(services: Services, incoming: Incoming, claims: Claims) -> Page:
    return await show_export(services, incoming.person, claims.get("environment", ""), claims.get("part", ""))


async def _import(services: Services, incoming: Incoming, claims: Claims) -> Page:
    return await show_import(services, incoming.person, claims.get("environment", ""))


async def _preview(services: Services, incoming: Incoming, claims: Claims) -> Page:
    return await preview_import(services, incoming.person, _environment(claims), claims.get("settings", ""))


async def _save_import(services: Services, incoming: Incoming, claims: Claims) -> Page:
    return await save_import(services, _saving(incoming, claims), claims.get("settings", ""))


async def _roles(services: Services, incoming: Incoming, text: str, claims: Claims) -> Sequence[Choice]:
    return await find_roles(services, incoming.person, _environment(claims), text)


async def _tables(services: Services, incoming: Incoming, text: str, claims: Claims) -> Sequence[Choice]:
    return await find_tables(services, incoming.person, _environment(claims), text)


async def _columns(services: Services, incoming: Incoming, text: str, claims: Claims) -> Sequence[Choice]:
    return await find_columns(services, incoming.person, _environment(claims), _table(claims), text)


async def _changeable(services: Services, incoming: Incoming, text: str, claims: Claims) -> Sequence[Choice]:
    return await find_changeable_columns(services, incoming.person, _environment(claims), _table(claims), text)


def _filled_in(claims: Claims) -> RecordTypeForm:
    """What was filled in for a record type; what the page did not offer is not in it."""
    values: dict[str, SettingValue] = {"enabled": _switch(claims, "enabled")}
    values |= {name: _switch(claims, name) for name in _SWITCHES if name in claims}
    if "note_view" in claims:
        values["note_view"] = None if claims["note_view"] == DEFAULT else claims["note_view"]
    if "notify" in claims:
        # An input in which nothing is chosen is not sent; the switch beside it is.
        values["key_fields"] = _several(claims, "key_fields")
    if "offered" in claims:
        values["card_acts"] = tuple(_act(each) for each in _several(claims, "card_acts"))
        values["change_fields"] = _several(claims, "change_fields")
    if "disclosure" in claims:
        values["disclosure"] = _disclosure(claims["disclosure"])
    return RecordTypeForm(table=_table(claims), values=values)


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


def _saving(incoming: Incoming, claims: Claims) -> Saving:
    return Saving(
        chat=incoming.chat,
        person=incoming.person,
        environment=EnvironmentId(_environment(claims)),
        version=_version(claims),
    )


def _environment(claims: Claims) -> str:
    return claims.get("environment", "")


def _table(claims: Claims) -> str:
    if not claims.get("table"):
        raise BadRequest("Choose a record type first.", "Write settings to open them again.")
    return claims["table"]


def _version(claims: Claims) -> int:
    text = claims.get("version", "")
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_VERSION):
        raise _incomplete()
    return int(text)


def _switch(claims: Claims, name: str) -> bool:
    if claims.get(name) not in {ON, OFF}:
        raise _incomplete()
    return claims[name] == ON


def _several(claims: Claims, name: str) -> tuple[str, ...]:
    """The values that were chosen; an input without any is not sent at all."""
    return tuple(each.strip() for each in claims.get(name, "").split(",") if each.strip())


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
