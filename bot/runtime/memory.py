"""The memory of the process while it runs."""

import gc
import sys
from asyncio import selector_events

_GC_THRESHOLDS = (5_000, 3, 100)
"""A collection pauses the process for about a microsecond per new object, so collections are small, and rarely full."""
_READ_BYTES = 32 * 1024
"""Bytes that a connection reads at once."""
_LARGE = 128 * 1024
"""Bytes of a block that gets memory of its own. This is where glibc begins ("mallopt(3)", M_MMAP_THRESHOLD)."""
_M_MMAP_THRESHOLD = -3
"""The number of the option in `malloc.h`."""


def settle_memory() -> None:
    """Prepare the memory for years of running. Call it after the start."""
    # The objects of the start stay in memory. Collecting garbage among them would pause the process for milliseconds
    # again and again, and for a tenth of a second now. Little of it is garbage, and the amount no longer grows.
    gc.freeze()
    gc.set_threshold(*_GC_THRESHOLDS)
    gc.enable()
    # asyncio allocates 256 KB for each read and keeps what arrived, so the heap breaks into pieces and grows as long as
    # the process runs. There is no setting for this size.
    selector_events._SelectorTransport.max_size = _READ_BYTES  # type: ignore[attr-defined] # noqa: SLF001
    if sys.platform == "linux":
        _give_back_large_blocks()


def _give_back_large_blocks() -> None:
    """Return each large block to the system when it is freed. Otherwise, glibc soon takes it from the heap as well."""
    import ctypes

    # Other C libraries don't have this function.
    if set_option := getattr(ctypes.CDLL(None), "mallopt", None):
        set_option(_M_MMAP_THRESHOLD, _LARGE)
