"""Read rows that are requested at the same time in one batch, such as those of a bulk edit."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.dataverse.batch import MAX_REQUESTS
from bot.dataverse.client import DataverseClient
from bot.dataverse.read_rows import read_row, read_rows
from bot.domain.errors import NotAllowed, NotFound
from bot.domain.tables import Column, Row, Table

MAX_ALONE = 4
"""Reads that are sent alone at the same time. Further ones wait for the next batch."""

_Answer = asyncio.Future[Row | None]


@dataclass(frozen=True, slots=True)
class _Group:
    """Reads of one table with the same columns that wait for the next batch."""

    table: Table
    columns: Sequence[Column]
    waiting: dict[str, list[_Answer]] = field(default_factory=dict)

    def add(self, row_id: str) -> _Answer:
        """Return the future of the row."""
        answer: _Answer = asyncio.get_running_loop().create_future()
        self.waiting.setdefault(row_id, []).append(answer)
        return answer

    def take(self) -> "_Group":
        """Remove and return as many reads as a batch has room for."""
        taken = {row_id: self.waiting.pop(row_id) for row_id in list(self.waiting)[:MAX_REQUESTS]}
        return _Group(self.table, self.columns, taken)

    def answer(self, found: Sequence[tuple[str, Row | Exception | None]]) -> None:
        """Give each caller that still waits the row, or the error."""
        for row_id, row in found:
            for each in self.waiting[row_id]:
                if each.done():
                    continue
                if isinstance(row, Exception):
                    each.set_exception(row)
                else:
                    each.set_result(row)


class GroupedReads:
    """Reads rows of one environment with the app's rights. A few are read at once, and the others together."""

    def __init__(self, client: DataverseClient) -> None:
        self._client = client
        self._alone = 0
        self._groups: dict[tuple[str, tuple[str, ...]], _Group] = {}
        self._sending: asyncio.Task[None] | None = None

    async def read(self, table: Table, row_id: str, columns: Sequence[Column]) -> Row | None:
        """Return the row, or None if it does not exist or the app may not read it."""
        if self._alone >= MAX_ALONE:
            return await self._wait(table, row_id, columns)
        self._alone += 1
        try:
            return await read_row(self._client, table, row_id, columns, None)
        except (NotFound, NotAllowed):
            return None
        finally:
            self._alone -= 1

    def _wait(self, table: Table, row_id: str, columns: Sequence[Column]) -> _Answer:
        key = table.name, tuple(column.name for column in columns)
        group = self._groups.setdefault(key, _Group(table, columns))
        if self._sending is None:
            self._sending = asyncio.create_task(self._send())
        return group.add(row_id)

    async def _send(self) -> None:
        """Send one batch after the other until no read waits."""
        # Others that were woken up at the same time are in the first batch.
        await asyncio.sleep(0)
        try:
            while self._groups:
                key, group = next(iter(self._groups.items()))
                batch = group.take()
                if not group.waiting:
                    del self._groups[key]
                await self._send_batch(batch)
        finally:
            self._sending = None

    async def _send_batch(self, batch: _Group) -> None:
        try:
            found = await read_rows(self._client, batch.table, list(batch.waiting), batch.columns)
        except Exception as error:  # noqa: BLE001 - those who wait must get the error
            batch.answer([(row_id, error) for row_id in batch.waiting])
        else:
            batch.answer([(row_id, found.get(row_id)) for row_id in batch.waiting])
