"""`python app.py dataverse`: register the webhook, show its state, or remove it."""

from collections.abc import Callable, Sequence

from bot.cli.counted import counted
from bot.domain.audit import AuditEntry
from bot.domain.values import ChatId, EnvironmentId
from bot.domain.webhook_steps import Registration, StepPlan
from bot.features.key_fields.webhook_registration import (
    RegistrationState,
    inspect_webhook,
    register_webhook,
    unregister_webhook,
)
from bot.features.shared.auditing import audited
from bot.features.shared.services import Services

Say = Callable[[str], object]


async def status(services: Services, environments: Sequence[EnvironmentId], say: Say) -> int:
    """Show what is registered and what differs from the settings; return the exit code, 1 for any difference."""
    found = [await _report(services, each, say) for each in environments]
    return 0 if all(each.registration and each.plan.is_empty for each in found) else 1


async def connect(
    services: Services, environments: Sequence[EnvironmentId], say: Say, *, dry_run: bool, by: str
) -> int:
    """Register what is missing, or only show it; return the exit code, 1 if privileges are missing.

    `by`: the operator, for the audit log.
    """
    missing = [each for each in environments if await _report_missing(services, each, say)]
    if missing and not dry_run:
        return 1
    for environment in environments:
        if dry_run:
            await _report(services, environment, say)
        else:
            async with audited(services, _entry(services, "register webhook", environment, by)):
                state = await register_webhook(services, environment)
            say(f"{environment}: {_summary(state)}\n")
    return 1 if missing else 0


async def disconnect(
    services: Services, environments: Sequence[EnvironmentId], say: Say, *, dry_run: bool, by: str
) -> int:
    """Remove the webhook and its steps, or only show them; return the exit code. `by`: as for `connect`."""
    for environment in environments:
        if dry_run:
            registration = (await inspect_webhook(services, environment)).registration
        else:
            async with audited(services, _entry(services, "remove webhook", environment, by)):
                registration = await unregister_webhook(services, environment)
        what = "would be removed" if dry_run else "removed"
        say(f"{environment}: {_outcome(registration, what)}\n")
    return 0


def _entry(services: Services, act: str, environment: EnvironmentId, by: str) -> AuditEntry:
    return AuditEntry(
        at=services.clock.now(),
        act=act,
        person_id=None,
        person_name=by,
        chat_id=ChatId(""),
        environment=environment,
    )


def _outcome(registration: Registration | None, what: str) -> str:
    return (
        f"webhook and {counted(len(registration.steps), 'step')} {what}" if registration else "no webhook is registered"
    )


async def _report_missing(services: Services, environment: EnvironmentId, say: Say) -> bool:
    missing = await services.webhook_steps.missing_privileges(environment)
    if missing:
        say(f"{environment}: the application user lacks these privileges. Assign it a security role that has them:\n")
    for privilege in missing:
        say(f"  {privilege}\n")
    return bool(missing)


async def _report(services: Services, environment: EnvironmentId, say: Say) -> RegistrationState:
    found = await inspect_webhook(services, environment)
    say(f"{environment}: {_state(found)}\n")
    for line in _differences(found.plan):
        say(f"  {line}\n")
    for url in found.other_addresses:
        say(f"  also registered: {url} (another bot, or an earlier address of this one)\n")
    return found


def _state(found: RegistrationState) -> str:
    if found.registration is None:
        return "no webhook is registered. Run: python app.py dataverse connect"
    steps = f"webhook with {counted(len(found.registration.steps), 'step')}"
    return f"{steps}, up to date" if found.plan.is_empty else f"{steps}, some of which differ from the settings"


def _differences(plan: StepPlan) -> Sequence[str]:
    return [
        *(f"missing: {step.label}" for step in plan.add),
        *(f"different: {registered.step.label}, expected {step.label}" for registered, step in plan.change),
        *(f"unneeded: {registered.step.label}" for registered in plan.remove),
    ]


def _summary(found: RegistrationState) -> str:
    counts = {"added": len(found.plan.add), "changed": len(found.plan.change), "removed": len(found.plan.remove)}
    steps = (
        ", ".join(f"{counted(count, 'step')} {what}" for what, count in counts.items() if count) or "no step changed"
    )
    return f"webhook {'updated with the current key' if found.registration else 'registered'}; {steps}"
