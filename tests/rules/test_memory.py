"""Memory that the process takes for each read, and gives back to the system."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_READS = """
import asyncio, gc, socket
from bot.runtime.memory import settle_memory

class Recorder(socket.socket):
    def recv(self, size):
        print(size)
        return super().recv(size)

async def main():
    ours, theirs = socket.socketpair()
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.create_connection(lambda: asyncio.StreamReaderProtocol(reader), sock=Recorder(fileno=ours.detach()))
    theirs.sendall(b"x" * 100_000)
    theirs.close()
    assert len(await reader.read()) == 100_000

gc.disable()
settle_memory()
assert gc.isenabled()
asyncio.run(main())
"""

_BLOCKS = """
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


def test_a_connection_allocates_little_for_each_read() -> None:
    done = subprocess.run([sys.executable, "-c", _READS], cwd=ROOT, capture_output=True, text=True, check=True)
    sizes = [int(each) for each in done.stdout.split()]
    assert len(sizes) > 3
    assert max(sizes) <= 32 * 1024


def own_blocks(kind: str) -> int:
    """Return how many blocks outside of the heap a block of 256 KB took, after larger ones were freed."""
    command = [sys.executable, "-c", _BLOCKS, kind]
    return int(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="the function is glibc's")
def test_a_large_block_is_outside_of_the_heap_for_as_long_as_the_process_runs() -> None:
    assert own_blocks("settled") == 1
    assert own_blocks("not settled") == 0
