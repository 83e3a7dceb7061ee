"""Preview of a record in the results of the compose-box search, which only the searching person sees."""

from dataclasses import dataclass
from typing import Any

from cards.activity import THUMBNAIL
from cards.record import MAX_NAME_LENGTH, MAX_WORD_LENGTH, RecordHeader
from cards.text import escape_html, isolate, single_line
from cards.translator import Translator


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResultView:
    """The record, and values that distinguish it from similar records."""

    record: RecordHeader
    distinguishing_values: tuple[str, ...]


def search_result(t: Translator, view: SearchResultView) -> dict[str, Any]:
    """Return the preview of a result: the name above; the kind, number, and values below."""
    kind, number = t.show(view.record.kind), view.record.number or ""
    named = " ".join(single_line(part, limit=MAX_WORD_LENGTH) for part in (kind, number))
    values = map(t.show, view.distinguishing_values)
    shown = (isolate(single_line(part, limit=MAX_WORD_LENGTH)) for part in (named, *values))
    title = isolate(single_line(view.record.name or view.record.number or kind, limit=MAX_NAME_LENGTH))
    text = " · ".join(part for part in shown if part)
    return {"contentType": THUMBNAIL, "content": {"title": escape_html(title), "text": escape_html(text)}}
