"""Show administrators the current settings (spec M1, T2)."""

import asyncio

from bot.domain.public_names import Dialog
from bot.domain.texts import text
from bot.domain.values import Person
from bot.features.settings.apps import load_apps
from bot.features.settings.choices import addable_tables
from bot.features.settings.context import administered_environments, load_context, read_table, require_administered
from bot.features.settings.pages import add_table_page, organization_page, overview_page
from bot.features.settings.record_type_page import record_type_page
from bot.features.shared import access
from bot.features.shared.services import Services
from cards.buttons import SubmitButton
from cards.dialog import Page
from cards.inputs import Choice
from cards.settings.overview import environment_page


async def show_first_page(services: Services, person: Person, environment_id: str) -> Page:
    """Return the overview of the environment. Without an ID, ask for one if there are several environments."""
    environments = services.links.environments
    if not environment_id and len(environments) > 1:
        administered = await administered_environments(services, person)
        choices = [Choice(title=each.id, value=each.id) for each in administered]
        return environment_page(choices, SubmitButton(title=text("Open"), dialog=Dialog.SETTINGS, payload={}))
    environment, _ = await require_administered(services, person, environment_id or environments[0].id)
    return overview_page(await load_context(services, environment))


async def show_organization(services: Services, person: Person, environment_id: str) -> Page:
    """Return the settings of the whole environment."""
    environment, administrator = await require_administered(services, person, environment_id)
    context, roles, apps, sync_refusal = await asyncio.gather(
        load_context(services, environment),
        services.customizations.role_names(environment.id),
        load_apps(services, environment.id),
        access.sync_permission_error(services, administrator.object_id),
    )
    return organization_page(context, roles, apps, sync_refusal=sync_refusal)


async def show_record_type(services: Services, person: Person, environment_id: str, table_name: str) -> Page:
    """Return the settings of a record type."""
    environment, administrator = await require_administered(services, person, environment_id)
    context, (table, views) = await asyncio.gather(
        load_context(services, environment), read_table(services, environment.id, table_name)
    )
    return await record_type_page(services, context, administrator, table, views)


async def show_add_table(services: Services, person: Person, environment_id: str) -> Page:
    """Return the page that asks for a table to add."""
    environment, _ = await require_administered(services, person, environment_id)
    context = await load_context(services, environment)
    return add_table_page(context, await addable_tables(services, context))
