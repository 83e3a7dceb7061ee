"""A database that restarts under load: the processes recover, and no card is lost."""

import asyncio
from collections.abc import Iterator

import pytest

from bot.store.engine import Engines
from tests.fakes.connector import FakeConnector
from tests.fakes.postgres import PostgresCluster
from tests.process.load import (
    AT_ONCE,
    CARDS,
    CHATS,
    LEASE_S,
    SCALED,
    Crew,
    Figures,
    chats_of,
    in_order_of_first_arrival,
    put,
    repeated,
    until_all_is_sent,
    until_arrived,
)
from tests.tiers import FULL, missing

DOWN_S = (1, LEASE_S + 1) * (5 if FULL else 1)
"""Duration of each outage: shorter and longer than the workers' leases."""

pytestmark = [pytest.mark.databases("postgresql"), pytest.mark.timeout(900 if FULL else 600)]


@pytest.fixture
def cluster() -> Iterator[PostgresCluster]:
    """Return a PostgreSQL cluster that no other test uses meanwhile."""
    cluster = PostgresCluster.found()
    if cluster is None:
        missing("PostgreSQL (initdb and pg_ctl)")
        return
    with cluster:
        yield cluster


@pytest.fixture
def database_url(cluster: PostgresCluster) -> str:
    return cluster.address("postgres")


async def test_a_database_that_is_restarted_under_load_costs_no_card(
    cluster: PostgresCluster,
    engines: Engines,
    crew: Crew,
    connector: FakeConnector,
    record_testsuite_property: Figures,
) -> None:
    await crew.start(SCALED, SCALED)
    connector.latency_s = 0.05
    for restart, down_s in enumerate(DOWN_S):
        begin = CHATS * CARDS * restart
        await put(engines, connector, chats=CHATS, cards=CARDS, begin=CARDS * restart)
        await until_arrived(connector, begin + CHATS * CARDS // 4)
        await asyncio.to_thread(cluster.stop)
        await asyncio.sleep(down_s)
        await asyncio.to_thread(cluster.start)
        await engines.close()
        await until_all_is_sent(engines)
    twice = 0
    for chat in chats_of(CHATS):
        assert in_order_of_first_arrival(connector, chat) == list(range(len(DOWN_S) * CARDS))
        # At a restart, Teams may have accepted one card of a lane whose result is not committed yet.
        assert repeated(connector, chat).total() <= len(DOWN_S)
        twice += repeated(connector, chat).total()
    record_testsuite_property("database restarts", len(DOWN_S))
    record_testsuite_property("sent twice by database restarts", twice)
    assert twice <= len(DOWN_S) * 2 * AT_ONCE
