"""Saving what an administrator filled in (spec M1, T6)."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.environment_settings import OrganizationSettings
from bot.domain.errors import BadRequest
from bot.domain.settings import EnvironmentSettings, SettingValue, with_record_type
from bot.features.settings.pages import SaveOutcome, organisation_page, overview_page
from bot.features.settings.rules import organization_problems, record_type_problems
from bot.features.settings.show_settings import (
    filled_record_type,
    load_context,
    named_environment,
    read_table,
    show_add_table,
    with_view_names,
)
from bot.features.settings.store_settings import SaveRequest, SaveResult, SettingsEdit, store_settings
from bot.features.shared import access
from bot.features.shared.services import Services
from bot.features.shared.sync_switch import sync_permission_error
from cards.dialog import Page

NO_NUMBER = -1
"""Stands for days that were written as something else than a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationForm:
    """What was filled in; what the page did not offer stays as it is."""

    chats_on: bool
    allowed_roles: tuple[str, ...]
    idle_days: str
    mirror_chats: bool
    sync_on: bool | None

    def edit(self, settings: EnvironmentSettings) -> EnvironmentSettings:
        """The settings as they are wanted."""
        before = settings.organization
        wanted = OrganizationSettings(
            chats_on=self.chats_on,
            allowed_roles=self.allowed_roles,
            sync_on=before.sync_on if self.sync_on is None else self.sync_on,
            sync_idle_days=_number(self.idle_days),
            mirror_chats=self.mirror_chats,
        )
        return replace(settings, organization=wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTypeForm:
    """What was filled in, by the names of the settings; what the page did not offer stays as it is."""

    table: str
    values: Mapping[str, SettingValue]

    def edit(self, settings: EnvironmentSettings) -> EnvironmentSettings:
        """The settings as they are wanted."""
        values: dict[str, Any] = dict(self.values)
        return with_record_type(settings, replace(settings.record_type(self.table), **values))


async def save_organization(services: Services, saving: SaveRequest, filled_in: OrganizationForm) -> Page:
    """The first page with what was saved; or the same one with what is wrong or was saved by others."""
    environment = named_environment(services, saving.environment)
    actor = await access.require_administrator(services, environment.id, saving.person)
    roles, refusal = await asyncio.gather(
        services.customizations.role_names(environment.id), sync_permission_error(services.directory, actor.object_id)
    )
    form = SettingsEdit(
        edit=filled_in.edit,
        validate=lambda before, wanted: organization_problems(
            before.organization, wanted.organization, roles, sync_refusal=refusal
        ),
        covers=lambda change: change.table is None,
    )
    kept = await store_settings(services, saving, actor, form)
    place = await load_context(services, environment, kept.settings)
    if _is_done(kept):
        return overview_page(place, _outcome(kept))
    days = None if kept.settings.organization.sync_idle_days >= 0 else filled_in.idle_days
    return organisation_page(place, roles, sync_refusal=refusal, idle_days=days, outcome=_outcome(kept))


async def save_record_type(services: Services, saving: SaveRequest, filled_in: RecordTypeForm) -> Page:
    """The first page with what was saved; or the same one with what is wrong or was saved by others."""
    environment = named_environment(services, saving.environment)
    actor = await access.require_administrator(services, environment.id, saving.person)
    table, views = await read_table(services, environment.id, filled_in.table)
    form = SettingsEdit(
        edit=filled_in.edit,
        validate=lambda before, after: record_type_problems(
            before.record_type(table.name), after.record_type(table.name), table, views
        ),
        covers=lambda change: change.table == table.name,
    )
    kept = await store_settings(services, saving, actor, form)
    place = with_view_names(await load_context(services, environment, kept.settings), views)
    if _is_done(kept):
        return overview_page(place, _outcome(kept))
    return await filled_record_type(services, place, table, views, _outcome(kept))


async def add_record_type(services: Services, saving: SaveRequest, name: str) -> Page:
    """The page of the record type, which is on from now; the choice once more where there is no such table."""
    environment = named_environment(services, saving.environment)
    actor = await access.require_administrator(services, environment.id, saving.person)
    try:
        table, views = await read_table(services, environment.id, name)
    except BadRequest as error:
        return await show_add_table(services, saving.person, environment.id, str(error))
    form = SettingsEdit(
        edit=lambda settings: with_record_type(settings, replace(settings.record_type(name), enabled=True)),
        validate=lambda *_: (),
        covers=lambda _: False,
    )
    kept = await store_settings(services, saving, actor, form)
    place = await load_context(services, environment, kept.settings)
    return await filled_record_type(services, place, table, views)


def _is_done(kept: SaveResult) -> bool:
    return kept.saved or not (kept.changes or kept.problems)


def _outcome(kept: SaveResult) -> SaveOutcome:
    said = "Saved. It holds from now on." if kept.saved else "Nothing was changed."
    changes = kept.changes if kept.saved else ()
    return SaveOutcome(message=said, changes=changes, problems=kept.problems, concurrent_saves=kept.concurrent_saves)


def _number(text: str) -> int:
    """The number that was written; `NO_NUMBER` for anything else, which no rule lets through."""
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < len("100000") else NO_NUMBER
