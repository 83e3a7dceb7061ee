"""Having Dataverse tell of changes: the webhook, and the steps that fit the settings (spec K1, K12)."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.clock import Clock
from bot.domain.errors import NotFound
from bot.domain.record_types import RecordType
from bot.domain.tables import Table
from bot.domain.values import EnvironmentId
from bot.domain.webhook_steps import Registration, StepPlan, desired_steps, plan_steps
from bot.ports.dataverse import Records, WebhookSteps
from bot.store.administration import Administration
from bot.store.unit_of_work import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is registered in an environment, and what is to be done."""

    registration: Registration | None
    plan: StepPlan
    elsewhere: Sequence[str]
    """Other addresses to which events of this kind go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterEvents:
    """Looks at the steps and brings them in line; raises `Unavailable` and `NotAllowed`."""

    steps: WebhookSteps
    records: Records
    administration: Administration
    store: Store
    clock: Clock

    async def look(self, environment: EnvironmentId) -> Found:
        """What is there and what is missing; changes nothing."""
        registration, elsewhere, wanted = await asyncio.gather(
            self.steps.find_registration(environment),
            self.steps.other_addresses(environment),
            self._wanted_tables(environment),
        )
        there = registration.steps if registration else ()
        return Found(registration=registration, plan=plan_steps(desired_steps(*wanted), there), elsewhere=elsewhere)

    async def connect(self, environment: EnvironmentId) -> Found:
        """Registers what is missing; gives what was done."""
        found = await self.look(environment)
        registration = await self.steps.register(environment)
        await self._carry_out(environment, registration, found.plan)
        return found

    async def follow(self, environment: EnvironmentId, jobs: Sequence[str]) -> None:
        """Brings the steps in line with changed settings, where the webhook was registered at all; settles the jobs."""
        found = await self.look(environment)
        if found.registration:
            await self._carry_out(environment, found.registration, found.plan)
        async with self.store.writing() as work:
            await work.inbox.complete(jobs, at=self.clock.now())

    async def disconnect(self, environment: EnvironmentId) -> Registration | None:
        """Removes the webhook and its steps; gives what was there."""
        registration = await self.steps.find_registration(environment)
        if registration:
            for step in registration.steps:
                await self.steps.remove(environment, step)
            await self.steps.unregister(environment, registration.endpoint_id)
        return registration

    async def _carry_out(self, environment: EnvironmentId, registration: Registration, plan: StepPlan) -> None:
        """One after the other: Dataverse locks its customizations while a step is written."""
        for step in plan.add:
            await self.steps.add(environment, registration.endpoint_id, step)
        for registered, step in plan.change:
            await self.steps.update(environment, registered, step)
        for registered in plan.remove:
            await self.steps.remove(environment, registered)

    async def _wanted_tables(self, environment: EnvironmentId) -> tuple[Mapping[str, RecordType], Mapping[str, Table]]:
        types = await self.administration.record_types(environment)
        names = [name for name, each in types.items() if each.enabled]
        tables = await asyncio.gather(*(self._table(environment, name) for name in names))
        return types, {table.name: table for table in tables if table}

    async def _table(self, environment: EnvironmentId, name: str) -> Table | None:
        try:
            return await self.records.table(environment, name)
        except NotFound:
            return None  # what an organisation has not installed changes nothing there
