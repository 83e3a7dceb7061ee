"""Wait until the standard input ends, then end all processes of a test run and remove its folders.

Run as a script: `python -I cleaner.py <folder>...`. It imports nothing else, so that it starts at once.
"""

import os
import shutil
import signal
import sys
import time
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder with a random name is made in it
VARIABLE = "TEST_RUN_FOLDER"
"""The environment variable that marks the processes of a run. Its value is the run's folder."""


def processes(folder: str) -> list[int]:
    """Return the ids of the processes that were started in the run (Linux only; none on other systems)."""
    marked = f"{VARIABLE}={folder}".encode()
    found = []
    for each in Path("/proc").glob("[0-9]*/environ"):
        try:
            if marked in each.read_bytes().split(b"\0"):
                found.append(int(each.parent.name))
        except OSError:
            continue  # it has ended, or belongs to another user
    return found


def clean(folder: str, *more: str) -> None:
    """End the processes of the run and remove its folders."""
    for _ in range(100):
        left = processes(folder)
        if not left:
            break
        for each in left:
            try:
                os.kill(each, signal.SIGKILL)
            except ProcessLookupError:
                continue
        time.sleep(0.05)
    for path in (folder, *more):
        shutil.rmtree(path, ignore_errors=True)


if __name__ == "__main__":
    sys.stdin.read()
    clean(*sys.argv[1:])
