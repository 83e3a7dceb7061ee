"""The sandbox works with Microsoft's Dataverse SDK for Python (PyPI `PowerPlatform-Dataverse-Client`).

The SDK requires HTTPS, which the sandbox does not offer, so its address is set after its creation. The last table here
lists the SDK's features that the sandbox does not support. Each is rejected with status 501 and the reason.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any, TypeAlias, cast

import pytest
from azure.core.credentials import AccessToken
from PowerPlatform.Dataverse.client import DataverseClient
from PowerPlatform.Dataverse.core.errors import HttpError
from PowerPlatform.Dataverse.models.filters import col
from PowerPlatform.Dataverse.models.upsert import UpsertItem

from tests.sandbox.wire import CASE_ID, Client

ADELE = "00000008-0000-4000-9000-000000000022"
NO_ROW = "00000000-0000-4000-9000-00000000dead"

Step: TypeAlias = Callable[[DataverseClient], None]


class Credential:
    """A fake credential."""

    def get_token(self, *_scopes: str, **_options: Any) -> AccessToken:
        return AccessToken("token", int(time.time()) + 3600)


async def run(client: Client, step: Step) -> None:
    """Run a step in a thread, because the sandbox runs in the event loop."""
    url = str(client.make_url("/sandbox"))

    def run_step() -> None:
        with DataverseClient(url.replace("http://", "https://"), Credential()) as sdk:
            sdk._base_url = url
            step(sdk)

    await asyncio.wait_for(asyncio.to_thread(run_step), 60)


def creates_reads_updates_and_deletes(sdk: DataverseClient) -> None:
    created = sdk.records.create("account", {"name": "SDK O'Hara & Søn", "numberofemployees": 3})
    row = sdk.records.retrieve("account", created, select=["name", "numberofemployees"])
    assert row is not None
    assert (row["name"], row["numberofemployees"]) == ("SDK O'Hara & Søn", 3)
    sdk.records.update("account", created, {"name": "Renamed"})
    again = sdk.records.retrieve("account", created, select=["name"])
    assert again is not None
    assert again["name"] == "Renamed"
    sdk.records.delete("account", created)
    assert sdk.records.retrieve("account", created, select=["name"]) is None


def binds_lookups(sdk: DataverseClient) -> None:
    (contact,) = sdk.records.list("contact", select=["contactid"], top=1)
    created = sdk.records.create(
        "account", {"name": "Bound", "primarycontactid@odata.bind": f"/contacts({contact['contactid']})"}
    )
    row = sdk.records.retrieve("account", created, select=["name"], expand=["primarycontactid"])
    assert row is not None
    assert row["primarycontactid"]["contactid"] == contact["contactid"]


def writes_choices_by_their_labels(sdk: DataverseClient) -> None:
    sdk.records.update("incident", CASE_ID, {"prioritycode": "High"})
    row = sdk.records.retrieve("incident", CASE_ID, select=["prioritycode"], include_annotations="*")
    assert row is not None
    assert row["prioritycode"] == 1
    assert row["prioritycode@OData.Community.Display.V1.FormattedValue"] == "High"


def lists_with_filters_and_order(sdk: DataverseClient) -> None:
    rows = list(
        sdk.records.list(
            "incident",
            select=["title", "ticketnumber"],
            filter=col("prioritycode").in_([1, 3])
            & ~col("title").contains("pump")
            & (col("ticketnumber") > "CAS-01005"),
            orderby=["ticketnumber desc"],
        )
    )
    numbers = [row["ticketnumber"] for row in rows]
    assert numbers == sorted(numbers, reverse=True)
    assert rows
    assert not any("pump" in row["title"].lower() for row in rows)


def supports_every_filter(sdk: DataverseClient) -> None:
    def count(condition: Any) -> int:
        return len(list(sdk.records.list("incident", select=["title"], filter=condition)))

    every = len(list(sdk.records.list("incident", select=["title"])))
    pairs: list[tuple[Any, Any]] = [
        (col("prioritycode").in_([1]), col("prioritycode").not_in([1])),
        (col("title").in_(["x", "y"]), col("title").not_in(["x", "y"])),
        (col("_ownerid_value").in_([ADELE]), col("_ownerid_value").not_in([ADELE])),
        (col("prioritycode").between(1, 2), col("prioritycode").not_between(1, 2)),
        (col("parentcaseid/title").is_null(), col("parentcaseid/title").is_not_null()),
        (col("title").like("p%"), col("title").not_like("p%")),
        (col("prioritycode") == 1, col("prioritycode") != 1),
    ]
    for one, other in pairs:
        assert count(one) + count(other) == every


def reads_pages(sdk: DataverseClient) -> None:
    sizes = [len(list(page)) for page in sdk.records.list_pages("contact", select=["fullname"], page_size=7)]
    assert sizes == [7, 7, 7, 7, 7, 5]


def builds_queries(sdk: DataverseClient) -> None:
    query = sdk.query.builder("incident").select("title", "prioritycode").where(col("prioritycode") == 1)
    rows: list[Any] = list(query.order_by("title").top(3).execute())
    assert len(rows) == 3
    assert {row["prioritycode"] for row in rows} == {1}


def writes_many_rows_at_once(sdk: DataverseClient) -> None:
    created = sdk.records.create("account", [{"name": f"Many {number}"} for number in range(3)])
    assert len(set(created)) == 3
    sdk.records.update("account", created, {"numberofemployees": 5})
    sdk.records.update("account", created, [{"name": f"Each {number}"} for number in range(3)])
    rows = list(
        sdk.records.list("account", select=["name"], filter="startswith(name,'Each ') and numberofemployees eq 5")
    )
    assert {row["name"] for row in rows} == {"Each 0", "Each 1", "Each 2"}
    for row_id in created:
        sdk.records.delete("account", row_id)


def upserts_by_alternate_key(sdk: DataverseClient) -> None:
    for name in ("Made", "Changed"):
        sdk.records.upsert("account", [UpsertItem({"accountnumber": "SDK-1"}, {"name": name})])
    sdk.records.upsert(
        "account",
        [
            UpsertItem({"accountnumber": "SDK-1"}, {"name": "Changed again"}),
            UpsertItem({"accountnumber": "SDK-2"}, {"name": "New"}),
        ],
    )
    rows = sdk.records.list("account", select=["name", "accountnumber"], filter="startswith(accountnumber,'SDK-')")
    assert {(row["accountnumber"], row["name"]) for row in rows} == {("SDK-1", "Changed again"), ("SDK-2", "New")}


def sends_batches(sdk: DataverseClient) -> None:
    batch = sdk.batch.new()
    with batch.changeset() as changes:
        account = changes.records.create("account", {"name": "In a batch"})
        changes.records.create("contact", {"lastname": "Batched", "parentcustomerid_account@odata.bind": account})
        changes.records.update("account", account, {"numberofemployees": 7})
    batch.records.list("account", select=["numberofemployees"], filter="name eq 'In a batch'")
    batch.records.retrieve("incident", CASE_ID, select=["title"])
    result = batch.execute()
    assert not result.has_errors, result
    assert len(result.responses) == 5
    listed = result.responses[3].data
    assert listed is not None
    assert [row["numberofemployees"] for row in cast("list[dict[str, Any]]", listed["value"])] == [7]


def returns_errors_of_batches(sdk: DataverseClient) -> None:
    batch = sdk.batch.new()
    batch.records.create("account", {"name": "x" * 200})
    batch.records.create("account", {"name": "Kept"})
    result = batch.execute(continue_on_error=True)
    assert [each.status_code for each in result.responses] == [400, 204]
    assert result.responses[0].error_code == "0x80044331"


def fetches_xml_page_by_page(sdk: DataverseClient) -> None:
    xml = (
        "<fetch count='15'><entity name='contact'><attribute name='fullname'/><order attribute='fullname'/>"
        "<link-entity name='account' from='accountid' to='parentcustomerid' link-type='outer' alias='firm'>"
        "<attribute name='name'/></link-entity></entity></fetch>"
    )
    pages = [list(page) for page in sdk.query.fetchxml(xml).execute_pages()]
    assert [len(page) for page in pages] == [15, 15, 10]
    names = [row["fullname"] for page in pages for row in page]
    assert names == sorted(names, key=str.casefold)
    assert any("firm.name" in row for row in pages[0])


def reads_definitions(sdk: DataverseClient) -> None:
    table = sdk.tables.get("incident")
    assert table is not None
    assert (table["entity_set_name"], table["table_logical_name"]) == ("incidents", "incident")
    assert len(sdk.tables.list(filter="IsActivity eq true")) == 4
    columns = {column["LogicalName"] for column in sdk.tables.list_columns("incident", select=["LogicalName"])}
    assert {"title", "prioritycode"} <= columns
    (key,) = sdk.tables.get_alternate_keys("account")
    assert key.key_attributes == ["accountnumber"]
    assert sdk.tables.list_table_relationships("incident")


def returns_data_frames(sdk: DataverseClient) -> None:
    frame = sdk.records.list("account", select=["name"], top=2).to_dataframe()
    created = sdk.dataframe.create("account", frame[["name"]])
    assert len(created) == 2
    row = sdk.records.retrieve("account", created[0], select=["name"])
    assert row is not None
    assert row["name"] == frame["name"][0]


def returns_errors_with_their_codes(sdk: DataverseClient) -> None:
    with pytest.raises(HttpError) as expect_rejection:
        sdk.records.update("account", NO_ROW, {"name": "x"})
    assert expect_rejection.value.status_code == 404
    with pytest.raises(HttpError) as wrong:
        list(sdk.records.list("account", filter="nosuch eq 1"))
    assert wrong.value.details["service_error_code"] == "0x80060888"


@pytest.mark.parametrize(
    "step",
    [
        creates_reads_updates_and_deletes,
        binds_lookups,
        writes_choices_by_their_labels,
        lists_with_filters_and_order,
        supports_every_filter,
        reads_pages,
        builds_queries,
        writes_many_rows_at_once,
        upserts_by_alternate_key,
        sends_batches,
        returns_errors_of_batches,
        fetches_xml_page_by_page,
        reads_definitions,
        returns_data_frames,
        returns_errors_with_their_codes,
    ],
)
async def test_the_sdk_works_on_the_sandbox(client: Client, step: Step) -> None:
    await run(client, step)


def queries_with_sql(sdk: DataverseClient) -> None:
    sdk.query.sql("SELECT TOP 3 title FROM incident")


def deletes_many_rows_in_a_system_job(sdk: DataverseClient) -> None:
    sdk.records.delete("account", [NO_ROW, NO_ROW])


def creates_tables(sdk: DataverseClient) -> None:
    sdk.tables.create("cs_Thing", {"cs_Size": "int"})


def creates_columns(sdk: DataverseClient) -> None:
    sdk.tables.add_columns("account", {"cs_Size": "int"})


def creates_keys(sdk: DataverseClient) -> None:
    sdk.tables.create_alternate_key("account", "cs_name", ["name"])


def changes_columns(sdk: DataverseClient) -> None:
    sdk.tables.update_column("account", "name", {"max_length": 50})


def reads_types_of_columns_in_one_call(sdk: DataverseClient) -> None:
    sdk.tables.list_columns("account", typed=True)


def uploads_files(sdk: DataverseClient) -> None:
    (article,) = sdk.records.list("knowledgearticle", select=["title"], top=1)
    sdk.files.upload("knowledgearticle", article["knowledgearticleid"], "cs_manual", __file__)


def lists_all_relationships(sdk: DataverseClient) -> None:
    sdk.tables.list_relationships()


UNSUPPORTED: list[tuple[Step, str]] = [
    (queries_with_sql, "SQL"),
    (deletes_many_rows_in_a_system_job, "BulkDelete"),
    (creates_tables, "changes to definitions"),
    (creates_columns, "changes to definitions"),
    (creates_keys, "changes to definitions"),
    (changes_columns, "changes to definitions"),
    (reads_types_of_columns_in_one_call, "RetrieveMetadataChanges"),
    (uploads_files, "files"),
    (lists_all_relationships, "RelationshipDefinitions"),
]
"""Steps that the sandbox rejects. Its tables are fixed, and it needs neither SQL nor bulk delete jobs."""


@pytest.mark.parametrize(("step", "reason"), UNSUPPORTED)
async def test_unsupported_features_are_rejected_with_the_reason(client: Client, step: Step, reason: str) -> None:
    def expect_rejection(sdk: DataverseClient) -> None:
        with pytest.raises(HttpError) as error:
            step(sdk)
        assert error.value.status_code == 501
        assert reason in str(error.value)

    await run(client, expect_rejection)
