"""Content of a timeline row (spec Y1-Y3), by tables and by properties."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.chat_sync import (
    MAX_SUBJECT_LENGTH,
    ActivityRow,
    DesiredRow,
    RowState,
    SyncedRow,
    SyncProblem,
    apply_change,
    build_subject,
    plan_close,
    plan_reopen,
    plan_update,
    sync_state,
)
from bot.domain.environment_settings import OrganizationSettings
from bot.domain.settings import EnvironmentSettings
from bot.domain.values import ChatKind, ObjectId, UserId

NOW = datetime(2026, 11, 21, 10, 20, 30, tzinfo=UTC)
ON = EnvironmentSettings(version=1, organization=OrganizationSettings(chats_on=True, sync_on=True), record_types={})
ACTIVITY = SyncedRow(activity_id="1", created_by=ObjectId("m"), last_activity_at=NOW)
OPEN = ActivityRow(state=RowState.OPEN, version="1")

users = st.sampled_from([UserId(each) for each in "abcd"])
moments = st.none() | st.integers(0, 3_000_000).map(lambda each: NOW + timedelta(microseconds=each))
facts = st.builds(
    DesiredRow,
    record=st.sampled_from(["r1", "r2"]),
    members=st.frozensets(users),
    modified_on=moments,
    modified_by=st.none() | users,
    subject=st.none() | st.sampled_from(["One", "Two"]),
)
rows = st.builds(
    ActivityRow,
    state=st.sampled_from(RowState),
    version=st.just("1"),
    members=st.frozensets(users),
    modified_on=st.none() | st.integers(0, 3).map(lambda each: NOW + timedelta(seconds=each)),
    modified_by=st.none() | users,
    subject=st.none() | st.sampled_from(["One", "Two"]),
    regarding=st.none() | st.sampled_from(["r1", "r2"]),
    description=st.sampled_from(
        [
            "",
            "A note.",
            "A note.\nClosed.",
            "Two\u2028lines\r\n",
            "é🛠️" * 495 + "x" * 5,
            "x" * 1986,
            "x" * 1987,
            "x" * 2000,
        ]
    ),
)


def settings(**organisation: object) -> EnvironmentSettings:
    return replace(ON, organization=replace(ON.organization, **organisation))  # type: ignore[arg-type]


@given(facts, rows)
def test_a_second_plan_after_the_write_is_empty(chat: DesiredRow, row: ActivityRow) -> None:
    after = apply_change(row, plan_update(chat, row), "2")
    assert plan_update(chat, after).is_empty


@given(facts, rows)
def test_an_open_row_shows_the_chat_and_its_time_never_goes_back(chat: DesiredRow, row: ActivityRow) -> None:
    after = apply_change(row, plan_update(chat, row), "2")
    if row.state is not RowState.OPEN:
        assert plan_update(chat, row).is_empty
        return
    assert after.members == chat.members
    assert after.subject == (row.subject if chat.subject is None else chat.subject)
    wrote = chat.modified_on.replace(microsecond=0) if chat.modified_on else None
    assert after.modified_on == max((each for each in (row.modified_on, wrote) if each), default=None)
    assert after.modified_by == (chat.modified_by if wrote and wrote == after.modified_on else row.modified_by)


@given(facts, rows)
def test_closing_and_reopening_keeps_a_persons_text(chat: DesiredRow, row: ActivityRow) -> None:
    ended = apply_change(row, plan_close(row, "Disconnected."), "2")
    back = apply_change(ended, plan_reopen(chat, ended, "Disconnected."), "3")
    if row.state is RowState.OPEN:
        assert ended.state is RowState.COMPLETED
        assert (back.state, back.description) == (RowState.OPEN, row.description)
        assert len((ended.description or "").encode("utf-16-le")) // 2 <= 2000
        assert (ended.description or "").startswith(row.description or "")
    else:
        assert ended == replace(row, version="2")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "Disconnected."),
        ("A note.", "A note.\nDisconnected."),
        ("x" * 1986, "x" * 1986 + "\nDisconnected."),
        ("x" * 1987, "x" * 1987),
        ("🛠" * 994, "🛠" * 994),
    ],
)
def test_a_row_is_completed_with_a_line_if_it_fits(before: str, after: str) -> None:
    row = replace(OPEN, description=before)
    ended = apply_change(row, plan_close(row, "Disconnected."), "2")
    assert (ended.state, ended.description) == (RowState.COMPLETED, after)


@given(st.none() | st.text(max_size=600), st.lists(st.text(max_size=300), max_size=5))
def test_a_subject_fits_has_one_line_and_is_never_empty(topic: str | None, names: list[str]) -> None:
    subject = build_subject(topic, names)
    assert 0 < len(subject.encode("utf-16-le")) // 2 <= MAX_SUBJECT_LENGTH
    assert subject == subject.strip()
    assert "\n" not in subject


@pytest.mark.parametrize(
    ("topic", "names", "subject"),
    [
        ("Pumps", ["Ada"], "Pumps"),
        (None, ["Ada"], "Ada"),
        ("", ["Ada", "Bo", "Cy"], "Ada, Bo, Cy"),
        (" \t ", ["Ada", "Bo", "Cy", "Di"], "Ada, Bo, Cy + 1"),
        (None, ["Ada", "", "Cy", "Di", "Ed"], "Ada, Cy, Di + 2"),
        (None, ["", ""], "Teams chat"),
        (None, [], "Teams chat"),
        ("👨‍👩‍👧" * 40, [], "👨‍👩‍👧" * 31 + "…"),
    ],
)
def test_the_subject_is_the_topic_or_the_members(topic: str | None, names: list[str], subject: str) -> None:
    assert build_subject(topic, names) == subject


@pytest.mark.parametrize(
    ("organisation", "activity", "ended", "why"),
    [
        ({}, ACTIVITY, False, None),
        ({"chats_on": False}, ACTIVITY, False, SyncProblem.CHATS_OFF),
        ({"sync_on": False}, ACTIVITY, False, SyncProblem.SYNC_OFF),
        ({"chats_on": False, "sync_on": False}, ACTIVITY, False, SyncProblem.CHATS_OFF),
        ({}, None, False, SyncProblem.BEFORE_SYNC),
        ({"sync_on": False}, None, False, SyncProblem.SYNC_OFF),
        ({}, None, True, SyncProblem.DISCONNECTED),
        ({}, ACTIVITY, True, SyncProblem.DISCONNECTED),
        ({}, replace(ACTIVITY, problem=SyncProblem.REFUSED), False, SyncProblem.REFUSED),
        ({}, replace(ACTIVITY, row=replace(OPEN, state=RowState.COMPLETED)), False, SyncProblem.COMPLETED),
        ({}, replace(ACTIVITY, row=replace(OPEN, state=RowState.CANCELLED)), False, SyncProblem.CANCELLED),
        ({}, replace(ACTIVITY, row=replace(OPEN, state=RowState.SCHEDULED)), False, SyncProblem.SCHEDULED),
        ({}, replace(ACTIVITY, row=replace(OPEN, state=RowState.COMPLETED), closing_line="Ours."), False, None),
        ({}, replace(ACTIVITY, last_activity_at=NOW - timedelta(days=7)), False, None),
        ({}, replace(ACTIVITY, last_activity_at=NOW - timedelta(days=7, seconds=1)), False, SyncProblem.IDLE),
        ({"sync_idle_days": 8}, replace(ACTIVITY, last_activity_at=NOW - timedelta(days=7, seconds=1)), False, None),
        ({"sync_idle_days": 0}, replace(ACTIVITY, last_activity_at=NOW - timedelta(days=4000)), False, None),
    ],
)
def test_each_reason_against_sync(
    organisation: dict[str, object], activity: SyncedRow | None, ended: bool, why: SyncProblem | None
) -> None:
    state = sync_state(settings(**organisation), ChatKind.GROUP, activity, ended=ended, now=NOW)
    assert state.problem is why
    assert (state.idle_since is not None) == (why is SyncProblem.IDLE)


def test_a_channel_has_no_row() -> None:
    assert sync_state(ON, ChatKind.CHANNEL, None, ended=False, now=NOW).problem is SyncProblem.CHANNEL


def test_a_chat_without_sync_is_not_reported_as_stuck() -> None:
    kept = sync_state(ON, ChatKind.GROUP, ACTIVITY, ended=False, now=NOW, stuck="NotAllowed: no")
    ended = sync_state(ON, ChatKind.GROUP, ACTIVITY, ended=True, now=NOW, stuck="NotAllowed: no")
    assert (kept.problem, kept.failure) == (None, "NotAllowed: no")
    assert (ended.problem, ended.failure) == (SyncProblem.DISCONNECTED, "")
