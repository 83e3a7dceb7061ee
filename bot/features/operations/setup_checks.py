"""Checks of the setup: each belongs to a step of the documentation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.clock import Clock
from bot.features.operations.check_health import Check, CheckHealth, CheckResult


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupCheck:
    """A check of a step."""

    name: str
    section: str
    """The page in `docs/` and its heading that describe the step, such as `set-up.md#5-register-the-webhook`."""
    check: Check
    required: bool = False
    """True if Chat Sync does not work unless the check passes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupResult:
    """A check, and its result."""

    check: SetupCheck
    result: CheckResult


async def run_setup_checks(checks: Sequence[SetupCheck], clock: Clock, *, deadline_s: float) -> Sequence[SetupResult]:
    """Run all checks concurrently; return the results in the order of the checks."""
    by_name: Mapping[str, Check] = {each.name: each.check for each in checks}
    results = await CheckHealth(by_name, clock, deadline_s=deadline_s)()
    return [SetupResult(check=check, result=result) for check, result in zip(checks, results, strict=True)]
