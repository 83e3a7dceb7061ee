"""Ask which record a person means if their text matches several."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.domain.errors import BadRequest, NotFound
from bot.domain.public_names import QUIET, Command, Verb
from bot.domain.texts import Text, details, text
from bot.domain.typed_references import parse_references
from bot.domain.values import Person, RecordRef
from bot.features.record_search.find_records import (
    MAX_CHOICES,
    Hit,
    are_named_exactly,
    linked_records,
    query_text,
)
from bot.features.record_search.resolver import QUERY, Match, from_text, hits_from_text, match_record
from bot.features.shared.action_data import ActionData
from bot.features.shared.answers import Answer, record_data
from bot.features.shared.services import Services
from cards.buttons import ActionButton
from cards.choice import ChoiceRow, ChoiceView, choice
from cards.paging import page_offset, page_turns

_HINT = text("Not listed? Write more of its name, or its number.")


def _no_title(_record: str) -> Text:
    return text("A record")


def _chats_title(record: str) -> Text:
    return text("Chats about {record}", record=record) if record else text("Chats about a record")


def _timeline_title(record: str) -> Text:
    return text("Timeline of {record}", record=record) if record else text("Timeline of a record")


def _people_title(record: str) -> Text:
    return text("People for {record}", record=record) if record else text("People for a record")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPurpose:
    """The command that needs a record, with its question and its button."""

    command: Command
    question: str
    button: ActionButton
    """The button of each choice, without the record."""
    title: Callable[[str], Text] = _no_title
    """Returns the text above a button that shows a private answer, for the name of the record if it is known."""

    def choice_button(self, services: Services, words: str) -> ActionButton:
        """Return the button that shows the choice of the records that match the text."""
        verb = Verb.CHOOSE if self.command is Command.CONNECT else self.button.verb
        data = {**self.button.payload, QUERY: query_text(services, words)}
        return ActionButton(title=text("Show records"), verb=verb, payload=data)


CONNECT = RecordPurpose(
    command=Command.CONNECT,
    question=text("Which record should this chat be connected to?"),
    button=ActionButton(title=text("Connect"), verb=Verb.CONNECT, payload={}),
)
CONNECT_QUIETLY = replace(CONNECT, button=replace(CONNECT.button, payload={QUIET: QUIET}))
CHATS = RecordPurpose(
    command=Command.CHATS,
    question=text("Show the chats of which record?"),
    button=ActionButton(title=text("Show chats"), verb=Verb.CHATS, payload={}),
    title=_chats_title,
)
TIMELINE = RecordPurpose(
    command=Command.TIMELINE,
    question=text("Show the timeline of which record?"),
    button=ActionButton(title=text("Show timeline"), verb=Verb.TIMELINE, payload={}),
    title=_timeline_title,
)
PEOPLE = RecordPurpose(
    command=Command.SUGGEST,
    question=text("Suggest people for which record?"),
    button=ActionButton(title=text("Show people"), verb=Verb.SUGGEST, payload={}),
    title=_people_title,
)


async def choose_record(services: Services, words: str, person: Person, purpose: RecordPurpose) -> RecordRef | Answer:
    """Return the record that the text means, or an answer that asks which one.

    Raise `BadRequest` if there is no text, and `NotFound` if nothing matches.
    """
    if not words:
        raise BadRequest(
            "Which record?",
            text("Write {command} and its number, its link, or a few words.", command=purpose.command),
        )
    return choose_match(services, await from_text(services, words, person), purpose, words)


def choose_match(
    services: Services, matches: Sequence[Match], purpose: RecordPurpose, words: str, *, begin: int = 0
) -> RecordRef | Answer:
    """Return the only match, or an answer that asks which one; raise `NotFound` if there is none.

    The records match the text. `begin`: the index of the first one on the page.
    """
    _require_match(matches)
    if len(matches) == 1:
        return match_record(matches[0])
    return _choice(services, [match for match in matches if isinstance(match, Hit)], purpose, words, begin)


async def offer_choice(
    services: Services, words: str, person: Person, purpose: RecordPurpose, *, begin: int = 0
) -> Answer:
    """Return an answer that asks which record, even if only one matches; raise `NotFound` if there is none."""
    hits = await hits_from_text(services, words, person, begin=begin)
    _require_match(hits)
    return _choice(services, hits, purpose, words, begin)


async def button_data(services: Services, words: str) -> ActionData:
    """Return the data of a button for this text: the record of its only link, or else the text.

    The text is searched when someone selects the button, with the rights of that person.
    """
    references = parse_references(words)
    records = await linked_records(services, references)
    is_one = len(records) == 1 and not references.numbers
    return record_data(records[0]) if is_one else {QUERY: query_text(services, words)}


def _require_match(matches: Sequence[Match]) -> None:
    if not matches:
        raise NotFound("No record found.", "Check the number, or paste the record's link.")


def _choice(services: Services, hits: Sequence[Hit], purpose: RecordPurpose, words: str, begin: int) -> Answer:
    """Return a page of the results. If there is another one, their number is not known."""
    found = len(hits)
    begin = page_offset(begin, found, MAX_CHOICES)
    shown = hits[begin : begin + MAX_CHOICES]
    turns = page_turns(purpose.choice_button(services, words), offset=begin, total=found, size=MAX_CHOICES)
    view = ChoiceView(
        question=purpose.question,
        rows=tuple(_row(hit, purpose) for hit in shown),
        hint="" if are_named_exactly(shown, parse_references(words)) else _HINT,
        offset=begin,
        total=found if found == begin + len(shown) else None,
        turns=turns,
    )
    return Answer(message=choice(view), is_question=True)


def _row(hit: Hit, purpose: RecordPurpose) -> ChoiceRow:
    button = replace(purpose.button, payload={**record_data(hit.record), **purpose.button.payload})
    return ChoiceRow(
        kind=hit.kind, name=hit.name, number=hit.number, detail=details(hit.detail, hit.place), button=button
    )
