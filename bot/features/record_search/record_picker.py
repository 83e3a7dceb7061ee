"""Which record a page is about: chosen from a list, written, or linked in the message that it was opened from."""

import asyncio
from collections.abc import Awaitable, Sequence
from itertools import accumulate

from bot.domain.public_names import Dataset, QuotedField
from bot.domain.record_links import RecordLinks
from bot.domain.values import Person, RecordRef
from bot.features.record_search.find_records import Hit, find_one, find_records, record_by_link
from bot.features.record_search.resolver import from_text, match_record
from bot.features.shared.access import require_can_start
from bot.features.shared.action_data import ActionData, parse_record
from bot.features.shared.services import Services
from cards.inputs import MAX_TITLE_LENGTH, Choice
from cards.record_inputs import RECORD, WORDS, RecordInputs

_MAX_CHOICE_BYTES = 3_500
"""Bytes of a page for the records that it lists: fifteen with names of a usual length."""

_PARTS = "|"
"""Stands between the parts of a record's name in a list of choices."""


async def selected_records(services: Services, person: Person, data: ActionData) -> Sequence[Hit | RecordRef]:
    """What is meant: what was written, else the record that was chosen; several where that is not clear."""
    words = data.get(WORDS, "").strip()
    if words:
        return await from_text(services, words, person)
    record = parse_choice(data, services.links)
    return [record] if record else []


async def prefilled_record(services: Services, person: Person, data: ActionData) -> Hit | None:
    """The record that was chosen before, else the first that the message links to, where the person may read it."""
    record = parse_choice(data, services.links)
    linked = (each for each in data.get(QuotedField.ADDRESSES, "").split("\n") if services.links.parse(each))
    address = next(linked, None)
    if record is None and address:
        record = await record_by_link(services, address)
    return await find_one(services, record, person) if record else None


async def record_inputs(
    services: Services, person: Person, data: ActionData, about: Hit | None, found: Sequence[Hit | RecordRef] = ()
) -> RecordInputs:
    """The inputs: with the records that were found where they are several, else as they were filled in."""
    return _inputs(data, about, found, await find_records(services, person, ""))


async def load_record_inputs(
    services: Services,
    person: Person,
    data: ActionData,
    about: Awaitable[Hit | None],
    found: Sequence[Hit | RecordRef] = (),
) -> tuple[Hit | None, RecordInputs]:
    """What the page is about and its inputs, for who may start a chat; asked for all at once, as it takes long."""
    _, known, newest = await asyncio.gather(
        require_can_start(services, person, None), about, find_records(services, person, "")
    )
    return known, _inputs(data, known, found, newest)


def _inputs(
    data: ActionData, about: Hit | None, found: Sequence[Hit | RecordRef], newest: Sequence[Hit]
) -> RecordInputs:
    several = [record_choice(each) for each in found if isinstance(each, Hit)] if len(found) > 1 else []
    return RecordInputs(
        choices=initial_choices(newest),
        dataset=Dataset.RECORDS,
        selected=record_choice(about).title if about and not several else "",
        hits=several,
        words="" if several else data.get(WORDS, ""),
    )


def record_problem(found: Sequence[Hit | RecordRef], data: ActionData) -> str:
    """What to say of a record that is not clear."""
    if len(found) > 1:
        return "Choose a record."
    return "No record fits these words." if data.get(WORDS, "").strip() else "Choose a record, or write which."


def single(found: Sequence[Hit | RecordRef]) -> RecordRef:
    """The record, where there is one."""
    (match,) = found
    return match_record(match)


def parse_choice(data: ActionData, links: RecordLinks) -> RecordRef | None:
    """The record that was chosen or came with the button; None for none."""
    if data.get(RECORD):
        environment, table, row = [*data[RECORD].split(_PARTS), "", ""][:3]
        return parse_record({"environment": environment, "table": table, "row": row}, links)
    return parse_record(data, links) if "row" in data else None


def initial_choices(newest: Sequence[Hit]) -> Sequence[Choice]:
    """Records to choose from before somebody types, as far as a page has room for them beside a long message."""
    choices = [record_choice(each) for each in newest]
    sizes = accumulate(len((each.title[:MAX_TITLE_LENGTH] + each.value).encode(errors="replace")) for each in choices)
    return [choice for choice, size in zip(choices, sizes, strict=True) if size <= _MAX_CHOICE_BYTES]


def record_choice(hit: Hit) -> Choice:
    """A record in a list of choices."""
    title = " · ".join(part for part in (hit.number, hit.name, hit.kind, hit.place) if part)
    return Choice(title=title, value=_PARTS.join((hit.record.environment, hit.record.table, hit.record.row_id)))
