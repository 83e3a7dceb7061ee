"""Parse imported settings and validate them against the target environment (spec M1)."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.settings import EnvironmentSettings
from bot.domain.tables import Table, View
from bot.domain.texts import sentences, text
from bot.domain.values import EnvironmentId, ObjectId
from bot.features.settings.apps import AppList, load_apps
from bot.features.settings.json_format import SettingsDocument, parse_document
from bot.features.settings.labels import setting_path
from bot.features.settings.rules import SettingProblem, organization_problems, record_type_problems
from bot.features.shared import access
from bot.features.shared.services import Services

MAX_RECORD_TYPES = 40
"""Record types in one text: the definition of each is read from Dataverse before the person sees an answer."""
_MAX_NAME_LENGTH = 100

SPLIT = text("Import it in several parts.")
"""Next step if a text is too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """A parsed text. `problems` are pairs of a setting's path and the reason."""

    document: SettingsDocument
    tables: Mapping[str, tuple[Table, Sequence[View]]]
    """The tables in the text that exist in the environment, with their views."""
    roles: Sequence[str]
    apps: AppList
    sync_refusal: str
    problems: tuple[tuple[str, str], ...]

    def edit(self, settings: EnvironmentSettings) -> EnvironmentSettings:
        """Return the settings with those of the text applied. Settings not in the text stay the same."""
        organization: dict[str, Any] = dict(self.document.organization)
        types = dict(settings.record_types)
        for name, (_, views) in self.tables.items():
            values: dict[str, Any] = dict(self.document.record_types[name])
            if "note_view" in values:
                values["note_view"] = _view_id(values["note_view"], views)
            types[name] = replace(settings.record_type(name), **values)
        return replace(settings, organization=replace(settings.organization, **organization), record_types=types)

    def validate(self, before: EnvironmentSettings, requested: EnvironmentSettings) -> Sequence[SettingProblem]:
        """Return the problems of the requested settings."""
        found = list(
            organization_problems(
                before.organization, requested.organization, self.roles, self.apps, sync_refusal=self.sync_refusal
            )
        )
        for name, (table, views) in self.tables.items():
            found += record_type_problems(before.record_type(name), requested.record_type(name), table, views)
        return found

    def all_problems(self, problems: Sequence[SettingProblem]) -> tuple[tuple[str, str], ...]:
        """Return the problems of parsing and these problems of validation, as paths and reasons."""
        return (*self.problems, *((setting_path(each.table, each.setting), each.reason) for each in problems))


async def parse_import(services: Services, environment: EnvironmentId, person: ObjectId, document_text: str) -> Import:
    """Parse the text, and load what is needed to validate it."""
    document = parse_document(document_text)
    known_tables, roles, apps, sync_refusal = await asyncio.gather(
        services.customizations.tables(environment),
        services.customizations.role_names(environment),
        load_apps(services, environment),
        access.sync_permission_error(services, person),
    )
    names, problems = _existing_tables(document, {each.name for each in known_tables})
    tables = await asyncio.gather(*(_load_table(services, environment, name) for name in names))
    return Import(
        document=document,
        tables=dict(zip(names, tables, strict=True)),
        roles=roles,
        apps=apps,
        sync_refusal=sync_refusal,
        problems=(*document.problems, *problems),
    )


async def _load_table(services: Services, environment: EnvironmentId, name: str) -> tuple[Table, Sequence[View]]:
    return await asyncio.gather(
        services.customizations.table(environment, name), services.customizations.views(environment, name)
    )


def _existing_tables(
    document: SettingsDocument, tables: Collection[str]
) -> tuple[Sequence[str], Sequence[tuple[str, str]]]:
    """Return the names in the text that are tables, and the problems of the others."""
    names = document.record_types
    if len(names) > MAX_RECORD_TYPES:
        reason = text(
            "You can import at most {most} record types at once, and this text has {number}.",
            most=MAX_RECORD_TYPES,
            number=len(names),
        )
        return (), [("record_types", sentences(reason, SPLIT))]
    unknown = [name for name in names if name not in tables]
    reason = text("This table does not exist in this environment.")
    return (
        [name for name in names if name in tables],
        [(f"record_types.{name[:_MAX_NAME_LENGTH]}", reason) for name in unknown],
    )


def _view_id(id_or_name: str | None, views: Sequence[View]) -> str | None:
    """Return the ID of the view with this ID or unique name; otherwise return the text unchanged."""
    if id_or_name in {view.id for view in views}:
        return id_or_name
    ids = [view.id for view in views if view.name == id_or_name]
    return ids[0] if len(ids) == 1 else id_or_name
