import pytest

from tests.sandbox.wire import CASE, CASE_ID, EVERYTHING, FORMATTED, Api

ACCOUNT_1 = "00000001-0000-4000-9000-000000000001"
CONTACT_1 = "00000002-0000-4000-9000-000000000001"


async def test_the_first_case_is_the_main_example(api: Api) -> None:
    case = await api.get(f"{CASE}?$select=title,ticketnumber,prioritycode,statecode,statuscode", Prefer=EVERYTHING)
    assert case["title"] == "Pump vibrates after firmware update"
    assert case["ticketnumber"] == "CAS-01001"
    labels = [case[f"{name}@{FORMATTED}"] for name in ("prioritycode", "statecode", "statuscode")]
    assert labels == ["Normal", "Active", "In Progress"]


async def test_a_selection_returns_only_the_selected_columns_and_the_key(api: Api) -> None:
    case = await api.get(f"{CASE}?$select=title")
    assert set(case) == {"@odata.context", "@odata.etag", "title", "incidentid"}
    assert case["@odata.context"].endswith("/sandbox/api/data/v9.2/$metadata#incidents(title)/$entity")


async def test_an_amount_of_money_brings_its_currency(api: Api) -> None:
    case = await api.get(f"{CASE}?$select=cs_refundamount", Prefer=EVERYTHING)
    assert case["cs_refundamount"] == 480.0
    assert case[f"cs_refundamount@{FORMATTED}"] == "€480.00"
    assert case[f"_transactioncurrencyid_value@{FORMATTED}"] == "Euro"


async def test_a_lookup_has_annotations_for_name_table_and_property(api: Api) -> None:
    case = await api.get(f"{CASE}?$select=_customerid_value", Prefer=EVERYTHING)
    crm = "_customerid_value@Microsoft.Dynamics.CRM"
    assert case["_customerid_value"] == ACCOUNT_1
    assert case[f"{crm}.lookuplogicalname"] == "account"
    assert case[f"{crm}.associatednavigationproperty"] == "customerid_account"
    assert case[f"_customerid_value@{FORMATTED}"] == "Müller & Söhne Wasserwerke"


@pytest.mark.parametrize(
    ("asked", "formatted", "table"),
    [
        (FORMATTED, True, False),
        ("Microsoft.Dynamics.CRM.lookuplogicalname", False, True),
        (f"{FORMATTED},Microsoft.Dynamics.CRM.lookuplogicalname", True, True),
        ("Microsoft.Dynamics.CRM.*", False, True),
        ("*", True, True),
    ],
)
async def test_only_requested_annotations_are_returned(api: Api, asked: str, formatted: bool, table: bool) -> None:
    case = await api.get(f"{CASE}?$select=_ownerid_value", Prefer=f'odata.include-annotations="{asked}"')
    assert (f"_ownerid_value@{FORMATTED}" in case) is formatted
    assert ("_ownerid_value@Microsoft.Dynamics.CRM.lookuplogicalname" in case) is table


@pytest.mark.parametrize(
    ("person", "column", "shown"),
    [
        (20, "createdon", "3/2/2026 8:15 AM"),
        (20, "resolveby", "3/6/2026 4:45 PM"),
        (20, "followupby", "3/8/2026"),
        (20, "cs_operatinghours", "1,250"),
        (20, "cs_downtimehours", "1.75"),
        (20, "cs_flowrate", "13.125"),
        (20, "cs_symptoms", "Error code"),
        (20, "isescalated", "No"),
        (22, "createdon", "02/03/2026 08:15"),
        (22, "cs_refundamount", "€480.00"),
        (24, "createdon", "02.03.2026 09:15"),
        (24, "cs_downtimehours", "1,75"),
        (23, "createdon", "3/2/2026 3:15 AM"),
    ],
)
async def test_values_are_shown_in_the_callers_own_format(api: Api, person: int, column: str, shown: str) -> None:
    case = await api.get(f"{CASE}?$select={column}", person=person, Prefer=EVERYTHING)
    assert case[f"{column}@{FORMATTED}"] == shown


async def test_several_choices_are_numbers_with_commas_and_labels_with_semicolons(api: Api) -> None:
    row = await api.get("accounts(00000001-0000-4000-9000-000000000003)?$select=cs_segments", Prefer=EVERYTHING)
    assert row["cs_segments"] == "1,3,4"
    assert row[f"cs_segments@{FORMATTED}"] == "Pumps; Spare parts; Service contract"


async def test_empty_columns_are_null_and_have_no_annotations(api: Api) -> None:
    case = await api.get(f"{CASE}?$select=customersatisfactioncode,_parentcaseid_value", Prefer=EVERYTHING)
    assert case["customersatisfactioncode"] is None
    assert case["_parentcaseid_value"] is None
    assert not [name for name in case if name.startswith(("customersatisfactioncode@", "_parentcaseid_value@"))]


async def test_expanded_rows_come_with_the_columns_asked_for(api: Api) -> None:
    case = await api.get(
        f"{CASE}?$select=title&$expand=primarycontactid($select=fullname;"
        "$expand=parentcustomerid_account($select=name)),customerid_contact($select=fullname)"
    )
    contact = case["primarycontactid"]
    assert (contact["fullname"], contact["contactid"]) == ("Nancy Anderson", CONTACT_1)
    assert contact["parentcustomerid_account"]["name"] == "Müller & Söhne Wasserwerke"
    assert case["customerid_contact"] is None


async def test_an_expanded_collection_is_filtered_ordered_and_cut(api: Api) -> None:
    account = await api.get(
        f"accounts({ACCOUNT_1})?$select=name&$expand=contact_customer_accounts("
        "$select=fullname;$filter=contains(emailaddress1,'contact-');$orderby=fullname desc;$top=1)"
    )
    names = [row["fullname"] for row in account["contact_customer_accounts"]]
    assert names == ["Nancy Anderson"]
    assert account["contact_customer_accounts@odata.nextLink"].endswith("/contact_customer_accounts?$select=fullname")


async def test_a_collection_can_be_asked_for_by_itself(api: Api) -> None:
    parties = await api.rows(
        "emails(00004202-0000-4000-9000-000000000001)/email_activity_parties?$select=participationtypemask",
        Prefer=EVERYTHING,
    )
    assert [party[f"participationtypemask@{FORMATTED}"] for party in parties] == ["Sender", "To Recipient"]


async def test_a_lookup_can_be_followed(api: Api) -> None:
    contact = await api.get(f"{CASE}/primarycontactid?$select=fullname")
    assert contact["fullname"] == "Nancy Anderson"
    status, _, _ = await api.call("GET", f"{CASE}/parentcaseid")
    assert status == 204


async def test_one_column_can_be_asked_for_by_itself(api: Api) -> None:
    assert (await api.get(f"{CASE}/ticketnumber"))["value"] == "CAS-01001"
    status, _, _ = await api.call("GET", f"{CASE}/customersatisfactioncode")
    assert status == 204


async def test_the_owner_leads_to_a_user_or_a_team(api: Api) -> None:
    case = await api.get(f"{CASE}?$select=title&$expand=ownerid,owninguser($select=fullname),owningteam")
    assert case["ownerid"]["@odata.type"] == "#Microsoft.Dynamics.CRM.systemuser"
    assert case["owninguser"]["fullname"] == "Adele Vance"
    assert case["owningteam"] is None


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("nothings", 404, "Resource not found for the segment 'nothings'."),
        ("incidents?$select=nosuch", 400, "Could not find a property named 'nosuch'"),
        ("incidents?$select=ownerid", 400, "Could not find a property named 'ownerid'"),
        ("incidents?$select=owneridname", 400, "Could not find a property named 'owneridname'"),
        ("emails?$select=to", 400, "Could not find a property named 'to'"),
        ("incidents?$filter=nosuch eq 1", 400, "Could not find a property named 'nosuch'"),
        ("incidents?$orderby=nosuch", 400, "Could not find a property named 'nosuch'"),
        ("incidents?$orderby=title sideways", 400, "Syntax error"),
        ("incidents?$orderby=cs_symptoms", 400, "not supported"),
        ("incidents?$expand=nosuch", 400, "Could not find a property named 'nosuch'"),
        ("incidents?$expand=primarycontactid($select=nosuch)", 400, "Could not find a property named 'nosuch'"),
        ("incidents?$expand=primarycontactid($filter=fullname eq 'x')", 400, "many-to-one"),
        ("incidents?$expand=primarycontactid($select=fullname", 400, "ends too early"),
        ("incidents?$top=many", 400, "Invalid value 'many' for $top"),
        ("incidents?$top=-1", 400, "Invalid value '-1' for $top"),
        ("incidents?$count=perhaps", 400, "$count"),
        ("incidents?$skip=3", 400, "$skip"),
        ("incidents?$select=title&$select=title", 400, "more than once"),
        (f"{CASE}?$filter=title eq 'x'", 400, "$filter"),
        ("incidents(no-guid)", 400, "is not the GUID of a row"),
        ("incidents(ticketnumber='CAS-01001')", 400, "not a defined key"),
        ("incidents?$apply=aggregate(x)", 400, "Syntax error"),
        ("incidents?sql=SELECT title FROM incident", 501, "SQL"),
        ("incidents?$expand=primarycontactid/$ref", 501, "/$ref"),
        ("incidents?$orderby=primarycontactid/fullname", 501, "related row"),
        ("$metadata/incidents", 404, "$metadata"),
        ("$batch", 405, "not supported"),
        (f"{CASE}/nosuch", 404, "Resource not found"),
        (f"{CASE}/title/more", 404, "Resource not found"),
        ("incidents/$values", 404, "Resource not found"),
        (f"{CASE}/primarycontactid/$count", 404, "Resource not found"),
        (f"{CASE}/Incident_Tasks(1)", 404, "Resource not found"),
        ("incidents?$select=title)", 400, "Syntax error"),
        ("incidents?$expand=createdby($select=fullname)x", 400, "Syntax error"),
    ],
)
async def test_an_unsupported_query_is_rejected_with_a_reason(api: Api, path: str, status: int, words: str) -> None:
    answer = await api.get(path, status=status)
    assert set(answer) == {"error"}
    assert set(answer["error"]) == {"code", "message"}
    assert answer["error"]["code"].startswith("0x8")
    assert words in answer["error"]["message"]


async def test_a_row_that_is_not_there_is_not_found(api: Api) -> None:
    answer = await api.get("incidents(00000000-0000-0000-0000-00000000dead)", status=404)
    assert answer["error"]["code"] == "0x80040217"


async def test_too_many_expands_are_refused(api: Api) -> None:
    names = ",".join(["createdby"] * 16)
    assert "15" in (await api.get(f"incidents?$expand={names}", status=400))["error"]["message"]


async def test_an_unchanged_row_is_not_sent_again(api: Api) -> None:
    case = await api.get(f"{CASE}?$select=title")
    status, _, _ = await api.call("GET", f"{CASE}?$select=title", If_None_Match=case["@odata.etag"])
    assert status == 304
    await api.get(f"{CASE}?$select=title", If_None_Match='W/"1"')
    await api.get(f"{CASE}?$select=title", If_None_Match="null")


async def test_an_unsupported_method_is_rejected(api: Api) -> None:
    for method, path in (
        ("PATCH", "incidents"),
        ("POST", CASE),
        ("PUT", CASE),
        ("POST", "WhoAmI"),
        ("POST", f"{CASE}/title"),
    ):
        status, body, _ = await api.call(method, path, {})
        assert (status, body["error"]["code"]) == (405, "0x80060888"), (method, path)


async def test_all_minor_versions_of_the_web_api_are_there(api: Api) -> None:
    answer = await api.client.get("/sandbox/api/data/v9.0/WhoAmI()")
    assert (await answer.json())["@odata.context"].startswith(f"{api.client.make_url('/sandbox/api/data/v9.0')}")


async def test_the_service_document_lists_the_sets(api: Api) -> None:
    names = {each["name"] for each in (await api.get(""))["value"]}
    assert {"incidents", "accounts", "chats", "msdyn_ocliveworkitems", "savedqueries"} <= names
    assert "systemuserroles" not in names


async def test_a_malformed_authorization_is_refused(api: Api) -> None:
    await api.get("WhoAmI", Authorization="Bearer token")
    await api.get("WhoAmI", Authorization="token", status=401)


def test_the_id_of_the_first_case_is_readable() -> None:
    assert int(CASE_ID[-12:], 16) == 1001
