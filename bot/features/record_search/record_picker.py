"""Which record a page is about: chosen from a list, written, or linked in the message that it was opened from."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from bot.domain.public_names import Dataset, QuotedField
from bot.domain.record_links import RecordLinks
from bot.domain.values import Person, RecordRef
from bot.features.new_chats.plan_chat import PlanChat
from bot.features.record_search.find_records import FindRecords, Hit
from bot.features.shared.action_data import Claims, record_in
from cards.inputs import MAX_TITLE_LENGTH, Choice
from cards.record_inputs import RECORD, WORDS, RecordInputs

_ROOM = 3_500
"""Bytes of a page for the records that it lists: fifteen with names of a usual length."""

_PARTS = "|"
"""Stands between the parts of a record's name in a list of choices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedRecords:
    """Reads what was filled in, and fills it in for the next page."""

    plan: PlanChat
    find: FindRecords
    links: RecordLinks

    async def named(self, person: Person, claims: Claims) -> Sequence[Hit | RecordRef]:
        """What is meant: what was written, else the record that was chosen; several where that is not clear."""
        words = claims.get(WORDS, "").strip()
        if words:
            return await self.plan.find_record(person, words)
        record = record_of(claims, self.links)
        return [record] if record else []

    async def about(self, person: Person, claims: Claims) -> Hit | None:
        """The record that was chosen before, else the first that the message links to, where the person may read it."""
        record = record_of(claims, self.links)
        linked = (each for each in claims.get(QuotedField.ADDRESSES, "").split("\n") if self.links.parse(each))
        address = next(linked, None)
        if record is None and address:
            record = await self.find.by_link(address)
        return await self.find.one(record, person) if record else None

    async def inputs(
        self, person: Person, claims: Claims, about: Hit | None, found: Sequence[Hit | RecordRef] = ()
    ) -> RecordInputs:
        """The inputs: with the records that were found where they are several, else as they were filled in."""
        return _inputs(claims, about, found, await self.plan.find_records(person, ""))

    async def asked(
        self, person: Person, claims: Claims, about: Awaitable[Hit | None], found: Sequence[Hit | RecordRef] = ()
    ) -> tuple[Hit | None, RecordInputs]:
        """What the page is about and its inputs, for who may start a chat; asked for all at once, as it takes long."""
        _, known, newest = await asyncio.gather(
            self.plan.require(person, None), about, self.plan.find_records(person, "")
        )
        return known, _inputs(claims, known, found, newest)


def _inputs(claims: Claims, about: Hit | None, found: Sequence[Hit | RecordRef], newest: Sequence[Hit]) -> RecordInputs:
    several = [record_choice(each) for each in found if isinstance(each, Hit)] if len(found) > 1 else []
    return RecordInputs(
        choices=listed(newest),
        dataset=Dataset.RECORDS,
        selected=record_choice(about).title if about and not several else "",
        hits=several,
        words="" if several else claims.get(WORDS, ""),
    )


def wrong_record(found: Sequence[Hit | RecordRef], claims: Claims) -> str:
    """What to say of a record that is not clear."""
    if len(found) > 1:
        return "Choose a record."
    return "No record fits these words." if claims.get(WORDS, "").strip() else "Choose a record, or write which."


def only(found: Sequence[Hit | RecordRef]) -> RecordRef:
    """The record, where there is one."""
    (record,) = found
    return record.record if isinstance(record, Hit) else record


def record_of(claims: Claims, links: RecordLinks) -> RecordRef | None:
    """The record that was chosen or came with the button; None for none."""
    if claims.get(RECORD):
        environment, table, row = [*claims[RECORD].split(_PARTS), "", ""][:3]
        return record_in({"environment": environment, "table": table, "row": row}, links)
    return record_in(claims, links) if "row" in claims else None


def listed(newest: Sequence[Hit]) -> Sequence[Choice]:
    """Records to choose from before somebody types, as far as a page has room for them beside a long message."""
    choices = [record_choice(each) for each in newest]
    sizes = accumulate(len((each.title[:MAX_TITLE_LENGTH] + each.value).encode(errors="replace")) for each in choices)
    return [choice for choice, size in zip(choices, sizes, strict=True) if size <= _ROOM]


def record_choice(hit: Hit) -> Choice:
    """A record in a list of choices."""
    title = " · ".join(part for part in (hit.number, hit.name, hit.kind, hit.place) if part)
    return Choice(title=title, value=_PARTS.join((hit.record.environment, hit.record.table, hit.record.row_id)))
