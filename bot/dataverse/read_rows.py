"""Read rows of a table by ID: one for a user, or many for the app."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.dataverse.batch import MAX_REQUESTS
from bot.dataverse.client import DataverseClient
from bot.dataverse.protocol import ANNOTATIONS, NO_SUCH_ROW, expand_clause, parse_row, select_clause
from bot.domain.errors import BadRequest, ChatSyncError, NotAllowed, NotFound, Unavailable
from bot.domain.tables import Column, Row, Table
from bot.domain.values import ObjectId
from bot.http.client import ResponseTooLarge
from bot.logs import get_logger

_log = get_logger(__name__)


async def read_row(
    client: DataverseClient, table: Table, row_id: str, columns: Sequence[Column], caller: ObjectId | None
) -> Row:
    """Return the row with these columns, with the caller's rights."""
    path, query = _query(table, row_id, columns)
    body = await client.get(path, query, caller=caller, prefer=[ANNOTATIONS])
    return parse_row(body, table.primary_id, columns)


async def read_rows(
    client: DataverseClient, table: Table, row_ids: Sequence[str], columns: Sequence[Column]
) -> Mapping[str, Row | ChatSyncError | None]:
    """Return the rows with the app's rights: None for a deleted row, and the error for one that cannot be read.

    Omit rows that the app may not read. Raise the error if the same columns are wrong for all rows. Send one batch
    after the other, because there may be many rows and no user is waiting.
    """
    found: dict[str, Row | ChatSyncError | None] = {}
    for start in range(0, len(row_ids), MAX_REQUESTS):
        found.update(await _read_batch(client, table, row_ids[start : start + MAX_REQUESTS], columns))
    rejected = [each for each in found.values() if isinstance(each, BadRequest)]
    if rejected and len(rejected) == len(found):
        raise rejected[0]
    return found


def parse_rows(found: Iterable[Mapping[str, Any]], primary_id: str, columns: Sequence[Column]) -> Sequence[Row]:
    """Parse the rows of a query. Skip what is not a row, because it must not hide the others."""
    rows, skipped = [], 0
    for body in found:
        try:
            rows.append(parse_row(body, primary_id, columns))
        except Unavailable:
            skipped += 1
    if skipped:
        _log.warning("dataverse.row_unreadable", column=primary_id, count=skipped)
    return rows


async def _read_batch(
    client: DataverseClient, table: Table, row_ids: Sequence[str], columns: Sequence[Column]
) -> Mapping[str, Row | ChatSyncError | None]:
    queries = [_query(table, row_id, columns) for row_id in row_ids]
    try:
        answers = await client.batch_read(queries, prefer=[ANNOTATIONS])
    except ResponseTooLarge as error:
        if len(row_ids) == 1:
            return {row_ids[0]: error}
        # The rows have long texts: read half as many at a time.
        half = len(row_ids) // 2
        parts = [await _read_batch(client, table, each, columns) for each in (row_ids[:half], row_ids[half:])]
        return {**parts[0], **parts[1]}
    rows = {row_id: _row(answer, table, columns) for row_id, answer in zip(row_ids, answers, strict=True)}
    return {row_id: row for row_id, row in rows.items() if not isinstance(row, NotAllowed)}


def _row(
    answer: Mapping[str, Any] | ChatSyncError, table: Table, columns: Sequence[Column]
) -> Row | ChatSyncError | None:
    if isinstance(answer, ChatSyncError):
        return None if isinstance(answer, NotFound) and answer.code == NO_SUCH_ROW else answer
    try:
        return parse_row(answer, table.primary_id, columns)
    except Unavailable as error:
        return error


def _query(table: Table, row_id: str, columns: Sequence[Column]) -> tuple[str, Mapping[str, str]]:
    query = {"$select": select_clause(columns) or table.primary_id, "$expand": expand_clause(columns)}
    return f"{table.set_name}({row_id})", {name: value for name, value in query.items() if value}
