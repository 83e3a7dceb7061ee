"""Summary card: the net changes of several records in one card, which is edited (spec V7, V16)."""

from dataclasses import dataclass
from datetime import datetime

from cards import elements
from cards.buttons import Button, LinkButton, render_button
from cards.key_fields import Change, change_facts, summarize
from cards.message import Message
from cards.personal_view import PersonalView, refresh
from cards.record import RecordHeader, byline, escape_name, join_with_dots, open_button
from cards.text import EMPTY, local_time
from cards.words import plural

MAX_RECORDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryRow:
    """A record with its net changes."""

    record: RecordHeader
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryView:
    """The records, most urgent first, and the number of changes since a time."""

    rows: tuple[SummaryRow, ...]
    more: int
    """Number of further records."""
    count: int
    since: datetime
    is_bulk_edit: bool = False
    """True if the changes are one bulk edit; False if the chat's budget is used up."""
    hidden: int = 0
    """Number of records that the reader cannot open."""
    buttons: tuple[Button, ...] = ()
    personal_view: PersonalView | None = None


def summary_card(view: SummaryView) -> Message:
    """Return the card with each record's name, its net changes, and the button that opens it."""
    title = plural(view.count, "1 more change", f"{view.count} more changes")
    body: list[elements.Element] = [elements.TextBlock(title, size="Medium", weight="Bolder", spacing="Small")]
    if not view.rows and not view.more and not view.hidden:
        body.append(elements.TextBlock("All values are back where they were."))
    body += [elements.Container(_record_rows(row), separated=True) for row in view.rows[:MAX_RECORDS]]
    more = view.more + len(view.rows[MAX_RECORDS:])
    if more:
        body.append(elements.TextBlock(plural(more, "and 1 more record", f"and {more} more records")))
    body += hidden_records(view.hidden)
    body.append(byline(f"Since {local_time(view.since)}. {_reason(view)}"))
    said = [summarize(each.record, each.changes) for each in view.rows[:1]]
    card = elements.AdaptiveCard(
        body, actions=list(map(render_button, view.buttons)), refresh=refresh(view.personal_view)
    )
    return Message(card=card, summary=": ".join([title, *said]))


def hidden_records(count: int) -> list[elements.Element]:
    """Return the line about records that the reader cannot open."""
    return (
        [byline(plural(count, "1 record that you cannot open", f"{count} records that you cannot open"))]
        if count
        else []
    )


def _reason(view: SummaryView) -> str:
    if view.is_bulk_edit:
        return "Combined, because many records changed at once; rules: Notifications"
    return "Combined, because this chat gets a limited number of cards; rules: Notifications"


def _record_rows(row: SummaryRow) -> list[elements.Element]:
    record = row.record
    words: list[elements.Element] = [
        elements.TextBlock(escape_name(record.name or record.kind), weight="Bolder"),
        elements.TextBlock(
            join_with_dots(record.kind, record.number) or EMPTY, size="Small", subtle=True, spacing="None"
        ),
    ]
    opens: list[LinkButton] = [open_button(record)] if record.url else []
    buttons = [elements.ActionSet([render_button(each) for each in opens])] if opens else []
    return [*words, *change_facts(row.changes), *buttons]
