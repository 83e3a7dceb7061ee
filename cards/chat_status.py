"""What became of a chat's connections lately: the last change, the last card, and what is in the way."""

from dataclasses import dataclass
from datetime import datetime

from cards import elements
from cards.buttons import ActionButton, render_button
from cards.message import Message
from cards.record import RecordHeader, byline, escape_name, join_with_dots, open_button
from cards.record_list import MAX_ROWS, remainder_text
from cards.text import EMPTY, escape, local_time, single_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """Nothing is told to the chat."""

    since: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingCards:
    """Cards for the chat that wait."""

    cards: int
    reason: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncIssue:
    """The record's timeline does not show the chat as it is."""

    reason: str
    since: datetime | None
    resume: ActionButton | None
    """None where nobody can do anything about it here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRow:
    """A connected record; what is in the way is None, or empty, where nothing is."""

    record: RecordHeader
    last_change_at: datetime | None
    last_card_at: datetime | None
    disabled_reason: str = ""
    """What an administrator has turned off."""
    paused: Paused | None = None
    event_failure: str = ""
    """Why what changed is not on its way to the chat yet."""
    pending: PendingCards | None = None
    rejected_reason: str = ""
    """Why the last card never arrived."""
    sync_issue: SyncIssue | None = None
    """None where the record's timeline shows the chat, or is not meant to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatStatusView:
    """The rows, how many records the person cannot open, and how many more there are than the card shows."""

    rows: tuple[StatusRow, ...]
    hidden: int
    more: int = 0
    delay_reason: str = ""
    """Why the chat's name and members reach the record's timeline late, and what to do about it."""
    sync_off_reason: str = ""
    """That an administrator has turned off what brings them there, and who turns it on."""


def chat_status(view: ChatStatusView) -> Message:
    """The title and a row for each record."""
    if len(view.rows) > MAX_ROWS:
        raise ValueError(f"a list of records has {MAX_ROWS} rows at most")
    title = "What this chat is told"
    body: list[elements.Element] = [elements.TextBlock(escape(title), weight="Bolder")]
    body += [_row(row) for row in view.rows]
    rest = remainder_text(len(view.rows), view.hidden, view.more)
    if rest:
        body.append(byline(rest))
    if view.sync_off_reason:
        body.append(byline(escape(view.sync_off_reason)))
    if view.delay_reason:
        body.append(byline(f"The timeline follows this chat\u2019s name late. {escape(view.delay_reason)}"))
    return Message(card=elements.AdaptiveCard(body, full_width=True), summary=single_line(title))


def _row(row: StatusRow) -> elements.Element:
    record = row.record
    words: list[elements.Element] = [
        elements.TextBlock(escape_name(record.name or record.kind)),
        _small(join_with_dots(record.kind, record.number) or EMPTY, subtle=True),
        _small(_last(row.last_change_at, "Last change received", "No change received so far"), subtle=True),
        _small(_last(row.last_card_at, "Last card sent", "No card sent so far"), subtle=True),
        *(_small(obstacle) for obstacle in _issues(row)),
    ]
    resume = row.sync_issue.resume if row.sync_issue else None
    actions = [elements.ActionSet([render_button(each)]) for each in (open_button(record), resume) if each]
    columns = [elements.Column(words, width="stretch"), elements.Column(actions, width="auto")]
    return elements.Container([elements.ColumnSet(columns)], separated=True)


def _small(text: str, *, subtle: bool = False) -> elements.TextBlock:
    return elements.TextBlock(text, size="Small", subtle=subtle, spacing="None")


def _last(at: datetime | None, what: str, never: str) -> str:
    return f"{what} {local_time(at)}" if at else never


def _issues(row: StatusRow) -> list[str]:
    """What is in the way, each in one sentence; what a pause explains is not said again."""
    said = [escape(row.disabled_reason)] if row.disabled_reason else []
    if row.sync_issue:
        since = f" · {local_time(row.sync_issue.since)}" if row.sync_issue.since else ""
        said.append(f"{escape(row.sync_issue.reason)}{since}")
    if row.paused:
        return [
            *said,
            f"Paused since {local_time(row.paused.since)}: {escape(row.paused.reason)}. Add the app again to go on.",
        ]
    if row.event_failure:
        said.append(f"Changes wait to be told: {escape(row.event_failure)}")
    if row.pending:
        said.append(_waiting(row.pending))
    if row.rejected_reason:
        said.append(f"The last card was given up: {escape(row.rejected_reason)}.")
    return said


def _waiting(held: PendingCards) -> str:
    cards = f"{held.cards} {'card waits' if held.cards == 1 else 'cards wait'}"
    until = f" until {local_time(held.until)}" if held.until else ""
    return f"{cards}{until}: {escape(held.reason)}." if held.reason else f"{cards}{until}."
