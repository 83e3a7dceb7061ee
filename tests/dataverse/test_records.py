"""Records and users from the sandbox, through the production client."""

import asyncio
from dataclasses import replace

import pytest

from bot.dataverse.grouped_reads import MAX_ALONE
from bot.domain.errors import NotAllowed, NotFound
from bot.domain.tables import Row
from bot.domain.values import ObjectId, RecordRef, UserId
from bot.sandbox.sample_data.ids import object_id
from tests.dataverse.conftest import Dataverse

ALEX, MEGAN, ADELE, ISAIAH, PATTI, LYNNE, DIEGO = (ObjectId(object_id(number)) for number in range(20, 27))
SECRET_CASE = "CAS-01005"
"""A case of another business unit: Patti Fernandez has no access to it."""

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
    assert {row_id: row.value("title").raw for row_id, row in found.items() if isinstance(row, Row)} == {
        row_id: titles[row_id] for row_id in many if row_id != NO_ROW
    }


async def test_reads_at_the_same_time_share_a_batch(dataverse: Dataverse) -> None:
    rows = await dataverse.client.all_rows("incidents", "$select=incidentid,title", at_most=20)
    titles = {row["incidentid"]: row["title"] for row in rows}
    case = await dataverse.records.table(dataverse.environment, "incident")
    columns = [case.columns["title"]]

    async def read(row_id: str) -> object:
        record = RecordRef(environment=dataverse.environment, table="incident", row_id=row_id)
        row = await dataverse.records.read_or_none(record, columns)
        return row and row.value("title").raw

    wanted = [*titles, NO_ROW, *titles]
    dataverse.asked.clear()
    assert await asyncio.gather(*map(read, wanted)) == [titles.get(row_id) for row_id in wanted]
    assert len(dataverse.asked) == MAX_ALONE + 1
    # A column that was just deleted is left out, as for a row that is read alone.
    columns.append(replace(case.columns["title"], name="cs_deleted"))
    assert await asyncio.gather(*map(read, wanted)) == [titles.get(row_id) for row_id in wanted]


async def test_of_no_rows_nothing_is_asked(dataverse: Dataverse) -> None:
    case = await dataverse.records.table(dataverse.environment, "incident")
    dataverse.asked.clear()
    assert await dataverse.records.read_many(dataverse.environment, case, [], [case.columns["title"]]) == {}
    assert dataverse.asked == []


async def test_a_row_that_somebody_may_not_see_or_that_is_gone_is_not_read(dataverse: Dataverse) -> None:
    case = await dataverse.records.table(dataverse.environment, "incident")
    secret = await dataverse.case(SECRET_CASE)
    columns = [case.columns["title"]]
    with pytest.raises((NotAllowed, NotFound)):
        await dataverse.records.read(secret, columns, caller=PATTI)
    assert (await dataverse.records.read(secret, columns, caller=ALEX)).value("title").raw
    with pytest.raises(NotFound):
        await dataverse.records.read(replace(secret, row_id=NO_ROW), columns, caller=ALEX)


async def test_a_secured_column_is_empty_for_those_who_may_not_see_it(dataverse: Dataverse) -> None:
    case = await dataverse.records.table(dataverse.environment, "incident")
    column = case.columns["cs_refundamount"]
    assert column.secured
    row = await dataverse.row("incidents", "$select=incidentid&$filter=cs_refundamount%20ne%20null")
    record = RecordRef(environment=dataverse.environment, table="incident", row_id=row["incidentid"])
    seen = [(await dataverse.records.read(record, [column], caller=each)).value(column.name) for each in (ALEX, ISAIAH)]
    assert seen[0].raw
    assert seen[0].text
    assert seen[1].raw is None


async def test_people_are_enabled_users_disabled_ones_or_none(dataverse: Dataverse) -> None:
    found = [await dataverse.records.user(dataverse.environment, each) for each in (ADELE, DIEGO, LYNNE)]
    assert [each and (each.name, each.enabled) for each in found] == [
        ("Adele Vance", True),
        ("Diego Siciliani", False),
        None,
    ]


async def test_a_row_is_owned_by_its_owner_and_by_the_members_of_the_owning_team(dataverse: Dataverse) -> None:
    query = "$select=incidentid,_ownerid_value&$expand=owningteam($select=name)&$filter=_owningteam_value%20ne%20null"
    row = next(
        each for each in await dataverse.client.rows("incidents", query) if each["owningteam"]["name"] == "Tier 2"
    )
    record = RecordRef(environment=dataverse.environment, table="incident", row_id=row["incidentid"])
    assert await owners(dataverse, record) == {ISAIAH, MEGAN}
    await dataverse.client.update(
        f"incidents({record.row_id})", {"ownerid@odata.bind": f"/systemusers({await user(dataverse, ADELE)})"}
    )
    assert await owners(dataverse, record) == {ADELE}


async def test_a_row_of_a_table_without_owners_is_owned_by_nobody(dataverse: Dataverse) -> None:
    row = await dataverse.row("savedqueries", "$select=savedqueryid")
    record = RecordRef(environment=dataverse.environment, table="savedquery", row_id=row["savedqueryid"])
    assert not await dataverse.records.is_owner(record, await user(dataverse, ALEX))


async def test_privileges_are_held_through_roles_and_an_unknown_one_by_nobody(dataverse: Dataverse) -> None:
    held = {
        each: await dataverse.records.holds_privilege(
            dataverse.environment, await user(dataverse, each), "prvUnlinkTeamsChatFromRecord"
        )
        for each in (ALEX, MEGAN, ADELE, ISAIAH)
    }
    assert held == {ALEX: True, MEGAN: True, ADELE: True, ISAIAH: False}
    for name in ("prvNobodyKnows", "prv'x"):
        assert not await dataverse.records.holds_privilege(dataverse.environment, await user(dataverse, ALEX), name)


async def test_names_are_read_of_any_row_that_is_there(dataverse: Dataverse) -> None:
    isaiah = await user(dataverse, ISAIAH)
    assert await dataverse.records.user_name(dataverse.environment, isaiah) == "Isaiah Langer"
    assert await dataverse.records.row_name(dataverse.environment, "incident", NO_ROW) is None
    assert await dataverse.records.row_name(dataverse.environment, "nosuchtable", NO_ROW) is None


async def user(dataverse: Dataverse, person: ObjectId) -> UserId:
    found = await dataverse.records.user(dataverse.environment, person)
    assert found
    return found.id


async def owners(dataverse: Dataverse, record: RecordRef) -> set[ObjectId]:
    people = (ALEX, MEGAN, ADELE, ISAIAH, PATTI)
    return {each for each in people if await dataverse.records.is_owner(record, await user(dataverse, each))}


async def test_records_are_found_by_words_and_by_number_as_the_person_may_see_them(dataverse: Dataverse) -> None:
    case = await dataverse.records.table_by_code(dataverse.environment, 112)
    assert case.name == "incident"

    number = case.columns["ticketnumber"]

    async def found(words: str, person: ObjectId) -> list[object]:
        rows = await dataverse.records.search(
            dataverse.environment, case, words, columns=[number], caller=person, at_most=9
        )
        return [row.value("ticketnumber").raw for row in rows]

    assert "CAS-01001" in await found("vibrates pump", ADELE)
    assert await found(SECRET_CASE, ALEX) == [SECRET_CASE]
    assert await found(SECRET_CASE, PATTI) == []
    assert "CAS-01001" in await found("cas-0100", ADELE)
    assert await found("cas", ADELE) == []
    assert await found("100% o'clock_[", ALEX) == []
    with pytest.raises(NotFound):
        await dataverse.records.table_by_code(dataverse.environment, 99999)
