"""The CSDL document matches the responses of the service."""

from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring

from tests.sandbox.wire import CASE, Api

EDM = "{http://docs.oasis-open.org/odata/ns/edm}"


async def document(api: Api, query: str = "") -> Element:
    status, body, headers = await api.call("GET", f"$metadata{query}")
    assert (status, headers["Content-Type"]) == (200, "application/xml")
    found: Element = fromstring(body)
    return found


def types(root: Element) -> dict[str, Element]:
    return {each.attrib["Name"]: each for each in root.iter(f"{EDM}EntityType")}


def properties(entity: Element) -> dict[str, str]:
    return {each.attrib["Name"]: each.attrib["Type"] for each in entity.findall(f"{EDM}Property")}


async def test_rows_have_the_declared_properties(api: Api) -> None:
    known = types(await document(api))
    for table in ("incident", "account", "systemuser", "chat"):
        definition = await api.get(f"EntityDefinitions(LogicalName='{table}')?$select=EntitySetName")
        rows = await api.rows(f"{definition['EntitySetName']}?$top=1")
        for row in rows:
            own = {name for name in row if "@" not in name}
            assert own <= properties(known[table]).keys()


async def test_every_referenced_name_is_declared(api: Api) -> None:
    root = await document(api)
    kinds = {"EntityType", "ComplexType", "EnumType"}
    known = {f"mscrm.{each.attrib['Name']}" for kind in kinds for each in root.iter(f"{EDM}{kind}")}
    sets = {each.attrib["Name"] for each in root.iter(f"{EDM}EntitySet")}
    for each in root.iter():
        for name in ("Type", "EntityType", "BaseType"):
            used = each.attrib.get(name, "Edm.").removeprefix("Collection(").removesuffix(")")
            assert used.startswith("Edm.") or used in known, used
        assert each.tag != f"{EDM}NavigationPropertyBinding" or each.attrib["Target"] in sets
    for entity in types(root).values():
        keys = [each.attrib["Name"] for each in entity.iter(f"{EDM}PropertyRef")]
        lookups = [each.attrib["Property"] for each in entity.iter(f"{EDM}ReferentialConstraint")]
        assert {*keys, *lookups} <= properties(entity).keys()


async def test_properties_have_the_types_of_their_values(api: Api) -> None:
    case = properties(types(await document(api))["incident"])
    assert (case["title"], case["prioritycode"], case["_ownerid_value"]) == ("Edm.String", "Edm.Int32", "Edm.Guid")
    assert (case["createdon"], case["cs_refundamount"]) == ("Edm.DateTimeOffset", "Edm.Decimal")
    assert case["versionnumber"] == "Edm.Int64"


async def test_navigation_properties_match_the_rows(api: Api) -> None:
    case = types(await document(api))["incident"]
    ways = {each.attrib["Name"]: each.attrib["Type"] for each in case.findall(f"{EDM}NavigationProperty")}
    assert ways["customerid_account"] == "mscrm.account"
    assert ways["ownerid"] == "mscrm.principal"
    assert ways["Incident_Tasks"] == "Collection(mscrm.task)"
    singles = [name for name, kind in ways.items() if not kind.startswith("Collection")]
    for name in singles[:10]:
        status, _, _ = await api.call("GET", f"{CASE}/{name}")
        assert status in {200, 204}


@pytest.mark.parametrize("query", ["", "?annotations=false"])
async def test_annotations_are_included_only_on_request(api: Api, query: str) -> None:
    assert list((await document(api, query)).iter(f"{EDM}Annotation")) == []


async def test_annotations_state_which_tables_are_tracked(api: Api) -> None:
    tracked = {
        each.attrib["Name"]: value.attrib["Bool"]
        for each in (await document(api, "?annotations=true")).iter(f"{EDM}EntitySet")
        for value in each.iter(f"{EDM}PropertyValue")
    }
    definitions = (await api.get("EntityDefinitions?$select=EntitySetName,ChangeTrackingEnabled"))["value"]
    wanted = {each["EntitySetName"]: str(each["ChangeTrackingEnabled"]).lower() for each in definitions}
    assert tracked == wanted
