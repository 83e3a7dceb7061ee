"""Entra object IDs and Teams account IDs as Teams and others write them."""

import re

from bot.domain.record_links import parse_guid
from bot.domain.values import ObjectId

# The Agents Playground's own people have a thirteenth digit, a zero, in their ids' last group.
_PLAYGROUND_ID = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-)0([0-9a-f]{12})", re.IGNORECASE)


_APP_PREFIX = "28:"
"""How the account IDs of apps begin in Teams ("Bot Framework", channel accounts)."""


def is_app_account(account_id: str) -> bool:
    """Return whether a Teams account belongs to an app instead of a person."""
    return account_id.startswith(_APP_PREFIX)


def parse_object_id(value: object) -> ObjectId | None:
    """An Entra object id in lower case; None for anything else."""
    text = value if isinstance(value, str) else ""
    playground = _PLAYGROUND_ID.fullmatch(text)
    found = parse_guid("".join(playground.groups()) if playground else text)
    return ObjectId(found) if found else None
