"""`python app.py dataverse`: has Dataverse tell of changes, says whether it does, and ends it."""

from collections.abc import Callable, Sequence

from bot.domain.values import EnvironmentId
from bot.domain.webhook_steps import StepPlan
from bot.features.key_fields.webhook_registration import Found, RegisterEvents

Say = Callable[[str], object]


async def status(events: RegisterEvents, environments: Sequence[EnvironmentId], say: Say) -> int:
    """What is registered, and what is not as it should be; gives the exit code, 1 where something is not."""
    found = [await _inspect(events, each, say) for each in environments]
    return 0 if all(each.registration and each.plan.is_empty for each in found) else 1


async def connect(events: RegisterEvents, environments: Sequence[EnvironmentId], say: Say, *, dry_run: bool) -> int:
    """Registers what is missing, or only says what that would be; gives the exit code, 1 where privileges lack."""
    lacking = [each for each in environments if await _print_missing_privileges(events, each, say)]
    if lacking and not dry_run:
        return 1
    for environment in environments:
        if dry_run:
            await _inspect(events, environment, say)
        else:
            say(f"{environment}: {_done(await events.connect(environment))}\n")
    return 1 if lacking else 0


async def disconnect(events: RegisterEvents, environments: Sequence[EnvironmentId], say: Say, *, dry_run: bool) -> int:
    """Removes the webhook and its steps, or only says what that would be; gives the exit code."""
    for environment in environments:
        if dry_run:
            registration = (await events.look(environment)).registration
        else:
            registration = await events.disconnect(environment)
        what = "would be removed" if dry_run else "removed"
        say(f"{environment}: {f'webhook and {len(registration.steps)} steps {what}' if registration else 'nothing'}\n")
    return 0


async def _print_missing_privileges(events: RegisterEvents, environment: EnvironmentId, say: Say) -> bool:
    lacking = await events.steps.missing_privileges(environment)
    if lacking:
        say(f"{environment}: the application user lacks these privileges. Give it a security role that holds them:\n")
    for privilege in lacking:
        say(f"  {privilege}\n")
    return bool(lacking)


async def _inspect(events: RegisterEvents, environment: EnvironmentId, say: Say) -> Found:
    found = await events.look(environment)
    say(f"{environment}: {_state(found)}\n")
    for line in _differences(found.plan):
        say(f"  {line}\n")
    for url in found.elsewhere:
        say(f"  also registered: {url}, another bot's or this one's former address\n")
    return found


def _state(found: Found) -> str:
    if found.registration is None:
        return "no webhook is registered. Run: python app.py dataverse connect"
    steps = f"webhook with {len(found.registration.steps)} steps"
    return f"{steps}, as it should be" if found.plan.is_empty else f"{steps}, of which some are not as they should be"


def _differences(plan: StepPlan) -> Sequence[str]:
    return [
        *(f"missing: {step.label}" for step in plan.add),
        *(f"differs: {registered.step.label}, should be {step.label}" for registered, step in plan.change),
        *(f"too many: {registered.step.label}" for registered in plan.remove),
    ]


def _done(found: Found) -> str:
    counts = {"added": len(found.plan.add), "changed": len(found.plan.change), "removed": len(found.plan.remove)}
    steps = ", ".join(f"{count} steps {what}" for what, count in counts.items() if count) or "every step was there"
    return f"webhook {'there, its key written anew' if found.registration else 'registered'}; {steps}"
