"""Load the settings of this process from the environment or a file `.env`."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_settings import SettingsError as UnreadableSetting

from bot.config.checks import check
from bot.config.settings import InvalidSetting, Settings


class SettingsError(Exception):
    """A setting is missing or wrong. The text names each variable and how to fix it, one on each line.

    It never contains a value.
    """


def load_settings() -> Settings:
    """Return the settings of this process; raise `SettingsError` if one is missing, wrong, or conflicts with others."""
    try:
        settings = Settings()
    except ValidationError as error:
        raise SettingsError("\n".join(map(_line, error.errors()))) from error
    except (OSError, UnicodeError, UnreadableSetting) as error:
        raise SettingsError(".env: cannot be read as UTF-8 text by this account") from error
    problems = check(settings)
    if problems:
        raise SettingsError("\n".join(problems))
    return settings


def _line(problem: Mapping[str, Any]) -> str:
    variable = str(problem["loc"][0]) if problem["loc"] else ""
    return f"{variable}: {_message(problem)}" if variable else _message(problem)


def _message(problem: Mapping[str, Any]) -> str:
    """Return the text of a problem. Errors of other validators can quote the value."""
    cause = problem.get("ctx", {}).get("error")
    if isinstance(cause, InvalidSetting):
        return str(cause)
    return "has an invalid value" if cause else str(problem["msg"])
