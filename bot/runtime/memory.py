"""The memory of the process while it runs."""

import gc
from asyncio import selector_events

_GC_THRESHOLDS = (5_000, 3, 100)
"""A collection pauses the process for about a microsecond per new object, so collections are small, and rarely full."""
_READ_BYTES = 32 * 1024
"""Bytes that a connection reads at once."""


def settle_memory() -> None:
    """Prepare the memory for years of running. Call it after the start."""
    # The objects of the start stay in memory. Collecting garbage among them would pause the process for milliseconds
    # again and again, and for a tenth of a second now. Little of it is garbage, and the amount no longer grows.
    gc.freeze()
    gc.set_threshold(*_GC_THRESHOLDS)
    gc.enable()
    # asyncio allocates 256 KB for each read and keeps what arrived, so the heap breaks into pieces and grows as long as
    # the process runs. There is no setting for this size. To give large blocks back at once ("mallopt(3)") would take a
    # tenth of the time of an answer.
    selector_events._SelectorTransport.max_size = _READ_BYTES  # type: ignore[attr-defined] # noqa: SLF001
