"""Memory that the process gives back to the system."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_PROGRAM = """
import ctypes, gc, sys
from bot.runtime.memory import settle_memory

class Figures(ctypes.Structure):
    _fields_ = [(each, ctypes.c_size_t) for each in "arena small blocks large".split()]
    _fields_ += [(each, ctypes.c_size_t) for each in "kept reserved used free top trimmed".split()]

libc = ctypes.CDLL(None)
libc.mallinfo2.restype = Figures
gc.disable()
if sys.argv[1] == "settled":
    settle_memory()
    assert gc.isenabled()
for size in (4_000_000, 2_000_000, 1_000_000):
    bytearray(size)
before = libc.mallinfo2().large
block = bytearray(256 * 1024)
print(libc.mallinfo2().large - before)
"""


def own_blocks(kind: str) -> int:
    """Return how many blocks outside of the heap a block of 256 KB took, after larger ones were freed."""
    done = subprocess.run([sys.executable, "-c", _PROGRAM, kind], cwd=ROOT, capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="the function is glibc's")
def test_a_large_block_is_outside_of_the_heap_for_as_long_as_the_process_runs() -> None:
    assert own_blocks("settled") == 1
    assert own_blocks("not settled") == 0
