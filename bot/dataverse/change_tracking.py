"""Change tracking ("Use change tracking to synchronize data with external systems", Dataverse developer guide)."""

from collections.abc import Mapping
from typing import Any

from bot.dataverse.client import DataverseClient
from bot.dataverse.modified_since import SINCE, rows_modified_since
from bot.dataverse.protocol import API
from bot.domain.errors import BadRequest, NotAllowed, NotFound
from bot.domain.tables import Table
from bot.logs import get_logger
from bot.logs.tracebacks import describe_error
from bot.ports.dataverse import TableChanges

MAX_PAGES = 40
"""Maximum number of pages read to get a link: beyond 200,000 rows, reading only the connected rows costs less."""

_PAGE = "odata.maxpagesize=5000"
_TRACK = "odata.track-changes"
_NEXT, _DELTA = "@odata.nextLink", "@odata.deltaLink"

_log = get_logger(__name__)


async def tracked_changes(client: DataverseClient, table: Table, link: str | None) -> TableChanges | None:
    """Return the changes since the link was issued; restart if the link has expired.

    If the table has no change tracking, use the modification time of its rows. Return None if there is none either.
    """
    if table.tracks_changes and not (link or "").startswith(SINCE):
        tracked = await _tracked(client, table, link)
        if tracked:
            return tracked
    return await rows_modified_since(client, table, link)


async def _tracked(client: DataverseClient, table: Table, link: str | None) -> TableChanges | None:
    if link is not None:
        try:
            return await _follow(client, table, link, complete=True)
        except (BadRequest, NotFound):
            pass  # tokens expire after seven days, or as the organization has configured
    first = f"{client.environment.url}/{API}/{table.set_name}?$select={table.primary_id}"
    try:
        return await _follow(client, table, first, complete=False)
    except (BadRequest, NotAllowed) as error:
        # Tracking was just turned off, or the app may not read all rows; it can still query those that it may read.
        _log.warning("change_tracking.unavailable", table=table.name, reason=describe_error(error), code=error.code)
        return None


async def _follow(client: DataverseClient, table: Table, link: str, *, complete: bool) -> TableChanges | None:
    changed: set[str] = set()
    deleted: set[str] = set()
    more = True
    for _ in range(MAX_PAGES):
        page = await client.follow(link, prefer=[_TRACK, _PAGE])
        rows = page.get("value")
        for row in rows if isinstance(rows, list) else []:
            _add(row, table, changed, deleted)
        more = bool(page.get(_NEXT))
        link = str(page.get(_NEXT) or page.get(_DELTA) or "")
        if not more:
            break
    # A partial list of changes can be continued later, but the first link comes only with the last page.
    if not link or (more and not complete):
        return None
    client.require_own(link)
    return TableChanges(
        delta_link=link, changed=frozenset(changed - deleted), deleted=frozenset(deleted), is_complete=complete
    )


def _add(row: object, table: Table, changed: set[str], deleted: set[str]) -> None:
    change: Mapping[str, Any] = row if isinstance(row, dict) else {}
    if change.get("reason") == "deleted":
        deleted.add(str(change.get("id", "")).lower())
    elif table.primary_id in change:
        changed.add(str(change[table.primary_id]).lower())
