"""The pages of the settings: what their buttons send, as values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from bot.domain.errors import BadRequest
from bot.domain.public_names import Dataset, Dialog
from bot.domain.record_actions import CardAction
from bot.domain.record_types import Disclosure
from bot.domain.settings import SettingValue
from bot.domain.values import EnvironmentId
from bot.features.chat_sync.sync_existing import SyncExisting
from bot.features.settings.import_export import MoveSettings
from bot.features.settings.pages import Outcome, overview_page
from bot.features.settings.record_type_page import DEFAULT
from bot.features.settings.save_settings import OrganisationForm, RecordTypeForm, SaveSettings
from bot.features.settings.show_settings import ShowSettings
from bot.features.settings.store_settings import Saving
from bot.features.shared.action_data import Claims
from bot.features.shared.routes import PageWork, Search
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsDialogs:
    """Reads what was filled in: claims, all of them, which the use cases check."""

    show: ShowSettings
    save: SaveSettings
    move: MoveSettings
    sync_existing: SyncExisting

    @property
    def pages(self) -> Mapping[str, PageWork]:
        """Who answers for each page."""
        return {
            Dialog.SETTINGS: self._first,
            Dialog.SETTINGS_ORGANIZATION: self._organisation,
            Dialog.SETTINGS_SAVE_ORGANIZATION: self._save_organisation,
            Dialog.SETTINGS_SYNC_EXISTING: self._sync_existing,
            Dialog.SETTINGS_RECORD_TYPE: self._record_type,
            Dialog.SETTINGS_SAVE_RECORD_TYPE: self._save_record_type,
            Dialog.SETTINGS_CHOOSE_TABLE: self._adding,
            Dialog.SETTINGS_ADD: self._add,
            Dialog.SETTINGS_EXPORT: self._export,
            Dialog.SETTINGS_IMPORT: self._import,
            Dialog.SETTINGS_PREVIEW: self._preview,
            Dialog.SETTINGS_SAVE_IMPORT: self._save_import,
        }

    @property
    def searches(self) -> Mapping[str, Search]:
        """Who answers while somebody types."""
        return {
            Dataset.ROLES: self._roles,
            Dataset.TABLES: self._tables,
            Dataset.KEY_FIELDS: self._columns,
            Dataset.CHANGE_FIELDS: self._changeable,
        }

    async def _first(self, incoming: Incoming, claims: Claims) -> Page:
        return await self.show.first(incoming.person, claims.get("environment", ""))

    async def _organisation(self, incoming: Incoming, claims: Claims) -> Page:
        return await self.show.organisation(incoming.person, _environment(claims))

    async def _save_organisation(self, incoming: Incoming, claims: Claims) -> Page:
        filled_in = OrganisationForm(
            chats_on=_switch(claims, "chats_on"),
            allowed_roles=tuple(unquote(each) for each in _several(claims, "allowed_roles")),
            idle_days=claims.get("sync_idle_days", ""),
            mirror_chats=_switch(claims, "mirror_chats"),
            sync_on=_switch(claims, "sync_on") if "sync_on" in claims else None,
        )
        return await self.save.organisation(_saving(incoming, claims), filled_in)

    async def _sync_existing(self, incoming: Incoming, claims: Claims) -> Page:
        environment = self.show.environment(_environment(claims))
        count = await self.sync_existing(environment.id, incoming.person)
        chats = "No chat was" if count == 0 else "One chat is" if count == 1 else f"{count} chats are"
        said = f"{chats} {'left out' if count == 0 else 'shown in Dynamics 365 from now on'}."
        return overview_page(await self.show.place(environment), Outcome(said=said))

    async def _record_type(self, incoming: Incoming, claims: Claims) -> Page:
        return await self.show.record_type(incoming.person, _environment(claims), _table(claims))

    async def _save_record_type(self, incoming: Incoming, claims: Claims) -> Page:
        return await self.save.record_type(_saving(incoming, claims), _filled_in(claims))

    async def _adding(self, incoming: Incoming, claims: Claims) -> Page:
        return await self.show.adding(incoming.person, _environment(claims))

    async def _add(self, incoming: Incoming, claims: Claims) -> Page:
        return await self.save.add(_saving(incoming, claims), claims.get("table", ""))

    async def _export(self, incoming: Incoming, claims: Claims) -> Page:
        return await self.move.export(incoming.person, claims.get("environment", ""), claims.get("part", ""))

    async def _import(self, incoming: Incoming, claims: Claims) -> Page:
        return await self.move.importing(incoming.person, claims.get("environment", ""))

    async def _preview(self, incoming: Incoming, claims: Claims) -> Page:
        return await self.move.preview(incoming.person, _environment(claims), claims.get("settings", ""))

    async def _save_import(self, incoming: Incoming, claims: Claims) -> Page:
        return await self.move.save(_saving(incoming, claims), claims.get("settings", ""))

    async def _roles(self, incoming: Incoming, text: str, claims: Claims) -> Sequence[Choice]:
        return await self.show.find_roles(incoming.person, _environment(claims), text)

    async def _tables(self, incoming: Incoming, text: str, claims: Claims) -> Sequence[Choice]:
        return await self.show.find_tables(incoming.person, _environment(claims), text)

    async def _columns(self, incoming: Incoming, text: str, claims: Claims) -> Sequence[Choice]:
        return await self.show.find_columns(incoming.person, _environment(claims), _table(claims), text)

    async def _changeable(self, incoming: Incoming, text: str, claims: Claims) -> Sequence[Choice]:
        return await self.show.find_changeable(incoming.person, _environment(claims), _table(claims), text)


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
