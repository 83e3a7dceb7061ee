"""Change tracking, with the sandbox and with a hostile server."""

from dataclasses import replace

import pytest

from bot.dataverse import change_tracking as changes_module
from bot.dataverse.change_tracking import tracked_changes
from bot.dataverse.client import DataverseClient
from bot.domain.errors import Unavailable
from bot.ports.dataverse import TableChanges
from tests.dataverse.conftest import Dataverse
from tests.dataverse.hostile import Server, answering, refusing
from tests.dataverse.samples import CASE


async def test_what_was_changed_and_deleted_since_the_link_is_told(dataverse: Dataverse) -> None:
    case = await dataverse.records.table(dataverse.environment, "incident")
    assert case.tracks_changes
    first = await dataverse.records.changes_since(dataverse.environment, case, None)
    assert first
    assert not first.is_complete
    one, two = await dataverse.case(), await dataverse.case("CAS-01002")
    await dataverse.client.update(f"incidents({one.row_id})", {"title": "Pump again"})
    await dataverse.client.delete(f"incidents({two.row_id})")
    then = await dataverse.records.changes_since(dataverse.environment, case, first.delta_link)
    assert then
    assert then.is_complete
    assert one.row_id in then.changed
    assert then.deleted == {two.row_id}
    after = await dataverse.records.changes_since(dataverse.environment, case, then.delta_link)
    assert after == TableChanges(delta_link=after.delta_link if after else "", is_complete=True)


async def test_an_expired_link_starts_again(dataverse: Dataverse) -> None:
    case = await dataverse.records.table(dataverse.environment, "incident")
    first = await dataverse.records.changes_since(dataverse.environment, case, None)
    assert first
    dataverse.clock.advance(8 * 24 * 3600)
    again = await dataverse.records.changes_since(dataverse.environment, case, first.delta_link)
    assert again
    assert not again.is_complete
    assert again.delta_link != first.delta_link


async def test_a_table_that_is_not_tracked_is_not_asked(client: DataverseClient, server: Server) -> None:
    assert await tracked_changes(client, replace(CASE, tracks_changes=False), None) is None
    assert server.asked == []


@pytest.mark.parametrize(("status", "code"), [(400, "0x80072491"), (403, "0x80040220")])
async def test_where_tracking_is_refused_there_is_none(
    client: DataverseClient, server: Server, status: int, code: str
) -> None:
    server.answers = [refusing(status, code)]
    assert await tracked_changes(client, CASE, None) is None


@pytest.mark.parametrize("status", [400, 404, 410])
async def test_every_rejection_of_an_old_link_starts_again(
    client: DataverseClient, server: Server, status: int
) -> None:
    new = f"{server.url}/api/data/v9.2/incidents?$deltatoken=2"
    server.answers = [refusing(status), answering(200, {"value": [], "@odata.deltaLink": new})]
    old = f"{server.url}/api/data/v9.2/incidents?$deltatoken=1"
    assert await tracked_changes(client, CASE, old) == TableChanges(delta_link=new, is_complete=False)


@pytest.mark.parametrize("name", ["@odata.nextLink", "@odata.deltaLink"])
async def test_a_link_that_leads_elsewhere_is_neither_followed_nor_kept(
    client: DataverseClient, server: Server, name: str
) -> None:
    server.answers = [answering(200, {"value": [], name: "https://elsewhere.example/api/data/v9.2/incidents"})]
    with pytest.raises(Unavailable, match="invalid link"):
        await tracked_changes(client, CASE, None)
    with pytest.raises(Unavailable, match="invalid link"):
        await tracked_changes(client, CASE, "https://elsewhere.example/api/data/v9.2/incidents?$deltatoken=1")
    assert len(server.asked) == 1


async def test_a_table_too_large_to_begin_with_is_left(
    client: DataverseClient, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes_module, "MAX_PAGES", 3)
    link = f"{server.url}/api/data/v9.2/incidents?$skiptoken=2"
    server.answers = [answering(200, {"value": [{"incidentid": "A"}, 5], "@odata.nextLink": link})]
    assert await tracked_changes(client, CASE, None) is None
    assert len(server.asked) == 3
    # Reading changes continues next time where it stopped.
    found = await tracked_changes(client, CASE, f"{server.url}/api/data/v9.2/incidents?$deltatoken=1")
    assert found == TableChanges(delta_link=link, changed=frozenset({"a"}), is_complete=True)


async def test_an_answer_without_a_link_is_as_none(client: DataverseClient, server: Server) -> None:
    server.answers = [answering(200, {"value": []})]
    assert await tracked_changes(client, CASE, None) is None
