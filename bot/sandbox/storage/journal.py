"""The file of changes, one JSON line per transaction. A change is flushed to disk before it becomes visible."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import Literal

from bot.logs import get_logger
from bot.private_files import private_opener, restrict
from bot.sandbox.storage.codec import DamagedLine, decode_changes, encode_changes
from bot.sandbox.storage.rows import MAX_REMOVALS, Changes, Removal
from bot.sandbox.values import Ref, Row

COMPACTION_THRESHOLD = 2_000
"""Number of lines above which the file is compacted to the last state of each row, also while it is in use."""


_log = get_logger(__name__)


class JournalError(Exception):
    """The file cannot be used. The message states the reason and the next step, and contains nothing of the file."""

    @property
    def log_text(self) -> str:
        """The message."""
        return str(self)


class Journal:
    """Exclusive access of one process to the file. All methods block, so call them off the event loop."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock: FileIO | None = None
        self._out: FileIO | None = None
        self._lines = 0
        self._last: dict[Ref, Row | Removal] = {}
        """The last state of each row in the file."""
        self._version = 0

    def open(self) -> Changes:
        """Lock the file and return its content as one transaction.

        Raise `JournalError` if another process uses the file or a line is damaged. An incomplete last line is cut off,
        because its change was never acknowledged.
        """
        lock, fresh = self._beside(".lock"), self._beside(".new")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._lock = _open(lock, "wb")
        except OSError as error:
            raise JournalError("The sandbox's file cannot be created. Set CHATSYNC_SANDBOX_FILE.") from error
        self._acquire_lock(self._lock)
        private = [restrict(each) for each in (self._file, lock, fresh)]
        if not all(private):
            _log.warning("sandbox.file_not_private")
        lines = _complete_lines(self._file)
        for changes in self._read(lines):
            self._remember(changes)
        self._lines = len(lines)
        self._out = _open(self._file, "ab")
        self._compact_if_long()
        return self._state()

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
        self._remember(changes)
        self._lines += 1
        self._compact_if_long()

    def close(self) -> None:
        """Close the file and release the lock."""
        self._close_out()
        if self._lock:
            self._lock.close()
        self._lock = None

    def _beside(self, suffix: str) -> Path:
        return self._file.with_name(self._file.name + suffix)

    def _acquire_lock(self, file: FileIO) -> None:
        try:
            _lock(file)
        except OSError as error:
            self.close()
            raise JournalError(
                "Another process uses the sandbox's file. End it, or set CHATSYNC_SANDBOX_FILE to another file."
            ) from error

    def _read(self, lines: list[bytes]) -> Iterator[Changes]:
        for number, line in enumerate(lines, 1):
            try:
                yield decode_changes(line)
            except DamagedLine as error:
                self.close()
                raise JournalError(
                    f"Line {number} of the sandbox's file is damaged. Move the file to start with the sample rows."
                ) from error

    def _remember(self, changes: Changes) -> None:
        self._version = max(self._version, changes.version)
        for row in changes.put:
            self._last[row.ref] = row
        for removal in changes.removed:
            self._last[removal.ref] = removal

    def _state(self) -> Changes:
        """Return the last state of each row as one transaction, and forget old removals."""
        removed = _newest(each for each in self._last.values() if isinstance(each, Removal))
        put = [each for each in self._last.values() if isinstance(each, Row)]
        kept: list[Row | Removal] = [*put, *removed]
        self._last = {each.ref: each for each in kept}
        return Changes(version=self._version, put=put, removed=removed)

    def _compact_if_long(self) -> None:
        """Compact a long file. If that fails, use it as it is, and try again after as many lines."""
        if self._lines <= COMPACTION_THRESHOLD:
            return
        self._lines = 1
        try:
            self._compact()
        except OSError:
            _log.exception("sandbox.file_not_compacted")

    def _compact(self) -> None:
        fresh = self._beside(".new")
        with _open(fresh, "wb") as out:
            _write(out, encode_changes(self._state()))
        # Windows does not replace a file that is open.
        self._close_out()
        try:
            fresh.replace(self._file)
        finally:
            self._out = _open(self._file, "ab")

    def _close_out(self) -> None:
        if self._out:
            self._out.close()
        self._out = None


def _open(file: Path, mode: Literal["ab", "wb"]) -> FileIO:
    """Open a file for writing, and create it with access for its owner only."""
    return open(file, mode, buffering=0, opener=private_opener)


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


def _newest(removals: Iterable[Removal]) -> list[Removal]:
    """Return the newest removals of each table, oldest first. One more than `Rows` remembers shows that some are gone.

    See `Rows.forgotten`.
    """
    tables: dict[str, list[Removal]] = {}
    for each in sorted(removals, key=lambda removal: removal.version):
        tables.setdefault(each.ref.table, []).append(each)
    return [each for found in tables.values() for each in found[-MAX_REMOVALS - 1 :]]


if sys.platform == "win32":
    import msvcrt

    def _lock(file: FileIO) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: FileIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
