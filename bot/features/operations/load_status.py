"""Load the state of a chat's connections: the last changes and cards, and any problems (spec M2)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.chat_sync import SyncedRow, SyncProblem, is_sync_on, sync_state
from bot.domain.queue_states import ChatState, ConnectionState
from bot.domain.subscription_problems import find_problem
from bot.domain.subscriptions import TOPICS, chat_target
from bot.domain.texts import sentences, text
from bot.domain.values import Chat, ChatId, Connection, Person
from bot.features.chat_sync.status_texts import ONLY_MENTIONS, SYNC_IS_OFF, describe_sync_state
from bot.features.notifications.why import MAX_DECISIONS, decision_lines
from bot.features.shared import access
from bot.features.shared.active_mutes import ActiveMutes, active_mutes
from bot.features.shared.answers import resume_button
from bot.features.shared.failure_texts import (
    describe_drop,
    describe_event_failure,
    describe_failure,
    is_chat_failure,
)
from bot.features.shared.readable_records import readable_records
from bot.features.shared.services import Services
from bot.store.unit_of_work import UnitOfWork
from cards.chat_status import Decision, Paused, PendingCards, StatusRow, SyncIssue
from cards.notifications.mute import MuteState
from cards.record import RecordHeader

_ALL_DECISIONS = 20
"""Decisions of all rows, for which a card has room."""
_FEWEST_DECISIONS = 2
_TURNED_OFF = frozenset({SyncProblem.CHATS_OFF, SyncProblem.SYNC_OFF, SyncProblem.CHANNEL})


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatStatus:
    """The state of some connections of a chat, as one person may see it."""

    rows: Sequence[tuple[Connection, StatusRow]]
    """The connections whose records the person can open."""
    hidden: int
    """Number of the other ones."""
    mute: MuteState | None
    """The mute of the whole chat; None if it is not muted."""
    delay_reason: str
    """The reason why the chat's name reaches the record's timeline late, and what to do about it."""
    sync_off_reason: str
    messages_note: str


async def load_chat_status(
    services: Services, chat: Chat, person: Person, connections: Sequence[Connection]
) -> ChatStatus:
    """Return the state of these connections; raise `NotAllowed` or `Unavailable`. The caller checks the membership."""
    async with services.store.reading() as work:
        states = [await work.queue_states.connection_state(connection) for connection in connections]
        chat_state = await work.queue_states.chat_state(chat.id)
        delay_reason = await _delay_reason(services, work, chat.id)
        synced_rows = await work.chat_sync.get_rows([connection.id for connection in connections])
        sync_failure = (await work.chat_sync.failures([chat.id])).get(chat.id, "")
    sync_issues = [
        await _sync_issue(services, chat, each, synced_rows.get(each.id), sync_failure) for each in connections
    ]
    mutes = await active_mutes(services, chat.id, connections)
    found = await _rows(services, connections, states, sync_issues, chat_state, person)
    at_most = max(_FEWEST_DECISIONS, min(MAX_DECISIONS, _ALL_DECISIONS // max(1, len(found))))
    synced = [each for each in connections if each.id in synced_rows]
    return ChatStatus(
        rows=[(each, await _with_decisions(services, person, mutes, each, row, at_most)) for each, row in found],
        hidden=len(connections) - len(found),
        mute=mutes.of_chat,
        delay_reason=delay_reason,
        sync_off_reason=await _sync_off_reason(services, synced),
        messages_note=await _messages_note(services, synced),
    )


async def _rows(
    services: Services,
    connections: Sequence[Connection],
    states: Sequence[ConnectionState],
    sync_issues: Sequence[SyncIssue | None],
    chat_state: ChatState,
    person: Person,
) -> Sequence[tuple[Connection, StatusRow]]:
    records = await readable_records(services, connections, person)
    return [
        (connection, replace(await _row(services, connection, state, chat_state, record), sync_issue=sync_issue))
        for connection, state, sync_issue, record in zip(connections, states, sync_issues, records, strict=True)
        if record
    ]


async def _with_decisions(
    services: Services, person: Person, mutes: ActiveMutes, connection: Connection, row: StatusRow, at_most: int
) -> StatusRow:
    """Return the row with its mute and the last decisions, fewer if the page shows many records."""
    actor = await access.require_permitted(services, connection.record.environment, person)
    lines = await decision_lines(services, connection, actor, at_most=at_most)
    decisions = tuple(Decision(at=each.at, text=each.text, until=each.until) for each in lines if each.at)
    return replace(row, mute=mutes.of_records.get(connection.id), decisions=decisions)


async def _row(
    services: Services, connection: Connection, state: ConnectionState, chat_state: ChatState, record: RecordHeader
) -> StatusRow:
    paused_at, dead_letter = connection.paused_at, state.dead_letter_reason
    return StatusRow(
        record=record,
        last_change_at=state.last_event_at,
        last_card_at=state.last_sent_at,
        disabled_reason=await _disabled_reason(services, connection),
        paused=Paused(since=paused_at, reason=describe_failure(connection.paused_reason or "")) if paused_at else None,
        event_failure=describe_event_failure(state.event_failure) if state.event_failure else "",
        pending=_pending_cards(services, state, chat_state),
        rejected_reason=describe_failure(dead_letter) if dead_letter and not is_chat_failure(dead_letter) else "",
        dropped_reason=describe_drop(state.drop_reason) if state.drop_reason else "",
    )


async def _sync_issue(
    services: Services, chat: Chat, connection: Connection, row: SyncedRow | None, sync_failure: str
) -> SyncIssue | None:
    """Return why the record's timeline does not show the chat. Reasons that apply to all records are left out."""
    settings = await services.administration.settings(connection.record.environment)
    state = sync_state(settings, chat.kind, row, ended=False, now=services.clock.now(), stuck=sync_failure)
    if state.problem in _TURNED_OFF or (state.problem is None and not state.failure):
        return None
    reason = describe_sync_state(state, idle_days=settings.organization.sync_idle_days)
    resume = resume_button(connection) if state.problem and state.problem.can_be_resumed else None
    return SyncIssue(reason=reason, since=state.idle_since, resume=resume)


async def _sync_off_reason(services: Services, synced: Sequence[Connection]) -> str:
    """Return the sentence that sync is off, if synced connections are no longer updated; otherwise an empty text."""
    settings = [await services.administration.settings(each.record.environment) for each in synced]
    if not any(each.organization.chats_on and not each.organization.sync_on for each in settings):
        return ""
    return SYNC_IS_OFF


async def _messages_note(services: Services, synced: Sequence[Connection]) -> str:
    """Return the sentence that not all messages count, if a timeline shows the chat; otherwise an empty text."""
    settings = [await services.administration.settings(each.record.environment) for each in synced]
    return "" if services.message_events or not any(map(is_sync_on, settings)) else ONLY_MENTIONS


async def _disabled_reason(services: Services, connection: Connection) -> str:
    """Return the setting that prevents cards about changes; empty if there is none."""
    record = connection.record
    if not await services.administration.chats_on(record.environment):
        return access.chats_off().text
    record_type = await access.enabled_record_type(services, record.environment, record.table)
    if record_type is None:
        return text("Your administrator turned off chats for records of this type.")
    if not record_type.notify or not record_type.key_fields:
        return text("Cards about changes are turned off for records of this type.")
    return ""


async def _delay_reason(services: Services, work: UnitOfWork, chat: ChatId) -> str:
    """Return why the chat's name and members reach its Dataverse rows late; empty if they do not, or do not matter."""
    synced = await work.chat_sync.active_connections([chat])
    settings = [await services.administration.settings(each.connection.record.environment) for each in synced]
    if not any(map(is_sync_on, settings)):
        return ""
    targets = (TOPICS, chat_target(chat))
    problem = find_problem(await work.subscriptions.get_many(targets), targets)
    return sentences(problem.description, problem.next_step) if problem else ""


def _pending_cards(services: Services, state: ConnectionState, chat_state: ChatState) -> PendingCards | None:
    if not state.pending:
        return None
    next_attempt = chat_state.next_attempt_at
    reason = describe_failure(chat_state.failure) if chat_state.failure else ""
    is_later = next_attempt is not None and next_attempt > services.clock.now()
    return PendingCards(cards=state.pending, reason=reason, until=next_attempt if is_later else None)
