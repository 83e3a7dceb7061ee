"""Rules and decisions in words: each combination of parts is a message of its own."""

from dataclasses import replace
from datetime import time

import pytest

from bot.domain.notifications.condition_rules import describe_condition, describe_conditions
from bot.domain.notifications.conditions import Condition, Conditions, Test
from bot.domain.notifications.decide import Outcome, Reason
from bot.domain.notifications.descriptions import describe_chat, describe_connection, describe_quiet_hours
from bot.domain.notifications.history import Closing, StoredDecision
from bot.domain.notifications.quiet_hours import EVERY_DAY, QuietHours
from bot.domain.notifications.rules import Budget, ChatRules, ConnectionRules, Style
from bot.domain.tables import Column, ColumnType
from bot.domain.texts import Text
from bot.domain.values import ChatId, ConnectionId, UserId
from bot.features.notifications.decision_texts import describe_decision, describe_waiting
from tests.fakes.clock import START

PRIORITY = Column(name="prioritycode", label="Priority", type=ColumnType.PICKLIST, options={1: "High", 3: "Low"})
COLUMNS = {"prioritycode": PRIORITY}
WORKDAYS, WEEKEND, ONE = frozenset(range(5)), frozenset({5, 6}), frozenset({2})


@pytest.mark.parametrize(
    ("days", "whole_days", "said"),
    [
        (EVERY_DAY, (), "Quiet from 18:00 to 8:30, New York time."),
        (WORKDAYS, (), "Quiet from 18:00 to 8:30 on workdays, New York time."),
        (ONE, (), "Quiet from 18:00 to 8:30 on Wednesday, New York time."),
        (EVERY_DAY, WEEKEND, "Quiet from 18:00 to 8:30, and all of Saturday and Sunday, New York time."),
        (WORKDAYS, ONE, "Quiet from 18:00 to 8:30 on workdays, and all of Wednesday, New York time."),
        (WEEKEND, ONE, "Quiet from 18:00 to 8:30 on Saturday and Sunday, and all of Wednesday, New York time."),
        ((), {0, *WEEKEND}, "Quiet all of Monday, Saturday, and Sunday, New York time."),
    ],
)
def test_quiet_hours_are_one_sentence(days: frozenset[int], whole_days: frozenset[int], said: str) -> None:
    hours = QuietHours(
        zone="America/New_York",
        start=time(18),
        end=time(8, 30),
        days=frozenset(days),
        whole_days=frozenset(whole_days),
    )
    shown = describe_quiet_hours(hours)
    assert (shown, isinstance(shown, Text)) == (said, True)


def test_rules_of_a_chat_are_sentences() -> None:
    rules = ChatRules(
        skip_own_cards=True,
        skip_integrations=True,
        skip_people={UserId("u1"): "Adele Vance", UserId("u2"): "Alex Wilber"},
        budget=Budget(in_a_day=10, in_a_burst=1),
        combine_bulk_edits=True,
    )
    assert describe_chat(rules) == (
        "Changes made on cards of this chat are skipped.",
        "Changes by integrations are skipped.",
        "Changes by Adele Vance and Alex Wilber are skipped.",
        "At most 10 messages in 24 hours.",
        "At most 1 message in 10 minutes.",
        "Changes of many records by one person become one summary.",
    )
    assert describe_chat(ChatRules()) == ()


@pytest.mark.parametrize(
    ("test", "values", "said"),
    [
        (Test.CHANGES, (), "Priority changes"),
        (Test.BECOMES, (1,), "Priority becomes High"),
        (Test.STOPS_BEING, (1,), "Priority stops being High"),
        (Test.IS_ONE_OF, (1, 3), "Priority is High or Low"),
        (Test.IS_EMPTY, (), "Priority is empty"),
        (Test.IS_ABOVE, (3,), "Priority is above Low"),
        (Test.IS_BELOW, (3,), "Priority is below Low"),
    ],
)
def test_each_condition_is_a_message(test: Test, values: tuple[int, ...], said: str) -> None:
    assert describe_condition(Condition(column="prioritycode", test=test, values=values), COLUMNS) == said


def test_a_column_that_no_longer_exists_keeps_its_name() -> None:
    assert describe_condition(Condition(column="gone", test=Test.BECOMES, values=(1,)), COLUMNS) == "gone becomes 1"


def test_the_rules_of_a_record_are_sentences() -> None:
    conditions = Conditions(
        conditions=(
            Condition(column="prioritycode", test=Test.BECOMES, values=(1,)),
            Condition(column="statuscode", test=Test.CHANGES),
        )
    )
    assert describe_conditions(conditions, COLUMNS) == "Priority becomes High or statuscode changes"
    rules = ConnectionRules(
        style=Style.DIGEST,
        value_rule=replace(conditions, all_must_hold=True),
        urgent_rule=conditions,
        mention_new_owner=True,
        mention_owner=True,
    )
    assert describe_connection(rules, COLUMNS) == (
        "Changes come in a digest at 8:00.",
        "Only if Priority becomes High and statuscode changes.",
        "Urgent: Priority becomes High or statuscode changes.",
        "A new owner is mentioned.",
        "The owner is mentioned on urgent changes.",
    )
    assert describe_connection(ConnectionRules(style=Style.LIVE), COLUMNS) == ("One live card shows the changes.",)


@pytest.mark.parametrize("reason", Reason)
def test_each_decision_names_its_reason(reason: Reason) -> None:
    shown = describe_decision(decision(reason), "Priority changed")
    outcome, _, rule = shown.removeprefix("Priority changed, ").partition(": ")
    assert (Outcome(outcome), rule) == (outcome, reason)


@pytest.mark.parametrize("reason", [Reason.MUTE, Reason.QUIET_HOURS, Reason.DIGEST])
def test_a_held_change_is_a_sentence_while_it_waits(reason: Reason) -> None:
    assert describe_waiting(decision(reason), "News") == f"{describe_decision(decision(reason), 'News')}."


@pytest.mark.parametrize(
    ("closing", "said"),
    [
        (Closing.POSTED, "News, held: mute, later posted"),
        (Closing.CANCELED_OUT, "News, held: mute, later canceled out"),
        (Closing.DROPPED, "News, held: mute, later dropped because of a setting"),
        (Closing.CONNECTION_ENDED, "News, held: mute, dropped because the connection ended"),
    ],
)
def test_the_end_of_a_held_change_is_said(closing: Closing, said: str) -> None:
    assert describe_decision(replace(decision(Reason.MUTE), closed_as=closing), "News") == said


def decision(reason: Reason) -> StoredDecision:
    return StoredDecision(
        id=1,
        connection=ConnectionId(1),
        chat=ChatId("19:chat@thread.v2"),
        at=START,
        outcome=Outcome.HELD,
        reason=reason,
        columns=(),
    )
