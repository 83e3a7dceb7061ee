"""A pasted record link becomes a card (spec U1, U3)."""

from dataclasses import dataclass

from bot.domain.errors import NotFound, NotSupported
from bot.domain.record_links import Links
from bot.domain.values import Person, RecordRef
from bot.ports import Administration, Records
from bot.usecases.answers import Answer, connect_button, head_of, name_columns
from bot.usecases.gates import Gates
from cards.link_card import LinkView, link_card


@dataclass(frozen=True, slots=True, kw_only=True)
class UnfurlLink:
    """Makes the card of a link. Everybody in the chat sees it, so it tells no more than table, number and name."""

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
            await self.gates.record_type(link.environment, table_name)
        except (NotFound, NotSupported):
            return None
        record = RecordRef(environment=link.environment, table=table_name, row_id=link.row_id)
        return Answer(message=link_card(await self._view(record, person)))

    async def _view(self, record: RecordRef, person: Person) -> LinkView:
        # One after the other: the table is in memory but for its first time, and two tasks cost more than it does.
        table = await self.records.table(record.environment, record.table)
        actor = await self.gates.actor(record.environment, person)
        row = await self.gates.row(record, table, name_columns(table), actor)
        return LinkView(record=head_of(self.links, table, record, row), connect=connect_button(record))
