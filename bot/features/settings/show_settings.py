"""Showing administrators what is set, and what there is to choose from (spec M1, T2)."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from bot.domain.errors import BadRequest
from bot.domain.public_names import Dialog
from bot.domain.record_actions import changeable_columns
from bot.domain.settings import EnvironmentSettings
from bot.domain.tables import Column, Table, TableName, View
from bot.domain.values import Environment, EnvironmentId, Person
from bot.features.settings.pages import (
    NOTHING_YET,
    SaveOutcome,
    SettingsContext,
    adding_page,
    organisation_page,
    overview_page,
    role_choices,
)
from bot.features.settings.record_type_page import column_choices, record_type_page
from bot.features.settings.rules import key_field_candidates
from bot.features.shared import access
from bot.features.shared.access import AuthorizedUser
from bot.features.shared.services import Services
from bot.features.shared.sync_switch import sync_permission_error
from cards.buttons import SubmitButton
from cards.dialog import Page
from cards.inputs import Choice
from cards.settings.overview import environment_page


async def first_page(services: Services, person: Person, named: str) -> Page:
    """The environment's first page; where none is named and there are several, the choice between them."""
    known = services.links.environments
    if not named and len(known) > 1:
        mine = await administered_environments(services, person)
        choices = [Choice(title=each.id, value=each.id) for each in mine]
        return environment_page(choices, SubmitButton(title="Open", dialog=Dialog.SETTINGS, payload={}))
    environment = named_environment(services, named or known[0].id)
    await access.require_administrator(services, environment.id, person)
    return overview_page(await load_context(services, environment))


async def administered_environments(services: Services, person: Person) -> Sequence[Environment]:
    """The environments that the person administers; raises `NotAllowed` where there is none."""
    known = services.links.environments
    asked = [access.require_administrator(services, each.id, person) for each in known]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    mine = [each for each, answer in zip(known, answers, strict=True) if isinstance(answer, AuthorizedUser)]
    if not mine:
        raise next(answer for answer in answers if isinstance(answer, BaseException))
    return mine


def named_environment(services: Services, named: str) -> Environment:
    """The environment of this name; raises `BadRequest` where the product is set up for none."""
    found = next((each for each in services.links.environments if each.id == named), None)
    if found is None:
        raise BadRequest("This environment is not set up here any more.", "Write settings to open them again.")
    return found


async def load_context(
    services: Services, environment: Environment, settings: EnvironmentSettings | None = None
) -> SettingsContext:
    """The environment with what holds there, or with these settings."""
    tables, kept = await asyncio.gather(
        services.customizations.tables(environment.id), services.administration.settings(environment.id)
    )
    return SettingsContext(
        environment=environment,
        settings=settings or kept,
        labels={each.name: each.label for each in tables},
        several=len(services.links.environments) > 1,
    )


async def show_organization(services: Services, person: Person, named: str) -> Page:
    """What is set for the whole environment."""
    environment = named_environment(services, named)
    actor = await access.require_administrator(services, environment.id, person)
    place, roles, refusal = await asyncio.gather(
        load_context(services, environment),
        services.customizations.role_names(environment.id),
        sync_permission_error(services.directory, actor.object_id),
    )
    return organisation_page(place, roles, sync_refusal=refusal)


async def show_record_type(services: Services, person: Person, named: str, table: str) -> Page:
    """What is set for a record type."""
    environment = named_environment(services, named)
    await access.require_administrator(services, environment.id, person)
    place, (definition, views) = await asyncio.gather(
        load_context(services, environment), read_table(services, environment.id, table)
    )
    return await filled_record_type(services, place, definition, views)


async def filled_record_type(
    services: Services, place: SettingsContext, table: Table, views: Sequence[View], outcome: SaveOutcome = NOTHING_YET
) -> Page:
    """The record type's page with what holds, or with what was wanted."""
    has_timeline = await services.customizations.has_timeline(place.id, table.name)
    return record_type_page(with_view_names(place, views), table, views, outcome, has_timeline=has_timeline)


async def read_table(services: Services, environment: EnvironmentId, name: str) -> tuple[Table, Sequence[View]]:
    """The table and its views; raises `BadRequest` where nobody can choose it."""
    if name not in {each.name for each in await services.customizations.tables(environment)}:
        raise BadRequest("There is no such table in Dynamics 365.", "Choose another one.")
    table, views = await asyncio.gather(
        services.customizations.table(environment, name), services.customizations.views(environment, name)
    )
    return table, views


async def show_add_table(services: Services, person: Person, named: str, problem: str = "") -> Page:
    """The choice of a table to add."""
    environment = named_environment(services, named)
    await access.require_administrator(services, environment.id, person)
    place = await load_context(services, environment)
    return adding_page(place, await _addable(services, place, ""), problem)


async def find_tables(services: Services, person: Person, named: str, words: str) -> Sequence[Choice]:
    """Tables to add whose label or name holds the words."""
    environment = named_environment(services, named)
    await access.require_administrator(services, environment.id, person)
    return await _addable(services, await load_context(services, environment), words)


async def _addable(services: Services, place: SettingsContext, words: str) -> Sequence[Choice]:
    wanted = words.casefold().split()
    on = {each.table for each in place.settings.record_types.values() if each.enabled}
    tables = [each for each in await services.customizations.tables(place.id) if each.name not in on]
    return [Choice(title=f"{each.label} ({each.name})", value=each.name) for each in tables if _holds(each, wanted)]


async def find_roles(services: Services, person: Person, named: str, words: str) -> Sequence[Choice]:
    """Security roles whose name holds the words."""
    environment = named_environment(services, named)
    await access.require_administrator(services, environment.id, person)
    wanted = words.casefold().split()
    names = await services.customizations.role_names(environment.id)
    return role_choices(name for name in names if all(word in name.casefold() for word in wanted))


async def find_columns(services: Services, person: Person, named: str, table: str, words: str) -> Sequence[Choice]:
    """Columns that can be key fields, whose label or name holds the words."""
    environment = named_environment(services, named)
    await access.require_administrator(services, environment.id, person)
    return _fitting(key_field_candidates(await services.customizations.table(environment.id, table)), words)


async def find_changeable_columns(
    services: Services, person: Person, named: str, table: str, words: str
) -> Sequence[Choice]:
    """Columns that can be changed on cards, whose label or name holds the words."""
    environment = named_environment(services, named)
    await access.require_administrator(services, environment.id, person)
    return _fitting(changeable_columns(await services.customizations.table(environment.id, table)), words)


def with_view_names(place: SettingsContext, views: Sequence[View]) -> SettingsContext:
    """The place with the names of these views too."""
    return replace(place, views={**place.views, **{view.id: view.name for view in views}})


def _fitting(columns: Sequence[Column], words: str) -> Sequence[Choice]:
    wanted = words.casefold().split()
    return column_choices(
        each for each in columns if all(word in f"{each.label} {each.name}".casefold() for word in wanted)
    )


def _holds(table: TableName, words: Sequence[str]) -> bool:
    return all(word in f"{table.label} {table.name}".casefold() for word in words)
