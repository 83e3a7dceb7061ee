"""The records that a chat is connected to."""

from dataclasses import dataclass
from datetime import datetime

from cards import elements
from cards.buttons import button
from cards.message import Message
from cards.record import LONGEST_NAME, RecordHead, byline, open_button
from cards.text import moment, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRow:
    """A connected record."""

    record: RecordHead
    connected_by: str
    connected_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordListView:
    """The rows, and how many more the person cannot open or the card does not show."""

    title: str
    rows: tuple[RecordRow, ...]
    hidden: int


def record_list(view: RecordListView) -> Message:
    """The title and a row for each record with the button that opens it."""
    body: list[elements.Element] = [elements.TextBlock(plain(view.title), weight="Bolder")]
    body += [_row(row) for row in view.rows]
    if view.hidden:
        body.append(byline(f"{view.hidden} more that you cannot open."))
    return Message(card=elements.AdaptiveCard(body, full_width=True), summary=view.title)


def _row(row: RecordRow) -> elements.Element:
    record = row.record
    named = " · ".join(plain(part) for part in (record.kind, record.number) if part)
    connected = f"Connected by {plain(row.connected_by)} · {moment(row.connected_at)}"
    words: list[elements.Element] = [
        elements.TextBlock(plain(record.name or record.kind, limit=LONGEST_NAME)),
        elements.TextBlock(named, size="Small", subtle=True, spacing="None"),
        elements.TextBlock(connected, size="Small", subtle=True, spacing="None"),
    ]
    open_record = elements.ActionSet([button(open_button(record))])
    columns = [elements.Column(words, width="stretch"), elements.Column([open_record], width="auto")]
    return elements.Container([elements.ColumnSet(columns)], separated=True)
