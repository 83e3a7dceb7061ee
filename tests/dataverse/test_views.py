"""The views of notes, and the rows that are read for them (spec N1, T3)."""

import pytest
from structlog.testing import capture_logs

from bot.domain.errors import NotFound, NotSupported
from bot.domain.note_fields import note_columns, note_facts
from bot.domain.tables import Column, ColumnType
from bot.domain.values import ObjectId, RecordRef
from bot.sandbox.sample_data.ids import object_id
from tests.dataverse.conftest import Dataverse

ALEX = ObjectId(object_id(20))
CONTACT = (
    "<link-entity name='contact' from='contactid' to='primarycontactid' link-type='outer' alias='who'>{}</link-entity>"
)
COMPANY = "<link-entity name='account' from='accountid' to='parentcustomerid' link-type='outer' alias='company'/>"


async def facts(dataverse: Dataverse, record: RecordRef, view: str | None) -> dict[str, str]:
    """Return the facts in a note of the record."""
    found = await dataverse.records.note_view(dataverse.environment, record.table, view)
    table = await dataverse.records.table(dataverse.environment, record.table)
    columns = note_columns(found, table)
    row = await dataverse.records.read(record, columns, caller=ALEX)
    return dict(note_facts(columns, row))


async def case_with_contact(dataverse: Dataverse) -> RecordRef:
    row = await dataverse.row("incidents", "$select=incidentid&$filter=_primarycontactid_value%20ne%20null")
    return RecordRef(environment=dataverse.environment, table="incident", row_id=row["incidentid"])


async def test_a_column_of_a_linked_table_is_read_along_with_the_record(dataverse: Dataverse) -> None:
    company = "&$expand=parentcustomerid_account($select=telephone1)"
    query = f"$select=contactid&$filter=_parentcustomerid_value%20ne%20null{company}"
    row = await dataverse.row("contacts", query)
    record = RecordRef(environment=dataverse.environment, table="contact", row_id=row["contactid"])
    told = await facts(dataverse, record, None)
    assert told["Main Phone (Company Name)"] == row["parentcustomerid_account"]["telephone1"]


async def test_a_link_may_lead_on_to_another(dataverse: Dataverse) -> None:
    record = await case_with_contact(dataverse)
    view = await dataverse.view(["title", "who.fullname", "company.name"], CONTACT.format(COMPANY))
    told = await facts(dataverse, record, view)
    query = "$select=title&$expand=primarycontactid($select=fullname,_parentcustomerid_value)"
    row = await dataverse.client.get(f"incidents({record.row_id})", query)
    assert told["Full Name (Contact)"] == row["primarycontactid"]["fullname"]
    assert "Account Name (Company Name)" in told


async def test_where_nothing_is_linked_the_fact_is_empty(dataverse: Dataverse) -> None:
    record = await dataverse.case()
    await dataverse.client.update(f"incidents({record.row_id})", {"primarycontactid@odata.bind": None})
    view = await dataverse.view(["who.fullname"], CONTACT.format(""))
    assert await facts(dataverse, record, view) == {"Full Name (Contact)": ""}


@pytest.mark.parametrize(
    ("cell", "link", "reason"),
    [
        ("nosuch", "", "the table does not have this column"),
        ("who.fullname", "", "does not have this link"),
        ("who.nosuch", CONTACT.format(""), "the linked table does not have this column"),
        (
            "g.name",
            "<link-entity name='nosuch' from='nosuchid' to='incidentid' alias='g'/>",
            "one-to-many",
        ),
        ("t.subject", "<link-entity name='task' from='regardingobjectid' to='incidentid' alias='t'/>", "one-to-many"),
    ],
)
async def test_what_cannot_be_shown_is_left_out_and_the_log_says_why(
    dataverse: Dataverse, cell: str, link: str, reason: str
) -> None:
    view = await dataverse.view([cell, "title"], link)
    with capture_logs() as logs:
        told = await facts(dataverse, await dataverse.case(), view)
    assert list(told) == ["Case Title"]
    (line,) = [each for each in logs if each["event"] == "view.column_skipped"]
    assert (line["column"], reason in line["reason"]) == (cell, True)


async def test_a_view_with_no_supported_column_gives_no_facts(dataverse: Dataverse) -> None:
    view = await dataverse.view(["incidentid", "nosuch", "who.contactid"], CONTACT.format(""))
    assert await facts(dataverse, await dataverse.case(), view) == {}


async def test_of_three_hundred_columns_the_first_five_are_asked_for(dataverse: Dataverse) -> None:
    view = await dataverse.view(["title", *(f"column{number}" for number in range(299))])
    dataverse.asked.clear()
    assert list(await facts(dataverse, await dataverse.case(), view)) == ["Case Title"]
    assert max(len(each) for each in dataverse.asked) < 2000


async def test_a_column_that_was_added_just_now_is_found(dataverse: Dataverse) -> None:
    view = await dataverse.view(["title", "prioritycode"])
    dataverse.new.add("prioritycode")
    assert list(await facts(dataverse, await dataverse.case(), view)) == ["Case Title"]
    dataverse.new.clear()
    assert list(await facts(dataverse, await dataverse.case(), view)) == ["Case Title"]
    dataverse.clock.advance(31)
    assert list(await facts(dataverse, await dataverse.case(), view)) == ["Case Title", "Priority"]


async def test_a_column_that_was_deleted_just_now_is_done_without(dataverse: Dataverse) -> None:
    table = await dataverse.records.table(dataverse.environment, "incident")
    gone = Column(name="cs_gone", label="Gone", type=ColumnType.STRING)
    case = await dataverse.case()
    dataverse.clock.advance(31)
    row = await dataverse.records.read(case, [table.columns["ticketnumber"], gone], caller=ALEX)
    assert row.value("ticketnumber").raw == "CAS-01001"
    assert row.value("cs_gone").raw is None
    many = await dataverse.records.read_many(dataverse.environment, table, [case.row_id], [gone])
    assert many[case.row_id] is not None


async def test_a_personal_view_is_refused_with_the_reason(dataverse: Dataverse) -> None:
    personal = {
        "name": "My own",
        "returnedtypecode": "incident",
        "querytype": 0,
        "layoutxml": "<grid/>",
        "fetchxml": "<fetch><entity name='incident'/></fetch>",
    }
    made = await dataverse.client.create("userqueries", personal)
    view = made.entity_id.rpartition("(")[2].rstrip(")")
    with pytest.raises(NotSupported, match="personal"):
        await dataverse.records.note_view(dataverse.environment, "incident", view)


async def test_a_view_that_is_gone_or_of_another_table_is_not_found(dataverse: Dataverse) -> None:
    for view in ("00000000-0000-4000-9000-00000000dead", await dataverse.view(["name"], table="account")):
        with pytest.raises(NotFound, match="view"):
            await dataverse.records.note_view(dataverse.environment, "incident", view)


async def test_a_view_whose_layout_is_broken_is_told_of(dataverse: Dataverse) -> None:
    view = await dataverse.view([], layoutxml="<grid")
    with pytest.raises(NotSupported, match="layout"):
        await dataverse.records.note_view(dataverse.environment, "incident", view)
