"""What a chat was told last of its records, and what is in the way (spec M2)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.clock import Clock
from bot.domain.chat_sync import ChatActivity, SyncState, is_effective, sync_state
from bot.domain.chat_sync import Unsynced as Reason
from bot.domain.queue_states import ChatState, ConnectionState
from bot.domain.record_links import Links
from bot.domain.subscription_problems import obstacle
from bot.domain.subscriptions import TOPICS, one_chat
from bot.domain.values import Chat, ChatId, Connection, Person
from bot.features.chat_sync.status_texts import sync_in_words
from bot.features.connections.list_records import SHOWN, nothing_connected
from bot.features.shared.access import Gates
from bot.features.shared.answers import Answer, resume_button
from bot.features.shared.failure_texts import event_in_words, in_words, is_of_chat
from bot.features.shared.readable_records import readable
from bot.store.administration import Administration
from bot.store.unit_of_work import Store, UnitOfWork
from cards.chat_status import ChatStatusView, Held, Paused, StatusRow, Unsynced, chat_status
from cards.record import RecordHead

_TURNED_OFF = frozenset({Reason.CHATS_OFF, Reason.SYNC_OFF, Reason.CHANNEL})


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
            late = await self._late(work, chat.id)
            synced = await work.chat_sync.get([connection.id for connection in shown])
            stuck = (await work.chat_sync.stuck([chat.id])).get(chat.id, "")
        if not connections:
            return nothing_connected()
        await self.gates.member(chat, person)
        unsynced = [await self._unsynced(chat, each, synced.get(each.id), stuck) for each in shown]
        rows = await self._rows(shown, states, unsynced, chat_state, person)
        more = len(connections) - len(shown)
        sync_off = await self._sync_off([each for each in shown if each.id in synced])
        view = ChatStatusView(rows=rows, hidden=len(shown) - len(rows), more=more, late=late, sync_off=sync_off)
        return Answer(message=chat_status(view))

    async def _rows(
        self,
        shown: Sequence[Connection],
        states: Sequence[ConnectionState],
        unsynced: Sequence[Unsynced | None],
        chat_state: ChatState,
        person: Person,
    ) -> tuple[StatusRow, ...]:
        heads = await readable(self.gates, self.links, shown, person)
        every = zip(shown, states, unsynced, heads, strict=True)
        return tuple(
            [
                replace(await self._row(each, state, chat_state, head), unsynced=lacking)
                for each, state, lacking, head in every
                if head
            ]
        )

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

    async def _unsynced(
        self, chat: Chat, connection: Connection, activity: ChatActivity | None, stuck: str
    ) -> Unsynced | None:
        """Why the record's timeline does not show the chat; what is turned off for all is not said of each."""
        settings = await self.administration.settings(connection.record.environment)
        state = sync_state(settings, chat.kind, activity, ended=False, now=self.clock.now(), stuck=stuck)
        if state.why in _TURNED_OFF or (state.why is None and not state.stuck):
            return None
        words = sync_in_words(state, idle_days=settings.organisation.sync_idle_days)
        resume = resume_button(connection.id) if state.why and state.why.can_be_resumed else None
        return Unsynced(why=words, since=state.since, resume=resume)

    async def _sync_off(self, synced: Sequence[Connection]) -> str:
        """That sync is turned off, where that keeps what was shown from being kept true; empty where it does not."""
        settings = [await self.administration.settings(each.record.environment) for each in synced]
        if not any(each.organisation.chats_on and not each.organisation.sync_on for each in settings):
            return ""
        words = sync_in_words(SyncState(why=Reason.SYNC_OFF), idle_days=0)
        return f"{words}. A Global Administrator turns it on in the settings."

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

    async def _late(self, work: UnitOfWork, chat: ChatId) -> str:
        """Why the chat's name and members reach its rows in Dataverse late; empty where they do not, or need not."""
        synced = await work.chat_sync.live([chat])
        settings = [await self.administration.settings(each.connection.record.environment) for each in synced]
        if not any(is_effective(each) for each in settings):
            return ""
        watches = (TOPICS, one_chat(chat))
        found = obstacle(await work.subscriptions.at(watches), watches)
        return f"{found.what} {found.next_step}" if found else ""

    def _held(self, state: ConnectionState, chat_state: ChatState) -> Held | None:
        if not state.waiting:
            return None
        at, now = chat_state.not_before, self.clock.now()
        why = in_words(chat_state.trouble) if chat_state.trouble else ""
        return Held(cards=state.waiting, why=why, until=at if at and at > now else None)
