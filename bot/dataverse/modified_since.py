"""What changed in a table whose changes Dataverse does not track, by the column `modifiedon` of its rows.

It tells of changed rows alone: one that was deleted has no row to read any more.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.dataverse.client import DataverseClient
from bot.domain.errors import BadRequest, NotAllowed
from bot.domain.formatting import canonical_instant
from bot.domain.tables import Table
from bot.logs import get_logger
from bot.ports.dataverse import TableChanges

MAX_ROWS = 50_000
"""Rows of one look, ten pages; it goes on there the next time."""

SINCE = "modifiedon ge "
"""How a link of this kind begins; those of change tracking are addresses."""

_COLUMN = "modifiedon"
_OVERLAP = timedelta(minutes=2)
"""A row is stamped before it is committed, which can come after a newer one was seen; Dataverse ends a call after 2 min
("Limits of custom code").
"""
_PAGE = "odata.maxpagesize=5000"

_log = get_logger(__name__)


async def rows_modified_since(client: DataverseClient, table: Table, link: str | None) -> TableChanges | None:
    """The rows that changed since the link was given; None for a table that does not say when its rows changed."""
    if _COLUMN not in table.columns:
        return None
    since = _moment(link.removeprefix(SINCE)) if link and link.startswith(SINCE) else None
    try:
        return await _changed(client, table, since) if since else await _begin(client, table)
    except (BadRequest, NotAllowed) as error:
        _log.warning("changed rows cannot be listed", table=table.name, reason=str(error), code=error.code)
        return None


async def _begin(client: DataverseClient, table: Table) -> TableChanges | None:
    """From the newest row on: by Dataverse's own clock, for ours may go otherwise."""
    query = {"$select": f"{table.primary_id},{_COLUMN}", "$orderby": f"{_COLUMN} desc", "$top": "1"}
    newest = _newest(await client.rows(table.set_name, query))
    return _changes(newest - _OVERLAP, frozenset(), complete=False) if newest else None


async def _changed(client: DataverseClient, table: Table, since: datetime) -> TableChanges | None:
    query = {
        "$select": f"{table.primary_id},{_COLUMN}",
        "$filter": SINCE + _text(since),
        "$orderby": f"{_COLUMN} asc",
    }
    rows = await client.all_rows(table.set_name, query, at_most=MAX_ROWS, prefer=[_PAGE])
    newest = _newest(rows) or since
    ids = frozenset(str(row.get(table.primary_id, "")).lower() for row in rows)
    if len(rows) < MAX_ROWS:
        return _changes(max(newest - _OVERLAP, since), ids, complete=True)
    if newest > since:
        return _changes(newest, ids, complete=True)
    # More rows than can be read bear one and the same stamp: there is no place among them to go on from.
    return await _begin(client, table)


def _changes(since: datetime, ids: frozenset[str], *, complete: bool) -> TableChanges:
    return TableChanges(delta_link=SINCE + _text(since), changed=ids, is_complete=complete, includes_deletions=False)


def _newest(rows: Sequence[Mapping[str, Any]]) -> datetime | None:
    stamps = (_moment(str(row.get(_COLUMN) or "")) for row in rows)
    return max((stamp for stamp in stamps if stamp), default=None)


def _moment(text: str) -> datetime | None:
    whole = canonical_instant(text) or ""
    return datetime.fromisoformat(whole) if whole.endswith("Z") else None


def _text(at: datetime) -> str:
    return canonical_instant(at.isoformat()) or ""
