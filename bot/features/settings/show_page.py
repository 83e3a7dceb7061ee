"""The start of the settings page: the environments of an administrator, and the settings of one of them (spec P6)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.errors import NotAllowed
from bot.domain.notifications.defaults import RULE_SETTINGS
from bot.domain.notifications.rules import Style
from bot.domain.record_types import RecordType
from bot.domain.settings import ORGANIZATION_SETTINGS
from bot.domain.values import EnvironmentId, Person
from bot.features.settings.context import (
    SettingsContext,
    administered_environments,
    load_context,
    require_administered,
)
from bot.features.settings.current_names import with_tables
from bot.features.settings.labels import LABELS, describe_rule, format_setting
from bot.features.settings.pages import record_type_summary, sorted_record_types, without_effect
from bot.features.shared.services import Services

_DEFAULTS = ("notify_style", "digest_at", *RULE_SETTINGS, "mention_new_owner", "mention_owner", "locked_rules")
"""Default notification rules of a record type, in display order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTypeRow:
    """A record type, and its default notification rules as labels and values."""

    table: str
    label: str
    is_enabled: bool
    summary: str
    defaults: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsPage:
    """The settings of an environment as people read them."""

    environments: Sequence[EnvironmentId]
    """The environments that the person administers."""
    environment: EnvironmentId
    version: int
    facts: Sequence[tuple[str, str]]
    warnings: Sequence[str]
    record_types: Sequence[RecordTypeRow]


async def show_settings_page(services: Services, person: Person, environment_id: str) -> SettingsPage:
    """Return the settings of the environment, or of the first one that the person administers; raise `NotAllowed`."""
    administered = await administered_environments(services, person)
    chosen = environment_id or administered[0].id
    environment, _ = await require_administered(services, person, chosen)
    context = await _with_rule_columns(services, await load_context(services, environment))
    organization = context.settings.organization
    return SettingsPage(
        environments=[each.id for each in administered],
        environment=environment.id,
        version=context.settings.version,
        facts=[(LABELS[name], format_setting(name, getattr(organization, name))) for name in ORGANIZATION_SETTINGS],
        warnings=without_effect(organization),
        record_types=[_row(context, each) for each in sorted_record_types(context)],
    )


async def is_any_administrator(services: Services, person: Person) -> bool:
    """Return whether the person administers an environment; raise `Unavailable`."""
    try:
        return bool(await administered_environments(services, person))
    except NotAllowed:
        return False


async def _with_rule_columns(services: Services, context: SettingsContext) -> SettingsContext:
    """Return the context with the columns that default rules name, or without them if they take too long."""
    types = context.settings.record_types.values()
    tables = [each.table for each in types if any(getattr(each, name) for name in RULE_SETTINGS)]
    try:
        async with asyncio.timeout(services.limits.answer_within_s / 3):
            return await with_tables(services, context, tables)
    except TimeoutError:
        return context


def _row(context: SettingsContext, record_type: RecordType) -> RecordTypeRow:
    return RecordTypeRow(
        table=record_type.table,
        label=context.label(record_type.table),
        is_enabled=record_type.enabled,
        summary=record_type_summary(record_type),
        defaults=[
            (LABELS[name], _default(context, record_type, name))
            for name in _DEFAULTS
            if name != "digest_at" or record_type.notify_style is Style.DIGEST
        ],
    )


def _default(context: SettingsContext, record_type: RecordType, name: str) -> str:
    value = getattr(record_type, name)
    if name in RULE_SETTINGS:
        return describe_rule(value, context.columns.get(record_type.table, {}))
    return format_setting(name, value)
