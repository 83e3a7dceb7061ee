"""What a chat was told last of its records, and what is in the way (spec M2)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.chat_sync import SyncedRow, is_sync_on, sync_state
from bot.domain.chat_sync import SyncProblem as Reason
from bot.domain.public_names import Command
from bot.domain.queue_states import ChatState, ConnectionState
from bot.domain.subscription_problems import find_problem
from bot.domain.subscriptions import TOPICS, chat_target
from bot.domain.values import Chat, ChatId, Connection, Person
from bot.features.chat_sync.status_texts import SYNC_IS_OFF, describe_sync_state
from bot.features.connections.list_records import SHOWN, nothing_connected
from bot.features.shared import access
from bot.features.shared.answers import Answer, resume_button
from bot.features.shared.failure_texts import describe_event_failure, describe_failure, is_chat_failure
from bot.features.shared.readable_records import readable_records
from bot.features.shared.routes import CommandHandler
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from bot.store.unit_of_work import UnitOfWork
from cards.chat_status import ChatStatusView, Paused, PendingCards, StatusRow, SyncIssue, chat_status
from cards.record import RecordHeader

_TURNED_OFF = frozenset({Reason.CHATS_OFF, Reason.SYNC_OFF, Reason.CHANNEL})


async def show_status(services: Services, chat: Chat, person: Person) -> Answer:
    """A row for each record, the newest connection first."""
    async with services.store.reading() as work:
        connections = list(reversed(await work.connections.for_chat(chat.id)))
        shown = connections[:SHOWN]
        states = [await work.queue_states.connection_state(connection) for connection in shown]
        chat_state = await work.queue_states.chat_state(chat.id)
        late = await _late(services, work, chat.id)
        synced = await work.chat_sync.get_rows([connection.id for connection in shown])
        stuck = (await work.chat_sync.failures([chat.id])).get(chat.id, "")
    if not connections:
        return nothing_connected()
    await access.require_member(services, chat, person)
    unsynced = [await _unsynced(services, chat, each, synced.get(each.id), stuck) for each in shown]
    rows = await _rows(services, shown, states, unsynced, chat_state, person)
    more = len(connections) - len(shown)
    sync_off = await _sync_off(services, [each for each in shown if each.id in synced])
    view = ChatStatusView(
        rows=rows, hidden=len(shown) - len(rows), more=more, delay_reason=late, sync_off_reason=sync_off
    )
    return Answer(message=chat_status(view))


async def _rows(
    services: Services,
    shown: Sequence[Connection],
    states: Sequence[ConnectionState],
    unsynced: Sequence[SyncIssue | None],
    chat_state: ChatState,
    person: Person,
) -> tuple[StatusRow, ...]:
    heads = await readable_records(services, shown, person)
    every = zip(shown, states, unsynced, heads, strict=True)
    return tuple(
        [
            replace(await _row(services, each, state, chat_state, head), sync_issue=lacking)
            for each, state, lacking, head in every
            if head
        ]
    )


async def _row(
    services: Services, connection: Connection, state: ConnectionState, chat_state: ChatState, head: RecordHeader
) -> StatusRow:
    paused_at, given_up = connection.paused_at, state.dead_letter_reason
    return StatusRow(
        record=head,
        last_change_at=state.last_event_at,
        last_card_at=state.last_sent_at,
        disabled_reason=await _off(services, connection),
        paused=Paused(since=paused_at, reason=describe_failure(connection.paused_reason or "")) if paused_at else None,
        event_failure=describe_event_failure(state.event_failure) if state.event_failure else "",
        pending=_held(services, state, chat_state),
        rejected_reason=describe_failure(given_up) if given_up and not is_chat_failure(given_up) else "",
    )


async def _unsynced(
    services: Services, chat: Chat, connection: Connection, activity: SyncedRow | None, stuck: str
) -> SyncIssue | None:
    """Why the record's timeline does not show the chat; what is turned off for all is not said of each."""
    settings = await services.administration.settings(connection.record.environment)
    state = sync_state(settings, chat.kind, activity, ended=False, now=services.clock.now(), stuck=stuck)
    if state.problem in _TURNED_OFF or (state.problem is None and not state.failure):
        return None
    words = describe_sync_state(state, idle_days=settings.organization.sync_idle_days)
    resume = resume_button(connection.id) if state.problem and state.problem.can_be_resumed else None
    return SyncIssue(reason=words, since=state.idle_since, resume=resume)


async def _sync_off(services: Services, synced: Sequence[Connection]) -> str:
    """That sync is turned off, where that keeps what was shown from being kept true; empty where it does not."""
    settings = [await services.administration.settings(each.record.environment) for each in synced]
    if not any(each.organization.chats_on and not each.organization.sync_on for each in settings):
        return ""
    return SYNC_IS_OFF


async def _off(services: Services, connection: Connection) -> str:
    """What of the settings keeps changes from being told."""
    record = connection.record
    if not await services.administration.chats_on(record.environment):
        return "Your administrator turned off chats for Dynamics 365."
    record_type = (await services.administration.record_types(record.environment)).get(record.table)
    if record_type is None or not record_type.enabled:
        return "Your administrator turned off chats for records of this type."
    if not record_type.notify or not record_type.key_fields:
        return "Cards about changes are turned off for records of this type."
    return ""


async def _late(services: Services, work: UnitOfWork, chat: ChatId) -> str:
    """Why the chat's name and members reach its rows in Dataverse late; empty where they do not, or need not."""
    synced = await work.chat_sync.active_connections([chat])
    settings = [await services.administration.settings(each.connection.record.environment) for each in synced]
    if not any(is_sync_on(each) for each in settings):
        return ""
    watches = (TOPICS, chat_target(chat))
    found = find_problem(await work.subscriptions.get_many(watches), watches)
    return f"{found.description} {found.next_step}" if found else ""


def _held(services: Services, state: ConnectionState, chat_state: ChatState) -> PendingCards | None:
    if not state.pending:
        return None
    at, now = chat_state.next_attempt_at, services.clock.now()
    why = describe_failure(chat_state.failure) if chat_state.failure else ""
    return PendingCards(cards=state.pending, reason=why, until=at if at and at > now else None)


async def _status(services: Services, turn: Turn, _rest: str) -> Answer:
    return await show_status(services, turn.chat, turn.person)


COMMANDS: Mapping[str, CommandHandler] = {Command.STATUS: _status}
