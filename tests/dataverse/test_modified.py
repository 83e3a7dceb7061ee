"""Changed rows of tables without change tracking, with the sandbox and with a hostile server."""

from dataclasses import replace

import pytest

from bot.dataverse import modified_since as modified_module
from bot.dataverse.change_tracking import tracked_changes
from bot.dataverse.client import DataverseClient
from bot.domain.tables import Column, ColumnType
from bot.ports.dataverse import TableChanges
from tests.dataverse.conftest import Dataverse
from tests.dataverse.hostile import Server, answering, refusing
from tests.dataverse.samples import CASE

STAMPED = replace(
    CASE,
    columns={"modifiedon": Column(name="modifiedon", label="Modified On", type=ColumnType.DATE_TIME)},
    tracks_changes=False,
)
AT = "modifiedon ge 2026-11-21T10:00:00Z"


def row(row_id: str, at: object) -> dict[str, object]:
    return {"incidentid": row_id, "modifiedon": at}


async def test_rows_that_were_changed_since_the_last_look_are_told_by_dataverses_own_clock(
    dataverse: Dataverse,
) -> None:
    table = await dataverse.records.table(dataverse.environment, "msdyn_ocliveworkitem")
    assert not table.tracks_changes
    first = await dataverse.records.changes_since(dataverse.environment, table, None)
    assert first
    assert (first.is_complete, first.includes_deletions) == (False, False)
    some = await dataverse.row(table.set_name, "$select=activityid")
    dataverse.clock.advance(600)
    await dataverse.client.update(f"{table.set_name}({some['activityid']})", {"subject": "Pump again"})
    then = await dataverse.records.changes_since(dataverse.environment, table, first.delta_link)
    assert then
    assert some["activityid"] in then.changed
    # There are no changes: only the overlap is read again.
    after = await dataverse.records.changes_since(dataverse.environment, table, then.delta_link)
    assert after == TableChanges(
        delta_link=then.delta_link, changed=frozenset([some["activityid"]]), is_complete=True, includes_deletions=False
    )


async def test_a_table_that_says_nothing_of_when_is_not_asked(client: DataverseClient, server: Server) -> None:
    assert await tracked_changes(client, replace(CASE, tracks_changes=False), None) is None
    assert server.asked == []


async def test_an_empty_table_is_begun_with_its_first_row(client: DataverseClient, server: Server) -> None:
    server.answers = [answering(200, {"value": []})]
    assert await tracked_changes(client, STAMPED, None) is None


@pytest.mark.parametrize("status", [400, 403])
async def test_where_reading_is_refused_nothing_is_known(client: DataverseClient, server: Server, status: int) -> None:
    server.answers = [refusing(status)]
    assert await tracked_changes(client, STAMPED, AT) is None


async def test_where_tracking_is_refused_rows_say_it_themselves(client: DataverseClient, server: Server) -> None:
    server.answers = [refusing(403), answering(200, {"value": [row("A", "2026-11-21T10:00:00Z")]})]
    found = await tracked_changes(client, replace(STAMPED, tracks_changes=True), None)
    assert found == TableChanges(
        delta_link="modifiedon ge 2026-11-21T09:58:00Z", is_complete=False, includes_deletions=False
    )


async def test_a_look_is_bounded_and_goes_on_where_it_stopped(
    client: DataverseClient, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(modified_module, "MAX_ROWS", 3)
    link = f"{server.url}/api/data/v9.2/incidents?$skiptoken=2"
    rows = [row("A", "2026-11-21T10:00:01Z"), row("B", "2026-11-21T10:00:02Z")]
    server.answers = [answering(200, {"value": rows, "@odata.nextLink": link})]
    found = await tracked_changes(client, STAMPED, AT)
    assert found == TableChanges(
        delta_link="modifiedon ge 2026-11-21T10:00:02Z",
        changed=frozenset("ab"),
        is_complete=True,
        includes_deletions=False,
    )
    assert len(server.asked) == 2


async def test_of_more_rows_with_one_stamp_than_can_be_read_all_connected_ones_are_looked_at(
    client: DataverseClient, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(modified_module, "MAX_ROWS", 2)
    rows = [row("A", "2026-11-21T10:00:00Z"), row("B", "2026-11-21T10:00:00Z")]
    server.answers = [answering(200, {"value": rows}), answering(200, {"value": [row("C", "2026-11-21T10:30:00Z")]})]
    found = await tracked_changes(client, STAMPED, AT)
    assert found
    assert not found.is_complete
    assert found.delta_link == "modifiedon ge 2026-11-21T10:28:00Z"


@pytest.mark.parametrize("stamp", [None, "", "soon", 5, "2026-11-21", "9999-99-99T00:00:00Z"])
async def test_a_row_without_a_stamp_moves_nothing(client: DataverseClient, server: Server, stamp: object) -> None:
    server.answers = [answering(200, {"value": [row("A", stamp), 5, {}]})]
    found = await tracked_changes(client, STAMPED, AT)
    assert found
    assert found.delta_link == AT


async def test_empty_pages_without_end_are_not_turned_for_ever(client: DataverseClient, server: Server) -> None:
    link = f"{server.url}/api/data/v9.2/incidents?$skiptoken=2"
    server.answers = [answering(200, {"value": [], "@odata.nextLink": link})]
    assert await tracked_changes(client, STAMPED, AT) == TableChanges(
        delta_link=AT, is_complete=True, includes_deletions=False
    )
    assert len(server.asked) == 101
