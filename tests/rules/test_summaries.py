"""When a summary card is posted, when a new one begins, and its net changes (spec V7, V16)."""

from datetime import datetime, timedelta

import pytest

from bot.domain.notifications.rules import Budget
from bot.domain.notifications.summaries import budget_was_free, bulk_summary_due, is_same_bulk_edit
from bot.domain.posted_cards import (
    MAX_CHANGES,
    MAX_DETAILED_RECORDS,
    CardChange,
    CardRecord,
    SummaryContent,
    SummaryRecord,
    add_live_changes,
    add_to_summary,
)
from bot.domain.reported_change import ReportedColumn
from bot.domain.values import ConnectionId, EnvironmentId, RecordRef
from tests.fakes.clock import START

RECORD = CardRecord(
    ref=RecordRef(environment=EnvironmentId("contoso"), table="incident", row_id="1"), kind="Case", name="A", number="1"
)
EMPTY = SummaryContent(count=0, since=START)


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def change(old: str | None, new: str, *, column: str = "priority", at: datetime = START) -> CardChange:
    return CardChange(column=ReportedColumn(name=column, label=column, old=old, new=new, raw=new), at=at)


def of_record(number: int, *changes: CardChange, at: float = 0, urgent: bool = False) -> SummaryRecord:
    return SummaryRecord(connection=ConnectionId(number), record=RECORD, changes=changes, at=after(at), urgent=urgent)


@pytest.mark.parametrize(("last", "due"), [(0, 10), (9, 19), (49, 59), (51, 60), (60, 60)])
def test_a_bulk_edit_is_reported_ten_seconds_after_its_last_change_and_a_minute_after_its_first(
    last: float, due: float
) -> None:
    assert bulk_summary_due(START, after(last)) == after(due)


def test_a_bulk_edit_goes_on_for_a_minute_after_each_change() -> None:
    assert is_same_bulk_edit(START, after(59.9))
    assert not is_same_bulk_edit(START, after(60))


def test_a_budget_is_free_when_a_post_leaves_its_span() -> None:
    budget = Budget(in_a_burst=2)
    posts = [after(0), after(60)]
    assert not budget_was_free(budget, after(61), after(599), posts)
    assert budget_was_free(budget, after(61), after(600), posts)
    # An urgent card in between takes the place, but there was room before it, or there was not.
    assert budget_was_free(budget, after(61), after(605), [*posts, after(603)])
    assert not budget_was_free(budget, after(61), after(605), [*posts, after(500)])
    assert budget_was_free(Budget(), after(61), after(62), posts)
    assert not budget_was_free(Budget(in_a_day=1), after(1), after(24 * 3600 - 1), [START])


def test_a_summary_has_the_first_old_and_the_last_new_value() -> None:
    content = add_to_summary(EMPTY, of_record(1, change("Low", "Normal")))
    content = add_to_summary(content, of_record(1, change("Normal", "High"), at=1))
    ((net,),) = (each.changes for each in content.records)
    assert (net.column.old, net.column.new, content.count) == ("Low", "High", 2)
    content = add_to_summary(content, of_record(1, change("High", "Low"), at=2))
    assert (content.records, content.is_empty, content.count) == ((), True, 3)


def test_urgent_records_come_first_and_those_beyond_the_limit_are_counted() -> None:
    content = EMPTY
    for number in range(MAX_DETAILED_RECORDS + 5):
        content = add_to_summary(content, of_record(number, change("1", "2"), at=number, urgent=number == 7))
    assert content.records[0].connection == 7
    assert content.records[1].connection == MAX_DETAILED_RECORDS + 4
    assert (len(content.records), len(content.others)) == (MAX_DETAILED_RECORDS, 5)
    # A record that was only counted comes back with its next change.
    content = add_to_summary(content, of_record(0, change("2", "3"), at=99))
    assert (content.records[1].connection, len(content.others)) == (0, 5)


def test_a_live_card_has_the_newest_changes_and_keeps_fields_that_cannot_be_read() -> None:
    content = add_live_changes(None, RECORD, (), [change("1", "2", at=after(1)), change("2", "3", at=after(2))])
    assert [each.column.new for each in content.changes] == ["3", "2"]
    for step in range(9):
        content = add_live_changes(content, RECORD, (), [change("x", f"{step}", at=after(3 + step))])
    assert [each.column.new for each in content.changes] == ["8", "7", "6", "5", "4"]
    assert len(content.changes) == MAX_CHANGES
