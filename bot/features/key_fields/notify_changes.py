"""Notify chats of changed key fields and of lifecycle changes of a record (spec K2-K8, K12, V1)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.domain.formatting import canonical_value
from bot.domain.key_fields import (
    MAX_REPORTED_LENGTH,
    NetChange,
    RecordEvent,
    ReportedValue,
    value_before,
)
from bot.domain.notifications.decide import Decision, Outcome
from bot.domain.notifications.history import Closing, NewDecision
from bot.domain.notifications.own_changes import OwnChanges
from bot.domain.notifications.rules import Style
from bot.domain.outgoing_messages import OutgoingMessage
from bot.domain.record_lifecycle import is_news, lifecycle_before, stored_name
from bot.domain.reported_change import ReportedChange
from bot.domain.tables import OWNER, STATE
from bot.domain.values import ChatId, Connection, ConnectionId
from bot.features.key_fields.change_cards import ChangeCards, NewCard
from bot.features.key_fields.change_facts import change_to_decide, decided_columns, unknown_changes
from bot.features.key_fields.chat_rosters import ChatRosters, load_rosters
from bot.features.key_fields.follow_merge import follow_merge
from bot.features.key_fields.lifecycle_news import LifecycleNews, lifecycle_news
from bot.features.key_fields.owner_mentions import OwnerMentions, find_owner_accounts
from bot.features.key_fields.read_facts import ChangeDetails, load_change
from bot.features.key_fields.renamed_records import store_names
from bot.features.notifications.card_changes import RecordChange
from bot.features.notifications.decide_changes import (
    TURNED_OFF,
    Rulebook,
    count_decisions,
    load_rulebook,
    new_decision,
    puts_card,
)
from bot.features.notifications.live_card import update_live_cards
from bot.features.notifications.summary_card import MergedChange, merge_into_summary
from bot.features.shared.services import Services
from bot.store.unit_of_work import UnitOfWork
from cards.mentions import Mention


@dataclass(frozen=True, slots=True, kw_only=True)
class _Notifications:
    """Messages to enqueue and decisions, with the data to store about them."""

    decisions: list[NewDecision] = field(default_factory=list)
    messages: list[OutgoingMessage] = field(default_factory=list)
    reported_values: dict[tuple[ConnectionId, str], ReportedValue] = field(default_factory=dict)
    reported_changes: list[ReportedChange] = field(default_factory=list)
    named: list[Connection] = field(default_factory=list)
    """Connections whose chats are shown the name and number of the record."""
    shown: list[int] = field(default_factory=list)
    """Held changes whose columns are on a card now."""
    live: list[RecordChange] = field(default_factory=list)
    """Changes that live cards show."""
    merged: list[MergedChange] = field(default_factory=list)
    """Changes that summary cards show."""
    unchecked: Collection[ChatId] = ()
    """Chats whose cards mention the owner if they may. Nothing is stored before that is checked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """Everything that is the same for all chats connected to the record."""

    details: ChangeDetails
    rosters: ChatRosters
    mentions: OwnerMentions
    own: OwnChanges
    rulebook: Rulebook
    cards: ChangeCards


@dataclass(frozen=True, slots=True, kw_only=True)
class _ChangeOfChat:
    """A change of the record that one chat does not know yet, and the decision about it."""

    connection: Connection
    known: Mapping[str, ReportedValue]
    changes: Sequence[NetChange]
    news: Sequence[LifecycleNews]
    decision: Decision
    mention: Mention | None
    """The owner, if the change is urgent."""


async def notify_changes(services: Services, events: Sequence[RecordEvent]) -> None:
    """Enqueue the cards and complete the events of one record, in one transaction. Raises `Unavailable`."""
    details = await load_change(services, events)
    if details and details.merge_target and await follow_merge(services, details, details.merge_target, events):
        return
    rosters = await load_rosters(services, details)
    services.decision_counts[TURNED_OFF] += 0 if details else len(events)
    notifications = await _notify(services, details, rosters, events)
    if details and notifications.unchecked:
        owners = await find_owner_accounts(services, details, notifications.unchecked)
        notifications = await _notify(services, details, replace(rosters, owners=owners), events)
    count_decisions(services, notifications.decisions)


async def _notify(
    services: Services, details: ChangeDetails | None, rosters: ChatRosters, events: Sequence[RecordEvent]
) -> _Notifications:
    """Decide and store everything, unless it must be checked before that who may be mentioned."""
    notifications, now = _Notifications(), services.clock.now()
    async with services.store.writing() as work:
        if details:
            notifications = await _notifications(services, work, details, rosters)
            if notifications.unchecked:
                return notifications
        if not await work.inbox.complete([event.key for event in events], at=now):
            return _Notifications()
        if details:
            await _store(work, details, notifications, now)
    return notifications


async def _store(work: UnitOfWork, details: ChangeDetails, new: _Notifications, now: datetime) -> None:
    await work.outbox.enqueue(new.messages, at=now)
    await work.reported_values.save(new.reported_values)
    await work.reported_changes.add(new.reported_changes, at=now)
    await store_names(work, [(connection, details.table, details.row) for connection in new.named])
    # The summary counts the decisions before these.
    await merge_into_summary(work, new.merged, at=now)
    await update_live_cards(work, new.live, at=now)
    await work.decisions.add(new.decisions)
    if new.shown:
        await work.decisions.close(new.shown, Closing.POSTED, at=now)


async def _notifications(
    services: Services, work: UnitOfWork, details: ChangeDetails, rosters: ChatRosters
) -> _Notifications:
    """Decide for each connected chat about what it does not know yet, and create its message."""
    connected = await work.connections.for_record(details.record, for_update=True)
    connections = [connection for connection in connected if connection.paused_at is None]
    reported = await work.reported_values.for_connections([connection.id for connection in connections])
    now = services.clock.now()
    rulebook = await load_rulebook(work, [(details.record_type, each) for each in connections], now)
    facts = _Facts(
        details=details,
        rosters=rosters,
        mentions=OwnerMentions(details, rosters.owners),
        own=await work.own_changes.of_record(details.record),
        rulebook=rulebook,
        cards=ChangeCards(
            services=services,
            details=details,
            chats=await work.chats.get_many([each.chat_id for each in connections]),
            accounts=rosters.accounts,
            translators={chat: rosters.languages.of_rules(rules) for chat, rules in rulebook.chats.items()},
        ),
    )
    result = _Notifications(unchecked=facts.mentions.unchecked)
    for connection in connections:
        _add(result, facts, connection, details.watch.known(reported.get(connection.id, {})))
    return result


def _add(result: _Notifications, facts: _Facts, connection: Connection, known: Mapping[str, ReportedValue]) -> None:
    """Add the decision about what the chat does not know yet, and the card if there is one."""
    details, rulebook = facts.details, facts.rulebook
    changes = unknown_changes(details, connection, known, rulebook.held_columns(connection))
    news = _news(facts, connection, known)
    result.reported_values.update(_lifecycle_values(details, connection, known))
    if not (changes or news):
        return
    change = change_to_decide(details, connection.chat_id, changes, news, facts.own)
    decision = rulebook.decide(connection, change)
    is_mentioned = rulebook.mentions_owner(connection, change, decision)
    mention = facts.mentions.owner(connection, change.authors.people) if is_mentioned else None
    mine = _ChangeOfChat(
        connection=connection, known=known, changes=changes, news=news, decision=decision, mention=mention
    )
    columns = decided_columns(details, changes, shown=puts_card(decision))
    result.decisions.append(new_decision(connection, change, decision, columns, rulebook.at))
    result.reported_values.update(_values(mine, facts))
    if puts_card(decision):
        _add_card(result, facts, mine)


def _add_card(result: _Notifications, facts: _Facts, mine: _ChangeOfChat) -> None:
    details, connection = facts.details, mine.connection
    before = {
        **{each.column.name: value_before(each) for each in mine.changes},
        **_lifecycle_before(mine.news, details, mine.known),
    }
    shown = facts.cards.record_change(connection, mine.changes, before) if mine.changes else None
    if shown and facts.rulebook.connections[connection.id].style is Style.LIVE:
        result.live.append(shown)
    if shown and mine.decision.outcome is Outcome.MERGED:
        rules = facts.rulebook.chats[connection.chat_id]
        result.merged.append(MergedChange(change=shown, reason=mine.decision.reason, rules=rules))
    if mine.decision.outcome is Outcome.POSTED:
        card: NewCard = facts.cards.card(connection, mine.changes, mine.news, before, mention=mine.mention)
        result.messages.append(card.message)
        result.reported_changes.extend([card.reported_change] if card.reported_change else [])
    result.named.append(connection)
    names = {each.column.name for each in mine.changes}
    held = facts.rulebook.held.get(connection.id, ())
    result.shown.extend(each.id for each in held if names.issuperset(column.name for column in each.columns))


def _values(mine: _ChangeOfChat, facts: _Facts) -> Mapping[tuple[ConnectionId, str], ReportedValue]:
    """Return the values of key fields that the chat knows from now on.

    While a column is held, the chat keeps the value that it knows: the change from it is reported later. This includes
    changes of the column that are skipped meanwhile.
    """
    details, held, of = facts.details, facts.rulebook.held_columns(mine.connection), mine.connection.id
    if mine.decision.outcome is Outcome.HELD:
        before = {each.column.name: value_before(each) for each in mine.changes if each.known is None}
        return {
            (of, name): details.watch.numbered(name, value)
            for name, value in before.items()
            if value and name not in held
        }
    known = [each for each in mine.changes if puts_card(mine.decision) or each.column.name not in held]
    return {(of, each.column.name): _reported_value(each, details, facts.rulebook.at) for each in known}


def _news(facts: _Facts, connection: Connection, known: Mapping[str, ReportedValue]) -> Sequence[LifecycleNews]:
    """Return the lifecycle changes that the chat does not know yet."""
    details = facts.details

    def is_unknown(column: str) -> bool:
        name = stored_name(column)
        return is_news(details.lifecycle_values.get(name), known.get(name))

    owner = details.new_owner if is_unknown(OWNER) else None
    is_absent = connection.chat_id in facts.rosters.without_owner
    is_mentioned = owner and not is_absent and facts.rulebook.connections[connection.id].mention_new_owner
    return lifecycle_news(
        details.table,
        details.record_type,
        connection,
        closed_as=details.closed_as if is_unknown(STATE) else None,
        absent_owner=owner if is_absent else None,
        mentioned_owner=facts.mentions.new_owner(connection) if is_mentioned else None,
    )


def _lifecycle_values(
    details: ChangeDetails, connection: Connection, known: Mapping[str, ReportedValue]
) -> Mapping[tuple[ConnectionId, str], ReportedValue]:
    """Return the lifecycle values that the chat knows from now on, unless it knows later ones."""
    return {
        (connection.id, name): details.watch.numbered(name, value)
        for name, value in details.lifecycle_values.items()
        if name not in known or value.at >= known[name].at
    }


def _lifecycle_before(
    news: Sequence[LifecycleNews], details: ChangeDetails, known: Mapping[str, ReportedValue]
) -> Mapping[str, ReportedValue | None]:
    """Return the lifecycle values that the chat knew before the news, from which a summary starts if it is lost."""
    if not news:
        return {}
    return {name: lifecycle_before(name, details.lifecycle_events, known) for name in details.lifecycle_values}


def _reported_value(change: NetChange, details: ChangeDetails, now: datetime) -> ReportedValue:
    """Return the value that the chat knows from now on. A time in the future would hide the next changes."""
    at = min(change.at, now)
    if change.column.secured:
        value = ReportedValue(raw=None, text=None, at=at)
    else:
        _, text = details.texts(change.column, change.old, change.new)
        raw = canonical_value(change.column, change.new.raw)
        value = ReportedValue(raw=raw, text=text[:MAX_REPORTED_LENGTH], at=at)
    return details.watch.numbered(change.column.name, value)
