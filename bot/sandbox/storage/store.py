"""The rows and their journal together: one writer at a time, kept before told."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from bot.sandbox.storage.journal import Journal
from bot.sandbox.storage.rows import Changes, Draft, Rows


class NotKept(Exception):
    """A change could not be written to the file, so it was not made."""


class Store:
    """All rows, and the way to change them."""

    def __init__(self, rows: Rows, file: Path | None) -> None:
        self.rows = rows
        self._journal = Journal(file) if file else None
        self._writing = asyncio.Lock()
        self._listeners: list[Callable[[Changes], None]] = []

    async def open(self) -> None:
        """Makes the changes of earlier runs again; raises `JournalError` or OSError where their file cannot be used."""
        if self._journal:
            self.rows.apply(await asyncio.to_thread(self._journal.open))

    async def close(self) -> None:
        """Lets go of the file."""
        if self._journal:
            await asyncio.to_thread(self._journal.close)

    def listen(self, listener: Callable[[Changes], None]) -> None:
        """Tells the listener of every change that is kept."""
        self._listeners.append(listener)

    @asynccontextmanager
    async def change(self) -> AsyncIterator[Draft]:
        """A transaction. What the block has put is kept when it ends, or nothing is if it ends with an error.

        Raises `NotKept` where the file cannot be written.
        """
        async with self._writing:
            draft = Draft(self.rows)
            yield draft
            keeping = asyncio.create_task(self._keep(draft.changes))
            try:
                await asyncio.shield(keeping)
            except asyncio.CancelledError:
                # Whoever waits may go, but a half-kept change must not meet the next writer.
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
