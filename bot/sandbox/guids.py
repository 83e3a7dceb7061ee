"""GUIDs in one format: lowercase, with hyphens, without braces."""

import re
from functools import lru_cache
from uuid import NAMESPACE_URL, uuid5

GUID = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"

_GUID = re.compile(rf"\{{?({GUID})\}}?")


def as_guid(text: str) -> str | None:
    """Return the GUID in the text, or None if the text is not a GUID."""
    found = _GUID.fullmatch(text.strip())
    return found[1].lower() if found else None


@lru_cache(maxsize=4096)
def named_guid(*names: str) -> str:
    """Return a GUID that is derived from the names and is always the same for them."""
    return str(uuid5(NAMESPACE_URL, "/".join(names)))
