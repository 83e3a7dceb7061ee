"""When subscriptions are made, renewed and ended, and what is said where they cannot be."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.subscription_problems import obstacle
from bot.domain.subscriptions import (
    EVERYWHERE,
    LIFE,
    MEMBERS,
    TOPICS,
    Hindrance,
    Step,
    Subscription,
    Watch,
    next_step,
    one_chat,
    renewal_at,
    try_again_at,
    watch_of,
)
from bot.domain.values import ChatId

NOW = datetime(2026, 11, 21, 10, 20, 30, tzinfo=UTC)
CHAT = one_chat(ChatId("19:0f0f@thread.v2"))
LATER = NOW + timedelta(hours=1)

WATCHES = st.sampled_from(EVERYWHERE) | st.text(min_size=1, max_size=60).map(lambda text: one_chat(ChatId(text)))


@pytest.mark.parametrize(
    ("subscription", "step"),
    [
        (Subscription(watch=TOPICS), Step.MAKE),
        (Subscription(watch=TOPICS, id="1", expires_at=LATER, made_for="us"), Step.RENEW),
        (Subscription(watch=TOPICS, id="1", expires_at=LATER, made_for="us", reread=True), Step.REREAD),
        (Subscription(watch=TOPICS, id="1", expires_at=LATER, made_for="others"), Step.REMAKE),
        (Subscription(watch=TOPICS, id="1", expires_at=LATER, made_for="others", reread=True), Step.REMAKE),
        (Subscription(watch=TOPICS, id="1", expires_at=NOW, made_for="us"), Step.MAKE),
        (Subscription(watch=TOPICS, expires_at=LATER, made_for="us", reread=True), Step.MAKE),
        (Subscription(watch=TOPICS, wanted=False, id="1", expires_at=LATER, made_for="us"), Step.END),
        (Subscription(watch=TOPICS, wanted=False), Step.END),
    ],
)
def test_what_a_subscription_needs_next(subscription: Subscription, step: Step) -> None:
    assert next_step(subscription, "us", NOW) is step


@given(watch=WATCHES)
def test_a_watch_is_known_again_by_its_key(watch: Watch) -> None:
    assert watch_of(watch.key) == watch


@given(watch=WATCHES)
def test_a_subscription_is_renewed_a_day_before_its_end_at_the_latest_and_a_day_and_a_half_at_the_earliest(
    watch: Watch,
) -> None:
    end = NOW + LIFE
    assert timedelta(hours=24) <= end - renewal_at(watch, end) <= timedelta(hours=36)


def test_renewals_of_many_are_spread_over_twelve_hours() -> None:
    at = sorted(renewal_at(one_chat(ChatId(f"19:{number}@thread.v2")), NOW + LIFE) for number in range(10_000))
    per_hour = [sum(begin <= each < begin + timedelta(hours=1) for each in at) for begin in (at[0], at[5_000])]
    assert all(600 < number < 1_100 for number in per_hour)


@pytest.mark.parametrize("hindrance", Hindrance)
@given(retry_after_s=st.none() | st.floats(min_value=0, max_value=86_400))
def test_what_failed_is_tried_again_after_some_minutes_and_not_before_graph_allows_it(
    hindrance: Hindrance, retry_after_s: float | None
) -> None:
    wait = try_again_at(hindrance, NOW, retry_after_s) - NOW
    assert wait >= timedelta(minutes=5)
    assert wait >= timedelta(seconds=retry_after_s or 0)


def hindered(watch: Watch, hindrance: Hindrance | None, own_id: str | None = None) -> Subscription:
    return Subscription(watch=watch, hindrance=hindrance, id=own_id)


@pytest.mark.parametrize(
    ("kept", "found"),
    [
        ([], None),
        ([hindered(TOPICS, None)], None),
        ([hindered(TOPICS, None, "1")], None),
        ([hindered(TOPICS, Hindrance.NOT_ALLOWED)], Hindrance.NOT_ALLOWED),
        ([hindered(TOPICS, Hindrance.NOT_ALLOWED), hindered(CHAT, None, "1")], None),
        ([hindered(TOPICS, Hindrance.NOT_ALLOWED), hindered(CHAT, Hindrance.NOT_THERE)], Hindrance.NOT_ALLOWED),
        ([hindered(TOPICS, Hindrance.NO_ANSWER, "1")], None),
        ([hindered(MEMBERS, Hindrance.NOT_ALLOWED)], None),
    ],
)
def test_an_obstacle_is_told_where_nothing_covers_the_chat(kept: list[Subscription], found: Hindrance | None) -> None:
    told = obstacle({each.watch: each for each in kept}, (TOPICS, CHAT))
    assert (told and told.hindrance) == found
    assert told is None or (told.what and told.next_step and "{" not in told.next_step)
