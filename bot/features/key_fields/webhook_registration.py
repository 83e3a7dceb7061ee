"""Having Dataverse tell of changes: the webhook, and the steps that fit the settings (spec K1, K12)."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.errors import NotFound
from bot.domain.record_types import RecordType
from bot.domain.tables import Table
from bot.domain.values import EnvironmentId
from bot.domain.webhook_steps import Registration, StepPlan, desired_steps, plan_steps
from bot.features.shared.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationState:
    """What is registered in an environment, and what is to be done."""

    registration: Registration | None
    plan: StepPlan
    other_addresses: Sequence[str]
    """Other addresses to which events of this kind go."""


async def inspect_webhook(services: Services, environment: EnvironmentId) -> RegistrationState:
    """What is there and what is missing; changes nothing."""
    registration, elsewhere, wanted = await asyncio.gather(
        services.webhook_steps.find_registration(environment),
        services.webhook_steps.other_addresses(environment),
        _wanted_tables(services, environment),
    )
    there = registration.steps if registration else ()
    return RegistrationState(
        registration=registration, plan=plan_steps(desired_steps(*wanted), there), other_addresses=elsewhere
    )


async def register_webhook(services: Services, environment: EnvironmentId) -> RegistrationState:
    """Registers what is missing; gives what was done."""
    found = await inspect_webhook(services, environment)
    registration = await services.webhook_steps.register(environment)
    await _carry_out(services, environment, registration, found.plan)
    return found


async def update_webhook(services: Services, environment: EnvironmentId, jobs: Sequence[str]) -> None:
    """Brings the steps in line with changed settings, where the webhook was registered at all; settles the jobs."""
    found = await inspect_webhook(services, environment)
    if found.registration:
        await _carry_out(services, environment, found.registration, found.plan)
    async with services.store.writing() as work:
        await work.inbox.complete(jobs, at=services.clock.now())


async def unregister_webhook(services: Services, environment: EnvironmentId) -> Registration | None:
    """Removes the webhook and its steps; gives what was there."""
    registration = await services.webhook_steps.find_registration(environment)
    if registration:
        for step in registration.steps:
            await services.webhook_steps.remove(environment, step)
        await services.webhook_steps.unregister(environment, registration.endpoint_id)
    return registration


async def _carry_out(
    services: Services, environment: EnvironmentId, registration: Registration, plan: StepPlan
) -> None:
    """One after the other: Dataverse locks its customizations while a step is written."""
    for step in plan.add:
        await services.webhook_steps.add(environment, registration.endpoint_id, step)
    for registered, step in plan.change:
        await services.webhook_steps.update(environment, registered, step)
    for registered in plan.remove:
        await services.webhook_steps.remove(environment, registered)


async def _wanted_tables(
    services: Services, environment: EnvironmentId
) -> tuple[Mapping[str, RecordType], Mapping[str, Table]]:
    types = await services.administration.record_types(environment)
    names = [name for name, each in types.items() if each.enabled]
    tables = await asyncio.gather(*(_table(services, environment, name) for name in names))
    return types, {table.name: table for table in tables if table}


async def _table(services: Services, environment: EnvironmentId, name: str) -> Table | None:
    try:
        return await services.records.table(environment, name)
    except NotFound:
        return None  # what an organisation has not installed changes nothing there
