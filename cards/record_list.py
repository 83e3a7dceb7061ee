"""List of the records that a chat is connected to."""

from dataclasses import dataclass
from datetime import datetime

from cards import elements
from cards.buttons import ActionButton, button_rows, render_button
from cards.message import Rendered, message
from cards.notifications.mute import MuteState, mute_sentence
from cards.paging import count_text, page_buttons
from cards.record import RecordHeader, byline, escape_word, join_with_dots, long_name, open_button
from cards.text import EMPTY, escape, local_time, single_line
from cards.translator import Translator

MAX_ROWS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRow:
    """A connected record."""

    record: RecordHeader
    connected_by: str
    connected_at: datetime
    paused_at: datetime | None = None
    """Start of a pause, during which the chat gets no cards; None while it gets cards."""
    mute: MuteState | None = None
    """The mute of the record in this chat; None if it is not muted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordListView:
    """A page of the records, without those that the person cannot open."""

    title: str
    rows: tuple[RecordRow, ...]
    hidden: int
    """Number of records on this page that the person cannot open."""
    total: int
    """Number of records on all pages."""
    page_button: ActionButton
    """Button for another page. The card adds the index of its first row."""
    offset: int = 0
    mute: MuteState | None = None
    """The mute of the whole chat; None if it is not muted."""


@message
def record_list(t: Translator, view: RecordListView) -> Rendered:
    """Return the card with a row and a button for each record."""
    if len(view.rows) > MAX_ROWS:
        raise ValueError(f"a list of records has {MAX_ROWS} rows at most")
    title = t.show(view.title)
    body: list[elements.Element] = [elements.TextBlock(escape(title), weight="Bolder")]
    body += [elements.TextBlock(mute_sentence(t, view.mute))] if view.mute else []
    body += [_row(t, row) for row in view.rows]
    body += paging_rows(
        t,
        rows=len(view.rows),
        hidden=view.hidden,
        total=view.total,
        offset=view.offset,
        page_button=view.page_button,
    )
    return Rendered(card=elements.AdaptiveCard(body, full_width=True), summary=single_line(title))


def _row(t: Translator, row: RecordRow) -> elements.Element:
    record = row.record
    by = t("Connected by {name}", name=escape_word(t.show(row.connected_by)))
    words: list[elements.Element] = [
        elements.TextBlock(long_name(t, record)),
        elements.TextBlock(
            join_with_dots(t, record.kind, record.number) or EMPTY, size="Small", subtle=True, spacing="None"
        ),
        elements.TextBlock(f"{by} · {local_time(row.connected_at)}", size="Small", subtle=True, spacing="None"),
    ]
    if row.paused_at:
        since = t("Paused since {time}", time=local_time(row.paused_at))
        words.append(elements.TextBlock(since, size="Small", spacing="None"))
    if row.mute:
        words.append(elements.TextBlock(mute_sentence(t, row.mute), size="Small", spacing="None"))
    open_record = elements.ActionSet([render_button(t, open_button(t, record))])
    columns = [elements.Column(words, width="stretch"), elements.Column([open_record], width="auto")]
    return elements.Container([elements.ColumnSet(columns)], separated=True)


def paging_rows(
    t: Translator, *, rows: int, hidden: int, total: int, offset: int, page_button: ActionButton
) -> list[elements.Element]:
    """Return the line that counts the records, and the buttons for the other pages of up to `MAX_ROWS` records."""
    text = count_text(t, offset=offset, rows=rows, hidden=hidden, total=total)
    turns = page_buttons(t, page_button, offset=offset, total=total, size=MAX_ROWS)
    lines: list[elements.Element] = [byline(text)] if text else []
    return [*lines, *button_rows(t, turns)]
