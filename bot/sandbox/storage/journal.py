"""The file of changes, one JSON line per transaction. A change is flushed to disk before it becomes visible."""

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import BinaryIO

from bot.sandbox.storage.codec import DamagedLine, decode_changes, encode_changes
from bot.sandbox.storage.rows import Changes, Removal
from bot.sandbox.values import Ref, Row

COMPACTION_THRESHOLD = 2_000
"""Number of lines above which the file is compacted to the last state of each row."""


class JournalError(Exception):
    """The file cannot be used. The message states the reason and the next step."""


class Journal:
    """Exclusive access of one process to the file. All methods block, so call them off the event loop."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock: BinaryIO | None = None
        self._out: FileIO | None = None

    def open(self) -> Changes:
        """Lock the file and return its content as one transaction.

        Raise `JournalError` if another process uses the file or a line is damaged. An incomplete last line is cut off,
        because its change was never acknowledged.
        """
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._acquire_lock()
        lines = _complete_lines(self._file)
        changes = _merge(self._read(lines))
        if len(lines) > COMPACTION_THRESHOLD:
            self._compact(changes)
        self._out = self._file.open("ab", buffering=0)
        return changes

    def append(self, changes: Changes) -> None:
        """Write the changes to disk. Raise OSError and restores the file's previous length on failure."""
        if self._out is None:
            raise JournalError("The sandbox's file is not open.")
        end = self._out.seek(0, os.SEEK_END)
        try:
            _write(self._out, encode_changes(changes))
        except OSError:
            with suppress(OSError):
                self._out.truncate(end)
            raise

    def close(self) -> None:
        """Close the file and release the lock."""
        for each in (self._out, self._lock):
            if each:
                each.close()
        self._out = self._lock = None

    def _acquire_lock(self) -> None:
        self._lock = self._file.with_name(self._file.name + ".lock").open("wb")
        try:
            _lock(self._lock)
        except OSError as error:
            self.close()
            raise JournalError(f"Another process uses {self._file}. End it, or choose another file.") from error

    def _read(self, lines: list[bytes]) -> Iterator[Changes]:
        for number, line in enumerate(lines, 1):
            try:
                yield decode_changes(line)
            except DamagedLine as error:
                self.close()
                raise JournalError(
                    f"Line {number} of {self._file} is damaged. Move the file away to start with the sample rows."
                ) from error

    def _compact(self, changes: Changes) -> None:
        fresh = self._file.with_name(self._file.name + ".new")
        with fresh.open("wb", buffering=0) as out:
            _write(out, encode_changes(changes))
        fresh.replace(self._file)


def _write(out: FileIO, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[out.write(rest) :]
    os.fsync(out.fileno())


def _complete_lines(file: Path) -> list[bytes]:
    """Return the file's complete lines. Cut off an incomplete last line."""
    if not file.exists():
        return []
    content = file.read_bytes()
    end = content.rfind(b"\n") + 1
    if end < len(content):
        os.truncate(file, end)
    return content[:end].splitlines()


def _merge(each: Iterator[Changes]) -> Changes:
    """Merge transactions into one that contains the last state of each row."""
    version = 0
    last: dict[Ref, Row | Removal] = {}
    for changes in each:
        version = max(version, changes.version)
        last.update({row.ref: row for row in changes.put})
        last.update({removal.ref: removal for removal in changes.removed})
    return Changes(
        version=version,
        put=[each for each in last.values() if isinstance(each, Row)],
        removed=[each for each in last.values() if isinstance(each, Removal)],
    )


if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
