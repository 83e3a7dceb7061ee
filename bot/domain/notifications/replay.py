"""Replay a chat's history with proposed rules, and count the messages (spec V10). Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.domain.notifications.conditions import Condition, Conditions, Test, ValueChange
from bot.domain.notifications.decide import BULK_RECORDS, BULK_SPAN, Authors, Change, Outcome, Recent, decide
from bot.domain.notifications.history import Closing, DecidedColumn
from bot.domain.notifications.rules import DAY, ChatRules, ConnectionRules
from bot.domain.values import ConnectionId, UserId


@dataclass(slots=True, kw_only=True)  # not frozen, which would take three times as long
class PastDecision:
    """The parts of a stored decision that a replay needs."""

    connection: ConnectionId
    at: datetime
    outcome: Outcome
    columns: tuple[DecidedColumn, ...]
    """The changed columns that `needed_columns` names."""
    authors: Authors
    is_news: bool
    closed_as: Closing | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Messages with the proposed rules, and the messages that there were."""

    messages: int
    before: int
    unknown: int = 0
    """Decisions that depend on values that were not kept."""


@dataclass(slots=True)
class _Chat:
    """The chat during the replay."""

    messages: int = 0
    unknown: int = 0
    posts: list[datetime] = field(default_factory=list)
    held_until: set[datetime] = field(default_factory=set)
    """Ends of waiting, at each of which the chat gets one card."""
    live: set[ConnectionId] = field(default_factory=set)
    summary_at: datetime | None = None
    edits: dict[UserId, list[tuple[datetime, ConnectionId]]] = field(default_factory=dict)


def needed_columns(connections: Iterable[ConnectionRules]) -> frozenset[str]:
    """Return the columns that the conditions of these rules name."""
    rules = (rule for each in connections for rule in (each.value_rule, each.urgent_rule) if rule)
    return frozenset(condition.column for rule in rules for condition in rule.conditions)


def replay(
    decisions: Sequence[PastDecision], chat: ChatRules, connections: Mapping[ConnectionId, ConnectionRules]
) -> Preview:
    """Return the counts. The decisions are in order. Mutes are left out, because they end."""
    state, chat = _Chat(), replace(chat, mute=None)
    plain = {each: replace(rules, mute=None) for each, rules in connections.items()}
    for decision in decisions:
        _apply(state, decision, chat, plain.get(decision.connection) or ConnectionRules())
    return Preview(
        messages=state.messages + len(state.held_until), before=_messages_before(decisions), unknown=state.unknown
    )


def _messages_before(decisions: Sequence[PastDecision]) -> int:
    """Return the messages that the chat got. Held changes that were posted together are one message."""
    posted = sum(each.outcome is Outcome.POSTED for each in decisions)
    ends = {each.closed_at for each in decisions if each.closed_as is Closing.POSTED}
    merged = [each.at for each in decisions if each.outcome is Outcome.MERGED]
    return posted + len(ends) + _summaries(merged)


def _summaries(merged: Sequence[datetime]) -> int:
    count, last = 0, None
    for at in merged:
        if last is None or at - last > DAY:
            count, last = count + 1, at
    return count


def _apply(state: _Chat, decision: PastDecision, chat: ChatRules, rules: ConnectionRules) -> None:
    resolved = _without_unknown(decision, rules)
    if resolved is None:
        state.unknown += 1
        return
    bulk_records = _bulk_records(state, decision) if chat.combine_bulk_edits else 0
    recent = Recent(posts=state.posts, bulk_records=bulk_records)
    change = Change(columns=_changes(decision), authors=decision.authors, is_news=decision.is_news)
    decided = decide(change, chat, resolved, decision.at, recent)
    if decided.outcome is Outcome.POSTED:
        _post(state, decision.at)
    elif decided.outcome is Outcome.HELD and decided.until:
        state.held_until.add(decided.until)
    elif decided.outcome is Outcome.UPDATED and decision.connection not in state.live:
        state.live.add(decision.connection)
        state.messages += 1
    elif decided.outcome is Outcome.MERGED and (state.summary_at is None or decision.at - state.summary_at > DAY):
        state.summary_at = decision.at
        state.messages += 1


def _post(state: _Chat, at: datetime) -> None:
    state.messages += 1
    state.posts.append(at)
    if len(state.posts) > _KEPT_POSTS:
        state.posts = [each for each in state.posts if each > at - DAY]


_KEPT_POSTS = 2_000


def _bulk_records(state: _Chat, decision: PastDecision) -> int:
    """Return the other records that an author of the change changed within a minute."""
    most = 0
    for person in decision.authors.people:
        edits = [each for each in state.edits.get(person, ()) if each[0] > decision.at - BULK_SPAN]
        others = {connection for _, connection in edits} - {decision.connection}
        state.edits[person] = [*edits, (decision.at, decision.connection)][-_KEPT_EDITS:]
        most = max(most, len(others))
    return most


_KEPT_EDITS = BULK_RECORDS + 8


def _changes(decision: PastDecision) -> Mapping[str, ValueChange]:
    if not decision.columns:
        return {}
    return {
        each.name: ValueChange(new=each.new, old=each.old, old_is_known=each.old_is_known) for each in decision.columns
    }


def _without_unknown(decision: PastDecision, rules: ConnectionRules) -> ConnectionRules | None:
    """Return the rules with the conditions that the history can answer; None if the answer depends on others."""
    if rules.value_rule is None and rules.urgent_rule is None:
        return rules
    value = _known(rules.value_rule, decision)
    urgent = _known(rules.urgent_rule, decision)
    if value is _UNKNOWN or urgent is _UNKNOWN:
        return rules if decision.is_news else None
    return replace(rules, value_rule=value, urgent_rule=urgent)


_UNKNOWN = Conditions(conditions=())


def _known(conditions: Conditions | None, decision: PastDecision) -> Conditions | None:
    """Return the conditions that can be answered if they settle the rule; `_UNKNOWN` if others would settle it."""
    if conditions is None:
        return None
    answerable = tuple(each for each in conditions.conditions if _is_answerable(each, decision))
    if len(answerable) == len(conditions.conditions):
        return conditions
    changes = _changes(decision)
    results = [Conditions(conditions=(each,)).hold(changes, {}) for each in answerable]
    settled = not all(results) if conditions.all_must_hold else any(results)
    return replace(conditions, conditions=answerable) if settled else _UNKNOWN


def _is_answerable(condition: Condition, decision: PastDecision) -> bool:
    column = next((each for each in decision.columns if each.name == condition.column), None)
    if column is None:
        # The test of a change fails without one. The present value is not in the history.
        return condition.test in _OF_CHANGES
    return column.has_values or condition.test is Test.CHANGES


_OF_CHANGES = frozenset({Test.CHANGES, Test.BECOMES, Test.STOPS_BEING})
