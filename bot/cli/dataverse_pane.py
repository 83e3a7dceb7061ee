"""`python app.py dataverse pane`: install the commands that open the pane, show their state, or remove them."""

from collections.abc import Callable, Mapping, Sequence

from bot.cli.counted import counted
from bot.domain.audit import AuditEntry
from bot.domain.pane_customizations import InstalledPane, PaneCustomizations, PanePlan
from bot.domain.values import ChatId, EnvironmentId
from bot.features.pane_installation.install_pane import PaneState, inspect_pane, install_pane, remove_pane
from bot.features.shared.auditing import audited
from bot.features.shared.services import Services

Say = Callable[[str], object]
Required = Mapping[EnvironmentId, PaneCustomizations]
"""The customizations that each environment needs."""


async def status(services: Services, required: Required, say: Say) -> int:
    """Show what is installed and what differs from this version; return the exit code, 1 for any difference."""
    plans = [await _report(services, environment, each, say) for environment, each in required.items()]
    return 0 if all(plan.is_empty for plan in plans) else 1


async def install(services: Services, required: Required, say: Say, *, dry_run: bool, by: str) -> int:
    """Install what is missing, or only show it; return the exit code, 1 for missing privileges and for conflicts.

    `by`: the operator, for the audit log.
    """
    missing = [each for each in required if await _report_missing(services, each, say)]
    if dry_run:
        plans = [await _report(services, environment, each, say) for environment, each in required.items()]
        return 1 if missing or any(plan.conflicts for plan in plans) else 0
    if missing:
        return 1
    codes = [await _install(services, environment, each, say, by) for environment, each in required.items()]
    return max(codes, default=0)


async def remove(services: Services, required: Required, say: Say, *, dry_run: bool, by: str) -> int:
    """Remove everything that is installed, or only show it; return the exit code. `by`: as for `install`."""
    for environment in required:
        if dry_run:
            installed = await services.pane_installer.find(environment)
        else:
            async with audited(services, _entry(services, "remove pane", environment, by)):
                installed = await remove_pane(services, environment)
        what = f"{_contents(installed)} {'would be removed' if dry_run else 'removed'}"
        say(f"{environment}: {'the pane is not installed' if installed.is_empty else what}\n")
    return 0


async def _install(
    services: Services, environment: EnvironmentId, required: PaneCustomizations, say: Say, by: str
) -> int:
    """Install in one environment unless there are conflicts; return the exit code."""
    if (await inspect_pane(services, environment, required)).plan.conflicts:
        await _report(services, environment, required, say)
        return 1
    async with audited(services, _entry(services, "install pane", environment, by)):
        state = await install_pane(services, environment, required)
    say(f"{environment}: {_summary(state.plan)}\n")
    return 0


async def _report_missing(services: Services, environment: EnvironmentId, say: Say) -> bool:
    missing = await services.pane_installer.missing_privileges(environment)
    if missing:
        say(f"{environment}: the application user lacks these privileges. Assign it the role System Customizer:\n")
    for privilege in missing:
        say(f"  {privilege}\n")
    return bool(missing)


async def _report(services: Services, environment: EnvironmentId, required: PaneCustomizations, say: Say) -> PanePlan:
    state = await inspect_pane(services, environment, required)
    say(f"{environment}: {_state(state)}\n")
    for line in _differences(state.plan):
        say(f"  {line}\n")
    return state.plan


def _state(state: PaneState) -> str:
    if state.installed.is_empty:
        return "the pane is not installed. Run: python app.py dataverse pane install"
    contents = _contents(state.installed)
    return f"{contents}, up to date" if state.plan.is_empty else f"{contents}, which differ from this version"


def _contents(installed: InstalledPane) -> str:
    resources, commands = len(installed.resources), len(installed.commands)
    return f"pane with {counted(resources, 'web resource')} and {counted(commands, 'command')}"


def _differences(plan: PanePlan) -> Sequence[str]:
    changed = [
        *(resource.name for _, resource in plan.update_resources),
        *(command.unique_name for _, command in (*plan.update_commands, *plan.replace_commands)),
    ]
    return [
        *(["missing: solution"] if plan.needs_solution else []),
        *(f"missing: {each.name}" for each in plan.add_resources),
        *(f"missing: {each.unique_name}" for each in plan.add_commands),
        *(f"different: {name}" for name in changed),
        *(f"unneeded: {name}" for name in (*plan.remove.resources, *plan.remove.commands)),
        *(f"conflict: {name} is part of a managed solution or has another type. Remove it" for name in plan.conflicts),
    ]


def _summary(plan: PanePlan) -> str:
    counts = [
        ("web resource", "added", len(plan.add_resources)),
        ("web resource", "changed", len(plan.update_resources)),
        ("command", "added", len(plan.add_commands)),
        ("command", "changed", len(plan.update_commands) + len(plan.replace_commands)),
        ("unneeded component", "removed", len(plan.remove.resources) + len(plan.remove.commands)),
    ]
    changes = ", ".join(f"{counted(count, noun)} {what}" for noun, what, count in counts if count)
    return f"pane installed and published; {changes or 'nothing changed'}"


def _entry(services: Services, act: str, environment: EnvironmentId, by: str) -> AuditEntry:
    return AuditEntry(
        at=services.clock.now(),
        act=act,
        person_id=None,
        person_name=by,
        chat_id=ChatId(""),
        environment=environment,
    )
