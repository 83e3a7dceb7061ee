"""The processes of the bench start and answer."""

import os
from pathlib import Path

from tests.bench.bench import bench
from tests.bench.child import AROUND, module, running
from tests.bench.load import apply_load, request
from tests.bench.samples import link_query


def test_a_side_answers_the_load_of_a_quick_run(tmp_path: Path) -> None:
    before = os.sched_getaffinity(0)
    with bench(tmp_path, rounds=1, quick=True, with_postgres=False) as made:
        query = link_query(made.service_url, made.dataverse_url, 1)
        requests = [request("/api/messages", query, made.authorization)]
        with running(module("sides.bare"), tmp_path, made.side(), cores=AROUND) as side:
            load = apply_load(side, requests, seconds=0.1, expected=b"Pump 1")
    assert load.rate > 0
    assert os.sched_getaffinity(0) == before
