"""The replay of a chat's history with other rules (spec V10)."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.domain.notifications.conditions import Condition, Conditions, Test, ValueChange
from bot.domain.notifications.decide import BULK_SPAN, Authors, Change, Outcome, Recent, decide
from bot.domain.notifications.history import DecidedColumn
from bot.domain.notifications.quiet_hours import QuietHours
from bot.domain.notifications.replay import PastColumns, PastDecision, Preview, Replay
from bot.domain.notifications.rules import DAY, Budget, ChatRules, ConnectionRules, Style
from bot.domain.values import ConnectionId, UserId
from tests.tiers import examples

START = datetime(2026, 11, 20, 12, tzinfo=UTC)
CASE, OTHER, THIRD = ConnectionId(1), ConnectionId(2), ConnectionId(3)
ADA, BOB = UserId("ada"), UserId("bob")
QUIET = QuietHours(zone="Europe/Berlin", start=time(22), end=time(7))


def column(name: str, old: object, new: object, *, kept: bool = True) -> DecidedColumn:
    values: dict[str, Any] = {"old": old, "new": new} if kept else {"old_is_known": False}
    return DecidedColumn(name=name, has_values=kept, **values)


def past(*columns: DecidedColumn, at: datetime = START, **more: Any) -> PastDecision:
    given: dict[str, Any] = {"connection": CASE, "outcome": Outcome.POSTED, "authors": Authors(), "is_news": False}
    return PastDecision(changed=PastColumns(columns), at=at, **{**given, **more})


def rule(*conditions: tuple[str, Test, tuple[Any, ...]], every: bool = False) -> Conditions:
    made = tuple(Condition(column=name, test=test, values=values) for name, test, values in conditions)
    return Conditions(conditions=made, all_must_hold=every)


def replayed(
    decisions: Sequence[PastDecision], chat: ChatRules | None = None, rules: ConnectionRules | None = None
) -> Preview:
    replay = Replay(chat or ChatRules(), dict.fromkeys((CASE, OTHER, THIRD), rules or ConnectionRules()))
    replay.add(decisions)
    return replay.preview


HIGH = ("a", Test.BECOMES, (1,))
EMPTY = ("b", Test.IS_EMPTY, ())
KEPT, HIDDEN = column("a", 2, 1), column("a", None, None, kept=False)


@pytest.mark.parametrize(
    ("changed", "rules", "expected"),
    [
        (KEPT, ConnectionRules(value_rule=rule(HIGH)), (1, 0)),
        (column("a", 1, 2), ConnectionRules(value_rule=rule(HIGH)), (0, 0)),
        # A value that was not kept leaves it open.
        (HIDDEN, ConnectionRules(value_rule=rule(HIGH)), (0, 1)),
        (HIDDEN, ConnectionRules(urgent_rule=rule(HIGH)), (0, 1)),
        (HIDDEN, ConnectionRules(value_rule=rule(("a", Test.CHANGES, ()))), (1, 0)),
        # So does the present value of a column that did not change, unless the other conditions settle the rule.
        (KEPT, ConnectionRules(value_rule=rule(EMPTY)), (0, 1)),
        (KEPT, ConnectionRules(value_rule=rule(EMPTY, HIGH)), (1, 0)),
        (KEPT, ConnectionRules(value_rule=rule(EMPTY, HIGH, every=True)), (0, 1)),
        (column("a", 1, 2), ConnectionRules(value_rule=rule(EMPTY, HIGH, every=True)), (0, 0)),
        (column("a", 1, 2), ConnectionRules(value_rule=rule(EMPTY, HIGH)), (0, 1)),
        # The change of a column that did not change is no question.
        (KEPT, ConnectionRules(value_rule=rule(("b", Test.BECOMES, (1,)))), (0, 0)),
    ],
)
def test_decisions_that_depend_on_values_that_were_not_kept_are_unknown(
    changed: DecidedColumn, rules: ConnectionRules, expected: tuple[int, int]
) -> None:
    preview = replayed([past(changed)], rules=rules)
    assert (preview.messages, preview.unknown) == expected
    news = replayed([past(changed, is_news=True)], rules=rules)
    assert (news.messages, news.unknown) == (1, 0), "news are posted in any case"


def test_the_messages_that_there_were_are_counted_as_the_chat_saw_them() -> None:
    end = START + timedelta(hours=9)
    held = past(outcome=Outcome.HELD, later_posted_at=end)
    merged = [past(outcome=Outcome.MERGED, at=START + timedelta(hours=hours)) for hours in (0, 23, 25, 26)]
    others = [past(outcome=each) for each in (Outcome.SKIPPED, Outcome.UPDATED, Outcome.HELD)]
    assert replayed([past(), held, held, *others, *merged]).before == 1 + 1 + 2


VALUES = some.sampled_from([None, 1, 2])
TESTS = some.sampled_from([Test.CHANGES, Test.BECOMES, Test.STOPS_BEING, Test.IS_EMPTY])


@some.composite
def conditions(draw: some.DrawFn) -> Conditions | None:
    drawn = draw(some.lists(some.tuples(some.sampled_from("ab"), TESTS, some.tuples(VALUES)), max_size=3))
    return rule(*drawn, every=draw(some.booleans())) if drawn else None


@some.composite
def histories(draw: some.DrawFn) -> list[PastDecision]:
    at, made = START, []
    for _ in range(draw(some.integers(0, 30))):
        at += timedelta(seconds=draw(some.sampled_from([0, 5, 59, 60, 600, 7_000, 30_000])))
        columns = [column(name, draw(VALUES), draw(VALUES)) for name in "ab"]
        authors = Authors(people=draw(some.sampled_from([(), (ADA,), (BOB,), (ADA, BOB)])))
        of = draw(some.sampled_from([CASE, OTHER, THIRD]))
        made.append(past(*columns, at=at, connection=of, authors=authors, is_news=draw(some.integers(0, 9)) == 0))
    return made


CHATS = some.builds(
    ChatRules,
    quiet_hours=some.sampled_from([None, QUIET]),
    skip_people=some.sampled_from([{}, {ADA: "Ada"}]),
    budget=some.builds(Budget, in_a_day=some.sampled_from([None, 1, 3]), in_a_burst=some.sampled_from([None, 1, 2])),
    combine_bulk_edits=some.booleans(),
)
RULES = some.builds(ConnectionRules, style=some.sampled_from(Style), value_rule=conditions(), urgent_rule=conditions())


@examples(200)
@given(histories(), CHATS, RULES, RULES, some.integers(1, 30))
def test_each_rule_decides_as_it_does_when_a_change_arrives(
    decisions: list[PastDecision], chat: ChatRules, mine: ConnectionRules, theirs: ConnectionRules, size: int
) -> None:
    rules = {CASE: mine, OTHER: theirs, THIRD: replace(mine)}
    replay = Replay(chat, rules)
    for start in range(0, len(decisions), size):
        replay.add(decisions[start : start + size])
    assert (replay.preview.messages, replay.preview.unknown) == (simple_count(decisions, chat, rules), 0)


def simple_count(decisions: Sequence[PastDecision], chat: ChatRules, rules: dict[ConnectionId, ConnectionRules]) -> int:
    """Return the messages by the rules as they are, with everything that happened before each change."""
    posts: list[datetime] = []
    ends, live, summaries = set(), set(), list[datetime]()
    for number, each in enumerate(decisions):
        changes = {of.name: ValueChange(old=of.old, new=of.new) for of in each.changed.columns}
        edited = [
            {
                earlier.connection
                for earlier in decisions[:number]
                if person in earlier.authors.people and earlier.at > each.at - BULK_SPAN
            }
            - {each.connection}
            for person in each.authors.people
        ]
        recent = Recent(posts=tuple(posts), bulk_records=max(map(len, edited), default=0))
        change = Change(columns=changes, authors=each.authors, is_news=each.is_news)
        decided = decide(change, chat, rules[each.connection], each.at, recent)
        if decided.outcome is Outcome.POSTED:
            posts.append(each.at)
        elif decided.outcome is Outcome.HELD:
            ends.add(decided.until)
        elif decided.outcome is Outcome.UPDATED:
            live.add(each.connection)
        elif decided.outcome is Outcome.MERGED and (not summaries or each.at - summaries[-1] > DAY):
            summaries.append(each.at)
    return len(posts) + len(ends) + len(live) + len(summaries)


def steps(work: Any) -> int:
    """Return the number of calls of functions, which does not depend on the machine."""
    count = 0

    def counted(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


class Moment(datetime):
    """A time that counts how often it is compared."""

    comparisons = 0

    def __gt__(self, other: datetime) -> bool:  # type: ignore[override]
        Moment.comparisons += 1
        return super().__gt__(other)


def many(count: int) -> list[PastDecision]:
    """Return decisions of one day about some different changes of many records."""
    columns = [PastColumns((column("a", 2, number % 3), column("b", number, 1))) for number in range(40)]
    return [
        PastDecision(
            connection=ConnectionId(number % 50),
            at=Moment.fromtimestamp(START.timestamp() + number, UTC),
            outcome=Outcome.POSTED,
            changed=columns[number % 40],
            authors=Authors(people=(ADA,)),
            is_news=False,
        )
        for number in range(count)
    ]


def test_a_long_history_costs_little_for_each_decision() -> None:
    urgent, often = rule(HIGH, EMPTY), Budget(in_a_day=10, in_a_burst=3)
    rules = {ConnectionId(number): ConnectionRules(value_rule=urgent, urgent_rule=urgent) for number in range(50)}
    replay = Replay(ChatRules(quiet_hours=QUIET, budget=often, combine_bulk_edits=True), rules)
    decisions = many(4_000)
    assert steps(lambda: replay.add(decisions)) < 40 * len(decisions)


def test_each_post_is_looked_at_a_few_times_however_many_there_are_in_a_day() -> None:
    decisions = many(5_000)
    for budget in (Budget(), Budget(in_a_day=1_000)):
        Moment.comparisons = 0
        replayed(decisions, ChatRules(budget=budget))
        assert Moment.comparisons < 5 * len(decisions)
