"""Health checks and metrics of a process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from math import inf, isnan
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.http.client import ATTEMPTS
from bot.store.tables import inbox, outbox, sync_job
from tests.fakes.connector import error
from tests.steps.changes import subscriptions_in_graph, until_subscriptions_settled
from tests.wire.people import EVERYBODY
from tests.wire.world import GROUP, OTHER_GROUP, World

pytestmark = pytest.mark.one_database

HIGH, LOW = 1, 3
DAY_S = 86_400


async def asked(world: World, path: str) -> tuple[int, Any]:
    async with world.session.get(f"{world.url}{path}") as answer:
        return answer.status, await answer.json()


async def scraped(world: World) -> dict[str, float]:
    """Return every sample of /metrics by its name in queries."""
    async with world.session.get(f"{world.url}/metrics") as answer:
        assert answer.status == 200
        told = await answer.text()
    samples = [sample for family in text_string_to_metric_families(told) for sample in family.samples]
    return {" ".join([sample.name, *sample.labels.values()]): sample.value for sample in samples}


async def connected(world: World, *chats: str) -> None:
    for each in chats:
        await world.say("connect CAS-01001 quiet", chat=each)
    await world.settle()
    world.connector.posts.clear()


async def test_a_process_is_ready_when_every_system_answers(world: World) -> None:
    status, body = await asked(world, "/readyz")
    assert (status, body["status"]) == (200, "ready")
    assert body["checks"] == {"database": "ok", "dataverse localhost/sandbox": "ok"}


async def test_a_system_that_does_not_answer_is_named_with_what_to_do_and_the_process_stays_alive(world: World) -> None:
    world.dataverse_is_down = True
    status, body = await asked(world, "/readyz")
    assert (status, body["status"]) == (503, "not ready")
    assert body["checks"]["database"] == "ok"
    assert "Try again" in body["checks"]["dataverse localhost/sandbox"]
    assert (await asked(world, "/healthz"))[0] == 200
    world.dataverse_is_down = False


async def test_probes_do_not_hammer_other_systems_for_what_was_found_out_counts_for_some_seconds(world: World) -> None:
    assert (await asked(world, "/readyz"))[0] == 200
    world.dataverse_is_down = True
    world.clock.advance(5)
    assert (await asked(world, "/readyz"))[0] == 200
    world.clock.advance(1)
    assert (await asked(world, "/readyz"))[0] == 503
    world.dataverse_is_down = False
    assert (await asked(world, "/readyz"))[0] == 503
    world.clock.advance(6)
    assert (await asked(world, "/readyz"))[0] == 200


async def test_what_waits_is_counted_with_its_age(world: World) -> None:
    await connected(world, GROUP, OTHER_GROUP)
    world.connector.fault = lambda *_: error(429, "Throttled", Retry_After="120")
    await world.change({"prioritycode": HIGH})
    await world.window_ends()
    await world.change({"prioritycode": LOW})
    world.clock.advance(1)
    found = await scraped(world)
    assert (found["chatsync_waiting inbox"], found["chatsync_oldest_seconds inbox"]) == (1, 1)
    assert (found["chatsync_waiting outbox"], found["chatsync_oldest_seconds outbox"]) == (2, 1)
    world.connector.fault = lambda *_: None
    world.clock.advance(120)
    await world.settle()
    found = await scraped(world)
    assert (found["chatsync_waiting outbox"], found["chatsync_oldest_seconds outbox"]) == (0, 0)
    world.connector.posts.clear()


async def test_posts_are_counted_by_what_became_of_them(world: World) -> None:
    await connected(world, GROUP)
    before = await scraped(world)
    faults = [error(503, "ServiceError"), error(413, "MessageSizeTooBig")]
    world.connector.fault = lambda *_: faults.pop(0) if faults else None
    await world.change({"prioritycode": HIGH})
    await world.window_ends()
    world.clock.advance(60)
    await world.settle()
    await world.change({"prioritycode": LOW})
    await world.window_ends()
    found = await scraped(world)
    counted = {each: found[each] - before[each] for each in found if each.startswith("chatsync_messages_total")}
    names = ("sent", "later", "gone", "refused")
    assert [counted[f"chatsync_messages_total {name}"] for name in names] == [1, 1, 0, 1]
    assert found["chatsync_send_seconds_count"] == before["chatsync_send_seconds_count"] + 3
    world.connector.posts.clear()
    await world.forget(outbox)


async def test_each_check_is_a_metric_of_its_own(world: World) -> None:
    checks = ("chatsync_ready database", "chatsync_ready dataverse localhost/sandbox")
    assert [(await scraped(world))[each] for each in checks] == [1, 1]
    world.dataverse_is_down = True
    world.clock.advance(6)
    assert [(await scraped(world))[each] for each in checks] == [1, 0]
    world.dataverse_is_down = False


async def test_what_is_given_up_is_counted_by_queue(world: World) -> None:
    names = [f"chatsync_dead_letters_total {queue}" for queue in ("inbox", "outbox", "sync")]
    await connected(world, GROUP)
    assert [(await scraped(world))[each] for each in names] == [0, 0, 0]
    faults = [error(413, "MessageSizeTooBig")]
    world.connector.fault = lambda *_: faults.pop(0) if faults else None
    await world.change({"prioritycode": HIGH})
    await world.window_ends()
    assert [(await scraped(world))[each] for each in names] == [0, 1, 0]
    await world.change({"prioritycode": LOW})
    world.dataverse_is_down = True
    await world.window_ends()
    world.clock.advance(DAY_S + 600)
    await world.settle()
    found = await scraped(world)
    assert (found[names[0]] > 0, found[names[1]]) == (True, 1)
    world.dataverse_is_down = False
    for queue in (inbox, outbox, sync_job):
        await world.forget(queue)


async def test_requests_that_a_system_throttles_are_counted(world: World) -> None:
    world.dataverse_refuses["WhoAmI"] = (429, {})
    assert (await asked(world, "/readyz"))[0] == 503
    found = await scraped(world)
    world.dataverse_refuses.clear()
    assert (found["chatsync_throttled_total dataverse"], found["chatsync_throttled_total graph"]) == (ATTEMPTS, 0)


async def test_the_time_until_a_subscription_expires_is_a_metric(world: World) -> None:
    name = "chatsync_subscription_expiry_seconds"
    assert (await scraped(world))[name] == inf
    await until_subscriptions_settled(world)
    assert subscriptions_in_graph(world)
    before = (await scraped(world))[name]
    world.clock.advance(600)
    assert 0 < (await scraped(world))[name] == before - 600


async def test_the_way_from_a_change_to_its_card_is_timed(world: World) -> None:
    await connected(world, GROUP)
    await world.change({"prioritycode": HIGH})
    await world.window_ends()
    found = await scraped(world)
    assert (found["chatsync_change_to_card_seconds_count"], found["chatsync_change_to_card_seconds_sum"]) == (1, 2)
    world.connector.posts.clear()


@pytest.mark.databases("postgresql")
async def test_while_the_database_is_down_what_was_counted_is_told_and_what_waits_is_left_out(world: World) -> None:
    await connected(world, GROUP)
    before = await scraped(world)
    assert "chatsync_waiting outbox" in before
    assert before["chatsync_messages_total sent"] > 0
    # What was found out about the systems counts for some seconds.
    world.clock.advance(6)
    async with database_down(world.settings.database_url):
        found = await scraped(world)
        assert found["chatsync_messages_total sent"] == before["chatsync_messages_total sent"]
        assert not [name for name in found if name.startswith(("chatsync_waiting", "chatsync_oldest_seconds"))]
        assert isnan(found["chatsync_subscription_expiry_seconds"])
        assert found["chatsync_ready database"] == 0
        status, body = await asked(world, "/readyz")
        assert (status, "CHATSYNC_DATABASE_URL" in body["checks"]["database"]) == (503, True)
    world.clock.advance(6)
    assert (await asked(world, "/readyz"))[0] == 200
    assert "chatsync_waiting outbox" in await scraped(world)


@asynccontextmanager
async def database_down(url: str) -> AsyncIterator[None]:
    """Close the database's connections, and reject new ones."""
    server, _, name = url.rpartition("/")
    admin = create_async_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    async with admin.connect() as connection:
        await connection.execute(text(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false"))
        gone = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
        await connection.execute(gone, {"name": name})
        try:
            yield
        finally:
            await connection.execute(text(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true"))
    await admin.dispose()


async def test_nothing_personal_is_told_to_who_reads_the_figures(world: World) -> None:
    await connected(world, GROUP)
    await world.change({"prioritycode": HIGH})
    await world.window_ends()
    world.connector.posts.clear()
    told = [*await scraped(world), str(await asked(world, "/readyz")), str(await asked(world, "/healthz"))]
    secrets = (GROUP, "CAS-01001", "Pump", "Priority", *(each.name.split()[0] for each in EVERYBODY))
    assert [each for each in told for secret in secrets if secret in each] == []


async def test_two_applications_in_one_process_count_apart(world: World) -> None:
    await connected(world, GROUP)
    await world.restart()
    assert (await scraped(world))["chatsync_messages_total sent"] == 0
