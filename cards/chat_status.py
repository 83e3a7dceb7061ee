"""Status of a chat's connections: the last change, the last card, and any problems."""

from dataclasses import dataclass
from datetime import datetime

from cards import elements
from cards.buttons import ActionButton, render_button
from cards.message import Rendered, message
from cards.notifications.mute import MuteState, mute_sentence
from cards.record import RecordHeader, byline, join_with_dots, long_name, open_button
from cards.record_list import MAX_ROWS, paging_rows
from cards.text import EMPTY, escape, local_time, single_line
from cards.timed_text import TIME, TimedText, render_timed
from cards.translator import Translator


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


@message
def chat_status(t: Translator, view: ChatStatusView) -> Rendered:
    """Return the card with a row for each record."""
    if len(view.rows) > MAX_ROWS:
        raise ValueError(f"a list of records has {MAX_ROWS} rows at most")
    title = t("Status of this chat")
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
    body += [byline(escape(t.show(each))) for each in (view.sync_off_reason, view.messages_note) if each]
    if view.delay_reason:
        late = t("Changes to the name of this chat reach the timeline late.")
        body.append(byline(t.sentences(late, escape(t.show(view.delay_reason)))))
    return Rendered(card=elements.AdaptiveCard(body, full_width=True), summary=single_line(title))


def _row(t: Translator, row: StatusRow) -> elements.Element:
    record = row.record
    words: list[elements.Element] = [
        elements.TextBlock(long_name(t, record)),
        _small(join_with_dots(t, record.kind, record.number) or EMPTY, subtle=True),
        _small(_last_change(t, row.last_change_at), subtle=True),
        _small(_last_card(t, row.last_card_at), subtle=True),
        *([_small(mute_sentence(t, row.mute))] if row.mute else []),
        *(_small(render_timed(problem)) for problem in problems_of(t, row)),
        *(_small(_decision(t, each), subtle=True) for each in row.decisions),
    ]
    resume = row.sync_issue.resume if row.sync_issue else None
    actions = [elements.ActionSet([render_button(t, each)]) for each in (open_button(t, record), resume) if each]
    columns = [elements.Column(words, width="stretch"), elements.Column(actions, width="auto")]
    return elements.Container([elements.ColumnSet(columns)], separated=True)


def _decision(t: Translator, decision: Decision) -> str:
    until = t("Until {time}.", time=local_time(decision.until)) if decision.until else ""
    return f"{local_time(decision.at)} · {t.sentences(escape(t.show(decision.text)), until)}"


def _small(text: str, *, subtle: bool = False) -> elements.TextBlock:
    return elements.TextBlock(text, size="Small", subtle=subtle, spacing="None")


def _last_change(t: Translator, at: datetime | None) -> str:
    return t("Last change received {time}", time=local_time(at)) if at else t("No changes received yet")


def _last_card(t: Translator, at: datetime | None) -> str:
    return t("Last card sent {time}", time=local_time(at)) if at else t("No cards sent yet")


def problems_of(t: Translator, row: StatusRow) -> list[TimedText]:
    """Return the sentences about each problem. A pause already explains why cards wait."""
    said = [TimedText(text=t.show(row.disabled_reason))] if row.disabled_reason else []
    if row.sync_issue:
        said.append(_sync_problem(t, row.sync_issue))
    if row.paused:
        return [*said, _pause(t, row.paused)]
    if row.event_failure:
        said.append(TimedText(text=t.sentences(t("Changes are waiting to be sent."), t.show(row.event_failure))))
    if row.pending:
        said.append(_waiting_cards(t, row.pending))
    if row.rejected_reason:
        what = t("The last card could not be delivered.")
        said.append(TimedText(text=t.sentences(what, t.show(row.rejected_reason))))
    if row.dropped_reason:
        said.append(TimedText(text=t.show(row.dropped_reason)))
    return said


def _pause(t: Translator, paused: Paused) -> TimedText:
    how = t("To resume, add the app to this chat again.")
    text = t.sentences(t("Paused since {time}.", time=TIME), t.show(paused.reason), how)
    return TimedText(text=text, at=paused.since)


def _sync_problem(t: Translator, issue: SyncIssue) -> TimedText:
    since = t("Last activity: {time}.", time=TIME) if issue.since else ""
    return TimedText(text=t.sentences(t.show(issue.reason), since), at=issue.since)


def _waiting_cards(t: Translator, held: PendingCards) -> TimedText:
    waiting = t.plural(held.cards, "1 card is waiting.", "{count} cards are waiting.")
    until = t("Next attempt: {time}.", time=TIME) if held.until else ""
    return TimedText(text=t.sentences(waiting, t.show(held.reason), until), at=held.until)
