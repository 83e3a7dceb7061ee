"""Records, by the client that production uses, from the sandbox."""

from tests.dataverse.conftest import Dataverse

NO_ROW = "00000000-0000-4000-9000-00000000dead"


async def test_many_rows_come_by_the_hundred_and_those_that_are_gone_are_told(dataverse: Dataverse) -> None:
    rows = await dataverse.client.all_rows("incidents", "$select=incidentid,title", at_most=1000)
    titles = {row["incidentid"]: row["title"] for row in rows}
    many = [*list(titles) * 3, NO_ROW][-250:]
    case = await dataverse.records.table(dataverse.environment, "incident")
    dataverse.asked.clear()
    found = await dataverse.records.read_many(dataverse.environment, case, many, [case.columns["title"]])
    assert len(dataverse.asked) == -(-len(many) // 100)
    assert found[NO_ROW] is None
    assert {row_id: row.value("title").raw for row_id, row in found.items() if row} == {
        row_id: titles[row_id] for row_id in many if row_id != NO_ROW
    }


async def test_of_no_rows_nothing_is_asked(dataverse: Dataverse) -> None:
    case = await dataverse.records.table(dataverse.environment, "incident")
    dataverse.asked.clear()
    assert await dataverse.records.read_many(dataverse.environment, case, [], [case.columns["title"]]) == {}
    assert dataverse.asked == []
