"""Reading settings that come as JSON, against what the environment is like that they are for."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.settings import EnvironmentSettings
from bot.domain.tables import Table, View
from bot.domain.values import EnvironmentId, ObjectId
from bot.features.settings.json_format import SettingsDocument, parse_document
from bot.features.settings.labels import setting_path
from bot.features.settings.rules import SettingProblem, organization_problems, record_type_problems
from bot.features.shared.services import Services
from bot.features.shared.sync_switch import sync_permission_error

TYPES_AT_MOST = 40
"""Record types that one text may name: the definition of each is read from Dataverse before anybody sees an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """A text that was read. Its mistakes are paths of settings and what is wrong there."""

    document: SettingsDocument
    known: Mapping[str, tuple[Table, Sequence[View]]]
    """The tables that it names, as far as they are there, with their views."""
    roles: Sequence[str]
    sync_refusal: str
    problems: tuple[tuple[str, str], ...]

    def edit(self, settings: EnvironmentSettings) -> EnvironmentSettings:
        """The settings with what the text says; what it does not name stays."""
        organisation: dict[str, Any] = dict(self.document.organization)
        types = dict(settings.record_types)
        for name, (_, views) in self.known.items():
            values: dict[str, Any] = dict(self.document.record_types[name])
            if "note_view" in values:
                values["note_view"] = _view_id(values["note_view"], views)
            types[name] = replace(settings.record_type(name), **values)
        return replace(settings, organization=replace(settings.organization, **organisation), record_types=types)

    def validate(self, before: EnvironmentSettings, wanted: EnvironmentSettings) -> Sequence[SettingProblem]:
        """What speaks against it."""
        found = list(
            organization_problems(before.organization, wanted.organization, self.roles, sync_refusal=self.sync_refusal)
        )
        for name, (table, views) in self.known.items():
            found += record_type_problems(before.record_type(name), wanted.record_type(name), table, views)
        return found

    def all_problems(self, problems: Sequence[SettingProblem]) -> tuple[tuple[str, str], ...]:
        """The mistakes, and what speaks against the rest."""
        return (*self.problems, *((setting_path(each.table, each.setting), each.reason) for each in problems))


async def parse_import(services: Services, environment: EnvironmentId, person: ObjectId, text: str) -> Import:
    """The text, with what is known of everything that it names."""
    document = parse_document(text)
    names, roles, refusal = await asyncio.gather(
        services.customizations.tables(environment),
        services.customizations.role_names(environment),
        sync_permission_error(services.directory, person),
    )
    there, mistakes = _named(document, {each.name for each in names})
    facts = await asyncio.gather(*(_facts(services, environment, name) for name in there))
    return Import(
        document=document,
        known=dict(zip(there, facts, strict=True)),
        roles=roles,
        sync_refusal=refusal,
        problems=(*document.problems, *mistakes),
    )


async def _facts(services: Services, environment: EnvironmentId, name: str) -> tuple[Table, Sequence[View]]:
    return await asyncio.gather(
        services.customizations.table(environment, name), services.customizations.views(environment, name)
    )


def _named(document: SettingsDocument, tables: Collection[str]) -> tuple[Sequence[str], Sequence[tuple[str, str]]]:
    """The tables that the text names, and the mistakes in naming them."""
    named = document.record_types
    if len(named) > TYPES_AT_MOST:
        reason = f"{len(named)} are named, and {TYPES_AT_MOST} at most can come at once. Import them in several parts."
        return (), [("record_types", reason)]
    unknown = [name for name in named if name not in tables]
    reason = "There is no such table in this environment."
    return [name for name in named if name in tables], [(f"record_types.{name[:100]}", reason) for name in unknown]


def _view_id(named: str | None, views: Sequence[View]) -> str | None:
    """The id of the view with this id or, where only one has it, this name; else the text as it is."""
    if named in {view.id for view in views}:
        return named
    ids = [view.id for view in views if view.name == named]
    return ids[0] if len(ids) == 1 else named
