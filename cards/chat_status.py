"""What became of a chat's connections lately: the last change, the last card, and what is in the way."""

from dataclasses import dataclass
from datetime import datetime

from cards import elements
from cards.buttons import Press, button
from cards.message import Message
from cards.record import RecordHead, byline, dotted, name, open_button
from cards.record_list import ROWS_AT_MOST, rest_of
from cards.text import EMPTY, line, moment, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """Nothing is told to the chat."""

    since: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Cards for the chat that wait."""

    cards: int
    why: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsynced:
    """The record's timeline does not show the chat as it is."""

    why: str
    since: datetime | None
    resume: Press | None
    """None where nobody can do anything about it here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRow:
    """A connected record; what is in the way is None, or empty, where nothing is."""

    record: RecordHead
    last_change_at: datetime | None
    last_card_at: datetime | None
    off: str = ""
    """What an administrator has turned off."""
    paused: Paused | None = None
    not_told: str = ""
    """Why what changed is not on its way to the chat yet."""
    held: Held | None = None
    refused: str = ""
    """Why the last card never arrived."""
    unsynced: Unsynced | None = None
    """None where the record's timeline shows the chat, or is not meant to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatStatusView:
    """The rows, how many records the person cannot open, and how many more there are than the card shows."""

    rows: tuple[StatusRow, ...]
    hidden: int
    more: int = 0
    late: str = ""
    """Why the chat's name and members reach the record's timeline late, and what to do about it."""
    sync_off: str = ""
    """That an administrator has turned off what brings them there, and who turns it on."""


def chat_status(view: ChatStatusView) -> Message:
    """The title and a row for each record."""
    if len(view.rows) > ROWS_AT_MOST:
        raise ValueError(f"a list of records has {ROWS_AT_MOST} rows at most")
    title = "What this chat is told"
    body: list[elements.Element] = [elements.TextBlock(plain(title), weight="Bolder")]
    body += [_row(row) for row in view.rows]
    rest = rest_of(len(view.rows), view.hidden, view.more)
    if rest:
        body.append(byline(rest))
    if view.sync_off:
        body.append(byline(plain(view.sync_off)))
    if view.late:
        body.append(byline(f"The timeline follows this chat\u2019s name late. {plain(view.late)}"))
    return Message(card=elements.AdaptiveCard(body, full_width=True), summary=line(title))


def _row(row: StatusRow) -> elements.Element:
    record = row.record
    words: list[elements.Element] = [
        elements.TextBlock(name(record.name or record.kind)),
        _small(dotted(record.kind, record.number) or EMPTY, subtle=True),
        _small(_last(row.last_change_at, "Last change received", "No change received so far"), subtle=True),
        _small(_last(row.last_card_at, "Last card sent", "No card sent so far"), subtle=True),
        *(_small(obstacle) for obstacle in _obstacles(row)),
    ]
    resume = row.unsynced.resume if row.unsynced else None
    actions = [elements.ActionSet([button(each)]) for each in (open_button(record), resume) if each]
    columns = [elements.Column(words, width="stretch"), elements.Column(actions, width="auto")]
    return elements.Container([elements.ColumnSet(columns)], separated=True)


def _small(text: str, *, subtle: bool = False) -> elements.TextBlock:
    return elements.TextBlock(text, size="Small", subtle=subtle, spacing="None")


def _last(at: datetime | None, what: str, never: str) -> str:
    return f"{what} {moment(at)}" if at else never


def _obstacles(row: StatusRow) -> list[str]:
    """What is in the way, each in one sentence; what a pause explains is not said again."""
    said = [plain(row.off)] if row.off else []
    if row.unsynced:
        since = f" · {moment(row.unsynced.since)}" if row.unsynced.since else ""
        said.append(f"{plain(row.unsynced.why)}{since}")
    if row.paused:
        return [*said, f"Paused since {moment(row.paused.since)}: {plain(row.paused.why)}. Add the app again to go on."]
    if row.not_told:
        said.append(f"Changes wait to be told: {plain(row.not_told)}")
    if row.held:
        said.append(_waiting(row.held))
    if row.refused:
        said.append(f"The last card was given up: {plain(row.refused)}.")
    return said


def _waiting(held: Held) -> str:
    cards = f"{held.cards} {'card waits' if held.cards == 1 else 'cards wait'}"
    until = f" until {moment(held.until)}" if held.until else ""
    return f"{cards}{until}: {plain(held.why)}." if held.why else f"{cards}{until}."
