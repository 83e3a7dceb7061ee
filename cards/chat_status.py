"""Status of a chat's connections: the last change, the last card, and any problems."""

from dataclasses import dataclass
from datetime import datetime

from cards import elements
from cards.buttons import ActionButton, render_button
from cards.message import Message
from cards.notifications.mute import MuteState, mute_sentence
from cards.record import RecordHeader, byline, escape_name, join_with_dots, open_button
from cards.record_list import MAX_ROWS, paging_rows
from cards.text import EMPTY, escape, local_time, single_line
from cards.timed_text import TimedText, render_timed
from cards.words import plural


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """A pause, during which the chat gets no cards."""

    since: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingCards:
    """Cards that wait to be sent."""

    cards: int
    reason: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncIssue:
    """The reason why the record's timeline does not show the current state of the chat."""

    reason: str
    since: datetime | None
    resume: ActionButton | None
    """None if sync cannot be resumed in the chat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A decision about a change in words."""

    at: datetime
    text: str
    until: datetime | None
    """The time of the next decision about a held change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRow:
    """A connected record. Problems are None or empty if there are none."""

    record: RecordHeader
    last_change_at: datetime | None
    last_card_at: datetime | None
    disabled_reason: str = ""
    """The setting that an administrator turned off."""
    paused: Paused | None = None
    event_failure: str = ""
    """The reason why changes are not sent yet."""
    pending: PendingCards | None = None
    rejected_reason: str = ""
    """The reason why the last card could not be delivered."""
    dropped_reason: str = ""
    """Sentence that the last card was not sent because of a setting."""
    sync_issue: SyncIssue | None = None
    """None if the record's timeline shows the chat, or should not show it."""
    mute: MuteState | None = None
    """The mute of the record in this chat; None if it is not muted."""
    decisions: tuple[Decision, ...] = ()
    """The last decisions about changes, newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatStatusView:
    """A page of the records, without those that the person cannot open."""

    rows: tuple[StatusRow, ...]
    hidden: int
    """Number of records on this page that the person cannot open."""
    total: int
    """Number of records on all pages."""
    page_button: ActionButton
    """Button for another page. The card adds the index of its first row."""
    offset: int = 0
    delay_reason: str = ""
    """The reason why the chat's name reaches the record's timeline late, and what to do about it."""
    sync_off_reason: str = ""
    """Sentence that chat sync is turned off, and who can turn it on."""
    mute: MuteState | None = None
    """The mute of the whole chat; None if it is not muted."""
    messages_note: str = ""
    """Sentence that not all messages of the chat count as activity."""


def chat_status(view: ChatStatusView) -> Message:
    """Return the card with a row for each record."""
    if len(view.rows) > MAX_ROWS:
        raise ValueError(f"a list of records has {MAX_ROWS} rows at most")
    title = "Status of this chat"
    body: list[elements.Element] = [elements.TextBlock(escape(title), weight="Bolder")]
    body += [elements.TextBlock(mute_sentence(view.mute))] if view.mute else []
    body += [_row(row) for row in view.rows]
    body += paging_rows(
        rows=len(view.rows),
        hidden=view.hidden,
        total=view.total,
        offset=view.offset,
        page_button=view.page_button,
    )
    if view.sync_off_reason:
        body.append(byline(escape(view.sync_off_reason)))
    if view.messages_note:
        body.append(byline(escape(view.messages_note)))
    if view.delay_reason:
        body.append(byline(f"Changes to the name of this chat reach the timeline late. {escape(view.delay_reason)}"))
    return Message(card=elements.AdaptiveCard(body, full_width=True), summary=single_line(title))


def _row(row: StatusRow) -> elements.Element:
    record = row.record
    words: list[elements.Element] = [
        elements.TextBlock(escape_name(record.name or record.kind)),
        _small(join_with_dots(record.kind, record.number) or EMPTY, subtle=True),
        _small(_last_time(row.last_change_at, "Last change received {at}", "No changes received yet"), subtle=True),
        _small(_last_time(row.last_card_at, "Last card sent {at}", "No cards sent yet"), subtle=True),
        *([_small(mute_sentence(row.mute))] if row.mute else []),
        *(_small(render_timed(problem)) for problem in problems_of(row)),
        *(_small(_decision(each), subtle=True) for each in row.decisions),
    ]
    resume = row.sync_issue.resume if row.sync_issue else None
    actions = [elements.ActionSet([render_button(each)]) for each in (open_button(record), resume) if each]
    columns = [elements.Column(words, width="stretch"), elements.Column(actions, width="auto")]
    return elements.Container([elements.ColumnSet(columns)], separated=True)


def _decision(decision: Decision) -> str:
    until = f" Until {local_time(decision.until)}." if decision.until else ""
    return f"{local_time(decision.at)} · {escape(decision.text)}{until}"


def _small(text: str, *, subtle: bool = False) -> elements.TextBlock:
    return elements.TextBlock(text, size="Small", subtle=subtle, spacing="None")


def _last_time(at: datetime | None, sentence: str, never: str) -> str:
    return sentence.format(at=local_time(at)) if at else never


def problems_of(row: StatusRow) -> list[TimedText]:
    """Return the sentences about each problem. A pause already explains why cards wait."""
    said = [TimedText(text=row.disabled_reason)] if row.disabled_reason else []
    if row.sync_issue:
        said.append(_sync_problem(row.sync_issue))
    if row.paused:
        reason = f". {row.paused.reason} To resume, add the app to this chat again."
        return [*said, TimedText(text="Paused since", at=row.paused.since, after=reason)]
    if row.event_failure:
        said.append(TimedText(text=f"Changes are waiting to be sent. {row.event_failure}"))
    if row.pending:
        said.append(_waiting_cards(row.pending))
    if row.rejected_reason:
        said.append(TimedText(text=f"The last card could not be delivered. {row.rejected_reason}"))
    if row.dropped_reason:
        said.append(TimedText(text=row.dropped_reason))
    return said


def _sync_problem(issue: SyncIssue) -> TimedText:
    if issue.since is None:
        return TimedText(text=issue.reason)
    return TimedText(text=f"{issue.reason} Last activity:", at=issue.since, after=".")


def _waiting_cards(held: PendingCards) -> TimedText:
    sentences = [plural(held.cards, "1 card is waiting.", f"{held.cards} cards are waiting.")]
    sentences += [held.reason] if held.reason else []
    if held.until is None:
        return TimedText(text=" ".join(sentences))
    return TimedText(text=" ".join([*sentences, "Next attempt:"]), at=held.until, after=".")
