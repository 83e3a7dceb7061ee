"""The timeline of a row: its activities and notes, as the timeline control of Dynamics 365 lists them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.sandbox.dataverse.odata.formats import Formatter
from bot.sandbox.dataverse.schema.activities import ACTIVITIES
from bot.sandbox.dataverse.schema.model import Table
from bot.sandbox.dataverse.security.access import Caller
from bot.sandbox.pages.fields import Fact, parties_of
from bot.sandbox.values import Ref, Row
from bot.text.html_elements import unescape
from bot.text.html_text import looks_rich, plain_text

MAX_ENTRIES = 50

_REGARDING = {**dict.fromkeys(ACTIVITIES, "regardingobjectid"), "annotation": "objectid"}
"""The columns that name the row of the timeline, by table."""
_CHAT = "chat"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """An activity or a note."""

    ref: Ref
    kind: str
    title: str
    text: str
    status: str
    at: str
    """Formatted time; for a chat, of the last update in Teams."""
    parties: Sequence[Fact]
    conversation: str
    """ID of the chat in Teams; empty for other entries."""


def timeline_of(caller: Caller, ref: Ref) -> Sequence[TimelineEntry]:
    """Return the entries that the caller may read, the newest first."""
    found = [row for table in _REGARDING for row in _entries(caller, table, ref)]
    newest = sorted(found, key=lambda row: row.text(_time_column(row)), reverse=True)[:MAX_ENTRIES]
    formatter = Formatter(caller.schema, caller.rows, caller.user.id)
    return [_entry(caller, formatter, row) for row in newest]


def has_timeline(table_name: str) -> bool:
    """Check whether the table has a timeline: activities and notes cannot be the subject of others."""
    return table_name not in _REGARDING


def _entries(caller: Caller, table_name: str, ref: Ref) -> Iterator[Row]:
    rows = caller.readable(caller.schema[table_name])
    return (row for row in rows if row.values.get(_REGARDING[table_name]) == ref)


def _entry(caller: Caller, formatter: Formatter, row: Row) -> TimelineEntry:
    table = caller.schema[row.table]
    return TimelineEntry(
        ref=row.ref,
        kind=table.label,
        title=row.text(table.primary_name) or f"{table.label} without a title",
        text=_shown_text(table, row),
        status=_formatted(formatter, table, row, "statuscode"),
        at=_formatted(formatter, table, row, _time_column(row)),
        parties=list(parties_of(caller, table, row)) if table.is_activity else [],
        conversation=row.text("teamschatid") if row.table == _CHAT else "",
    )


def _shown_text(table: Table, row: Row) -> str:
    """Return the text of the entry. The timeline renders notes as rich text, whether or not they contain HTML."""
    if "notetext" in table.columns:
        text = row.text("notetext")
        return plain_text(text) if looks_rich(text) else unescape(text)
    is_rich = table.columns["description"].text_format == "RichText"
    return plain_text(row.text("description")) if is_rich else row.text("description")


def _formatted(formatter: Formatter, table: Table, row: Row, column: str) -> str:
    definition = table.columns.get(column)
    return (formatter.text(row, definition, row.values.get(column)) or "") if definition else ""


def _time_column(row: Row) -> str:
    return "modifiedinteamson" if row.table == _CHAT and row.text("modifiedinteamson") else "createdon"
