"""Change tracking with delta links."""

from pathlib import Path
from typing import Any

import pytest
from yarl import URL

from bot.sandbox.storage import journal, rows
from tests.sandbox.cases import NEW_CASE, create_row
from tests.sandbox.wire import CASE, CASE_ID, Api, Json, Start

TRACK = "odata.track-changes"
ALEX, ISAIAH, PATTI = 20, 23, 24
SECOND_CASE = "incidents(00000000-0000-4000-9000-0000000003ea)"


def relative_path(link: str) -> str:
    """Return a link relative to the test client's base address."""
    return link.partition("/v9.2/")[2]


async def read_delta_link(api: Api, path: str = "incidents?$select=title", **headers: Any) -> str:
    """Read all rows and return the delta link."""
    body = await api.get(path, Prefer=TRACK, **headers)
    return relative_path(body["@odata.deltaLink"])


def ids(rows: list[Json]) -> list[str]:
    return [str(row.get("incidentid") or row["id"]) for row in rows]


async def test_the_first_response_has_all_rows_and_a_delta_link(api: Api) -> None:
    status, body, headers = await api.call("GET", "incidents?$select=title", Prefer=TRACK)
    assert status == 200
    assert headers["Preference-Applied"] == TRACK
    assert len(body["value"]) == len(await api.rows("incidents?$select=title"))
    assert set(body["value"][0]) == {"@odata.etag", "title", "incidentid"}
    link = URL(body["@odata.deltaLink"])
    assert link.path.endswith("/api/data/v9.2/incidents")
    assert link.query["$select"] == "title"
    assert link.query["$deltatoken"].endswith("!11/21/2026 12:00:00")


async def test_the_delta_link_returns_nothing_without_changes(api: Api) -> None:
    body = await api.get(await read_delta_link(api))
    assert body["value"] == []
    assert body["@odata.context"].endswith("$metadata#incidents(title)/$delta")
    assert "@odata.deltaLink" in body


async def test_new_changed_and_deleted_rows_are_returned_once(api: Api) -> None:
    link = await read_delta_link(api)
    new = await create_row(api, NEW_CASE)
    await api.patch(CASE, {"title": "Changed"})
    await api.delete(SECOND_CASE)
    body = await api.get(link)
    *rows, gone = body["value"]
    assert [row["title"] for row in rows] == ["New", "Changed"]
    assert f"incidents({rows[0]['incidentid']})" == new
    assert gone["@odata.context"].endswith("/$metadata#incidents/$deletedEntity")
    assert (gone["id"], gone["reason"]) == (SECOND_CASE[len("incidents(") : -1], "deleted")
    assert (await api.get(relative_path(body["@odata.deltaLink"])))["value"] == []


async def test_a_row_changed_repeatedly_is_returned_in_its_current_state(api: Api) -> None:
    link = await read_delta_link(api)
    for title in ("One", "Two", "Three"):
        await api.patch(CASE, {"title": title})
    assert [row["title"] for row in (await api.get(link))["value"]] == ["Three"]


async def test_a_row_recreated_with_its_old_id_is_not_returned_as_deleted(api: Api) -> None:
    account = "accounts(00000000-0000-4000-9000-00000000beef)"
    await api.patch(account, {"name": "First"})
    link = await read_delta_link(api, "accounts?$select=name")
    await api.delete(account)
    await api.patch(account, {"name": "Second"})
    assert [row.get("name") for row in (await api.get(link))["value"]] == ["Second"]


async def test_a_delta_link_can_be_used_twice(api: Api) -> None:
    link = await read_delta_link(api)
    await api.patch(CASE, {"title": "Changed"})
    assert (await api.get(link))["value"] == (await api.get(link))["value"] != []


async def test_changes_are_paged_and_the_last_page_has_the_delta_link(api: Api) -> None:
    link = await read_delta_link(api)
    for number in range(3):
        await create_row(api, {**NEW_CASE, "title": f"New {number}"})
    await api.delete(SECOND_CASE)
    told: list[Json] = []
    sizes = []
    while "$skiptoken" in link or not told:
        body = await api.get(link, Prefer="odata.maxpagesize=3")
        sizes.append(len(body["value"]))
        told += body["value"]
        assert ("@odata.nextLink" in body) != ("@odata.deltaLink" in body)
        link = relative_path(body.get("@odata.nextLink") or body["@odata.deltaLink"])
    assert sizes == [3, 1]
    assert [row.get("title", row.get("reason")) for row in told] == ["New 0", "New 1", "New 2", "deleted"]


async def test_a_change_between_two_pages_is_not_lost(api: Api) -> None:
    first = await api.get("incidents?$select=title", Prefer=f"{TRACK},odata.maxpagesize=30")
    seen = {row["incidentid"]: row["title"] for row in first["value"]}
    await api.patch(f"incidents({first['value'][0]['incidentid']})", {"title": "Meanwhile"})
    gone = first["value"][1]["incidentid"]
    await api.delete(f"incidents({gone})")
    last = await api.get(relative_path(first["@odata.nextLink"]))
    seen.update({row["incidentid"]: row["title"] for row in last["value"]})
    assert seen[first["value"][0]["incidentid"]] == "Meanwhile"
    assert gone in ids((await api.get(relative_path(last["@odata.deltaLink"])))["value"])


async def test_changes_are_counted(api: Api) -> None:
    token = URL(await read_delta_link(api)).query["$deltatoken"]
    await api.patch(CASE, {"title": "Changed"})
    await api.delete(SECOND_CASE)
    count = f"incidents/$count?{URL.build(query={'$deltatoken': token}).raw_query_string}"
    assert await api.get(count) == "2"


@pytest.mark.parametrize(("day", "status"), [("11/14/2026 12:00:00", 200), ("11/14/2026 11:59:59", 400)])
async def test_a_delta_link_expires_after_seven_days(api: Api, day: str, status: int) -> None:
    version = URL(await read_delta_link(api)).query["$deltatoken"].partition("!")[0]
    body = await api.get(f"incidents?$deltatoken={version}!{day}", status=status)
    if status == 400:
        assert body["error"]["code"] == "0x80044352"


async def test_a_delta_link_from_an_earlier_run_without_a_file_has_expired(api: Api) -> None:
    body = await api.get("incidents?$deltatoken=99999999!11/21/2026 11:00:00", status=400)
    assert body["error"]["code"] == "0x80044352"


async def test_delta_links_survive_a_restart(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    client = await start(file)
    api = Api(client)
    await api.delete(SECOND_CASE)
    link = await read_delta_link(api)
    await api.patch(CASE, {"title": "Changed"})
    third = "incidents(00000000-0000-4000-9000-0000000003eb)"
    await api.delete(third)
    await client.close()
    told = (await Api(await start(file)).get(link))["value"]
    assert ids(told) == [CASE_ID, third[len("incidents(") : -1]]


async def delete_new_rows(api: Api, count: int) -> None:
    for _ in range(count):
        await api.delete(await create_row(api, NEW_CASE))


async def require_expired(api: Api, link: str) -> None:
    body = await api.get(link, status=400)
    assert body["error"]["code"] == "0x80044352"


async def test_of_many_deletions_the_newest_are_remembered_and_older_links_expire(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (rows, journal):
        monkeypatch.setattr(module, "MAX_REMOVALS", 3)
    file = tmp_path / "rows.jsonl"
    client = await start(file)
    api = Api(client)
    early = await read_delta_link(api)
    await delete_new_rows(api, 1)
    link = await read_delta_link(api)
    await delete_new_rows(api, 3)
    assert len((await api.get(link))["value"]) == 3
    await require_expired(api, early)
    await delete_new_rows(api, 1)
    await require_expired(api, link)
    await client.close()
    again = Api(await start(file))
    await require_expired(again, link)
    await again.get(await read_delta_link(again))


@pytest.mark.parametrize("table", ["cs_stocklevels", "msdyn_ocliveworkitems", "activityparties"])
async def test_tables_without_change_tracking_reject_it(api: Api, table: str) -> None:
    definition = await api.get(f"EntityDefinitions?$select=ChangeTrackingEnabled&$filter=EntitySetName eq '{table}'")
    assert definition["value"][0]["ChangeTrackingEnabled"] is False
    body = await api.get(table, Prefer=TRACK, status=400)
    assert body["error"]["code"] == "0x80072491"


@pytest.mark.parametrize("option", ["$filter=title eq 'x'", "$orderby=title", "$expand=ownerid", "$top=1"])
async def test_change_tracking_rejects_other_query_options(api: Api, option: str) -> None:
    body = await api.get(f"incidents?{option}", Prefer=TRACK, status=400)
    name = option.partition("=")[0]
    assert body["error"]["message"] == (
        f'The "{name}" query parameter isn\'t supported when Change Tracking is enabled.'
    )


@pytest.mark.parametrize("token", ["", "x", "1!yesterday", "1!13/45/2026 00:00:00", "-1!11/21/2026 12:00:00"])
async def test_a_forged_delta_token_is_rejected(api: Api, token: str) -> None:
    await api.get(f"incidents?$deltatoken={token}", status=400)


async def test_a_forged_page_token_is_rejected(api: Api) -> None:
    await api.get('incidents?$skiptoken=<cookie istracking="True" />', status=400)


async def test_change_tracking_requires_read_access_to_the_whole_table(api: Api) -> None:
    await api.get("incidents?$select=title", Prefer=TRACK, person=ALEX)
    body = await api.get("incidents?$select=title", Prefer=TRACK, person=PATTI, status=403)
    assert "prvReadIncident" in body["error"]["message"]
    link = await read_delta_link(api)
    await api.get(link, person=PATTI, status=403)


async def test_secured_values_stay_hidden_in_changes(api: Api) -> None:
    link = await read_delta_link(api, "accounts?$select=creditlimit", person=ISAIAH)
    await api.patch("accounts(00000001-0000-4000-9000-000000000001)", {"creditlimit": 7})
    assert [row["creditlimit"] for row in (await api.get(link))["value"]] == [7]
    assert [row["creditlimit"] for row in (await api.get(link, person=ISAIAH))["value"]] == [None]
