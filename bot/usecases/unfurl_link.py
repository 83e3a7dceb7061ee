"""A pasted record link becomes a card (spec U1, U3)."""

from dataclasses import dataclass, replace

from bot.domain.context_card import note_columns, note_facts
from bot.domain.errors import NotFound, NotSupported
from bot.domain.record_links import Links
from bot.domain.record_types import Disclosure, RecordType
from bot.domain.tables import Column, Table
from bot.domain.values import Person, RecordRef
from bot.ports import Administration, Records
from bot.usecases.answers import Answer, connect_button, head_of, name_columns
from bot.usecases.gates import Gates
from cards.link_card import LinkView, link_card
from cards.record import Fact, RecordHead


@dataclass(frozen=True, slots=True, kw_only=True)
class UnfurlLink:
    """Makes the card of a link. Everybody in the chat sees it, so it tells no more than the administrator lets it."""

    records: Records
    administration: Administration
    gates: Gates
    links: Links

    async def __call__(self, address: str, person: Person) -> Answer | None:
        """The card; None where there is to be no card: another host, a list, a table that is not enabled.

        Raises `NotAllowed` where the person cannot open the record, and `Unavailable`.
        """
        link = self.links.parse(address)
        if link is None or not await self.administration.chats_on(link.environment):
            return None
        try:
            table_name = link.table or (await self.records.table_by_code(link.environment, link.type_code or 0)).name
            record_type = await self.gates.record_type(link.environment, table_name)
        except (NotFound, NotSupported):
            return None
        record = RecordRef(environment=link.environment, table=table_name, row_id=link.row_id)
        return Answer(message=link_card(await self._view(record, record_type, person)))

    async def _view(self, record: RecordRef, record_type: RecordType, person: Person) -> LinkView:
        # One after the other: the table is in memory but for its first time, and two tasks cost more than it does.
        table = await self.records.table(record.environment, record.table)
        actor = await self.gates.actor(record.environment, person)
        columns = await self._note_columns(record, record_type, table)
        # Read whatever is told of it: that the person can open the record is what the card is for.
        row = await self.gates.row(record, table, [*name_columns(table), *columns], actor)
        facts = tuple(Fact(label=label, value=value) for label, value in note_facts(columns, row))
        head = _told(head_of(self.links, table, record, row), record_type.disclosure)
        return LinkView(record=head, connect=connect_button(record), facts=facts)

    async def _note_columns(self, record: RecordRef, record_type: RecordType, table: Table) -> tuple[Column, ...]:
        if record_type.disclosure is not Disclosure.FIELDS:
            return ()
        view = await self.records.note_view(record.environment, table.name, record_type.note_view)
        return note_columns(view, table, leave_out_secured=record_type.leave_out_secured)


def _told(head: RecordHead, disclosure: Disclosure) -> RecordHead:
    """What everybody in the chat is told of the record (spec U1)."""
    match disclosure:
        case Disclosure.NOTHING:
            return replace(head, kind="Dynamics 365 record", name=None, number=None)
        case Disclosure.TABLE:
            return replace(head, name=None, number=None)
        case _:
            return head
