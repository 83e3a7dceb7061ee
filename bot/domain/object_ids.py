"""Entra object IDs and Teams account IDs as Teams and others write them."""

import re

from bot.domain.record_links import parse_guid
from bot.domain.values import ObjectId

# The Agents Playground adds a thirteenth digit, a zero, to the last group of its people's IDs.
_PLAYGROUND_ID = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-)0([0-9a-f]{12})", re.IGNORECASE)


_APP_PREFIX = "28:"
"""Prefix of the account IDs of apps in Teams ("Bot Framework", channel accounts)."""


def is_app_account(account_id: str) -> bool:
    """Return whether a Teams account belongs to an app instead of a person."""
    return account_id.startswith(_APP_PREFIX)


def parse_object_id(value: object) -> ObjectId | None:
    """Return an Entra object ID in lowercase, or None for any other value."""
    text = value if isinstance(value, str) else ""
    playground = _PLAYGROUND_ID.fullmatch(text)
    found = parse_guid("".join(playground.groups()) if playground else text)
    return ObjectId(found) if found else None
