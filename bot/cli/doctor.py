"""`python app.py doctor`: check the setup of every system, and explain how to fix what fails."""

from collections.abc import Callable

from bot.features.operations.check_health import CheckHealth, CheckResult


async def doctor(required: CheckHealth, advisory: CheckHealth, say: Callable[[str], object]) -> int:
    """Print one line for each check; return the exit code, 1 if a required check fails. Advisory checks never fail."""
    say(_line("ok", "settings"))
    results = await required()
    for each in results:
        say(_result(each, otherwise="WRONG"))
    for each in await advisory():
        say(_result(each, otherwise="note"))
    return 0 if all(each.ok for each in results) else 1


def _result(checked: CheckResult, *, otherwise: str) -> str:
    return _line("ok", checked.name) if checked.ok else _line(otherwise, f"{checked.name}: {checked.problem}")


def _line(judgement: str, what: str) -> str:
    return f"{judgement:<6} {what}\n"
