"""Memory that the process takes for each read."""

import subprocess
import sys
from pathlib import Path

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


def test_a_connection_allocates_little_for_each_read() -> None:
    done = subprocess.run([sys.executable, "-c", _READS], cwd=ROOT, capture_output=True, text=True, check=True)
    sizes = [int(each) for each in done.stdout.split()]
    assert len(sizes) > 3
    assert max(sizes) <= 32 * 1024
