"""The decision whether, when, and how a chat hears of a change."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.domain.notifications.conditions import Condition, Conditions, Test, ValueChange
from bot.domain.notifications.decide import Authors, Change, Decision, Outcome, Reason, Recent, decide
from bot.domain.notifications.quiet_hours import QuietHours
from bot.domain.notifications.rules import Budget, ChatRules, ConnectionRules, Mute, Style
from bot.domain.values import ObjectId, UserId
from tests.steps.priorities import HIGH, LOW, NORMAL
from tests.tiers import examples

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
NIGHT = NOW.replace(hour=23)
MORNING = datetime(2026, 11, 25, 7, tzinfo=UTC)
ADA, BOB, FLOW = UserId("ada"), UserId("bob"), UserId("flow")

QUIET = QuietHours(zone="UTC", start=time(22), end=time(7))
BECOMES_HIGH = Conditions(conditions=(Condition(column="prioritycode", test=Test.BECOMES, values=(HIGH,)),))
STATUS_CHANGES = Conditions(conditions=(Condition(column="statuscode", test=Test.CHANGES),))
EACH = ConnectionRules()
URGENT = ConnectionRules(urgent_rule=BECOMES_HIGH)


def change(new: int = HIGH, *, people: tuple[UserId, ...] = (ADA,), own: bool = False, news: bool = False) -> Change:
    authors = Authors(people=people, integrations=frozenset({FLOW}) & set(people), on_own_card=own)
    return Change(columns={"prioritycode": ValueChange(old=NORMAL, new=new)}, authors=authors, is_news=news)


def mute(until: datetime | None, *, also_urgent: bool = False) -> Mute:
    return Mute(until=until, by=ObjectId("megan"), by_name="Megan Bowen", at=NOW, also_urgent=also_urgent)


def chat(**rules: Any) -> ChatRules:
    return ChatRules(**rules)


SKIP_ALL = chat(skip_own_cards=True, skip_integrations=True, skip_people={BOB: "Bob"})
FIVE_POSTS = Recent(posts=tuple(NOW - timedelta(minutes=minutes) for minutes in (60, 9, 8, 7, 6)))


@pytest.mark.parametrize(
    ("made", "chat_rules", "rules", "now", "recent", "expected"),
    [
        # Without rules, each change is posted, by any author and at any time.
        (change(), chat(), EACH, NIGHT, FIVE_POSTS, (Outcome.POSTED, Reason.EVERY_CHANGE)),
        (change(own=True), chat(), EACH, NOW, Recent(bulk_records=9), (Outcome.POSTED, Reason.EVERY_CHANGE)),
        # Authors. A change by several is skipped only if it is skipped for each of them.
        (change(own=True), SKIP_ALL, EACH, NOW, Recent(), (Outcome.SKIPPED, Reason.OWN_CARD)),
        (change(people=(BOB,)), SKIP_ALL, EACH, NOW, Recent(), (Outcome.SKIPPED, Reason.PERSON)),
        (change(people=(FLOW,)), SKIP_ALL, EACH, NOW, Recent(), (Outcome.SKIPPED, Reason.INTEGRATION)),
        (change(people=(BOB, FLOW)), SKIP_ALL, EACH, NOW, Recent(), (Outcome.SKIPPED, Reason.INTEGRATION)),
        (change(people=(BOB, ADA)), SKIP_ALL, EACH, NOW, Recent(), (Outcome.POSTED, Reason.EVERY_CHANGE)),
        (change(people=()), SKIP_ALL, EACH, NOW, Recent(), (Outcome.POSTED, Reason.EVERY_CHANGE)),
        (change(people=(BOB,)), SKIP_ALL, URGENT, NOW, Recent(), (Outcome.SKIPPED, Reason.PERSON)),
        # A rule about a value that the chat must not see does not count.
        (
            replace(change(), hidden=frozenset({"statuscode"})),
            chat(),
            replace(EACH, value_rule=STATUS_CHANGES),
            NOW,
            Recent(),
            (Outcome.POSTED, Reason.EVERY_CHANGE),
        ),
        (
            replace(change(), hidden=frozenset({"prioritycode"})),
            chat(),
            URGENT,
            NOW,
            Recent(),
            (Outcome.POSTED, Reason.EVERY_CHANGE),
        ),
        # The value rule comes before the urgent rule.
        (
            change(),
            chat(),
            replace(EACH, value_rule=STATUS_CHANGES),
            NOW,
            Recent(),
            (Outcome.SKIPPED, Reason.VALUE_RULE),
        ),
        (
            change(),
            chat(),
            replace(EACH, value_rule=BECOMES_HIGH),
            NOW,
            Recent(),
            (Outcome.POSTED, Reason.EVERY_CHANGE),
        ),
        (
            change(),
            chat(),
            replace(URGENT, value_rule=STATUS_CHANGES),
            NOW,
            Recent(),
            (Outcome.SKIPPED, Reason.VALUE_RULE),
        ),
        # Mutes of the chat and of the record: the later end counts. Urgent changes pass, unless they are muted, too.
        (change(), chat(mute=mute(MORNING)), EACH, NOW, Recent(), (Outcome.HELD, Reason.MUTE, MORNING)),
        (change(), chat(mute=mute(NOW)), EACH, NOW, Recent(), (Outcome.POSTED, Reason.EVERY_CHANGE)),
        (change(), chat(mute=mute(None)), EACH, NOW, Recent(), (Outcome.HELD, Reason.MUTE, None)),
        (
            change(),
            chat(mute=mute(NIGHT)),
            replace(EACH, mute=mute(MORNING)),
            NOW,
            Recent(),
            (Outcome.HELD, Reason.MUTE, MORNING),
        ),
        (
            change(),
            chat(mute=mute(None)),
            replace(EACH, mute=mute(MORNING)),
            NOW,
            Recent(),
            (Outcome.HELD, Reason.MUTE, None),
        ),
        (change(), chat(mute=mute(MORNING)), URGENT, NOW, Recent(), (Outcome.POSTED, Reason.URGENT)),
        (change(LOW), chat(mute=mute(MORNING)), URGENT, NOW, Recent(), (Outcome.HELD, Reason.MUTE, MORNING)),
        (
            change(),
            chat(mute=mute(MORNING, also_urgent=True)),
            URGENT,
            NOW,
            Recent(),
            (Outcome.HELD, Reason.MUTE, MORNING),
        ),
        # Quiet hours.
        (change(), chat(quiet_hours=QUIET), EACH, NIGHT, Recent(), (Outcome.HELD, Reason.QUIET_HOURS, MORNING)),
        (change(), chat(quiet_hours=QUIET), EACH, NOW, Recent(), (Outcome.POSTED, Reason.EVERY_CHANGE)),
        (change(), chat(quiet_hours=QUIET), URGENT, NIGHT, Recent(), (Outcome.POSTED, Reason.URGENT)),
        # A digest that falls into quiet hours waits for their end.
        (
            change(),
            chat(),
            ConnectionRules(style=Style.DIGEST),
            NOW,
            Recent(),
            (Outcome.HELD, Reason.DIGEST, datetime(2026, 11, 25, 8, tzinfo=UTC)),
        ),
        (
            change(),
            chat(quiet_hours=QUIET),
            ConnectionRules(style=Style.DIGEST, digest_at=time(6)),
            NOW,
            Recent(),
            (Outcome.HELD, Reason.DIGEST, MORNING),
        ),
        # A live card is edited in any case: an edit disturbs nobody. What is urgent is also posted.
        (change(), SKIP_ALL, ConnectionRules(style=Style.LIVE), NIGHT, Recent(), (Outcome.UPDATED, Reason.LIVE_CARD)),
        (
            change(),
            chat(mute=mute(None)),
            replace(URGENT, style=Style.LIVE),
            NOW,
            Recent(),
            (Outcome.POSTED, Reason.URGENT),
        ),
        (
            change(),
            chat(mute=mute(None, also_urgent=True)),
            replace(URGENT, style=Style.LIVE),
            NOW,
            Recent(),
            (Outcome.UPDATED, Reason.LIVE_CARD),
        ),
        (
            change(own=True),
            chat(skip_own_cards=True),
            replace(URGENT, style=Style.LIVE),
            NOW,
            Recent(),
            (Outcome.UPDATED, Reason.LIVE_CARD),
        ),
        # Budgets slide.
        (change(), chat(budget=Budget(in_a_day=5)), EACH, NOW, FIVE_POSTS, (Outcome.MERGED, Reason.BUDGET)),
        (change(), chat(budget=Budget(in_a_day=6)), EACH, NOW, FIVE_POSTS, (Outcome.POSTED, Reason.EVERY_CHANGE)),
        (change(), chat(budget=Budget(in_a_burst=4)), EACH, NOW, FIVE_POSTS, (Outcome.MERGED, Reason.BUDGET)),
        (change(), chat(budget=Budget(in_a_burst=5)), EACH, NOW, FIVE_POSTS, (Outcome.POSTED, Reason.EVERY_CHANGE)),
        (
            change(),
            chat(budget=Budget(in_a_burst=4)),
            EACH,
            NOW + timedelta(minutes=1),
            FIVE_POSTS,
            (Outcome.POSTED, Reason.EVERY_CHANGE),
        ),
        (change(), chat(budget=Budget(in_a_burst=1)), URGENT, NOW, FIVE_POSTS, (Outcome.POSTED, Reason.URGENT)),
        # Bulk edits: the first two records are posted.
        (
            change(),
            chat(combine_bulk_edits=True),
            EACH,
            NOW,
            Recent(bulk_records=1),
            (Outcome.POSTED, Reason.EVERY_CHANGE),
        ),
        (
            change(),
            chat(combine_bulk_edits=True),
            EACH,
            NOW,
            Recent(bulk_records=2),
            (Outcome.MERGED, Reason.BULK_EDIT),
        ),
        (change(), chat(combine_bulk_edits=True), URGENT, NOW, Recent(bulk_records=9), (Outcome.POSTED, Reason.URGENT)),
        # News passes everything.
        (
            change(news=True, people=(BOB,)),
            replace(SKIP_ALL, mute=mute(None, also_urgent=True), quiet_hours=QUIET, budget=Budget(in_a_day=0)),
            replace(EACH, value_rule=STATUS_CHANGES),
            NIGHT,
            FIVE_POSTS,
            (Outcome.POSTED, Reason.NEWS),
        ),
    ],
)
def test_each_rule_decides_in_its_turn(
    made: Change,
    chat_rules: ChatRules,
    rules: ConnectionRules,
    now: datetime,
    recent: Recent,
    expected: tuple[Outcome, Reason, datetime | None],
) -> None:
    assert decide(made, chat_rules, rules, now, recent) == Decision(*expected)


def test_a_digest_that_is_due_is_posted_unless_the_chat_is_quiet() -> None:
    rules = ConnectionRules(style=Style.DIGEST)
    assert decide(change(), chat(), rules, NOW, digest_is_due=True) == Decision(Outcome.POSTED, Reason.EVERY_CHANGE)
    held = decide(change(), chat(quiet_hours=QUIET), rules, NIGHT, digest_is_due=True)
    assert held == Decision(Outcome.HELD, Reason.QUIET_HOURS, MORNING)


TESTS_OF_A_ROW = [
    (Test.CHANGES, (), {}, False),
    (Test.CHANGES, (), {"a": ValueChange(new=1)}, True),
    (Test.BECOMES, (1,), {"a": ValueChange(old=2, new=1)}, True),
    (Test.BECOMES, (1,), {"a": ValueChange(old=1, new=2)}, False),
    (Test.STOPS_BEING, (1,), {"a": ValueChange(old=1, new=2)}, True),
    (Test.STOPS_BEING, (1,), {"a": ValueChange(old=3, new=2)}, False),
    (Test.STOPS_BEING, (1,), {"a": ValueChange(new=2, old_is_known=False)}, True),
    (Test.STOPS_BEING, (1,), {"a": ValueChange(new=1, old_is_known=False)}, False),
    (Test.IS_ONE_OF, (5, 6), {}, True),
    (Test.IS_ONE_OF, (5, 6), {"a": ValueChange(old=5, new=7)}, False),
    (Test.IS_EMPTY, (), {}, False),
    (Test.IS_EMPTY, (), {"a": ValueChange(old=5, new=None)}, True),
    (Test.IS_ABOVE, (4,), {}, True),
    (Test.IS_ABOVE, (5.0,), {}, False),
    (Test.IS_BELOW, (5.01,), {}, True),
    (Test.IS_BELOW, ("x",), {}, False),
    (Test.IS_ABOVE, ("2026-11-24",), {"a": ValueChange(new="2026-11-24T23:00:00Z")}, False),
    (Test.IS_ABOVE, ("2026-11-24",), {"a": ValueChange(new="2026-11-25")}, True),
    (Test.IS_BELOW, ("2026-11-24",), {"a": ValueChange(new="")}, False),
]


@pytest.mark.parametrize(("test", "values", "changes", "expected"), TESTS_OF_A_ROW)
def test_conditions(test: Test, values: tuple[Any, ...], changes: dict[str, ValueChange], expected: bool) -> None:
    condition = Condition(column="a", test=test, values=values)
    assert Conditions(conditions=(condition,)).hold(changes, {"a": 5}) is expected
    never = Condition(column="b", test=Test.CHANGES)
    assert Conditions(conditions=(condition, never)).hold(changes, {"a": 5}) is expected
    assert not Conditions(conditions=(condition, never), all_must_hold=True).hold(changes, {"a": 5})


VALUES = some.none() | some.integers(1, 3) | some.sampled_from(["", "x", "2026-11-24"]) | some.floats(allow_nan=False)
CONDITIONS = some.builds(
    Conditions,
    conditions=some.lists(
        some.builds(
            Condition,
            column=some.sampled_from(["prioritycode", "statuscode"]),
            test=some.sampled_from(list(Test)),
            values=some.lists(VALUES, max_size=2).map(tuple),
        ),
        max_size=3,
    ).map(tuple),
    all_must_hold=some.booleans(),
)
TIMES = some.integers(-2000, 2000).map(lambda minutes: NOW + timedelta(minutes=minutes))
MUTES = some.none() | some.builds(mute, some.none() | TIMES, also_urgent=some.booleans())
CHATS = some.builds(
    ChatRules,
    zone=some.sampled_from([None, "Europe/Berlin", "Mars/Olympus"]),
    mute=MUTES,
    skip_own_cards=some.booleans(),
    skip_integrations=some.booleans(),
    skip_people=some.sampled_from([{}, {BOB: "Bob"}]),
    quiet_hours=some.sampled_from([None, QUIET]),
    budget=some.builds(
        Budget, in_a_day=some.none() | some.integers(0, 3), in_a_burst=some.none() | some.integers(0, 3)
    ),
    combine_bulk_edits=some.booleans(),
)
CONNECTIONS = some.builds(
    ConnectionRules,
    style=some.sampled_from(list(Style)),
    value_rule=some.none() | CONDITIONS,
    urgent_rule=some.none() | CONDITIONS,
    mute=MUTES,
)
PEOPLE = some.lists(some.sampled_from([ADA, BOB, FLOW]), max_size=2).map(tuple)
CHANGES = some.builds(change, some.sampled_from([HIGH, LOW]), people=PEOPLE, own=some.booleans(), news=some.booleans())
RECENT = some.builds(
    Recent, posts=some.lists(TIMES, max_size=4).map(sorted).map(tuple), bulk_records=some.integers(0, 4)
)


@examples(300)
@given(made=CHANGES, rules=CHATS, connection=CONNECTIONS, now=TIMES, recent=RECENT)
def test_every_decision_keeps_the_promises(
    made: Change, rules: ChatRules, connection: ConnectionRules, now: datetime, recent: Recent
) -> None:
    decision = decide(made, rules, connection, now, recent)
    urgent = connection.urgent_rule is not None and connection.urgent_rule.hold(made.columns, made.row)
    # A held change waits for a later time, or for a person who ends an endless mute.
    if decision.outcome is Outcome.HELD:
        assert decision.until is None or decision.until > now
        assert decision.until is not None or decision.reason is Reason.MUTE
    else:
        assert decision.until is None
    # Nothing disturbs a quiet or muted chat, unless it is news or urgent.
    muted = any(each and each.is_active(now) for each in (rules.mute, connection.mute))
    quiet = rules.quiet_hours is not None and rules.quiet_hours.end_after(now) is not None
    if (muted or quiet) and decision.outcome in {Outcome.POSTED, Outcome.MERGED}:
        assert decision.outcome is Outcome.POSTED
        assert urgent or made.is_news
    if made.is_news:
        assert decision.outcome is Outcome.POSTED
    # The same question has the same answer.
    assert decide(made, rules, connection, now, recent) == decision
