from typing import Any

import pytest

from tests.sandbox.wire import Api

CASES = "EntityDefinitions(LogicalName='incident')"
CRM = "Microsoft.Dynamics.CRM"


def label(definition: dict[str, Any], name: str = "DisplayName") -> str:
    return str(definition[name]["UserLocalizedLabel"]["Label"])


async def column(api: Api, table: str, name: str, cast: str = "") -> dict[str, Any]:
    path = f"EntityDefinitions(LogicalName='{table}')/Attributes(LogicalName='{name}')"
    found: dict[str, Any] = await api.get(path + (f"/{CRM}.{cast}" if cast else ""))
    return found


async def test_a_table_definition_has_names_and_characteristics(api: Api) -> None:
    table = await api.get(CASES)
    assert (table["LogicalName"], table["EntitySetName"], table["SchemaName"]) == ("incident", "incidents", "Incident")
    assert (table["PrimaryIdAttribute"], table["PrimaryNameAttribute"]) == ("incidentid", "title")
    assert (label(table), label(table, "DisplayCollectionName")) == ("Case", "Cases")
    assert (table["ObjectTypeCode"], table["OwnershipType"], table["TableType"]) == (112, "UserOwned", "Standard")
    assert (table["IsActivity"], table["IsPrivate"], table["DataProviderId"]) == (False, False, None)
    assert table["DisplayName"]["LocalizedLabels"][0]["LanguageCode"] == 1033


async def test_only_the_selected_properties_and_the_id_are_returned(api: Api) -> None:
    table = await api.get(f"{CASES}?$select=EntitySetName")
    assert set(table) == {"@odata.context", "EntitySetName", "MetadataId"}


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ("LogicalName eq 'incident'", {"incident"}),
        ("ObjectTypeCode eq 112", {"incident"}),
        ("TableType eq 'Virtual'", {"cs_stocklevel"}),
        ("DataProviderId ne null", {"cs_stocklevel"}),
        ("IsActivity eq true", {"chat", "email", "msdyn_ocliveworkitem", "task"}),
        ("CanChangeTrackingBeEnabled/Value eq false", {"cs_stocklevel"}),
        ("OwnershipType eq Microsoft.Dynamics.CRM.OwnershipTypes'BusinessOwned'", {"systemuser", "team"}),
        ("startswith(LogicalName,'msdyn_w') or LogicalName in ('lead','task')", {"msdyn_workorder", "lead", "task"}),
        ("ObjectTypeCode gt 4 and ObjectTypeCode le 8", {"annotation", "systemuser"}),
        ("SchemaName gt 3", set()),
    ],
)
async def test_tables_are_found_by_their_properties(api: Api, condition: str, names: set[str]) -> None:
    rows = await api.rows(f"EntityDefinitions?$select=LogicalName&$filter={condition}")
    assert {row["LogicalName"] for row in rows} == names


async def test_columns_are_included_when_expanded(api: Api) -> None:
    table = await api.get(
        f"{CASES}?$select=LogicalName&$expand=Attributes($select=LogicalName,AttributeType,AttributeTypeName;"
        "$filter=AttributeType eq Microsoft.Dynamics.CRM.AttributeTypeCode'Picklist')"
    )
    assert {each["LogicalName"] for each in table["Attributes"]} == {
        "prioritycode",
        "severitycode",
        "casetypecode",
        "caseorigincode",
        "customersatisfactioncode",
        "contractservicelevelcode",
    }
    assert table["Attributes"][0]["@odata.type"] == f"#{CRM}.PicklistAttributeMetadata"


@pytest.mark.parametrize(
    ("table", "name", "code", "finer"),
    [
        ("incident", "title", "String", "StringType"),
        ("incident", "description", "Memo", "MemoType"),
        ("incident", "prioritycode", "Picklist", "PicklistType"),
        ("incident", "statecode", "State", "StateType"),
        ("incident", "statuscode", "Status", "StatusType"),
        ("incident", "isescalated", "Boolean", "BooleanType"),
        ("incident", "cs_symptoms", "Virtual", "MultiSelectPicklistType"),
        ("incident", "cs_operatinghours", "Integer", "IntegerType"),
        ("incident", "versionnumber", "BigInt", "BigIntType"),
        ("incident", "cs_downtimehours", "Decimal", "DecimalType"),
        ("incident", "cs_flowrate", "Double", "DoubleType"),
        ("incident", "cs_refundamount", "Money", "MoneyType"),
        ("incident", "followupby", "DateTime", "DateTimeType"),
        ("incident", "primarycontactid", "Lookup", "LookupType"),
        ("incident", "customerid", "Customer", "CustomerType"),
        ("incident", "ownerid", "Owner", "OwnerType"),
        ("incident", "processid", "Uniqueidentifier", "UniqueidentifierType"),
        ("incident", "entityimage", "Virtual", "ImageType"),
        ("email", "to", "PartyList", "PartyListType"),
        ("email", "activitytypecode", "EntityName", "EntityNameType"),
        ("knowledgearticle", "cs_manual", "Virtual", "FileType"),
    ],
)
async def test_each_column_type_has_its_codes(api: Api, table: str, name: str, code: str, finer: str) -> None:
    found = await column(api, table, name)
    assert (found["AttributeType"], found["AttributeTypeName"]["Value"], found["AttributeOf"]) == (code, finer, None)


@pytest.mark.parametrize(
    ("table", "shadow", "of"),
    [
        ("incident", "owneridname", "ownerid"),
        ("incident", "owneridtype", "ownerid"),
        ("incident", "owneridyominame", "ownerid"),
        ("incident", "createdbyname", "createdby"),
        ("incident", "createdbyyominame", "createdby"),
        ("incident", "customeridtype", "customerid"),
        ("incident", "prioritycodename", "prioritycode"),
        ("incident", "isescalatedname", "isescalated"),
        ("incident", "entityimage_url", "entityimage"),
        ("knowledgearticle", "cs_manual_name", "cs_manual"),
    ],
)
async def test_shadow_columns_name_their_column(api: Api, table: str, shadow: str, of: str) -> None:
    found = await column(api, table, shadow)
    assert (found["AttributeOf"], found["IsLogical"], found["IsValidForUpdate"]) == (of, True, False)


async def test_secured_columns_are_marked_with_their_base(api: Api) -> None:
    rows = await api.rows(f"{CASES}/Attributes?$select=LogicalName&$filter=IsSecured eq true")
    assert [row["LogicalName"] for row in rows] == ["cs_refundamount", "cs_refundamount_base"]


async def test_what_can_be_set_is_marked(api: Api) -> None:
    flags = ("IsValidForRead", "IsValidForCreate", "IsValidForUpdate")
    assert [(await column(api, "chat", "linkedon"))[flag] for flag in flags] == [True, False, False]
    assert [(await column(api, "serviceendpoint", "authvalue"))[flag] for flag in flags] == [False, True, True]


async def test_choices_come_with_their_labels(api: Api) -> None:
    rows = await api.rows(
        f"{CASES}/Attributes/{CRM}.PicklistAttributeMetadata?$select=LogicalName"
        "&$expand=OptionSet($select=Options),GlobalOptionSet&$filter=LogicalName eq 'prioritycode'"
    )
    options = rows[0]["OptionSet"]["Options"]
    assert [(option["Value"], label(option, "Label")) for option in options] == [(1, "High"), (2, "Normal"), (3, "Low")]
    assert rows[0]["GlobalOptionSet"] is None


async def test_status_reasons_name_their_state(api: Api) -> None:
    path = f"{CASES}/Attributes(LogicalName='statuscode')/{CRM}.StatusAttributeMetadata"
    status = await api.get(f"{path}?$select=LogicalName&$expand=OptionSet")
    states = {option["Value"]: option["State"] for option in status["OptionSet"]["Options"]}
    assert states == {1: 0, 2: 0, 3: 0, 4: 0, 5: 1, 1000: 1, 6: 2, 2000: 2}
    bare = await api.get(f"{path}/OptionSet?$select=Options")
    assert bare["Options"] == status["OptionSet"]["Options"]


async def test_states_name_their_default_status_reason(api: Api) -> None:
    rows = await api.rows(f"{CASES}/Attributes/{CRM}.StateAttributeMetadata?$expand=OptionSet")
    options = rows[0]["OptionSet"]["Options"]
    assert [(option["Value"], option["DefaultStatus"]) for option in options] == [(0, 1), (1, 5), (2, 6)]


async def test_yes_and_no_have_labels(api: Api) -> None:
    path = f"EntityDefinitions(LogicalName='email')/Attributes/{CRM}.BooleanAttributeMetadata"
    rows = await api.rows(f"{path}?$expand=OptionSet&$filter=LogicalName eq 'directioncode'")
    options = rows[0]["OptionSet"]
    assert [label(options[name], "Label") for name in ("FalseOption", "TrueOption")] == ["Incoming", "Outgoing"]


@pytest.mark.parametrize(
    ("name", "cast", "expected"),
    [
        ("title", "StringAttributeMetadata", {"MaxLength": 200, "FormatName": {"Value": "Text"}}),
        ("description", "MemoAttributeMetadata", {"MaxLength": 2000, "FormatName": {"Value": "TextArea"}}),
        ("cs_analysis", "MemoAttributeMetadata", {"Format": "TextArea", "FormatName": {"Value": "RichText"}}),
        ("followupby", "DateTimeAttributeMetadata", {"Format": "DateOnly", "DateTimeBehavior": {"Value": "DateOnly"}}),
        (
            "resolveby",
            "DateTimeAttributeMetadata",
            {"Format": "DateAndTime", "DateTimeBehavior": {"Value": "UserLocal"}},
        ),
        ("cs_refundamount", "MoneyAttributeMetadata", {"Precision": 2, "PrecisionSource": 2, "CalculationOf": None}),
        (
            "cs_refundamount_base",
            "MoneyAttributeMetadata",
            {"CalculationOf": "cs_refundamount", "IsBaseCurrency": True},
        ),
        ("cs_downtimehours", "DecimalAttributeMetadata", {"Precision": 2}),
        ("cs_flowrate", "DoubleAttributeMetadata", {"Precision": 3}),
        ("cs_operatinghours", "IntegerAttributeMetadata", {"MinValue": 0, "MaxValue": 2147483647, "Format": "None"}),
        ("customerid", "LookupAttributeMetadata", {"Targets": ["account", "contact"]}),
        ("ownerid", "LookupAttributeMetadata", {"Targets": ["systemuser", "team"]}),
    ],
)
async def test_a_cast_adds_the_properties_of_the_type(api: Api, name: str, cast: str, expected: dict[str, Any]) -> None:
    found = await column(api, "incident", name, cast)
    assert {key: found[key] for key in expected} == expected


async def test_the_regarding_lookup_of_a_chat_is_described(api: Api) -> None:
    rows = await api.rows(
        "EntityDefinitions(LogicalName='chat')/ManyToOneRelationships?$select="
        "ReferencedEntity,ReferencingEntityNavigationPropertyName&$filter=ReferencingAttribute eq 'regardingobjectid'"
    )
    ways = {row["ReferencedEntity"]: row["ReferencingEntityNavigationPropertyName"] for row in rows}
    assert ways["incident"] == "regardingobjectid_incident_chat"
    assert "email" not in ways


async def test_relationships_are_described_from_both_sides(api: Api) -> None:
    one = await api.rows(f"{CASES}/OneToManyRelationships?$select=SchemaName,ReferencingEntity")
    assert {"SchemaName", "ReferencingEntity", "MetadataId"} == set(one[0])
    assert "Incident_Tasks" in {row["SchemaName"] for row in one}
    many = await api.rows("EntityDefinitions(LogicalName='team')/ManyToManyRelationships")
    assert "teammembership_association" in {row["SchemaName"] for row in many}
    assert await api.rows(f"{CASES}/Keys") == []


async def test_definitions_can_be_named_by_their_ids(api: Api) -> None:
    table_id = (await api.get(CASES))["MetadataId"]
    column_id = (await column(api, "incident", "title"))["MetadataId"]
    found = await api.get(f"EntityDefinitions({table_id})/Attributes({column_id})?$select=LogicalName")
    assert found["LogicalName"] == "title"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("EntityDefinitions(LogicalName='nosuch')", 404),
        ("EntityDefinitions(LogicalName='systemuserroles')", 404),
        ("EntityDefinitions(LogicalName=incident)", 400),
        ("EntityDefinitions(nonsense)", 400),
        ("EntityDefinitions?$select=NoSuch", 400),
        ("EntityDefinitions?$filter=NoSuch eq 1", 400),
        ("EntityDefinitions?$filter=DisplayName/NoSuch eq 1", 400),
        ("EntityDefinitions?$top=1", 400),
        ("EntityDefinitions?$expand=NoSuch", 400),
        ("EntityDefinitions/Attributes", 404),
        (f"{CASES}/NoSuch", 404),
        (f"{CASES}/Attributes(LogicalName='nosuch')", 404),
        (f"{CASES}/Attributes(LogicalName='title')/NoSuch", 404),
        (f"{CASES}/Attributes(LogicalName='title')/OptionSet", 404),
        (f"{CASES}/Attributes(LogicalName='title')/{CRM}.PicklistAttributeMetadata", 404),
        (f"{CASES}/Attributes/{CRM}.NoSuch", 400),
        (f"{CASES}/Attributes?$select=MaxLength", 400),
        (f"{CASES}/Attributes?$expand=OptionSet", 400),
        (f"{CASES}/Attributes/{CRM}.PicklistAttributeMetadata/more", 404),
        ("GlobalOptionSetDefinitions", 501),
        ("RelationshipDefinitions", 501),
    ],
)
async def test_an_unknown_definition_is_rejected(api: Api, path: str, status: int) -> None:
    await api.get(path, status=status)


async def test_definitions_cannot_be_changed(api: Api) -> None:
    await api.post("EntityDefinitions", {}, status=501)


async def test_the_virtual_table_sends_no_updates(api: Api) -> None:
    condition = "iscustomprocessingstepallowed eq true and sdkmessageid/name eq 'Update'"
    rows = await api.rows(f"sdkmessagefilters?$select=primaryobjecttypecode&$filter={condition}")
    tables = {row["primaryobjecttypecode"] for row in rows}
    assert {"incident", "email", "msdyn_ocliveworkitem", "chat"} <= tables
    assert "cs_stocklevel" not in tables


async def test_filters_of_a_message_are_found_by_its_id(api: Api) -> None:
    update = (await api.rows("sdkmessages?$select=sdkmessageid&$filter=name eq 'Update'"))[0]["sdkmessageid"]
    rows = await api.rows(
        f"sdkmessagefilters?$select=sdkmessagefilterid&$filter=_sdkmessageid_value eq {update} and "
        "primaryobjecttypecode eq 'incident' and iscustomprocessingstepallowed eq true and isvisible eq true"
    )
    assert len(rows) == 1
