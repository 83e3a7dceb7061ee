"""Replay a chat's history with proposed rules, and count the messages (spec V10). Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache, partial

from bot.domain.notifications.conditions import Condition, Conditions, Test, ValueChange
from bot.domain.notifications.decide import BULK_RECORDS, BULK_SPAN, Authors, Change, Decision, Outcome, Recent, decide
from bot.domain.notifications.history import DecidedColumn
from bot.domain.notifications.rules import DAY, Budget, ChatRules, ConnectionRules
from bot.domain.values import ConnectionId, UserId

CACHED_CHANGES = 5_000
"""Different changes that are remembered during a replay, with the answers of the rules to them."""


@dataclass(frozen=True, slots=True, eq=False)
class PastColumns:
    """The changed columns of decisions. Decisions with equal columns share them.

    They are equal to themselves only, so a cache finds them without a look at their values.
    """

    columns: tuple[DecidedColumn, ...]
    """Only the columns that `needed_columns` names."""


@dataclass(slots=True, kw_only=True)  # not frozen, which would take three times as long
class PastDecision:
    """The parts of a stored decision that a replay needs."""

    connection: ConnectionId
    at: datetime
    outcome: Outcome
    changed: PastColumns
    authors: Authors
    is_news: bool
    later_posted_at: datetime | None = None
    """The time at which a held change was posted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Messages with the proposed rules, and the messages that there were."""

    messages: int
    before: int
    unknown: int = 0
    """Decisions that depend on values that were not kept."""


def needed_columns(connections: Iterable[ConnectionRules]) -> frozenset[str]:
    """Return the columns that the conditions of these rules name."""
    rules = (rule for each in connections for rule in (each.value_rule, each.urgent_rule) if rule)
    return frozenset(condition.column for rule in rules for condition in rule.conditions)


def needs_authors(chat: ChatRules) -> bool:
    """Check whether the rules of the chat depend on the authors of changes."""
    return bool(chat.skip_own_cards or chat.skip_integrations or chat.skip_people or chat.combine_bulk_edits)


class _Summaries:
    """Summary cards, each of which takes the changes of a day."""

    def __init__(self) -> None:
        self.count = 0
        self._last: datetime | None = None

    def add(self, at: datetime) -> None:
        """Add a merged change."""
        if self._last is None or at - self._last > DAY:
            self.count, self._last = self.count + 1, at


class _Before:
    """The messages that the chat got. Held changes that were posted together are one message."""

    def __init__(self) -> None:
        self._posted = 0
        self._ends: set[datetime] = set()
        self._summaries = _Summaries()

    def add(self, decision: PastDecision) -> None:
        """Count the messages of a decision."""
        if decision.outcome is Outcome.POSTED:
            self._posted += 1
        elif decision.outcome is Outcome.MERGED:
            self._summaries.add(decision.at)
        elif decision.later_posted_at:
            self._ends.add(decision.later_posted_at)

    @property
    def messages(self) -> int:
        """The number of messages."""
        return self._posted + len(self._ends) + self._summaries.count


class Replay:
    """A replay of the decisions of a chat, which are added in order. Mutes are left out, because they end."""

    def __init__(self, chat: ChatRules, connections: Mapping[ConnectionId, ConnectionRules]) -> None:
        self._chat = replace(chat, mute=None)
        # Connections with equal rules share their number, and so what is known about equal changes.
        plain = {each: replace(rules, mute=None, saves=()) for each, rules in connections.items()}
        numbers = {rules: number for number, rules in enumerate(dict.fromkeys([_NO_RULES, *plain.values()]))}
        self._numbers = {each: numbers[rules] for each, rules in plain.items()}
        self._settle = lru_cache(CACHED_CHANGES)(partial(_settle, tuple(numbers)))
        self._before = _Before()
        self._unknown = self._posted = 0
        self._recent = _Recent(chat.budget)
        self._held_until: set[datetime] = set()
        """Ends of waiting, at each of which the chat gets one card."""
        self._live: set[ConnectionId] = set()
        self._summaries = _Summaries()

    @property
    def preview(self) -> Preview:
        """The counts so far."""
        messages = self._posted + len(self._held_until) + len(self._live) + self._summaries.count
        return Preview(messages=messages, before=self._before.messages, unknown=self._unknown)

    def add(self, decisions: Iterable[PastDecision]) -> None:
        """Decide again about the changes of these decisions."""
        for each in decisions:
            self._before.add(each)
            settled = self._settle(self._numbers.get(each.connection, 0), each.changed, each.is_news)
            if settled is None:
                self._unknown += 1
            else:
                self._count(each, self._decide(each, *settled))

    def _decide(self, past: PastDecision, columns: Mapping[str, ValueChange], rules: ConnectionRules) -> Decision:
        change = Change(columns=columns, authors=past.authors, is_news=past.is_news)
        recent = self._recent.before(past, with_bulk=self._chat.combine_bulk_edits)
        return decide(change, self._chat, rules, past.at, recent)

    def _count(self, decision: PastDecision, decided: Decision) -> None:
        if decided.outcome is Outcome.POSTED:
            self._posted += 1
            self._recent.post(decision.at)
        elif decided.outcome is Outcome.HELD and decided.until:
            self._held_until.add(decided.until)
        elif decided.outcome is Outcome.UPDATED:
            self._live.add(decision.connection)
        elif decided.outcome is Outcome.MERGED:
            self._summaries.add(decision.at)


_NO_RULES = ConnectionRules()


class _Recent:
    """The messages and the edits of the replay that later decisions depend on."""

    def __init__(self, budget: Budget) -> None:
        self._kept_posts = max(budget.in_a_day or 0, budget.in_a_burst or 0)
        self._posts: list[datetime] = []
        self._by_bulk_records: dict[int, Recent] = {}
        self._edits: dict[UserId, dict[ConnectionId, datetime]] = {}
        """The last edit of each record by person, the latest at the end."""

    def post(self, at: datetime) -> None:
        """Remember a message. Older ones than the budget counts make no difference."""
        self._posts.append(at)
        if len(self._posts) > 2 * self._kept_posts:
            del self._posts[: len(self._posts) - self._kept_posts]

    def before(self, decision: PastDecision, *, with_bulk: bool) -> Recent:
        """Return what happened before the decision, which is remembered as an edit."""
        count = self._bulk_records(decision) if with_bulk else 0
        found = self._by_bulk_records.get(count)
        if found is None:
            found = self._by_bulk_records[count] = Recent(posts=self._posts, bulk_records=count)
        return found

    def _bulk_records(self, decision: PastDecision) -> int:
        """Return the other records that an author changed within a minute, up to the number that matters."""
        most, since = 0, decision.at - BULK_SPAN
        for person in decision.authors.people:
            edits, count = self._edits.setdefault(person, {}), 0
            for connection in reversed(edits):
                if count == BULK_RECORDS or edits[connection] <= since:
                    break
                count += connection != decision.connection
            edits.pop(decision.connection, None)
            edits[decision.connection] = decision.at
            most = max(most, count)
        return most


Settled = tuple[Mapping[str, ValueChange], ConnectionRules]


def _settle(rules: Sequence[ConnectionRules], number: int, past: PastColumns, is_news: bool) -> Settled | None:
    """Return the changes, and the rules with conditions whose answers are known; None if an answer is not known.

    A value rule that holds is left out, and an urgent rule that does not.
    """
    columns, mine = past.columns, rules[number]
    changes = {each.name: ValueChange(new=each.new, old=each.old, old_is_known=each.old_is_known) for each in columns}
    passes = _answer(mine.value_rule, columns, changes) if mine.value_rule else True
    is_urgent = _answer(mine.urgent_rule, columns, changes) if mine.urgent_rule else False
    if passes is None or is_urgent is None:
        return (changes, mine) if is_news else None
    value_rule = None if passes else _NEVER
    return changes, replace(mine, value_rule=value_rule, urgent_rule=mine.urgent_rule if is_urgent else None)


_NEVER = Conditions(conditions=())


def _answer(rule: Conditions, columns: Sequence[DecidedColumn], changes: Mapping[str, ValueChange]) -> bool | None:
    """Return whether the rule holds; None if that depends on values that the history does not have."""
    answerable = tuple(each for each in rule.conditions if _is_answerable(each, columns))
    if len(answerable) == len(rule.conditions):
        return rule.hold(changes, {})
    results = [Conditions(conditions=(each,)).hold(changes, {}) for each in answerable]
    if rule.all_must_hold:
        return None if all(results) else False
    return True if any(results) else None


def _is_answerable(condition: Condition, columns: Sequence[DecidedColumn]) -> bool:
    column = next((each for each in columns if each.name == condition.column), None)
    if column is None:
        # The test of a change fails without one. The present value is not in the history.
        return condition.test in _OF_CHANGES
    return column.has_values or condition.test is Test.CHANGES


_OF_CHANGES = frozenset({Test.CHANGES, Test.BECOMES, Test.STOPS_BEING})
