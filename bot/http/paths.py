"""Paths of URLs, from IDs that other systems name."""

from urllib.parse import quote

from bot.domain.errors import BadRequest

_DOTS = frozenset({".", ".."})
"""Segments that change the path. Clients and servers apply them even if they are percent-encoded."""


def is_path_segment(text: str) -> bool:
    """Check whether an ID can be a segment of a path."""
    return text not in _DOTS


def path_segment(text: str) -> str:
    """Encode an ID as one segment of a path; raise `BadRequest` for one that would change the path."""
    if not is_path_segment(text):
        raise BadRequest("This ID is not valid.", "Check the address, or the card that contains it.")
    return quote(text, safe="")
