"""Save the forms of an administrator (spec M1, T6)."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.errors import BadRequest
from bot.domain.settings import EnvironmentSettings, SettingValue, with_record_type
from bot.domain.tables import Table, View
from bot.domain.values import Environment
from bot.features.settings.apps import load_apps
from bot.features.settings.choices import addable_tables
from bot.features.settings.context import load_context, read_table, require_administered
from bot.features.settings.pages import SaveOutcome, add_table_page, organization_page, overview_page
from bot.features.settings.record_type_page import record_type_page
from bot.features.settings.rules import organization_problems, record_type_problems
from bot.features.settings.store_settings import (
    NOTHING_CHANGED,
    SAVED,
    SaveRequest,
    SaveResult,
    SettingsEdit,
    check_settings,
    store_settings,
)
from bot.features.shared import access
from bot.features.shared.services import Services
from cards.dialog import Page

INVALID_DAYS = -1
"""Replaces a number of days that is not a number; validation rejects it."""
_MAX_DIGITS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class AppsInput:
    """The choice between all apps and some. `chosen` counts only for the latter."""

    are_all: bool
    chosen: tuple[str, ...] = ()

    @property
    def value(self) -> tuple[str, ...] | None:
        """The value of the setting."""
        return None if self.are_all else tuple(dict.fromkeys(self.chosen))


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationForm:
    """The inputs of the organization page. An input is None if the page did not offer it."""

    chats_on: bool
    allowed_roles: tuple[str, ...]
    idle_days: str
    mirror_chats: bool
    sync_on: bool | None
    other_chats: bool | None = None
    apps: AppsInput | None = None

    def edit(self, settings: EnvironmentSettings) -> EnvironmentSettings:
        """Return the settings with the inputs applied."""
        before = settings.organization
        requested = replace(
            before,
            chats_on=self.chats_on,
            allowed_roles=self.allowed_roles,
            sync_on=before.sync_on if self.sync_on is None else self.sync_on,
            sync_idle_days=_parse_days(self.idle_days),
            mirror_chats=self.mirror_chats,
            other_chats=before.other_chats if self.other_chats is None else self.other_chats,
            pane_apps=self.apps.value if self.apps else before.pane_apps,
        )
        return replace(settings, organization=requested)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTypeForm:
    """The inputs of a record type's page, by setting. Settings that the page did not offer are missing."""

    table: str
    values: Mapping[str, SettingValue]

    def edit(self, settings: EnvironmentSettings) -> EnvironmentSettings:
        """Return the settings with the inputs applied."""
        values: dict[str, Any] = dict(self.values)
        return with_record_type(settings, replace(settings.record_type(self.table), **values))


async def save_organization(services: Services, request: SaveRequest, form: OrganizationForm) -> Page:
    """Save the form and return the overview. If it is invalid or conflicts, return the form with the problems."""
    environment, administrator = await require_administered(services, request.person, request.environment)
    roles, apps, sync_refusal = await asyncio.gather(
        services.customizations.role_names(environment.id),
        load_apps(services, environment.id),
        access.sync_permission_error(services, administrator.object_id),
    )
    edit = SettingsEdit(
        edit=form.edit,
        validate=lambda before, requested: organization_problems(
            before.organization, requested.organization, roles, apps, sync_refusal=sync_refusal
        ),
        conflicts_with=lambda change: change.table is None,
    )
    result = await store_settings(services, request, administrator, edit)
    context = await load_context(services, environment, result.settings)
    if is_done(result):
        return overview_page(context, save_outcome(result))
    idle_days = None if result.settings.organization.sync_idle_days >= 0 else form.idle_days
    return organization_page(
        context, roles, apps, sync_refusal=sync_refusal, idle_days=idle_days, outcome=save_outcome(result)
    )


async def save_record_type(services: Services, request: SaveRequest, form: RecordTypeForm) -> Page:
    """Save the form and return the overview. If it is invalid or conflicts, return the form with the problems."""
    environment, administrator = await require_administered(services, request.person, request.environment)
    table, views = await read_table(services, environment.id, form.table)
    result = await store_settings(services, request, administrator, _record_type_edit(form, table, views))
    context = (await load_context(services, environment, result.settings)).with_views(views).with_table(table)
    if is_done(result):
        return overview_page(context, save_outcome(result))
    return await record_type_page(services, context, administrator, table, views, save_outcome(result))


async def preview_record_type(services: Services, request: SaveRequest, form: RecordTypeForm) -> Page:
    """Return the form with a preview of its note, its problems, and the changes of others. Save nothing."""
    environment, administrator = await require_administered(services, request.person, request.environment)
    table, views = await read_table(services, environment.id, form.table)
    result = await check_settings(services, request, _record_type_edit(form, table, views))
    context = await load_context(services, environment, result.settings)
    return await record_type_page(services, context, administrator, table, views, save_outcome(result))


def _record_type_edit(form: RecordTypeForm, table: Table, views: Sequence[View]) -> SettingsEdit:
    return SettingsEdit(
        edit=form.edit,
        validate=lambda before, requested: record_type_problems(
            before.record_type(table.name), requested.record_type(table.name), table, views
        ),
        conflicts_with=lambda change: change.table == table.name,
    )


async def add_record_type(services: Services, request: SaveRequest, table_name: str) -> Page:
    """Enable the record type and return its page. If the table does not exist, ask for a table again."""
    environment, administrator = await require_administered(services, request.person, request.environment)
    try:
        table, views = await read_table(services, environment.id, table_name)
    except BadRequest as error:
        return await _ask_for_table_again(services, environment, error.text)
    edit = SettingsEdit(
        edit=lambda settings: with_record_type(settings, replace(settings.record_type(table_name), enabled=True)),
        validate=lambda *_: (),
        conflicts_with=lambda _: False,
    )
    result = await store_settings(services, request, administrator, edit)
    context = await load_context(services, environment, result.settings)
    return await record_type_page(services, context, administrator, table, views)


async def _ask_for_table_again(services: Services, environment: Environment, problem: str) -> Page:
    context = await load_context(services, environment)
    return add_table_page(context, await addable_tables(services, context), problem)


def is_done(result: SaveResult) -> bool:
    """Check whether the changes are saved, or there are none."""
    return result.saved or not (result.changes or result.problems)


def save_outcome(result: SaveResult) -> SaveOutcome:
    """Return the result as the next page shows it."""
    return SaveOutcome(
        message=SAVED if result.saved else NOTHING_CHANGED,
        changes=result.changes if result.saved else (),
        problems=result.problems,
        concurrent_saves=result.concurrent_saves,
    )


def _parse_days(text: str) -> int:
    """Return the number of days, or `INVALID_DAYS` if the text is no number."""
    digits = text.strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _MAX_DIGITS else INVALID_DAYS
