"""Ask which record a person means if their text matches several."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.errors import BadRequest, NotFound
from bot.domain.public_names import QUIET, Command, Verb
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
from cards.paging import page_buttons, page_offset

_HINT = "Not listed? Write more of its name, or its number."


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPurpose:
    """The command that needs a record, with its question and its button."""

    command: Command
    question: str
    button: ActionButton
    """The button of each choice, without the record."""
    title: str = ""
    """The text above a button that shows a private answer. `{record}` stands for the name of the record."""

    def choice_button(self, services: Services, text: str) -> ActionButton:
        """Return the button that shows the choice of the records that match the text."""
        verb = Verb.CHOOSE if self.command is Command.CONNECT else self.button.verb
        data = {**self.button.payload, QUERY: query_text(services, text)}
        return ActionButton(title="Show records", verb=verb, payload=data)


CONNECT = RecordPurpose(
    command=Command.CONNECT,
    question="Which record should this chat be connected to?",
    button=ActionButton(title="Connect", verb=Verb.CONNECT, payload={}),
)
CONNECT_QUIETLY = replace(CONNECT, button=replace(CONNECT.button, payload={QUIET: QUIET}))
CHATS = RecordPurpose(
    command=Command.CHATS,
    question="Show the chats of which record?",
    button=ActionButton(title="Show chats", verb=Verb.CHATS, payload={}),
    title="Chats about {record}",
)
TIMELINE = RecordPurpose(
    command=Command.TIMELINE,
    question="Show the timeline of which record?",
    button=ActionButton(title="Show timeline", verb=Verb.TIMELINE, payload={}),
    title="Timeline of {record}",
)
PEOPLE = RecordPurpose(
    command=Command.SUGGEST,
    question="Suggest people for which record?",
    button=ActionButton(title="Show people", verb=Verb.SUGGEST, payload={}),
    title="People for {record}",
)


async def choose_record(services: Services, text: str, person: Person, purpose: RecordPurpose) -> RecordRef | Answer:
    """Return the record that the text means, or an answer that asks which one.

    Raise `BadRequest` if there is no text, and `NotFound` if nothing matches.
    """
    if not text:
        raise BadRequest("Which record?", f"Write {purpose.command} and its number, its link, or a few words.")
    return choose_match(services, await from_text(services, text, person), purpose, text)


def choose_match(
    services: Services, matches: Sequence[Match], purpose: RecordPurpose, text: str, *, begin: int = 0
) -> RecordRef | Answer:
    """Return the only match, or an answer that asks which one; raise `NotFound` if there is none.

    The records match the text. `begin`: the index of the first one on the page.
    """
    _require_match(matches)
    if len(matches) == 1:
        return match_record(matches[0])
    return _choice(services, [match for match in matches if isinstance(match, Hit)], purpose, text, begin)


async def offer_choice(
    services: Services, text: str, person: Person, purpose: RecordPurpose, *, begin: int = 0
) -> Answer:
    """Return an answer that asks which record, even if only one matches; raise `NotFound` if there is none."""
    hits = await hits_from_text(services, text, person, begin=begin)
    _require_match(hits)
    return _choice(services, hits, purpose, text, begin)


async def button_data(services: Services, text: str) -> ActionData:
    """Return the data of a button for this text: the record of its only link, or else the text.

    The text is searched when someone selects the button, with the rights of that person.
    """
    references = parse_references(text)
    records = await linked_records(services, references)
    is_one = len(records) == 1 and not references.numbers
    return record_data(records[0]) if is_one else {QUERY: query_text(services, text)}


def _require_match(matches: Sequence[Match]) -> None:
    if not matches:
        raise NotFound("No record found.", "Check the number, or paste the record's link.")


def _choice(services: Services, hits: Sequence[Hit], purpose: RecordPurpose, text: str, begin: int) -> Answer:
    """Return a page of the results. If there is another one, their number is not known."""
    found = len(hits)
    begin = page_offset(begin, found, MAX_CHOICES)
    shown = hits[begin : begin + MAX_CHOICES]
    turns = page_buttons(purpose.choice_button(services, text), offset=begin, total=found, size=MAX_CHOICES)
    view = ChoiceView(
        question=purpose.question,
        rows=tuple(_row(hit, purpose) for hit in shown),
        hint="" if are_named_exactly(shown, parse_references(text)) else _HINT,
        offset=begin,
        total=found if found == begin + len(shown) else None,
        page_buttons=tuple(turns),
    )
    return Answer(message=choice(view), is_question=True)


def _row(hit: Hit, purpose: RecordPurpose) -> ChoiceRow:
    button = replace(purpose.button, payload={**record_data(hit.record), **purpose.button.payload})
    detail = " · ".join(text for text in (hit.detail, hit.place) if text)
    return ChoiceRow(kind=hit.kind, name=hit.name, number=hit.number, detail=detail, button=button)
