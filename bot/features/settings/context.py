"""The environment whose settings a person sees or changes, shared by all pages."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.domain.errors import BadRequest
from bot.domain.public_names import Dialog
from bot.domain.settings import EnvironmentSettings
from bot.domain.tables import Column, Table, View
from bot.domain.texts import text
from bot.domain.values import Environment, EnvironmentId, Person
from bot.features.shared import access
from bot.features.shared.access import AuthorizedUser
from bot.features.shared.services import Services
from cards.buttons import SubmitButton

OPEN_AGAIN = text("To open the settings again, write settings.")
"""Next step if a page is out of date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsContext:
    """An environment, its settings, and the labels of its tables by logical name."""

    environment: Environment
    settings: EnvironmentSettings
    labels: Mapping[str, str]
    has_other_environments: bool
    views: Mapping[str, str] = field(default_factory=dict)
    """Names of views by ID; incomplete."""
    columns: Mapping[str, Mapping[str, Column]] = field(default_factory=dict)
    """Columns of tables by name; incomplete."""

    @property
    def id(self) -> EnvironmentId:
        """The ID of the environment, which is also its display name."""
        return self.environment.id

    def label(self, table: str) -> str:
        """Return the label of the table, or its logical name if the label is unknown."""
        return self.labels.get(table, table)

    def button(self, title: str, dialog: Dialog, **data: str) -> SubmitButton:
        """Return a button that opens the page for this environment and this version of the settings."""
        version = str(self.settings.version)
        return SubmitButton(title=title, dialog=dialog, payload={"environment": self.id, "version": version, **data})

    @property
    def back(self) -> SubmitButton:
        """The button that opens the first page without saving."""
        return replace(self.button(text("Back"), Dialog.SETTINGS), ignores_inputs=True)

    def with_views(self, views: Sequence[View]) -> "SettingsContext":
        """Return the context with the names of these views added."""
        return replace(self, views={**self.views, **{view.id: view.name for view in views}})

    def with_table(self, table: Table) -> "SettingsContext":
        """Return the context with the columns of this table added."""
        return replace(self, columns={**self.columns, table.name: table.columns})


def find_environment(services: Services, name: str) -> Environment:
    """Return the environment with this ID; raise `BadRequest` if it is not configured."""
    found = next((each for each in services.links.environments if each.id == name), None)
    if found is None:
        raise BadRequest("This environment is no longer configured.", OPEN_AGAIN)
    return found


async def require_administered(services: Services, person: Person, name: str) -> tuple[Environment, AuthorizedUser]:
    """Return the environment and its administrator; raise `BadRequest` or `NotAllowed`."""
    environment = find_environment(services, name)
    return environment, await access.require_administrator(services, environment.id, person)


async def administered_environments(services: Services, person: Person) -> Sequence[Environment]:
    """Return the environments that the person administers; raise `NotAllowed` if there are none."""
    environments = services.links.environments
    checks = [access.require_administrator(services, each.id, person) for each in environments]
    results = await asyncio.gather(*checks, return_exceptions=True)
    administered = [
        each for each, result in zip(environments, results, strict=True) if isinstance(result, AuthorizedUser)
    ]
    if not administered:
        raise next(result for result in results if isinstance(result, BaseException))
    return administered


async def load_context(
    services: Services, environment: Environment, settings: EnvironmentSettings | None = None
) -> SettingsContext:
    """Return the environment with its current settings, or with these."""
    tables, current = await asyncio.gather(
        services.customizations.tables(environment.id), services.administration.settings(environment.id)
    )
    return SettingsContext(
        environment=environment,
        settings=settings or current,
        labels={each.name: each.label for each in tables},
        has_other_environments=len(services.links.environments) > 1,
    )


async def read_table(services: Services, environment: EnvironmentId, name: str) -> tuple[Table, Sequence[View]]:
    """Return the table and its views; raise `BadRequest` if the table does not exist or cannot be chosen."""
    if name not in {each.name for each in await services.customizations.tables(environment)}:
        raise BadRequest("This table does not exist in Dynamics 365.", "Choose another table.")
    table, views = await asyncio.gather(
        services.customizations.table(environment, name), services.customizations.views(environment, name)
    )
    return table, views
