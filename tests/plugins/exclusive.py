"""Run tests side by side, except in full runs those marked `alone`, which measure time.

These have the machine for themselves. Other runs check what such tests do, and not how long it takes.
"""

import fcntl
import os
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.tiers import FULL

_IS_DISTRIBUTED = "PYTEST_XDIST_WORKER" in os.environ


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Wait until the test may run."""
    with _lock(alone=FULL and item.get_closest_marker("alone") is not None):
        return (yield)


@contextmanager
def _lock(*, alone: bool) -> Iterator[None]:
    """Hold a lock that is shared by all workers, or an exclusive one if the test must run `alone`."""
    if not _IS_DISTRIBUTED:
        yield
        return
    # The temporary folder is that of this run.
    folder = Path(tempfile.gettempdir())
    with (folder / "gate").open("w") as gate, (folder / "tests").open("w") as tests:
        # A worker that waits for the others holds the gate, so that no other worker overtakes it.
        fcntl.flock(gate, fcntl.LOCK_EX)
        fcntl.flock(tests, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(gate, fcntl.LOCK_UN)
        yield
