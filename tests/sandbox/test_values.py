from typing import Any

import pytest

from tests.sandbox.cases import ACCOUNT, NEW_ID, create_row
from tests.sandbox.wire import CASE, CASE_ID, WEB_API, Api


async def test_names_and_base_amounts_follow(api: Api) -> None:
    lead = await create_row(
        api,
        {
            "firstname": "Zoë",
            "lastname": "O'Leary",
            "subject": "x",
            "estimatedamount": 110,
            "transactioncurrencyid@odata.bind": "/transactioncurrencies(00009105-0000-4000-9000-000000000002)",
        },
        "leads",
    )
    row = await api.get(lead)
    assert (row["fullname"], row["estimatedamount_base"], row["exchangerate"]) == ("Zoë O'Leary", 100.0, 1.1)
    await api.patch(lead, {"firstname": None})
    assert (await api.get(lead))["fullname"] == "O'Leary"


async def test_a_lookup_is_set_and_emptied(api: Api) -> None:
    contact = "contacts(00000002-0000-4000-9000-000000000002)"
    for address in (f"/{contact}", contact, f"http://127.0.0.1{WEB_API}/{contact}"):
        await api.patch(CASE, {"primarycontactid@odata.bind": address})
        assert (await api.get(f"{CASE}/primarycontactid"))["contactid"].endswith("002")
        await api.patch(CASE, {"primarycontactid": None})
        assert (await api.get(f"{CASE}?$select=_primarycontactid_value"))["_primarycontactid_value"] is None
    await api.patch(CASE, {"primarycontactid@odata.bind": None})


async def test_a_customer_may_turn_from_an_account_into_a_contact(api: Api) -> None:
    await api.patch(CASE, {"customerid_contact@odata.bind": "/contacts(00000002-0000-4000-9000-000000000002)"})
    case = await api.get(f"{CASE}?$expand=customerid_account($select=name),customerid_contact($select=fullname)")
    assert case["customerid_account"] is None
    assert case["customerid_contact"]["fullname"] == "Jürgen Groß"


WRONG_VALUES: list[tuple[dict[str, Any], str]] = [
    ({"prioritycode": "High"}, "0x80048d19"),
    ({"prioritycode": True}, "0x80048d19"),
    ({"prioritycode": 9}, "0x8004431a"),
    ({"prioritycode": 1.5}, "0x80048d19"),
    ({"title": 3}, "0x80048d19"),
    ({"title": "x" * 201}, "0x80044331"),
    ({"isescalated": "yes"}, "0x80048d19"),
    ({"isescalated": 1}, "0x80048d19"),
    ({"cs_operatinghours": 1.5}, "0x80048d19"),
    ({"cs_operatinghours": -1}, "0x8004432f"),
    ({"cs_operatinghours": 2**31}, "0x8004432f"),
    ({"cs_downtimehours": "1.5"}, "0x80048d19"),
    ({"cs_refundamount": 1e16}, "0x80044330"),
    ({"cs_symptoms": "1,99"}, "0x8004431a"),
    ({"cs_symptoms": [1, 2]}, "0x80048d19"),
    ({"cs_symptoms": "1;2"}, "0x80048d19"),
    ({"followupby": "2026-11-21T00:00:00Z"}, "0x80048d19"),
    ({"followupby": "2026-02-30"}, "0x80048d19"),
    ({"followupby": "1600-01-01"}, "0x80040239"),
    ({"resolveby": "2026-11-21"}, "0x80048d19"),
    ({"resolveby": "2026-11-21T25:00:00Z"}, "0x80048d19"),
    ({"resolveby": "0001-01-01T00:00:00+14:00"}, "0x80048d19"),
    ({"processid": "none"}, "0x80048d19"),
    ({"nosuch": 1}, "0x80048d19"),
    ({"owneridname": "Adele"}, "0x80048d19"),
    ({"_primarycontactid_value": CASE_ID}, "0x80048d19"),
    ({"createdon": "2026-11-21T00:00:00Z"}, "0x80048d19"),
    ({"ticketnumber": "CAS-1"}, "0x80048d19"),
    ({"incidentid": NEW_ID}, "0x80048d19"),
    ({"ownerid@odata.bind": None}, "0x80048d19"),
    ({"customerid_account@odata.bind": None}, "0x80048d19"),
    ({"nosuch@odata.bind": ACCOUNT}, "0x80048d19"),
    ({"primarycontactid@odata.bind": 3}, "0x80048d19"),
    ({"primarycontactid@odata.bind": ACCOUNT}, "0x80060888"),
    ({"primarycontactid@odata.bind": "/contacts(nobody)"}, "0x80060888"),
    ({"primarycontactid@odata.bind": "contacts"}, "0x80060888"),
    ({"entityimage": "x"}, "0x80048d19"),
]


@pytest.mark.parametrize(("body", "code"), WRONG_VALUES)
async def test_a_value_that_does_not_fit_is_refused_and_nothing_changes(
    api: Api, body: dict[str, Any], code: str
) -> None:
    before = await api.get(CASE)
    answer = await api.patch(CASE, {"description": "changed", **body}, status=400)
    assert answer["error"]["code"] == code, answer
    assert await api.get(CASE) == before


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"primarycontactid": {"lastname": "x"}}, 501),
        ({"Incident_Tasks": [{"subject": "x"}]}, 501),
        ({"primarycontactid@odata.bind": "/contacts(00000002-0000-4000-9000-00000000dead)"}, 404),
    ],
)
async def test_referenced_rows_must_exist(api: Api, body: dict[str, Any], status: int) -> None:
    await api.patch(CASE, body, status=status)


async def test_a_case_needs_a_customer(api: Api) -> None:
    assert (
        "'customerid' must not be empty"
        in (await api.post("incidents", {"title": "x"}, status=400))["error"]["message"]
    )


async def test_annotations_in_a_body_have_no_meaning(api: Api) -> None:
    await api.patch(
        CASE, {"@odata.etag": "x", "prioritycode@OData.Community.Display.V1.FormattedValue": "Low", "prioritycode": 1}
    )
    assert (await api.get(f"{CASE}?$select=prioritycode"))["prioritycode"] == 1


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"", "application/json", 400),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"null", "application/json", 400),
        (b'{"a":NaN}', "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"title=x", "application/x-www-form-urlencoded", 415),
        (b"{}", "text/plain", 415),
        (b'{"description":"' + b"x" * 1_000_001 + b'"}', "application/json", 413),
    ],
)
async def test_a_body_that_is_no_json_object_is_refused(
    api: Api, content: bytes, content_type: str, status: int
) -> None:
    answer = await api.client.patch(f"{WEB_API}/{CASE}", data=content, headers={"Content-Type": content_type})
    assert answer.status == status
    assert (await answer.json())["error"]["code"] == "0x80060888"


async def test_longer_texts_than_a_line_of_the_address_are_kept_whole(api: Api) -> None:
    text = "Grüße – שלום\n" * 100
    await api.patch(CASE, {"description": text})
    assert (await api.get(f"{CASE}?$select=description"))["description"] == text


async def test_numbers_are_rounded_to_the_columns_precision(api: Api) -> None:
    await api.patch(CASE, {"cs_downtimehours": 1.239, "cs_flowrate": 7})
    case = await api.get(f"{CASE}?$select=cs_downtimehours,cs_flowrate")
    assert (case["cs_downtimehours"], case["cs_flowrate"]) == (1.24, 7.0)


async def test_instants_are_kept_in_utc_and_whole_seconds(api: Api) -> None:
    await api.patch(CASE, {"resolveby": "2026-11-21T13:30:15.987+01:00"})
    assert (await api.get(f"{CASE}?$select=resolveby"))["resolveby"] == "2026-11-21T12:30:15Z"


async def test_several_choices_are_sorted_and_may_be_none(api: Api) -> None:
    await api.patch(CASE, {"cs_symptoms": "6,1,1"})
    assert (await api.get(f"{CASE}?$select=cs_symptoms"))["cs_symptoms"] == "1,6"
    await api.patch(CASE, {"cs_symptoms": ""})
    assert (await api.get(f"{CASE}?$select=cs_symptoms"))["cs_symptoms"] is None
