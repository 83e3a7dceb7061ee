"""Showing administrators what is set, and what there is to choose from (spec M1, T2)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.errors import BadRequest
from bot.domain.public_names import Dialog
from bot.domain.record_actions import changeable_columns
from bot.domain.record_links import RecordLinks
from bot.domain.settings import EnvironmentSettings
from bot.domain.tables import Column, Table, TableName, View
from bot.domain.values import Environment, EnvironmentId, Person
from bot.features.settings.pages import (
    NOTHING_YET,
    Outcome,
    Place,
    adding_page,
    organisation_page,
    overview_page,
    role_choices,
)
from bot.features.settings.record_type_page import column_choices, record_type_page
from bot.features.settings.rules import key_field_candidates
from bot.features.shared.access import Actor, Gates
from bot.features.shared.sync_switch import sync_refusal
from bot.ports.dataverse import Definitions
from bot.ports.graph import Directory
from bot.store.administration import Administration
from cards.buttons import SubmitButton
from cards.dialog import Page
from cards.inputs import Choice
from cards.settings.overview import environment_page


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowSettings:
    """Every page and every search is for administrators of the environment alone."""

    administration: Administration
    definitions: Definitions
    directory: Directory
    gates: Gates
    links: RecordLinks

    async def first(self, person: Person, named: str) -> Page:
        """The environment's first page; where none is named and there are several, the choice between them."""
        known = self.links.environments
        if not named and len(known) > 1:
            mine = await self.administered(person)
            choices = [Choice(title=each.id, value=each.id) for each in mine]
            return environment_page(choices, SubmitButton(title="Open", dialog=Dialog.SETTINGS, payload={}))
        environment = self.environment(named or known[0].id)
        await self.gates.administrator(environment.id, person)
        return overview_page(await self.place(environment))

    async def administered(self, person: Person) -> Sequence[Environment]:
        """The environments that the person administers; raises `NotAllowed` where there is none."""
        known = self.links.environments
        asked = [self.gates.administrator(each.id, person) for each in known]
        answers = await asyncio.gather(*asked, return_exceptions=True)
        mine = [each for each, answer in zip(known, answers, strict=True) if isinstance(answer, Actor)]
        if not mine:
            raise next(answer for answer in answers if isinstance(answer, BaseException))
        return mine

    def environment(self, named: str) -> Environment:
        """The environment of this name; raises `BadRequest` where the product is set up for none."""
        found = next((each for each in self.links.environments if each.id == named), None)
        if found is None:
            raise BadRequest("This environment is not set up here any more.", "Write settings to open them again.")
        return found

    async def place(self, environment: Environment, settings: EnvironmentSettings | None = None) -> Place:
        """The environment with what holds there, or with these settings."""
        tables, kept = await asyncio.gather(
            self.definitions.tables(environment.id), self.administration.settings(environment.id)
        )
        return Place(
            environment=environment,
            settings=settings or kept,
            labels={each.name: each.label for each in tables},
            several=len(self.links.environments) > 1,
        )

    async def organisation(self, person: Person, named: str) -> Page:
        """What is set for the whole environment."""
        environment = self.environment(named)
        actor = await self.gates.administrator(environment.id, person)
        place, roles, refusal = await asyncio.gather(
            self.place(environment),
            self.definitions.role_names(environment.id),
            sync_refusal(self.directory, actor.object_id),
        )
        return organisation_page(place, roles, sync_refusal=refusal)

    async def record_type(self, person: Person, named: str, table: str) -> Page:
        """What is set for a record type."""
        environment = self.environment(named)
        await self.gates.administrator(environment.id, person)
        place, (definition, views) = await asyncio.gather(self.place(environment), self.table(environment.id, table))
        return await self.filled(place, definition, views)

    async def filled(self, place: Place, table: Table, views: Sequence[View], outcome: Outcome = NOTHING_YET) -> Page:
        """The record type's page with what holds, or with what was wanted."""
        has_timeline = await self.definitions.has_timeline(place.id, table.name)
        return record_type_page(with_views(place, views), table, views, outcome, has_timeline=has_timeline)

    async def table(self, environment: EnvironmentId, name: str) -> tuple[Table, Sequence[View]]:
        """The table and its views; raises `BadRequest` where nobody can choose it."""
        if name not in {each.name for each in await self.definitions.tables(environment)}:
            raise BadRequest("There is no such table in Dynamics 365.", "Choose another one.")
        table, views = await asyncio.gather(
            self.definitions.table(environment, name), self.definitions.views(environment, name)
        )
        return table, views

    async def adding(self, person: Person, named: str, problem: str = "") -> Page:
        """The choice of a table to add."""
        environment = self.environment(named)
        await self.gates.administrator(environment.id, person)
        place = await self.place(environment)
        return adding_page(place, await self._addable(place, ""), problem)

    async def find_tables(self, person: Person, named: str, words: str) -> Sequence[Choice]:
        """Tables to add whose label or name holds the words."""
        environment = self.environment(named)
        await self.gates.administrator(environment.id, person)
        return await self._addable(await self.place(environment), words)

    async def _addable(self, place: Place, words: str) -> Sequence[Choice]:
        wanted = words.casefold().split()
        on = {each.table for each in place.settings.record_types.values() if each.enabled}
        tables = [each for each in await self.definitions.tables(place.id) if each.name not in on]
        return [Choice(title=f"{each.label} ({each.name})", value=each.name) for each in tables if _holds(each, wanted)]

    async def find_roles(self, person: Person, named: str, words: str) -> Sequence[Choice]:
        """Security roles whose name holds the words."""
        environment = self.environment(named)
        await self.gates.administrator(environment.id, person)
        wanted = words.casefold().split()
        names = await self.definitions.role_names(environment.id)
        return role_choices(name for name in names if all(word in name.casefold() for word in wanted))

    async def find_columns(self, person: Person, named: str, table: str, words: str) -> Sequence[Choice]:
        """Columns that can be key fields, whose label or name holds the words."""
        environment = self.environment(named)
        await self.gates.administrator(environment.id, person)
        return _fitting(key_field_candidates(await self.definitions.table(environment.id, table)), words)

    async def find_changeable(self, person: Person, named: str, table: str, words: str) -> Sequence[Choice]:
        """Columns that can be changed on cards, whose label or name holds the words."""
        environment = self.environment(named)
        await self.gates.administrator(environment.id, person)
        return _fitting(changeable_columns(await self.definitions.table(environment.id, table)), words)


def with_views(place: Place, views: Sequence[View]) -> Place:
    """The place with the names of these views too."""
    return replace(place, views={**place.views, **{view.id: view.name for view in views}})


def _fitting(columns: Sequence[Column], words: str) -> Sequence[Choice]:
    wanted = words.casefold().split()
    return column_choices(
        each for each in columns if all(word in f"{each.label} {each.name}".casefold() for word in wanted)
    )


def _holds(table: TableName, words: Sequence[str]) -> bool:
    return all(word in f"{table.label} {table.name}".casefold() for word in words)
