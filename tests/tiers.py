"""Which tests run, by the environment variable `CHATSYNC_TESTS`.

Without it: SQLite, each story once, no browser, no processes, no load. `all` adds PostgreSQL, real clients, and
processes, and fails a test whose program is missing. `full` adds fuzzing, endurance, and scale.
"""

import os
from collections.abc import Collection
from itertools import islice
from typing import Any, NoReturn, TypeVar

import pytest
from hypothesis import HealthCheck, settings

T = TypeVar("T")

REQUESTED = os.environ.get("CHATSYNC_TESTS", "")
FULL = REQUESTED == "full"
"""True if the load is that of a large organization. Otherwise, it is a tenth of that."""
MORE = REQUESTED in {"all", "full"}
"""True if PostgreSQL, real clients, and processes take part."""


def missing(program: str) -> NoReturn:
    """Skip the test that needs this program, or fail the test when `CHATSYNC_TESTS` requests every test."""
    if MORE:
        pytest.fail(f"{program} is missing, and CHATSYNC_TESTS={REQUESTED} requests these tests")
    pytest.skip(f"{program} is missing")


def variants(every: Collection[T], count: int) -> list[T]:
    """Return the first `count` variants of a story. `all` and `full` run every variant."""
    return list(every) if MORE else list(islice(every, count))


def examples(count: int, **more: Any) -> settings:
    """Return the settings of a property: the same `count` examples in each run, and many others in a full run."""
    checks = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
    return settings(
        max_examples=20 * count if FULL else count,
        deadline=None,
        database=None,
        # What a short run finds has to do with the change, and not with chance.
        derandomize=not FULL,
        print_blob=True,
        suppress_health_check=checks,
        **more,
    )


settings.register_profile("ours", examples(25))
settings.load_profile("ours")
