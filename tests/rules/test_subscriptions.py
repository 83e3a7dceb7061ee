"""Creation, renewal, and end of subscriptions, and the sentences for their problems."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.subscription_problems import find_problem
from bot.domain.subscriptions import (
    ALL_CHATS_TARGETS,
    LIFETIME,
    MEMBERS,
    TOPICS,
    Subscription,
    SubscriptionError,
    SubscriptionStep,
    SubscriptionTarget,
    chat_target,
    next_attempt_at,
    next_step,
    renewal_at,
    target_from_key,
)
from bot.domain.values import ChatId

NOW = datetime(2026, 11, 21, 10, 20, 30, tzinfo=UTC)
CHAT = chat_target(ChatId("19:0f0f@thread.v2"))
LATER = NOW + timedelta(hours=1)

WATCHES = st.sampled_from(ALL_CHATS_TARGETS) | st.text(min_size=1, max_size=60).map(
    lambda text: chat_target(ChatId(text))
)


@pytest.mark.parametrize(
    ("subscription", "step"),
    [
        (Subscription(target=TOPICS), SubscriptionStep.CREATE),
        (Subscription(target=TOPICS, id="1", expires_at=LATER, fingerprint="us"), SubscriptionStep.RENEW),
        (
            Subscription(target=TOPICS, id="1", expires_at=LATER, fingerprint="us", needs_refresh=True),
            SubscriptionStep.REFRESH,
        ),
        (Subscription(target=TOPICS, id="1", expires_at=LATER, fingerprint="others"), SubscriptionStep.RECREATE),
        (
            Subscription(target=TOPICS, id="1", expires_at=LATER, fingerprint="others", needs_refresh=True),
            SubscriptionStep.RECREATE,
        ),
        (Subscription(target=TOPICS, id="1", expires_at=NOW, fingerprint="us"), SubscriptionStep.CREATE),
        (Subscription(target=TOPICS, expires_at=LATER, fingerprint="us", needs_refresh=True), SubscriptionStep.CREATE),
        (
            Subscription(target=TOPICS, wanted=False, id="1", expires_at=LATER, fingerprint="us"),
            SubscriptionStep.DELETE,
        ),
        (Subscription(target=TOPICS, wanted=False), SubscriptionStep.DELETE),
    ],
)
def test_the_next_step_of_a_subscription(subscription: Subscription, step: SubscriptionStep) -> None:
    assert next_step(subscription, "us", NOW) is step


@given(watch=WATCHES)
def test_the_key_of_a_target_can_be_parsed(watch: SubscriptionTarget) -> None:
    assert target_from_key(watch.key) == watch


@given(watch=WATCHES)
def test_a_renewal_is_a_day_to_a_day_and_a_half_before_the_expiration(
    watch: SubscriptionTarget,
) -> None:
    end = NOW + LIFETIME
    assert timedelta(hours=24) <= end - renewal_at(watch, end) <= timedelta(hours=36)


def test_many_renewals_are_spread_over_twelve_hours() -> None:
    at = sorted(renewal_at(chat_target(ChatId(f"19:{number}@thread.v2")), NOW + LIFETIME) for number in range(10_000))
    per_hour = [sum(begin <= each < begin + timedelta(hours=1) for each in at) for begin in (at[0], at[5_000])]
    assert all(600 < number < 1_100 for number in per_hour)


@pytest.mark.parametrize("hindrance", SubscriptionError)
@given(retry_after_s=st.none() | st.floats(min_value=0, max_value=86_400))
def test_a_failed_step_is_retried_after_some_minutes_when_graph_allows_it(
    hindrance: SubscriptionError, retry_after_s: float | None
) -> None:
    wait = next_attempt_at(hindrance, NOW, retry_after_s) - NOW
    assert wait >= timedelta(minutes=5)
    assert wait >= timedelta(seconds=retry_after_s or 0)


def hindered(watch: SubscriptionTarget, hindrance: SubscriptionError | None, own_id: str | None = None) -> Subscription:
    return Subscription(target=watch, error=hindrance, id=own_id)


@pytest.mark.parametrize(
    ("kept", "found"),
    [
        ([], None),
        ([hindered(TOPICS, None)], None),
        ([hindered(TOPICS, None, "1")], None),
        ([hindered(TOPICS, SubscriptionError.NOT_ALLOWED)], SubscriptionError.NOT_ALLOWED),
        ([hindered(TOPICS, SubscriptionError.NOT_ALLOWED), hindered(CHAT, None, "1")], None),
        (
            [hindered(TOPICS, SubscriptionError.NOT_ALLOWED), hindered(CHAT, SubscriptionError.NOT_FOUND)],
            SubscriptionError.NOT_ALLOWED,
        ),
        ([hindered(TOPICS, SubscriptionError.NO_ANSWER, "1")], None),
        ([hindered(MEMBERS, SubscriptionError.NOT_ALLOWED)], None),
    ],
)
def test_a_problem_is_reported_if_no_subscription_covers_the_chat(
    kept: list[Subscription], found: SubscriptionError | None
) -> None:
    told = find_problem({each.target: each for each in kept}, (TOPICS, CHAT))
    assert (told and told.error) == found
    assert told is None or (told.description and told.next_step and "{" not in told.next_step)
