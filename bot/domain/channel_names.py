"""Names of channels ("Limits and specifications for Microsoft Teams", "Create channel", Microsoft Graph). Pure."""

import re

from bot.domain.errors import BadRequest
from bot.domain.text_limits import single_line, truncate_utf16
from bot.domain.texts import text

MAX_CHANNEL_NAME = 50

_FORBIDDEN = "~ # % & * { } + / \\ : < > ? | ' \""
_FORBIDDEN_CHARACTERS = frozenset(_FORBIDDEN.replace(" ", ""))
_RESERVED = re.compile(r"forms|con|conin\$|conout\$|prn|aux|nul|com\d|lpt\d|desktop\.ini|.*_vti_.*", re.IGNORECASE)


def require_channel_name(typed: str) -> str:
    """Return the name as one line. Raise `BadRequest` with the reason if Teams does not accept it."""
    name = single_line(typed)
    if not name:
        raise BadRequest("Enter a name for the channel.")
    if truncate_utf16(name, MAX_CHANNEL_NAME) != name:
        raise BadRequest(text("A channel name can have at most {most} characters.", most=MAX_CHANNEL_NAME))
    if _FORBIDDEN_CHARACTERS & set(name):
        raise BadRequest("A channel name cannot contain these characters: {characters}", characters=_FORBIDDEN)
    if name.startswith(("_", ".")) or name.endswith("."):
        raise BadRequest("A channel name cannot start with an underscore or a period, or end with a period.")
    if _RESERVED.fullmatch(name):
        raise BadRequest("Teams reserves this channel name. Enter another one.")
    return name


def channel_exists() -> BadRequest:
    """Return the error for a name that the team already uses."""
    return BadRequest(
        "This team already has a channel with this name, or had one that was deleted.", "Enter another name."
    )


def is_same_name(one: str, other: str) -> bool:
    """Check whether Teams treats both as the same channel name."""
    return one.strip().casefold() == other.strip().casefold()
