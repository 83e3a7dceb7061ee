"""Decide about the changes of connected records by the rules of their chats (spec V1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from bot.domain.notifications.decide import (
    BULK_SPAN,
    Authors,
    Change,
    Decision,
    Outcome,
    Reason,
    Recent,
    decide,
    is_urgent,
)
from bot.domain.notifications.history import DecidedColumn, NewDecision, StoredDecision
from bot.domain.notifications.rules import DAY, ChatRules, ConnectionRules
from bot.domain.record_types import RecordType
from bot.domain.values import ChatId, Connection, ConnectionId, UserId
from bot.features.notifications.effective_rules import chat_rules, connection_rules
from bot.features.shared.services import Services
from bot.store.unit_of_work import UnitOfWork

TURNED_OFF = ("dropped", "turned off")
"""Outcome and reason in the metrics for events of record types that are turned off. They get no decision."""

HeldChanges = Mapping[ConnectionId, Sequence[StoredDecision]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """The rules of connections, and what happened in their chats before."""

    at: datetime
    chats: Mapping[ChatId, ChatRules]
    connections: Mapping[ConnectionId, ConnectionRules]
    posts: Mapping[ChatId, Sequence[datetime]]
    """Times of counted messages, of chats with a budget."""
    changed: Mapping[ChatId, Sequence[tuple[ConnectionId, Authors]]]
    """Recent changes, of chats that combine bulk edits."""
    held: HeldChanges
    """Open held changes."""

    def decide(self, connection: Connection, change: Change, *, digest_is_due: bool = False) -> Decision:
        """Return the decision about the change."""
        chat = connection.chat_id
        recent = Recent(
            posts=self.posts.get(chat, ()), bulk_records=self._bulk_records(connection, change.authors.people)
        )
        rules = self.connections[connection.id]
        return decide(change, self.chats[chat], rules, self.at, recent, digest_is_due=digest_is_due)

    def mentions_owner(self, connection: Connection, change: Change, decision: Decision) -> bool:
        """Check whether the card about the change mentions the record's owner, because it is urgent (spec V12)."""
        rules = self.connections[connection.id]
        return rules.mention_owner and decision.outcome is Outcome.POSTED and is_urgent(change, rules)

    def held_columns(self, connection: Connection) -> frozenset[str]:
        """Return the columns whose changes are held."""
        return frozenset(column.name for each in self.held.get(connection.id, ()) for column in each.columns)

    def _bulk_records(self, connection: Connection, people: Sequence[UserId]) -> int:
        """Return how many other records of the chat one of the people changed a moment ago."""
        changed = self.changed.get(connection.chat_id, ())
        others = {each for each, authors in changed if not set(people).isdisjoint(authors.people)}
        return len(others - {connection.id})


async def load_rulebook(
    work: UnitOfWork,
    connections: Sequence[tuple[RecordType, Connection]],
    at: datetime,
    held: HeldChanges | None = None,
) -> Rulebook:
    """Return the rules of the connections, each given with its record type. `held`: their held changes, if known.

    Call it in the transaction that stores the decisions. Chats whose rules count earlier changes are locked, so that
    the next decision counts this one. The connections must be locked before.
    """
    chats = list(dict.fromkeys(each.chat_id for _, each in connections))
    rules = await chat_rules(work, chats)
    with_budget = [each for each in chats if _has_budget(rules[each])]
    combining = [each for each in chats if rules[each].combine_bulk_edits]
    if counting := {*with_budget, *combining}:
        await work.chats.lock(counting)
    if held is None:
        held = await work.decisions.open_for({each.id for _, each in connections}, chats=chats)
    return Rulebook(
        at=at,
        chats=rules,
        connections=await _connection_rules(work, connections),
        posts=await work.decisions.posts_since(with_budget, at - DAY) if with_budget else {},
        changed=await work.decisions.changed_since(combining, at - BULK_SPAN) if combining else {},
        held=held,
    )


def _has_budget(rules: ChatRules) -> bool:
    return not (rules.budget.in_a_day is None and rules.budget.in_a_burst is None)


async def _connection_rules(
    work: UnitOfWork, connections: Sequence[tuple[RecordType, Connection]]
) -> Mapping[ConnectionId, ConnectionRules]:
    found: dict[ConnectionId, ConnectionRules] = {}
    for _, group in groupby(sorted(connections, key=_type_name), key=_type_name):
        members = list(group)
        found |= await connection_rules(work, members[0][0], list(map(itemgetter(1), members)))
    return found


def _type_name(typed: tuple[RecordType, Connection]) -> tuple[str, str]:
    return typed[1].record.environment, typed[0].table


def puts_card(decision: Decision) -> bool:
    """Check whether the change gets a card of its own. Live cards and summaries of many changes are such cards."""
    return decision.outcome in {Outcome.POSTED, Outcome.UPDATED, Outcome.MERGED}


def new_decision(
    connection: Connection, change: Change, decision: Decision, columns: Sequence[DecidedColumn], at: datetime
) -> NewDecision:
    """Return the decision for the history. `columns` have values only if the chat is shown them."""
    return NewDecision(
        connection=connection.id,
        chat=connection.chat_id,
        at=at,
        outcome=decision.outcome,
        reason=decision.reason,
        columns=tuple(columns),
        authors=change.authors,
        is_news=change.is_news,
        due_at=decision.until,
    )


def ended_with_record(connection: Connection, at: datetime, by: UserId | None = None) -> NewDecision:
    """Return the decision about a deletion or a merge, which is always posted."""
    change = Change(columns={}, authors=Authors(people=(by,) if by else ()), is_news=True)
    return new_decision(connection, change, Decision(Outcome.POSTED, Reason.NEWS), (), at)


def count_decisions(services: Services, decisions: Sequence[NewDecision]) -> None:
    """Count the stored decisions in the metrics."""
    services.decision_counts.update((each.outcome.value, each.reason.value) for each in decisions)
