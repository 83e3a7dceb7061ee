"""Unique identifiers in their one form: lower case, with dashes, without braces."""

import re
from uuid import NAMESPACE_URL, uuid5

GUID = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"

_GUID = re.compile(rf"\{{?({GUID})\}}?")


def as_guid(text: str) -> str | None:
    """The identifier in the text; None if it is none."""
    found = _GUID.fullmatch(text.strip())
    return found[1].lower() if found else None


def named_guid(*names: str) -> str:
    """The same identifier for the same names, always."""
    return str(uuid5(NAMESPACE_URL, "/".join(names)))
