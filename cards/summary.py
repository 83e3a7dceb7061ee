"""Summary card: the net changes of several records in one card, which is edited (spec V7, V16)."""

from dataclasses import dataclass
from datetime import datetime

from cards import elements
from cards.buttons import Button, LinkButton, render_button
from cards.key_fields import Change, change_facts, summarize
from cards.message import Rendered, message
from cards.personal_view import PersonalView, refresh
from cards.record import RecordHeader, byline, join_with_dots, long_name, open_button
from cards.text import EMPTY, local_time
from cards.translator import Translator

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


@message
def summary_card(t: Translator, view: SummaryView) -> Rendered:
    """Return the card with each record's name, its net changes, and the button that opens it."""
    title = t.plural(view.count, "1 more change", "{count} more changes")
    body: list[elements.Element] = [elements.TextBlock(title, size="Medium", weight="Bolder", spacing="Small")]
    if not view.rows and not view.more and not view.hidden:
        body.append(elements.TextBlock(t("All values are back where they were.")))
    body += [elements.Container(_record_rows(t, row), separated=True) for row in view.rows[:MAX_RECORDS]]
    more = view.more + len(view.rows[MAX_RECORDS:])
    if more:
        body.append(elements.TextBlock(t.plural(more, "and 1 more record", "and {count} more records")))
    body += hidden_records(t, view.hidden)
    body.append(byline(t.sentences(t("Since {time}.", time=local_time(view.since)), _reason(t, view))))
    said = [summarize(t, each.record, each.changes) for each in view.rows[:1]]
    buttons = [render_button(t, each) for each in view.buttons]
    card = elements.AdaptiveCard(body, actions=buttons, refresh=refresh(t, view.personal_view))
    return Rendered(card=card, summary=": ".join([title, *said]))


def hidden_records(t: Translator, count: int) -> list[elements.Element]:
    """Return the line about records that the reader cannot open."""
    if not count:
        return []
    return [byline(t.plural(count, "1 record that you cannot open", "{count} records that you cannot open"))]


def _reason(t: Translator, view: SummaryView) -> str:
    if view.is_bulk_edit:
        return t("Combined, because many records changed at once; rules: Notifications")
    return t("Combined, because this chat gets a limited number of cards; rules: Notifications")


def _record_rows(t: Translator, row: SummaryRow) -> list[elements.Element]:
    record = row.record
    words: list[elements.Element] = [
        elements.TextBlock(long_name(t, record), weight="Bolder"),
        elements.TextBlock(
            join_with_dots(t, record.kind, record.number) or EMPTY, size="Small", subtle=True, spacing="None"
        ),
    ]
    opens: list[LinkButton] = [open_button(t, record)] if record.url else []
    buttons = [elements.ActionSet([render_button(t, each) for each in opens])] if opens else []
    return [*words, *change_facts(t, row.changes), *buttons]
