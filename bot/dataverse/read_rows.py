"""Read rows of a table by ID: one for a user, or many for the app."""

from collections.abc import Mapping, Sequence

from bot.dataverse.batch import MAX_REQUESTS
from bot.dataverse.client import DataverseClient
from bot.dataverse.protocol import ANNOTATIONS, NO_SUCH_ROW, expand_clause, parse_row, select_clause
from bot.domain.errors import ChatSyncError, NotAllowed, NotFound
from bot.domain.tables import Column, Row, Table
from bot.domain.values import ObjectId
from bot.http.client import ResponseTooLarge


async def read_row(
    client: DataverseClient, table: Table, row_id: str, columns: Sequence[Column], caller: ObjectId | None
) -> Row:
    """Return the row with these columns, with the caller's rights."""
    path, query = _query(table, row_id, columns)
    body = await client.get(path, query, caller=caller, prefer=[ANNOTATIONS])
    return parse_row(body, table.primary_id, columns)


async def read_rows(
    client: DataverseClient, table: Table, row_ids: Sequence[str], columns: Sequence[Column]
) -> Mapping[str, Row | None]:
    """Return the rows with the app's rights, None for a deleted one; omit rows that the app may not read.

    Send one batch after the other, because there may be many rows and no user is waiting.
    """
    found: dict[str, Row | None] = {}
    for start in range(0, len(row_ids), MAX_REQUESTS):
        found.update(await _read_batch(client, table, row_ids[start : start + MAX_REQUESTS], columns))
    return found


async def _read_batch(
    client: DataverseClient, table: Table, row_ids: Sequence[str], columns: Sequence[Column]
) -> Mapping[str, Row | None]:
    queries = [_query(table, row_id, columns) for row_id in row_ids]
    try:
        answers = await client.batch_read(queries, prefer=[ANNOTATIONS])
    except ResponseTooLarge:
        if len(row_ids) == 1:
            raise
        # The rows have long texts: read half as many at a time.
        half = len(row_ids) // 2
        parts = [await _read_batch(client, table, each, columns) for each in (row_ids[:half], row_ids[half:])]
        return {**parts[0], **parts[1]}
    found: dict[str, Row | None] = {}
    for row_id, answer in zip(row_ids, answers, strict=True):
        if not isinstance(answer, ChatSyncError):
            found[row_id] = parse_row(answer, table.primary_id, columns)
        elif isinstance(answer, NotFound) and answer.code == NO_SUCH_ROW:
            found[row_id] = None
        elif not isinstance(answer, NotAllowed):
            raise answer
    return found


def _query(table: Table, row_id: str, columns: Sequence[Column]) -> tuple[str, Mapping[str, str]]:
    query = {"$select": select_clause(columns) or table.primary_id, "$expand": expand_clause(columns)}
    return f"{table.set_name}({row_id})", {name: value for name, value in query.items() if value}
