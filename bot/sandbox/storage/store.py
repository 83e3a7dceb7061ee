"""The store of all rows. It runs one write transaction at a time and saves changes before they become visible."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from bot.sandbox.storage.journal import Journal
from bot.sandbox.storage.rows import Changes, Draft, Rows


class NotKept(Exception):
    """The journal could not be written, so the transaction was rolled back."""


class Store:
    """All rows, with transactions to change them."""

    def __init__(self, rows: Rows, file: Path | None) -> None:
        self.rows = rows
        self._journal = Journal(file) if file else None
        self._writing = asyncio.Lock()
        self._listeners: list[Callable[[Changes], None]] = []

    async def open(self) -> None:
        """Load the changes of earlier runs. Raise `JournalError` or OSError if the file cannot be used."""
        if self._journal:
            self.rows.apply(await asyncio.to_thread(self._journal.open))

    async def close(self) -> None:
        """Close the journal."""
        if self._journal:
            await asyncio.to_thread(self._journal.close)

    def listen(self, listener: Callable[[Changes], None]) -> None:
        """Call the listener after every committed transaction."""
        self._listeners.append(listener)

    @asynccontextmanager
    async def change(self) -> AsyncIterator[Draft]:
        """Open a transaction that is committed when the block ends, or rolled back on an exception.

        Raise `WriteFailed` if the journal cannot be written.
        """
        async with self._writing:
            draft = Draft(self.rows)
            yield draft
            keeping = asyncio.create_task(self._keep(draft.changes))
            try:
                await asyncio.shield(keeping)
            except asyncio.CancelledError:
                # The caller may be canceled, but the write must finish before the next one starts.
                await keeping
                raise

    async def _keep(self, changes: Changes) -> None:
        if not changes.put and not changes.removed:
            return
        if self._journal:
            try:
                await asyncio.to_thread(self._journal.append, changes)
            except OSError as error:
                raise NotKept from error
        self.rows.apply(changes)
        for listener in self._listeners:
            listener(changes)
