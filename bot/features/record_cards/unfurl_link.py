"""A pasted record link becomes a card (spec U1, U3, U4)."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.errors import HiddenRecord, NotFound, NotSupported
from bot.domain.note_fields import note_facts
from bot.domain.record_links import RecordLink, RecordLinks
from bot.domain.record_types import Disclosure
from bot.domain.tables import Column, Table
from bot.domain.values import Chat, Person
from bot.features.record_cards.resolve_link import FindLinkedRecord, LinkedRecord
from bot.features.record_cards.shared_card import told, told_card, told_link, untold
from bot.features.shared.access import Gates
from bot.features.shared.answers import Answer, head_of, name_columns
from bot.features.shared.roster_cache import FindReaders
from bot.ports.dataverse import Records
from bot.store.administration import Administration
from cards.link_card import add_app_card
from cards.record import RecordHeader

Told = tuple[RecordHeader, Sequence[tuple[str, str]]]

_NOBODY = Person(account_id="", object_id=None, name="")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnfurlLink:
    """Makes the card of a link. Everybody in the chat sees it, so it tells no more than the administrator lets it."""

    records: Records
    administration: Administration
    gates: Gates
    links: RecordLinks
    find: FindLinkedRecord
    readers: FindReaders

    async def __call__(self, link: RecordLink, person: Person, chat: Chat) -> Answer | None:
        """The card; None where there is to be no card: chats are off, or the table is not enabled.

        Raises `NotAllowed` where the person cannot open the record, and `Unavailable`.
        """
        linked = await self._linked(link, person)
        if linked is None:
            return None
        named = told_link(linked.record, linked.record_type.disclosure, link)
        (head, facts), accounts = await self.readers.beside(chat, self._read(linked, named, person))
        return Answer(message=told_card(named, head, facts, accounts=accounts))

    async def anonymous(self, link: RecordLink) -> Answer | None:
        """The card for somebody without the app, of whom nothing is known; None where there is to be no card."""
        return Answer(message=add_app_card()) if await self._linked(link, _NOBODY) else None

    async def _linked(self, link: RecordLink, person: Person) -> LinkedRecord | None:
        if not await self.administration.chats_on(link.environment):
            return None
        try:
            return await self.find(link, person)
        except (NotFound, NotSupported):
            return None

    async def _read(self, linked: LinkedRecord, named: RecordLink, person: Person) -> Told:
        # The table comes first: it is in memory but for its first time, and two tasks cost more than it does.
        record = linked.record
        table = await self.records.table(record.environment, record.table)
        columns = await self._told_columns(linked, table)
        try:
            # Read whatever is told of it: that the person can open the record is what the card is for.
            _, row = await self.gates.seen(record, table, [*name_columns(table), *columns], person)
        except HiddenRecord as error:
            raise untold(error, linked.record_type.disclosure) from error
        return told(head_of(self.links, table, named, row), linked.record_type.disclosure), note_facts(columns, row)

    async def _told_columns(self, linked: LinkedRecord, table: Table) -> tuple[Column, ...]:
        if linked.record_type.disclosure is not Disclosure.FIELDS:
            return ()
        leave_out = linked.record_type.leave_out_secured
        return await self.find.note_columns(linked, table, leave_out_secured=leave_out)
