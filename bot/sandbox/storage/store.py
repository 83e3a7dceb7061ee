"""The store of all rows. It runs one write transaction at a time and saves changes before they become visible."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from bot.sandbox.storage.journal import Journal
from bot.sandbox.storage.rows import Changes, Rows, Transaction


class WriteFailed(Exception):
    """The journal could not be written, so the transaction was rolled back."""


class Store:
    """All rows, with transactions to change them."""

    def __init__(self, rows: Rows, file: Path | None) -> None:
        self.rows = rows
        self._journal = Journal(file) if file else None
        self._write_lock = asyncio.Lock()
        self._listeners: list[Callable[[Changes], None]] = []

    async def open(self) -> None:
        """Load the changes of earlier runs. Raise `JournalError` or OSError if the file cannot be used."""
        if self._journal:
            self.rows.apply(await asyncio.to_thread(self._journal.open))

    async def close(self) -> None:
        """Close the journal."""
        if self._journal:
            await asyncio.to_thread(self._journal.close)

    def add_listener(self, listener: Callable[[Changes], None]) -> None:
        """Call the listener after every committed transaction."""
        self._listeners.append(listener)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Open a transaction that is committed when the block ends, or rolled back on an exception.

        Raise `WriteFailed` if the journal cannot be written.
        """
        async with self._write_lock:
            transaction = Transaction(self.rows)
            yield transaction
            save = asyncio.create_task(self._save(transaction.changes))
            try:
                await asyncio.shield(save)
            except asyncio.CancelledError:
                # The caller may be canceled, but the write must finish before the next one starts.
                await save
                raise

    async def _save(self, changes: Changes) -> None:
        if not changes.put and not changes.removed:
            return
        if self._journal:
            try:
                await asyncio.to_thread(self._journal.append, changes)
            except OSError as error:
                raise WriteFailed from error
        self.rows.apply(changes)
        for listener in self._listeners:
            listener(changes)
