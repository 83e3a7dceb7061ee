"""Tests side by side, but for those that measure time: each of them has the machine for itself."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID")
"""The same in all processes of a run; None where there is only one."""


@contextmanager
def turn(*, alone: bool) -> Iterator[None]:
    """Returns from its beginning when the test may run: beside others, or beside none."""
    if _RUN is None:
        yield
        return
    place = Path(tempfile.gettempdir())
    with (place / f"chatsync-gate-{_RUN}").open("w") as gate, (place / f"chatsync-tests-{_RUN}").open("w") as tests:
        # Who waits for the others to end holds the gate: nobody overtakes.
        fcntl.flock(gate, fcntl.LOCK_EX)
        fcntl.flock(tests, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(gate, fcntl.LOCK_UN)
        yield
