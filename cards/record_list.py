"""List of the records that a chat is connected to."""

from dataclasses import dataclass
from datetime import datetime

from cards import elements
from cards.buttons import render_button
from cards.message import Message
from cards.record import RecordHeader, byline, escape_name, escape_word, join_with_dots, open_button
from cards.text import EMPTY, escape, local_time, single_line
from cards.words import plural

MAX_ROWS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRow:
    """A connected record."""

    record: RecordHeader
    connected_by: str
    connected_at: datetime
    paused_at: datetime | None = None
    """Start of a pause, during which the chat gets no cards; None while it gets cards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordListView:
    """The rows, the number of records that the person cannot open, and the number of records that are not shown."""

    title: str
    rows: tuple[RecordRow, ...]
    hidden: int
    more: int = 0


def record_list(view: RecordListView) -> Message:
    """Return the card with a row and a button for each record."""
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
    """Return sentences about the records that the list does not show; empty if it shows all."""
    return " ".join(sentence for sentence in (_hidden(shown, hidden), _more(more)) if sentence)


def _hidden(shown: int, hidden: int) -> str:
    if not hidden:
        return ""
    if shown:
        return plural(hidden, "You cannot open 1 more record.", f"You cannot open {hidden} more records.")
    return plural(hidden, "You cannot open 1 record.", f"You cannot open {hidden} records.")


def _more(more: int) -> str:
    return plural(more, "1 more record is not shown.", f"{more} more records are not shown.") if more else ""
