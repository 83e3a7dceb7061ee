"""A million connections and ten million decisions: no statement reads much, and retention deletes all that is old."""

from collections.abc import Iterator

import pytest

from tests.bench.scale.explained import full_scans, long_reads
from tests.bench.scale.large import LARGE, PAGES_AT_MOST, ROWS_AT_MOST, fill
from tests.bench.scale.paths import PATHS, recorded
from tests.bench.scale.pruned import pruned
from tests.fakes.postgres import PostgresCluster
from tests.tiers import missing

pytestmark = [pytest.mark.full, pytest.mark.alone, pytest.mark.timeout(3600)]


@pytest.fixture
def cluster() -> Iterator[PostgresCluster]:
    """Return a cluster of its own on the disk: the shared one can be in memory."""
    made = PostgresCluster.found() or missing("PostgreSQL")
    with made:
        yield made


async def test_no_statement_reads_much_of_a_large_table(cluster: PostgresCluster) -> None:
    url = await cluster.new_database()
    now = await fill(url, LARGE)
    found = await recorded(url, LARGE, now)
    assert {each.area for each in found} == {*PATHS, "pruning"}
    assert full_scans(found, at_most=ROWS_AT_MOST) == []
    assert long_reads(found, pages=PAGES_AT_MOST) == []
    deleted = await pruned(url, days=1)
    # A day is a thirtieth of the decisions, and of the events and messages, which are a third as many.
    assert deleted.rows > LARGE.decisions // 30
