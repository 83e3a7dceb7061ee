"""The records that a chat is connected to."""

from dataclasses import dataclass
from datetime import datetime

from cards import elements
from cards.buttons import render_button
from cards.message import Message
from cards.record import RecordHeader, byline, escape_name, escape_word, join_with_dots, open_button
from cards.text import EMPTY, escape, local_time, single_line

MAX_ROWS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRow:
    """A connected record."""

    record: RecordHeader
    connected_by: str
    connected_at: datetime
    paused_at: datetime | None = None
    """Since when the chat is told nothing of the record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordListView:
    """The rows, how many records the person cannot open, and how many more there are than the card shows."""

    title: str
    rows: tuple[RecordRow, ...]
    hidden: int
    more: int = 0


def record_list(view: RecordListView) -> Message:
    """The title and a row for each record with the button that opens it."""
    if len(view.rows) > MAX_ROWS:
        raise ValueError(f"a list of records has {MAX_ROWS} rows at most")
    body: list[elements.Element] = [elements.TextBlock(escape(view.title), weight="Bolder")]
    body += [_row(row) for row in view.rows]
    rest = remainder_text(len(view.rows), view.hidden, view.more)
    if rest:
        body.append(byline(rest))
    return Message(card=elements.AdaptiveCard(body, full_width=True), summary=single_line(view.title))


def _row(row: RecordRow) -> elements.Element:
    record = row.record
    connected = f"Connected by {escape_word(row.connected_by)} · {local_time(row.connected_at)}"
    words: list[elements.Element] = [
        elements.TextBlock(escape_name(record.name or record.kind)),
        elements.TextBlock(
            join_with_dots(record.kind, record.number) or EMPTY, size="Small", subtle=True, spacing="None"
        ),
        elements.TextBlock(connected, size="Small", subtle=True, spacing="None"),
    ]
    if row.paused_at:
        words.append(elements.TextBlock(f"Paused since {local_time(row.paused_at)}", size="Small", spacing="None"))
    open_record = elements.ActionSet([render_button(open_button(record))])
    columns = [elements.Column(words, width="stretch"), elements.Column([open_record], width="auto")]
    return elements.Container([elements.ColumnSet(columns)], separated=True)


def remainder_text(shown: int, hidden: int, more: int) -> str:
    """What a list of so many rows does not show, in words; empty where it shows all."""
    noun = "more" if shown else "record" if hidden == 1 else "records"
    unseen = f"{hidden} {noun} that you cannot open." if hidden else ""
    left = f"{more} more {'is' if more == 1 else 'are'} not shown." if more else ""
    return f"{unseen} {left}".strip()
