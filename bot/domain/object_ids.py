"""Entra object ids as Teams and others write them."""

import re

from bot.domain.record_links import parse_guid
from bot.domain.values import ObjectId

# The Agents Playground's own people have a thirteenth digit, a zero, in their ids' last group.
_PLAYGROUND_ID = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-)0([0-9a-f]{12})", re.IGNORECASE)


def parse_object_id(value: object) -> ObjectId | None:
    """An Entra object id in lower case; None for anything else."""
    text = value if isinstance(value, str) else ""
    playground = _PLAYGROUND_ID.fullmatch(text)
    found = parse_guid("".join(playground.groups()) if playground else text)
    return ObjectId(found) if found else None
