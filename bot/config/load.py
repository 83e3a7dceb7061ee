"""Load the settings of this process from the environment or a file `.env`."""

from pydantic import ValidationError

from bot.config.checks import check
from bot.config.settings import Settings


class SettingsError(Exception):
    """A setting is missing or wrong. The text names each variable and how to fix it, one on each line."""


def load_settings() -> Settings:
    """Return the settings of this process; raise `SettingsError` if one is missing, wrong, or conflicts with others."""
    try:
        settings = Settings()
    except ValidationError as error:
        lines = [_line(str(problem["loc"][0]) if problem["loc"] else "", problem["msg"]) for problem in error.errors()]
        raise SettingsError("\n".join(lines)) from error
    problems = check(settings)
    if problems:
        raise SettingsError("\n".join(problems))
    return settings


def _line(variable: str, message: str) -> str:
    text = message.removeprefix("Value error, ")
    return f"{variable}: {text}" if variable else text
