"""Processor time, compared within one run, so that it does not depend on the speed of the machine."""

import time
from collections.abc import Callable

_ATTEMPTS = 6
_RUNS = 5
_MEASURABLE_S = 0.000_2
"""Work that takes less time than this is fast enough."""


def cpu_s(work: Callable[[], object]) -> float:
    """Return the processor time of the fastest of several runs, in seconds."""
    times = []
    for _ in range(_RUNS):
        before = time.thread_time()
        work()
        times.append(time.thread_time() - before)
    return min(times)


def takes_at_most(factor: float, work: Callable[[], object], reference: Callable[[], object]) -> bool:
    """Check that the work takes at most this many times the processor time of the reference.

    Programs that share the processor slow down both unequally, so that a busy machine gets more attempts.
    """
    return any(cpu_s(work) <= factor * max(cpu_s(reference), _MEASURABLE_S) for _ in range(_ATTEMPTS))
