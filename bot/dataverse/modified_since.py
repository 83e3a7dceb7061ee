"""Detect changes by column `modifiedon`, for tables without change tracking.

It cannot detect deletions, because a deleted row can no longer be read.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.dataverse.client import DataverseClient
from bot.domain.errors import BadRequest, NotAllowed
from bot.domain.formatting import canonical_instant
from bot.domain.tables import MODIFIED_ON, Table
from bot.logs import get_logger
from bot.logs.tracebacks import describe_error
from bot.ports.dataverse import TableChanges

MAX_ROWS = 50_000
"""Maximum number of rows read at a time, ten pages; the next call continues from there."""

SINCE = f"{MODIFIED_ON} ge "
"""Prefix of links of this kind; links of change tracking are URLs."""

_OVERLAP = timedelta(minutes=2)
"""A row is stamped before it is committed, possibly after a newer row was read. Dataverse cancels calls after 2 minutes
("Limits of custom code").
"""
_PAGE = "odata.maxpagesize=5000"

_log = get_logger(__name__)


async def rows_modified_since(client: DataverseClient, table: Table, link: str | None) -> TableChanges | None:
    """Return the rows changed since the link was issued; None if the table does not say when its rows changed."""
    if MODIFIED_ON not in table.columns:
        return None
    since = _parse_time(link.removeprefix(SINCE)) if link and link.startswith(SINCE) else None
    try:
        return await _changes_since(client, table, since) if since else await _start(client, table)
    except (BadRequest, NotAllowed) as error:
        _log.warning("change_tracking.query_failed", table=table.name, reason=describe_error(error), code=error.code)
        return None


async def _start(client: DataverseClient, table: Table) -> TableChanges | None:
    """Start from the newest row, and so from Dataverse's clock, which may differ from ours."""
    query = {"$select": f"{table.primary_id},{MODIFIED_ON}", "$orderby": f"{MODIFIED_ON} desc", "$top": "1"}
    newest = _newest_time(await client.rows(table.set_name, query))
    return _changes(newest - _OVERLAP, frozenset(), complete=False) if newest else None


async def _changes_since(client: DataverseClient, table: Table, since: datetime) -> TableChanges | None:
    query = {
        "$select": f"{table.primary_id},{MODIFIED_ON}",
        "$filter": SINCE + _format_time(since),
        "$orderby": f"{MODIFIED_ON} asc",
    }
    rows = await client.all_rows(table.set_name, query, at_most=MAX_ROWS, prefer=[_PAGE])
    newest = _newest_time(rows) or since
    ids = frozenset(str(row.get(table.primary_id, "")).lower() for row in rows)
    if len(rows) < MAX_ROWS:
        return _changes(max(newest - _OVERLAP, since), ids, complete=True)
    if newest > since:
        return _changes(newest, ids, complete=True)
    # More rows than can be read have the same time, so there is no position among them to continue from.
    return await _start(client, table)


def _changes(since: datetime, ids: frozenset[str], *, complete: bool) -> TableChanges:
    return TableChanges(
        delta_link=SINCE + _format_time(since), changed=ids, is_complete=complete, includes_deletions=False
    )


def _newest_time(rows: Sequence[Mapping[str, Any]]) -> datetime | None:
    stamps = (_parse_time(str(row.get(MODIFIED_ON) or "")) for row in rows)
    return max((stamp for stamp in stamps if stamp), default=None)


def _parse_time(text: str) -> datetime | None:
    whole = canonical_instant(text) or ""
    return datetime.fromisoformat(whole) if whole.endswith("Z") else None


def _format_time(at: datetime) -> str:
    return canonical_instant(at.isoformat()) or ""
