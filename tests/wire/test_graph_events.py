"""`POST /api/graph/events`: notifications of Microsoft Graph are stored before the response, others are ignored."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from io import BytesIO
from typing import Any
from urllib.parse import quote

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy import text
from structlog.testing import capture_logs

from bot.graph.change_notifications import MAX_NOTIFICATIONS
from bot.store.tables import chat, connection, subscription, sync_job
from tests.fakes.certificates import Certificates
from tests.patience import PATIENCE_S
from tests.steps.changes import (
    CHANGES,
    connect_synced_chat,
    enqueued_chats,
    post_body,
    post_notifications,
    rename_notification,
    subscribed_resources,
    subscriptions_in_graph,
    until,
    until_enqueued,
    until_subscriptions_settled,
)
from tests.steps.graph_events import KNOWN, ONE_CHAT, store_subscription_ids
from tests.tiers import examples
from tests.wire.world import CLIENT_STATE, GROUP, OTHER_GROUP, World

pytestmark = pytest.mark.one_database

VOUCHED = {"clientState": CLIENT_STATE}
"""Without the client state, a body is not parsed."""

ODD = "Validation: <script>alert('ü & + %')</script> \"quoted\"\r\n\t🔧 مضخة"


@pytest.fixture
async def told(world: World) -> AsyncIterator[World]:
    """Return a world with two synced chats, a subscription to all chats, and one to a single chat."""
    await connect_synced_chat(world)
    await connect_synced_chat(world, OTHER_GROUP, "CAS-01002")
    await store_subscription_ids(world, topics=KNOWN, chat=ONE_CHAT)
    yield world
    await world.forget(subscription)


async def test_a_validation_request_is_answered_with_the_token_as_plain_text(world: World) -> None:
    url = f"{world.url}{CHANGES}?validationToken={quote(ODD)}"
    async with world.session.post(url, headers={"Content-Type": "text/plain"}) as answer:
        assert (answer.status, answer.content_type) == (200, "text/plain")
        assert await answer.text() == ODD
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    async with world.session.post(f"{world.url}{CHANGES}?validationToken={'x' * 4_001}") as answer:
        assert answer.status == 400


async def test_a_new_topic_is_stored_before_the_response(told: World) -> None:
    assert await post_notifications(told, rename_notification(KNOWN, CLIENT_STATE)) == 202
    assert await enqueued_chats(told) == [GROUP]
    assert await post_notifications(told, rename_notification(ONE_CHAT, CLIENT_STATE)) == 202
    assert await enqueued_chats(told) == [GROUP]


async def test_the_previous_client_state_is_accepted_until_it_is_removed(told: World) -> None:
    new = SecretStr("another state of 28 letters.")
    for previous, chats in ((None, []), (SecretStr(CLIENT_STATE), [GROUP])):
        secrets = {"graph_client_state": new, "graph_client_state_previous": previous}
        told.settings = told.settings.model_copy(update=secrets)
        await told.restart()
        await until_subscriptions_settled(told)
        await store_subscription_ids(told, topics=KNOWN)
        await told.forget(sync_job)
        assert await post_notifications(told, rename_notification(KNOWN, CLIENT_STATE)) == 202
        assert await enqueued_chats(told) == chats
    assert await post_notifications(told, rename_notification(KNOWN, new.get_secret_value())) == 202


async def test_field_names_are_case_insensitive_and_member_changes_are_accepted(told: World) -> None:
    shouted = {name.upper(): value for name, value in rename_notification(KNOWN, CLIENT_STATE).items()}
    assert (await post_body(told, {"Value": [shouted]}))[0] == 202
    assert await enqueued_chats(told) == [GROUP]
    member = rename_notification(
        KNOWN, CLIENT_STATE, resource=f"chats('{GROUP}')/members('MCM/jIyM=')", changeType="Created"
    )
    slashed = rename_notification(KNOWN, CLIENT_STATE, resource=f"/chats/{quote(OTHER_GROUP)}/members")
    assert await post_notifications(told, member, slashed) == 202
    assert await enqueued_chats(told) == sorted([GROUP, OTHER_GROUP])


def forged() -> Mapping[str, tuple[object, ...]]:
    """Return notifications that are not from Graph, or that no subscription covers."""
    good = rename_notification(KNOWN, CLIENT_STATE)
    sealed = {"data": "AAAA", "dataKey": "AAAA", "dataSignature": "AAAA", "encryptionCertificateId": "key-1"}
    return {
        "a wrong client state": (rename_notification(KNOWN, "guessed"),),
        "a client state with the right prefix": (rename_notification(KNOWN, CLIENT_STATE + "x"),),
        "no client state": ({**good, "clientState": None},),
        "an unknown subscription": (rename_notification("33333333-3333-4333-9333-333333333333", CLIENT_STATE),),
        "a chat that the subscription does not cover": (rename_notification(ONE_CHAT, CLIENT_STATE, OTHER_GROUP),),
        "an unknown chat": (rename_notification(KNOWN, CLIENT_STATE, "19:unseen@thread.v2"),),
        "another resource": ({**good, "resource": "users('1')"},),
        "a message": ({**good, "resource": f"chats('{GROUP}')/messages('1')"},),
        "no resource": ({**good, "resource": None},),
        "garbage for resource data": ({**good, "encryptedContent": sealed},),
        "a text for resource data": ({**good, "encryptedContent": "AAAA"},),
        "an unknown lifecycle event": ({**good, "lifecycleEvent": "odd"},),
        "no objects": (None, 5, "a text", [good]),
        "zeros in an id": (rename_notification("\0", CLIENT_STATE, "19:\0@thread.v2"),),
        "zeros in a quoted id": ({**good, "resource": "chats('19:a%00b@thread.v2')"},),
        "a very long id": (rename_notification("x" * 100_000, CLIENT_STATE),),
        "nothing": (),
    }


@pytest.mark.parametrize("what", forged())
async def test_a_forged_notification_changes_nothing_and_gets_no_details(told: World, what: str) -> None:
    assert await post_notifications(told, *forged()[what]) == 202
    assert await enqueued_chats(told) == []
    assert {row["topic"] for row in await told.rows_in(chat)} == {None}


async def test_valid_notifications_among_forged_ones_are_accepted(told: World) -> None:
    every = [each for some in forged().values() for each in some]
    assert await post_notifications(told, *every, rename_notification(KNOWN, CLIENT_STATE), *every) == 202
    assert await enqueued_chats(told) == [GROUP]


async def test_a_zero_in_a_quoted_id_does_not_reach_the_database(told: World) -> None:
    # PostgreSQL refuses it, and the valid notifications of the request would be lost with it.
    hostile = {**rename_notification(KNOWN, CLIENT_STATE), "resource": "chats('19:a%00b@thread.v2')"}
    with capture_logs() as lines:
        assert await post_notifications(told, hostile, rename_notification(KNOWN, CLIENT_STATE)) == 202
    assert [each["rejected"] for each in lines if each["event"] == "notifications.received"] == [1]
    assert await enqueued_chats(told) == [GROUP]


async def test_a_thousand_notifications_about_one_chat_are_one_job(told: World) -> None:
    before = dict(told.looks)
    assert await post_notifications(told, *[rename_notification(KNOWN, CLIENT_STATE)] * 1_000) == 202
    assert await enqueued_chats(told) == [GROUP]
    assert told.looks[GROUP] == before[GROUP] + 1


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ([VOUCHED], "not a JSON object"),
        (VOUCHED, "not a collection"),
        ({**VOUCHED, "value": {}}, "not a collection"),
        ({**VOUCHED, "value": [], "validationTokens": "x"}, "not a collection"),
        ({**VOUCHED, "value": [], "validationTokens": ["x"] * 21}, "too many"),
        ({**VOUCHED, "value": [{}] * (MAX_NOTIFICATIONS + 1)}, "too many"),
        ({**VOUCHED, "value": [{}] * 60_000}, "too many values"),
    ],
)
async def test_a_body_that_is_no_collection_of_notifications_is_rejected_with_the_reason(
    world: World, body: object, said: str
) -> None:
    status, answer = await post_body(world, body)
    assert (status, said in answer) == (400, True)


@pytest.mark.parametrize("body", [[], {}, {"value": {}}, {"value": [{}] * 60_000}, "x", {"clientState": "guessed"}])
async def test_a_body_that_does_not_name_the_client_state_gets_no_details(world: World, body: object) -> None:
    assert await post_body(world, body) == (202, "")


async def test_unreadable_bodies_are_rejected(world: World) -> None:
    url = world.url + CHANGES
    vouched = orjson.dumps(VOUCHED)
    for content, kind, status in (
        (vouched[:-1], "application/json", 400),
        (vouched + b"\xff", "application/json", 400),
        (b"{}", "text/plain", 415),
        (b" " * 8_000_001, "application/json", 413),
    ):
        async with world.session.post(url, data=BytesIO(content), headers={"Content-Type": kind}) as answer:
            assert answer.status == status
            assert (await answer.json())["error"]["message"]


async def test_a_notification_that_cannot_be_stored_in_time_is_rejected_for_a_retry(told: World) -> None:
    told.limits = replace(told.limits, answer_within_s=1.0)
    await told.restart()
    async with told.engines.writing.begin() as begun:
        # Another transaction locks the rows for longer than Graph waits.
        if begun.dialect.name == "postgresql":
            await begun.execute(text("LOCK TABLE sync_job IN EXCLUSIVE MODE"))
        else:
            await begun.execute(sync_job.update().values(attempts=0))
        assert (await post_body(told, {"value": [rename_notification(KNOWN, CLIENT_STATE)]}))[0] == 503
    assert await post_notifications(told, rename_notification(KNOWN, CLIENT_STATE)) == 202
    assert GROUP in await enqueued_chats(told)


async def test_a_subscription_that_requires_reauthorization_is_renewed(world: World) -> None:
    await until_subscriptions_settled(world)
    before = {row.id: row.text("expirationDateTime") for row in subscriptions_in_graph(world)}
    world.clock.advance(3600)
    await lifecycle(world, "reauthorizationRequired")
    await until(
        world,
        lambda: (
            [row.id for row in subscriptions_in_graph(world) if row.text("expirationDateTime") > before[row.id]]
            == list(before)
        ),
    )
    await until_subscriptions_settled(world)


async def test_a_removed_subscription_is_recreated_and_its_chats_are_fetched(world: World) -> None:
    await connect_synced_chat(world)
    await until_subscriptions_settled(world)
    before = subscribed_resources(world)
    await enqueued_chats(world)
    await lifecycle(world, "subscriptionRemoved")
    await until(world, lambda: subscribed_resources(world) == before)
    await until_enqueued(world, GROUP)
    await until_subscriptions_settled(world)


async def test_after_missed_notifications_the_chats_are_fetched(world: World) -> None:
    await connect_synced_chat(world)
    await until_subscriptions_settled(world)
    before = {row.id for row in subscriptions_in_graph(world)}
    await enqueued_chats(world)
    await lifecycle(world, "missed")
    await until_enqueued(world, GROUP)
    assert {row.id for row in subscriptions_in_graph(world)} == before
    await until_subscriptions_settled(world)


async def lifecycle(world: World, event: str) -> None:
    """Send a lifecycle notification for each subscription, and wait until it is stored."""
    for row in subscriptions_in_graph(world):
        due = await world.rows_in(subscription, subscription.c.subscription_id == row.id)
        path = f"{world.sandbox}/graph/v1.0/subscriptions/{row.id}"
        async with world.session.get(path, headers={"x-sandbox-lifecycle": event}) as answer:
            assert answer.status == 200
        async with asyncio.timeout(PATIENCE_S):
            while due and due == await world.rows_in(subscription, subscription.c.watch == due[0]["watch"]):
                await asyncio.sleep(0.01)


async def test_with_a_certificate_notifications_contain_the_topic(
    bare_world: World, certificates: Certificates
) -> None:
    world = bare_world
    both = certificates.certificate.parent / "both.pem"
    both.write_bytes(certificates.certificate.read_bytes() + certificates.key.read_bytes())
    world.settings = world.settings.model_copy(update={"graph_certificate_file": str(both)})
    await world.start()
    await world.add_bot(GROUP)
    await connect_synced_chat(world)
    await until_subscriptions_settled(world)
    (row,) = [each for each in world.teams.chats() if each.id == GROUP]
    await world.teams.rename(row, "Pump 🔧 مضخة")
    named = (chat.c.topic == "Pump 🔧 مضخة") & chat.c.topic_told_at.is_not(None)

    async def is_told() -> bool:
        return bool(await world.rows_in(chat, named))

    await until(world, is_told)
    await world.settle()
    await world.stop()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
FIELDS = ("tenantId", "resourceData", "changeType", "subscriptionExpirationDateTime")
SEALED = ("data", "dataKey", "dataSignature", "encryptionCertificateId")
NEARLY = st.fixed_dictionaries(
    {"clientState": st.just(CLIENT_STATE), "subscriptionId": st.just(KNOWN)},
    optional={
        **dict.fromkeys(FIELDS, JSON),
        "resource": st.sampled_from([f"chats('{GROUP}')", f"chats/{GROUP}/members"]) | JSON,
        "encryptedContent": st.dictionaries(st.sampled_from(SEALED), JSON | st.just("AAAA"), max_size=4),
        "lifecycleEvent": st.sampled_from(["missed", "subscriptionRemoved", "reauthorizationRequired"]) | JSON,
    },
)
BODIES = JSON | st.fixed_dictionaries(
    {"value": st.lists(NEARLY | JSON, max_size=6)}, optional={"validationTokens": JSON}
)


def test_no_body_causes_a_server_error(told: World) -> None:
    @examples(15)
    @given(body=BODIES)
    def posted(body: Any) -> None:
        status, _ = told.run(post_body(told, body))
        assert status in {202, 400}

    posted()


async def test_a_chat_whose_connection_has_ended_is_not_fetched(told: World) -> None:
    async with told.engines.writing.begin() as begun:
        await begun.execute(connection.update().values(ended_at=told.clock.now()))
    assert await post_notifications(told, rename_notification(KNOWN, CLIENT_STATE)) == 202
    assert await enqueued_chats(told) == []
