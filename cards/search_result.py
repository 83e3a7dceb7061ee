"""What the search of the compose box shows of a record, for the person who searches alone."""

from dataclasses import dataclass
from typing import Any

from cards.activity import THUMBNAIL
from cards.record import LONGEST_NAME, LONGEST_WORD, RecordHead
from cards.text import isolated, line


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundView:
    """The record, and values that tell it apart from its neighbours."""

    record: RecordHead
    telling: tuple[str, ...]


def found(view: FoundView) -> dict[str, Any]:
    """The preview of a result: the name above; kind, number and values below."""
    kind = " ".join(line(part, limit=LONGEST_WORD) for part in (view.record.kind, view.record.number or ""))
    shown = (isolated(line(part, limit=LONGEST_WORD)) for part in (kind, *view.telling))
    title = isolated(line(view.record.name or view.record.number or view.record.kind, limit=LONGEST_NAME))
    text = " · ".join(part for part in shown if part)
    return {"contentType": THUMBNAIL, "content": {"title": title, "text": text}}
