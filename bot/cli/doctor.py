"""`python app.py doctor`: says of each system whether it answers, and what to do where it does not."""

from collections.abc import Callable

from bot.usecases.check_health import CheckHealth


async def doctor(check_health: CheckHealth, say: Callable[[str], object]) -> int:
    """A line for each; gives the exit code, 1 where something is wrong."""
    say("ok     settings\n")
    checked = await check_health()
    for each in checked:
        say(f"{'ok    ' if each.well else 'WRONG '} {each.name}{'' if each.well else f': {each.trouble}'}\n")
    return 0 if all(each.well for each in checked) else 1
