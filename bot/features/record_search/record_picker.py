"""The record inputs of a dialog page: a list of records, a text input, and the record of a quoted message."""

import asyncio
from collections.abc import Awaitable, Sequence
from itertools import accumulate

from bot.domain.public_names import Dataset, QuotedField
from bot.domain.record_links import RecordLinks
from bot.domain.texts import details, text
from bot.domain.values import Person, RecordRef
from bot.features.record_search.find_records import MAX_CHOICES, Hit, find_one, find_records, named_record
from bot.features.record_search.resolver import Match, from_text, match_record
from bot.features.shared.access import require_can_start
from bot.features.shared.action_data import ActionData, parse_link
from bot.features.shared.services import Services
from cards.inputs import MAX_TITLE_LENGTH, Choice
from cards.record_inputs import RECORD, WORDS, RecordInputs

_MAX_CHOICE_BYTES = 3_500
"""Size of all choices on a page in bytes: enough for fifteen records with names of average length."""

_SEPARATOR = "|"
"""Separates the parts of a record in the value of a choice."""


async def selected_records(services: Services, person: Person, data: ActionData) -> Sequence[Match]:
    """Return the records that match the text input, or else the record that was selected in the list.

    The result is empty if nothing was entered or matches, and has several records if the text is ambiguous.
    """
    words = data.get(WORDS, "").strip()
    if words:
        return await from_text(services, words, person)
    record = parse_choice(data, services.links)
    return [record] if record else []


async def prefilled_record(services: Services, person: Person, data: ActionData) -> Hit | None:
    """Return the record that was selected before, or else the first one that the quoted message links to.

    Return None if the person cannot read it.
    """
    record = parse_choice(data, services.links)
    addresses = data.get(QuotedField.ADDRESSES, "").split("\n")
    link = next((link for link in map(services.links.parse, addresses) if link), None)
    if record is None and link:
        record = await named_record(services, link)
    return await find_one(services, record, person) if record else None


async def record_inputs(
    services: Services, person: Person, data: ActionData, selected: Hit | None, matches: Sequence[Match] = ()
) -> RecordInputs:
    """Return the inputs with their current values, or with the matches if there are several."""
    return _inputs(data, selected, matches, await find_records(services, person, ""))


async def load_record_inputs(
    services: Services,
    person: Person,
    data: ActionData,
    selected: Awaitable[Hit | None],
    matches: Sequence[Match] = (),
) -> tuple[Hit | None, RecordInputs]:
    """Return the selected record and the inputs; raise `NotAllowed` if the person may not use chats.

    All requests run at the same time, because each of them is slow.
    """
    _, record, newest = await asyncio.gather(
        require_can_start(services, person, None), selected, find_records(services, person, "")
    )
    return record, _inputs(data, record, matches, newest)


def _inputs(data: ActionData, selected: Hit | None, matches: Sequence[Match], newest: Sequence[Hit]) -> RecordInputs:
    several = [record_choice(match) for match in matches if isinstance(match, Hit)] if len(matches) > 1 else []
    several = several[:MAX_CHOICES]
    return RecordInputs(
        choices=initial_choices(newest),
        dataset=Dataset.RECORDS,
        selected=record_choice(selected).title if selected and not several else "",
        hits=several,
        words="" if several else data.get(WORDS, ""),
    )


def record_problem(matches: Sequence[Match], data: ActionData) -> str:
    """Return the message for a page on which the record is missing or ambiguous."""
    if len(matches) > MAX_CHOICES:
        return text("Choose a record. More records match: write more of the name to find them.")
    if len(matches) > 1:
        return text("Choose a record.")
    if data.get(WORDS, "").strip():
        return text("No record found.")
    return text("Choose a record, or enter its number, its link, or a few words.")


def single(matches: Sequence[Match]) -> RecordRef:
    """Return the record of the only match."""
    (match,) = matches
    return match_record(match)


def parse_choice(data: ActionData, links: RecordLinks) -> RecordRef | None:
    """Return the record that was selected in the list, or else the record of the button; None if there is neither."""
    if data.get(RECORD):
        environment, table, row = [*data[RECORD].split(_SEPARATOR), "", ""][:3]
        data = {"environment": environment, "table": table, "row": row}
    if "row" not in data:
        return None
    link = parse_link(data, links)
    return RecordRef(environment=link.environment, table=link.table or "", row_id=link.row_id)


def initial_choices(newest: Sequence[Hit]) -> Sequence[Choice]:
    """Return the records to list before the person types, up to the size that fits beside a long message."""
    choices = [record_choice(hit) for hit in newest]
    sizes = accumulate(len((each.title[:MAX_TITLE_LENGTH] + each.value).encode(errors="replace")) for each in choices)
    return [choice for choice, size in zip(choices, sizes, strict=True) if size <= _MAX_CHOICE_BYTES]


def record_choice(hit: Hit) -> Choice:
    """Return the record as a choice of a list."""
    title = details(hit.number or "", hit.name, hit.kind, hit.place)
    return Choice(title=title, value=_SEPARATOR.join((hit.record.environment, hit.record.table, hit.record.row_id)))
