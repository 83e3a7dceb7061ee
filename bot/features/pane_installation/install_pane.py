"""Install the web resources and commands that open the pane in Dynamics 365, or remove them (spec P11)."""

from dataclasses import dataclass

from bot.domain.errors import NotSupported
from bot.domain.pane_customizations import InstalledPane, PaneCustomizations, PanePlan, plan_pane
from bot.domain.values import EnvironmentId
from bot.features.shared.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class PaneState:
    """The installed customizations of an environment, and the changes that they need."""

    installed: InstalledPane
    plan: PanePlan


async def inspect_pane(services: Services, environment: EnvironmentId, required: PaneCustomizations) -> PaneState:
    """Return the installed customizations and the changes that they need, without making them."""
    installed = await services.pane_installer.find(environment)
    return PaneState(installed=installed, plan=plan_pane(required, installed))


async def install_pane(services: Services, environment: EnvironmentId, required: PaneCustomizations) -> PaneState:
    """Make the changes and publish; return the state before. Raise `NotSupported` if there are conflicts.

    Publishing is repeated even without changes, because an interrupted installation may not have published.
    """
    state = await inspect_pane(services, environment, required)
    if state.plan.conflicts:
        raise NotSupported("Other customizations have the same names.", "Remove them, and run the command again.")
    if state.plan.needs_solution:
        await services.pane_installer.create_solution(environment)
    resource_ids = await _put_resources(services, environment, state)
    await _put_commands(services, environment, state.plan, resource_ids)
    await _remove(services, environment, state.plan.remove)
    await services.pane_installer.publish(environment, [resource_ids[each.name] for each in required.resources])
    return state


async def remove_pane(services: Services, environment: EnvironmentId) -> InstalledPane:
    """Remove everything except the publisher, which others may use; return what was installed."""
    installed = await services.pane_installer.find(environment)
    await _remove(services, environment, installed)
    return installed


async def _put_resources(services: Services, environment: EnvironmentId, state: PaneState) -> dict[str, str]:
    """Return the IDs of all web resources by name."""
    ids = {name: each.id for name, each in state.installed.resources.items()}
    for resource in state.plan.add_resources:
        ids[resource.name] = await services.pane_installer.put_resource(environment, resource, None)
    for installed, resource in state.plan.update_resources:
        await services.pane_installer.put_resource(environment, resource, installed)
    return ids


async def _put_commands(
    services: Services, environment: EnvironmentId, plan: PanePlan, resource_ids: dict[str, str]
) -> None:
    installer = services.pane_installer
    for installed, _ in plan.replace_commands:
        await installer.remove_command(environment, installed)
    for command in (*plan.add_commands, *(command for _, command in plan.replace_commands)):
        await installer.put_command(environment, command, None, resource_ids)
    for installed, command in plan.update_commands:
        await installer.put_command(environment, command, installed, resource_ids)


async def _remove(services: Services, environment: EnvironmentId, unneeded: InstalledPane) -> None:
    """Remove the commands first: Dataverse keeps web resources that a command uses."""
    for command in unneeded.commands.values():
        await services.pane_installer.remove_command(environment, command)
    for resource in unneeded.resources.values():
        await services.pane_installer.remove_resource(environment, resource)
    if unneeded.solution_id:
        await services.pane_installer.remove_solution(environment, unneeded.solution_id)
