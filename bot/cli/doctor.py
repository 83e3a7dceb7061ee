"""`python app.py doctor`: check the setup of every system, and explain how to fix what fails."""

from collections.abc import Callable, Sequence

from bot.features.operations.setup_checks import SetupResult


def report_setup(results: Sequence[SetupResult], say: Callable[[str], object]) -> int:
    """Print one line for each check; return the exit code, 1 if a required check fails. Advisory checks never fail."""
    say(_line("ok", "settings"))
    for each in results:
        say(_result(each))
    return 0 if all(each.result.ok or not each.check.required for each in results) else 1


def _result(checked: SetupResult) -> str:
    check, problem = checked.check, checked.result.problem
    if problem is None:
        return _line("ok", check.name)
    return _line("WRONG" if check.required else "note", f"{check.name}: {problem} See docs/{check.section}.")


def _line(judgement: str, what: str) -> str:
    return f"{judgement:<6} {what}\n"
