"""Change tracking ("Use change tracking to synchronize data with external systems", Dataverse developer guide)."""

from collections.abc import Mapping
from typing import Any

from bot.dataverse.client import DataverseClient
from bot.dataverse.modified_since import SINCE, rows_modified_since
from bot.dataverse.protocol import API
from bot.domain.errors import BadRequest, NotAllowed, NotFound
from bot.domain.tables import Table
from bot.logs import get_logger
from bot.ports.dataverse import TableChanges

MAX_PAGES = 40
"""Pages that are read to get to a link: beyond 200,000 rows that is dearer than looking at the connected ones."""

_PAGE = "odata.maxpagesize=5000"
_TRACK = "odata.track-changes"
_NEXT, _DELTA = "@odata.nextLink", "@odata.deltaLink"

_log = get_logger(__name__)


async def tracked_changes(client: DataverseClient, table: Table, link: str | None) -> TableChanges | None:
    """What changed since the link was given; a link that is too old is begun anew.

    Where changes are not tracked, the rows say when they were changed. None where nothing tells of changes.
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
            pass  # tokens end after seven days, or as the organisation has set it
    first = f"{client.environment.url}/{API}/{table.set_name}?$select={table.primary_id}"
    try:
        return await _follow(client, table, first, complete=False)
    except (BadRequest, NotAllowed) as error:
        # Tracking was switched off just now, or the app may not read all rows: it can ask for those that it may read.
        _log.warning("changes are not tracked", table=table.name, reason=str(error), code=error.code)
        return None


async def _follow(client: DataverseClient, table: Table, link: str, *, complete: bool) -> TableChanges | None:
    changed: set[str] = set()
    deleted: set[str] = set()
    more = True
    for _ in range(MAX_PAGES):
        page = await client.follow(link, prefer=[_TRACK, _PAGE])
        rows = page.get("value")
        for row in rows if isinstance(rows, list) else []:
            _note(row, table, changed, deleted)
        more = bool(page.get(_NEXT))
        link = str(page.get(_NEXT) or page.get(_DELTA) or "")
        if not more:
            break
    # Among changes one can go on later where one has stopped; the way to the first link is all or nothing.
    if not link or (more and not complete):
        return None
    client.require_own(link)
    return TableChanges(
        delta_link=link, changed=frozenset(changed - deleted), deleted=frozenset(deleted), is_complete=complete
    )


def _note(row: object, table: Table, changed: set[str], deleted: set[str]) -> None:
    told: Mapping[str, Any] = row if isinstance(row, dict) else {}
    if told.get("reason") == "deleted":
        deleted.add(str(told.get("id", "")).lower())
    elif table.primary_id in told:
        changed.add(str(told[table.primary_id]).lower())
