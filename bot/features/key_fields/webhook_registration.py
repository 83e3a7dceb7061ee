"""Register the webhook that receives events of Dataverse, with the steps that the settings require (spec K1, K12)."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from bot.domain.errors import ChatSyncError, NotFound, Unavailable
from bot.domain.record_types import RecordType
from bot.domain.tables import Table
from bot.domain.values import EnvironmentId
from bot.domain.webhook_steps import Registration, StepPlan, desired_steps, plan_steps
from bot.features.shared.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationState:
    """The registration in an environment, and the changes that it needs."""

    registration: Registration | None
    """None if the webhook is not registered."""
    plan: StepPlan
    other_addresses: Sequence[str]
    """Addresses of other webhooks of this app."""


async def inspect_webhook(services: Services, environment: EnvironmentId) -> RegistrationState:
    """Return the current registration and the changes that it needs, without making them."""
    registration, other_addresses, (record_types, tables) = await asyncio.gather(
        services.webhook_steps.find_registration(environment),
        services.webhook_steps.other_addresses(environment),
        _enabled_tables(services, environment),
    )
    registered = registration.steps if registration else ()
    plan = plan_steps(desired_steps(record_types, tables), registered)
    return RegistrationState(registration=registration, plan=plan, other_addresses=other_addresses)


async def register_webhook(services: Services, environment: EnvironmentId) -> RegistrationState:
    """Register the webhook and its steps; return the state before, with the changes that were made."""
    state = await inspect_webhook(services, environment)
    registration = await services.webhook_steps.register(environment)
    await _apply(services, environment, registration, state.plan)
    return state


async def update_webhook(services: Services, environment: EnvironmentId, jobs: Sequence[str]) -> None:
    """Apply changed settings to the steps if the webhook is registered, and complete the jobs."""
    state = await inspect_webhook(services, environment)
    if state.registration:
        await _apply(services, environment, state.registration, state.plan)
    async with services.store.writing() as work:
        await work.inbox.complete(jobs, at=services.clock.now())


async def unregister_webhook(services: Services, environment: EnvironmentId) -> Registration | None:
    """Remove the webhook and its steps; return the registration before, or None if there was none."""
    registration = await services.webhook_steps.find_registration(environment)
    if registration:
        for step in registration.steps:
            await services.webhook_steps.remove(environment, step)
        await services.webhook_steps.unregister(environment, registration.endpoint_id)
    return registration


async def _apply(services: Services, environment: EnvironmentId, registration: Registration, plan: StepPlan) -> None:
    """Make the changes one at a time, because Dataverse locks its customizations while it writes a step.

    A change that is rejected does not stop the others. The first error is raised at the end.
    """
    steps, errors = services.webhook_steps, []
    changes = [
        *(partial(steps.add, environment, registration.endpoint_id, step) for step in plan.add),
        *(partial(steps.update, environment, registered, step) for registered, step in plan.change),
        *(partial(steps.remove, environment, registered) for registered in plan.remove),
    ]
    for change in changes:
        try:
            await change()
        except Unavailable:
            raise
        except ChatSyncError as error:
            errors.append(error)
    if errors:
        raise errors[0]


async def _enabled_tables(
    services: Services, environment: EnvironmentId
) -> tuple[Mapping[str, RecordType], Mapping[str, Table]]:
    """Return all record types, and the tables of the enabled ones that Dataverse has."""
    types = await services.administration.record_types(environment)
    names = [name for name, each in types.items() if each.enabled]
    tables = await asyncio.gather(*(_table(services, environment, name) for name in names))
    return types, {table.name: table for table in tables if table}


async def _table(services: Services, environment: EnvironmentId, name: str) -> Table | None:
    try:
        return await services.records.table(environment, name)
    except NotFound:
        return None  # The organization has not installed this table.
