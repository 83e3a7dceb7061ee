"""What a chat was told last of its records, and what is in the way (spec M2)."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.record_links import Links
from bot.domain.trouble import event_in_words, in_words, is_of_chat
from bot.domain.values import Chat, Connection, Person
from bot.ports import Administration, ChatState, Clock, ConnectionState, Store
from bot.usecases.answers import Answer
from bot.usecases.gates import Gates
from bot.usecases.list_records import SHOWN, nothing_connected
from bot.usecases.readable import readable
from cards.chat_status import ChatStatusView, Held, Paused, StatusRow, chat_status
from cards.record import RecordHead


@dataclass(frozen=True, slots=True, kw_only=True)
class TellStatus:
    """Tells it of the records that the person may see."""

    store: Store
    administration: Administration
    gates: Gates
    links: Links
    clock: Clock

    async def __call__(self, chat: Chat, person: Person) -> Answer:
        """A row for each record, the newest connection first."""
        async with self.store.reading() as work:
            connections = list(reversed(await work.connections.in_chat(chat.id)))
            shown = connections[:SHOWN]
            states = [await work.overview.of_connection(connection) for connection in shown]
            chat_state = await work.overview.of_chat(chat.id)
        if not connections:
            return nothing_connected()
        await self.gates.member(chat, person)
        rows = await self._rows(shown, states, chat_state, person)
        view = ChatStatusView(rows=rows, hidden=len(shown) - len(rows), more=len(connections) - len(shown))
        return Answer(message=chat_status(view))

    async def _rows(
        self,
        shown: Sequence[Connection],
        states: Sequence[ConnectionState],
        chat_state: ChatState,
        person: Person,
    ) -> tuple[StatusRow, ...]:
        heads = await readable(self.gates, self.links, shown, person)
        every = zip(shown, states, heads, strict=True)
        return tuple([await self._row(each, state, chat_state, head) for each, state, head in every if head])

    async def _row(
        self, connection: Connection, state: ConnectionState, chat_state: ChatState, head: RecordHead
    ) -> StatusRow:
        paused_at, given_up = connection.paused_at, state.given_up
        return StatusRow(
            record=head,
            last_change_at=state.last_event_at,
            last_card_at=state.last_sent_at,
            off=await self._off(connection),
            paused=Paused(since=paused_at, why=in_words(connection.paused_reason or "")) if paused_at else None,
            not_told=event_in_words(state.untold) if state.untold else "",
            held=self._held(state, chat_state),
            refused=in_words(given_up) if given_up and not is_of_chat(given_up) else "",
        )

    async def _off(self, connection: Connection) -> str:
        """What of the settings keeps changes from being told."""
        record = connection.record
        if not await self.administration.chats_on(record.environment):
            return "Your administrator has turned chats off for Dynamics 365."
        record_type = (await self.administration.record_types(record.environment)).get(record.table)
        if record_type is None or not record_type.enabled:
            return "Your administrator has turned chats off for records of this type."
        if not record_type.notify or not record_type.key_fields:
            return "Cards about changes are turned off for records of this type."
        return ""

    def _held(self, state: ConnectionState, chat_state: ChatState) -> Held | None:
        if not state.waiting:
            return None
        at, now = chat_state.not_before, self.clock.now()
        why = in_words(chat_state.trouble) if chat_state.trouble else ""
        return Held(cards=state.waiting, why=why, until=at if at and at > now else None)
