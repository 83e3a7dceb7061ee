from contextlib import suppress
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sandbox.dataverse.odata.filter import parse_filter
from bot.sandbox.dataverse.odata.like import text_test
from bot.sandbox.errors import DataverseError
from tests.sandbox.wire import Api

FIRST = ["CAS-01001"]
ADELE = "00000008-0000-4000-9000-000000000022"


async def matching_rows(api: Api, condition: str, table: str = "incidents", column: str = "ticketnumber") -> list[str]:
    path = f"{table}?$select={column}&$filter={quote(condition, safe='')}"
    return [row[column] for row in await api.rows(path)]


@pytest.mark.parametrize(
    ("condition", "numbers"),
    [
        ("ticketnumber eq 'CAS-01001'", [1001]),
        ("ticketnumber eq 'cas-01001'", [1001]),
        ("ticketnumber ne 'CAS-01001' and ticketnumber le 'CAS-01003'", [1002, 1003]),
        ("ticketnumber gt 'CAS-01034'", [1035, 1036]),
        ("ticketnumber ge 'CAS-01035'", [1035, 1036]),
        ("ticketnumber lt 'CAS-01003'", [1001, 1002]),
        ("incidentid eq 00000000-0000-4000-9000-0000000003e9", [1001]),
        ("incidentid eq '00000000-0000-4000-9000-0000000003E9'", [1001]),
        ("incidentid in (00000000-0000-4000-9000-0000000003e9,'00000000-0000-4000-9000-0000000003ea')", [1001, 1002]),
        ("statecode eq 2", [1008, 1017, 1026, 1035]),
        ("statuscode in (2000,6) and not (ticketnumber gt 'CAS-01017')", [1008, 1017]),
        ("isescalated eq true", [1003, 1010, 1017]),
        ("true eq isescalated", [1003, 1010, 1017]),
        ("cs_downtimehours lt 4", [1001, 1002]),
        ("cs_operatinghours ge 1250 and cs_operatinghours lt 2500.5", [1001, 1002]),
        ("cs_refundamount eq 480", [1001]),
        ("createdon lt 2026-03-03T08:15:00Z", [1001]),
        ("createdon le 2026-03-03T09:15:00+01:00", [1001, 1002]),
        ("createdon lt 2026-03-03", [1001]),
        ("followupby eq 2026-03-08", [1001]),
        ("description eq null and ticketnumber lt 'CAS-01017'", [1008, 1016]),
        ("cs_operatinghours eq null", [1008, 1016, 1024, 1032]),
        ("cs_operatinghours ne 1250 and ticketnumber le 'CAS-01008'", [*range(1002, 1009)]),
        ("not (cs_operatinghours gt 0)", [1008, 1016, 1024, 1032]),
        ("(statecode eq 1 or statecode eq 2) and ticketnumber lt 'CAS-01009'", [1005, 1008]),
        (
            "statecode eq 1 or statecode eq 2 and ticketnumber eq 'CAS-01008'",
            [1005, 1008, 1009, 1014, 1018, 1023, 1027, 1032, 1036],
        ),
        ("primarycontactid/fullname eq 'nancy anderson'", [1001]),
        ("primarycontactid/parentcustomerid_account/name eq 'Müller & Söhne Wasserwerke'", [1001, 1035]),
        ("owninguser/fullname eq 'Isaiah Langer' and ticketnumber lt 'CAS-01011'", [1004, 1010]),
        ("contains(title,'firmware')", [1001]),
        ("startswith(title,'pump VIB')", [1001]),
        ("endswith(title,'UPDATE')", [1001]),
        ("contains(title,'O''Leary''s')", [1007]),
        ("contains(title,'המשאבה')", [1012]),
        ("contains(title,'[[]Kaltbach] [_]check[_]')", [1009]),
        ("startswith(title,'P_mp%firmware')", [1001]),
        ("startswith(title,'[o-p]ump vi')", [1001]),
        ("startswith(title,'[^a-o]ump vi')", [1001]),
        ("not contains(title,'e') and ticketnumber lt 'CAS-01013'", [1012]),
        ("createdon eq modifiedon", []),
        ("severitycode eq casetypecode and ticketnumber lt 'CAS-01007'", [1003, 1006]),
    ],
)
async def test_each_condition_finds_its_rows(api: Api, condition: str, numbers: list[int]) -> None:
    assert await matching_rows(api, condition) == [f"CAS-{number:05}" for number in numbers]


async def test_a_person_is_found_by_object_id(api: Api) -> None:
    condition = "azureactivedirectoryobjectid eq 00000000-0000-0000-0000-000000000022"
    assert await matching_rows(api, condition, "systemusers", "systemuserid") == [ADELE]


async def test_the_rows_of_an_owner_are_found(api: Api) -> None:
    numbers = await matching_rows(api, f"_ownerid_value eq {ADELE} and statecode eq 0")
    assert FIRST[0] in numbers
    assert 0 < len(numbers) < 20


@pytest.mark.parametrize(
    ("condition", "status", "words"),
    [
        ("", 400, "Syntax error"),
        ("title", 400, "Syntax error"),
        ("title eq", 400, "Syntax error"),
        ("title eq 'x", 400, "unterminated literal"),
        ("title eq 'O'Brien'", 400, "unterminated literal"),
        ("title eq 'x' and", 400, "Syntax error"),
        ("(title eq 'x'", 400, "Syntax error"),
        ("title eq 'x')", 400, "Syntax error"),
        ("title is 'x'", 400, "Syntax error"),
        ("title eq #", 400, "not valid"),
        ("title eq 3", 400, "incompatible types"),
        ("prioritycode eq 'High'", 400, "incompatible types"),
        ("isescalated eq 1", 400, "incompatible types"),
        ("incidentid eq 'nobody'", 400, "incompatible types"),
        ("createdon eq 'today'", 400, "incompatible types"),
        ("createdon gt 2026-13-40", 400, "is not a date"),
        ("customerid_account/", 400, "Syntax error"),
        ("title in ()", 400, "Syntax error"),
        ("title in (title)", 400, "Syntax error"),
        ("contains(prioritycode,'1')", 400, "requires a text property"),
        ("contains('x',title)", 400, "requires a property and a string"),
        ("contains(title,title)", 400, "requires a property and a string"),
        ("customerid_account/nosuch eq 1", 400, "on type 'Microsoft.Dynamics.CRM.account'"),
        ("nosuch/name eq 'x'", 400, "Could not find a property named 'nosuch'"),
        ("ownerid/fullname eq 'x'", 400, "Could not find a property named 'ownerid'"),
        ("length(title) gt 3", 501, "query function 'length'"),
        ("Microsoft.Dynamics.CRM.Above(PropertyName='x',PropertyValue='1')", 501, "Microsoft.Dynamics.CRM.Above"),
        ("Incident_Tasks/any(t:t/nosuch eq 'x')", 400, "nosuch"),
        ("Nothings/any(t:t/subject eq 'x')", 400, "Nothings"),
        ("title/any(t:t/subject eq 'x')", 400, "title"),
        ("Incident_Tasks/any(t:title eq 'x')", 501, "outside of 't'"),
        ("Incident_Tasks/any(t/subject eq 'x')", 400, "Syntax error"),
        ("Incident_Tasks/any(t:t/subject eq 'x'", 400, "Syntax error"),
        ("Incident_Tasks/all()", 400, "Syntax error"),
        ("Incident_Tasks/some(t:t/subject eq 'x')", 400, "Syntax error"),
        ("Incident_Tasks/any", 400, "any"),
        ("Incident_Tasks/", 400, "Syntax error"),
        ("cs_symptoms eq '1'", 501, "MultiSelectPicklist"),
        ("not " * 60 + "title eq 'x'", 400, "levels deep"),
        ("(" * 60 + "title eq 'x'" + ")" * 60, 400, "levels deep"),
    ],
)
async def test_an_invalid_condition_is_rejected_with_a_reason(
    api: Api, condition: str, status: int, words: str
) -> None:
    answer = await api.get(f"incidents?$filter={quote(condition, safe='')}&$top=1", status=status)
    assert words in answer["error"]["message"]


async def test_a_plus_in_the_url_is_a_space(api: Api) -> None:
    rows = await api.rows("incidents?$select=ticketnumber&$filter=ticketnumber+eq+%27CAS-01001%27")
    assert [row["ticketnumber"] for row in rows] == FIRST


@settings(deadline=None)
@given(st.text(alphabet="tile '()eq=nadorx1-,/@.%[]né\x00\ud7ff", max_size=60))
def test_any_text_is_parsed_as_a_filter_or_rejected(text: str) -> None:
    with suppress(DataverseError):
        parse_filter(text)


@settings(deadline=None)
@given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
def test_contains_finds_a_text_in_a_longer_one(before: str, text: str, after: str) -> None:
    plain = "".join(character for character in text if character not in "%_[]")
    whole = (before + plain + after).casefold()
    assert text_test("contains", plain)(whole)
    assert text_test("startswith", plain)((plain + after).casefold())
    assert text_test("endswith", plain)((before + plain).casefold())


@settings(deadline=None)
@given(st.text(alphabet="ab%_[]^-", max_size=10), st.text(alphabet="ab", max_size=10))
def test_any_pattern_can_be_tested(pattern: str, text: str) -> None:
    assert text_test("contains", pattern)(text) in {True, False}


def test_the_length_of_a_filter_is_limited() -> None:
    with pytest.raises(DataverseError, match="longer than 8000 characters"):
        parse_filter("title eq '" + "x" * 8000 + "'")


def test_many_wildcards_are_matched_quickly() -> None:
    assert not text_test("contains", "%a" * 40 + "b")("a" * 3000)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("", "", True),
        ("a%c", "abbc", True),
        ("a_c", "abc", True),
        ("a_c", "ac", False),
        ("[ab]", "b", True),
        ("[^ab]", "b", False),
        ("[a-c]", "b", True),
        ("[a-c]", "d", False),
        ("[-a]", "-", True),
        ("[%]", "100%", True),
        ("[%]", "100", False),
        ("[", "[x", True),
        ("a[", "a[x", True),
        ("[]", "[]", True),
    ],
)
def test_patterns_mean_what_they_mean_in_dataverse(pattern: str, text: str, expected: bool) -> None:
    assert text_test("contains", pattern)(text) is expected


async def test_rows_are_found_by_their_collections(api: Api) -> None:
    cases = await api.rows("incidents?$select=title&$expand=Incident_Tasks($select=prioritycode)")
    tasks = {case["incidentid"]: [task["prioritycode"] for task in case["Incident_Tasks"]] for case in cases}
    wanted = {
        "Incident_Tasks/any()": {key for key, each in tasks.items() if each},
        "not Incident_Tasks/any()": {key for key, each in tasks.items() if not each},
        "Incident_Tasks/any(t:t/prioritycode eq 1)": {key for key, each in tasks.items() if 1 in each},
        "Incident_Tasks/all(t:t/prioritycode eq 1)": {key for key, each in tasks.items() if set(each) <= {1}},
    }
    for condition, ids in wanted.items():
        rows = await api.rows(f"incidents?$select=title&$filter={condition}")
        assert {row["incidentid"] for row in rows} == ids, condition


async def test_collections_are_reached_through_lookups(api: Api) -> None:
    by_way = "customerid_account/contact_customer_accounts/any(c:startswith(c/fullname,'N') and c/statecode eq 0)"
    rows = await api.rows(f"incidents?$select=title&$filter={by_way}")
    accounts = await api.rows(
        "accounts?$filter=contact_customer_accounts/any(c:startswith(c/fullname,'N'))&$select=name"
    )
    ids = {account["accountid"] for account in accounts}
    every = await api.rows("incidents?$select=_customerid_value")
    assert {row["incidentid"] for row in rows} == {
        row["incidentid"] for row in every if row["_customerid_value"] in ids
    }
    nested = "contact_customer_accounts/any(c:c/incident_customer_contacts/any(i:i/prioritycode eq 1))"
    await api.rows(f"accounts?$select=name&$filter={nested}")
    teams = await api.rows("teams?$select=name&$filter=teammembership_association/any(u:u/fullname eq 'Isaiah Langer')")
    assert teams
