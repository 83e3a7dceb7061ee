"""`python app.py doctor`: says of each thing that has to be set up whether it is, and what to do where it is not."""

from collections.abc import Callable

from bot.features.operations.check_health import Checked, CheckHealth


async def doctor(required: CheckHealth, advisory: CheckHealth, say: Callable[[str], object]) -> int:
    """A line for each; gives the exit code, 1 where something is wrong. Hints make nothing wrong."""
    say(_line("ok", "settings"))
    needed = await required()
    for each in needed:
        say(_told(each, otherwise="WRONG"))
    for each in await advisory():
        say(_told(each, otherwise="note"))
    return 0 if all(each.well for each in needed) else 1


def _told(checked: Checked, *, otherwise: str) -> str:
    return _line("ok", checked.name) if checked.well else _line(otherwise, f"{checked.name}: {checked.trouble}")


def _line(judgement: str, what: str) -> str:
    return f"{judgement:<6} {what}\n"
