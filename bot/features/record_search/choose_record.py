"""Which record somebody means by what they wrote, and the choice where several fit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.errors import BadRequest, NotFound
from bot.domain.public_names import QUIET, Command, Verb
from bot.domain.values import Person, RecordRef
from bot.features.record_search.find_records import (
    SHOWN,
    Hit,
    normalize_query,
    record_by_link,
    records_by_words,
)
from bot.features.record_search.resolver import QUERY, Match, from_text, match_record
from bot.features.shared.action_data import ActionData
from bot.features.shared.answers import Answer, record_data
from bot.features.shared.services import Services
from cards.buttons import ActionButton
from cards.choice import ChoiceRow, ChoiceView, choice


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPurpose:
    """What is to be done with a record, once it is clear which."""

    command: Command
    question: str
    press: ActionButton
    title: str = ""
    """What stands before the record's number, where something is shown of it."""


CONNECT = RecordPurpose(
    command=Command.CONNECT,
    question="Which record should this chat be connected to?",
    press=ActionButton(title="Connect", verb=Verb.CONNECT, payload={}),
)
CONNECT_QUIETLY = replace(CONNECT, press=replace(CONNECT.press, payload={QUIET: QUIET}))
CHATS = RecordPurpose(
    command=Command.CHATS,
    question="The chats of which record?",
    press=ActionButton(title="Show chats", verb=Verb.CHATS, payload={}),
    title="Chats about",
)
TIMELINE = RecordPurpose(
    command=Command.TIMELINE,
    question="The timeline of which record?",
    press=ActionButton(title="Show timeline", verb=Verb.TIMELINE, payload={}),
    title="Timeline of",
)
PEOPLE = RecordPurpose(
    command=Command.SUGGEST,
    question="People for which record?",
    press=ActionButton(title="Show people", verb=Verb.SUGGEST, payload={}),
    title="People for",
)


async def choose_record(services: Services, asked: str, person: Person, wanted: RecordPurpose) -> RecordRef | Answer:
    """The record that is meant by its link, number or words; or the choice between several."""
    if not asked:
        raise BadRequest("Which record?", f"Write {wanted.command} and its number, its link or a few words.")
    return choose_match(await from_text(services, asked, person), wanted)


def choose_match(matches: Sequence[Match], wanted: RecordPurpose) -> RecordRef | Answer:
    """Return the only match, or an answer that asks which one; raise `NotFound` if there is none."""
    _require_match(matches)
    if len(matches) == 1:
        return match_record(matches[0])
    return _choose([match for match in matches if isinstance(match, Hit)], wanted)


async def offer_choice(services: Services, asked: str, person: Person, wanted: RecordPurpose) -> Answer:
    """The choice, also where there is only one by now."""
    hits = await records_by_words(services, asked, person)
    _require_match(hits)
    return _choose(hits, wanted)


def _require_match(matches: Sequence[Match]) -> None:
    if not matches:
        raise NotFound("No record fits these words.", "Check the number, or paste the record's link.")


async def button_data(services: Services, asked: str) -> ActionData:
    """What is meant as a button names it: only when it is pressed, words are looked for, as who presses."""
    record = await record_by_link(services, asked)
    return record_data(record) if record else {QUERY: normalize_query(asked)}


def _choose(hits: Sequence[Hit], wanted: RecordPurpose) -> Answer:
    rows = tuple(_row(hit, wanted) for hit in hits[:SHOWN])
    hint = "Not among them? Write more of its name, or its number."
    return Answer(message=choice(ChoiceView(question=wanted.question, rows=rows, more=0, hint=hint)))


def _row(hit: Hit, wanted: RecordPurpose) -> ChoiceRow:
    press = replace(wanted.press, payload={**record_data(hit.record), **wanted.press.payload})
    detail = " · ".join(each for each in (hit.detail, hit.place) if each)
    return ChoiceRow(kind=hit.kind, name=hit.name, number=hit.number, detail=detail, button=press)
