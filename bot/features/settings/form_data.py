"""Parse the inputs and the buttons of the settings pages. All of them are untrusted.

Each parser raises `BadRequest` for data that no page of the product has.
"""

from bot.domain.errors import BadRequest
from bot.domain.values import EnvironmentId
from bot.features.settings.context import OPEN_AGAIN
from bot.features.settings.store_settings import SaveRequest
from bot.features.shared.action_data import ActionData
from bot.features.shared.turn import Turn
from cards.inputs import OFF, ON

_MAX_VERSION_DIGITS = 9
_MAX_VALUES = 500
"""Values of one input. Pages offer fewer."""


def parse_save_request(turn: Turn, data: ActionData) -> SaveRequest:
    """Return the person, the environment, and the version of the settings that the person saw."""
    return SaveRequest(
        chat=turn.chat,
        person=turn.person,
        environment=EnvironmentId(parse_environment(data)),
        version=_parse_version(data),
    )


def parse_environment(data: ActionData) -> str:
    """Return the ID of the environment; an empty text without one."""
    return data.get("environment", "")


def parse_table(data: ActionData) -> str:
    """Return the name of the table."""
    if not data.get("table"):
        raise BadRequest("Choose a record type first.", OPEN_AGAIN)
    return data["table"]


def _parse_version(data: ActionData) -> int:
    text = data.get("version", "")
    if not (text.isascii() and text.isdigit() and len(text) <= _MAX_VERSION_DIGITS):
        raise invalid_form()
    return int(text)


def parse_switch(data: ActionData, name: str) -> bool:
    """Return the value of a switch, which clients always send."""
    if data.get(name) not in {ON, OFF}:
        raise invalid_form()
    return data[name] == ON


def parse_values(data: ActionData, name: str) -> tuple[str, ...]:
    """Return the chosen values. Clients omit an input without any choice."""
    values = tuple(each.strip() for each in data.get(name, "").split(",", _MAX_VALUES) if each.strip())
    if len(values) > _MAX_VALUES:
        raise invalid_form()
    return values


def invalid_form() -> BadRequest:
    """Return the error for data that no page sends."""
    return BadRequest("This form is incomplete or out of date.", OPEN_AGAIN)
