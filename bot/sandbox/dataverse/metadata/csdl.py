"""The service's CSDL document, `$metadata` ("Web API service documents")."""

from collections.abc import Mapping
from functools import cache
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from bot.sandbox.dataverse.schema.model import CHOICES, GUIDS, LOOKUPS, Column, Kind, Schema, Table

NAMESPACE = "Microsoft.Dynamics.CRM"
ALIAS = "mscrm"
_EDMX = "http://docs.oasis-open.org/odata/ns/edmx"
_EDM = "http://docs.oasis-open.org/odata/ns/edm"
_CHANGE_TRACKING = "Org.OData.Capabilities.V1.ChangeTracking"

_BASE = "crmbaseentity"
_OWNER = "principal"
"""Base type of users and teams, both of which own rows."""

_TYPES: Mapping[Kind, str] = {
    Kind.STRING: "Edm.String",
    Kind.MEMO: "Edm.String",
    Kind.ENTITY_NAME: "Edm.String",
    Kind.MULTI_SELECT: "Edm.String",
    Kind.IMAGE: "Edm.Binary",
    Kind.BIG_INT: "Edm.Int64",
    Kind.DECIMAL: "Edm.Decimal",
    Kind.MONEY: "Edm.Decimal",
    Kind.DOUBLE: "Edm.Double",
    Kind.BOOLEAN: "Edm.Boolean",
    Kind.DATE_TIME: "Edm.DateTimeOffset",
    **dict.fromkeys(CHOICES | {Kind.INTEGER}, "Edm.Int32"),
    **dict.fromkeys(LOOKUPS | GUIDS, "Edm.Guid"),
}

_FUNCTIONS: Mapping[str, tuple[str | None, Mapping[str, str], Mapping[str, str]]] = {
    "WhoAmI": (None, {}, {"BusinessUnitId": "Edm.Guid", "UserId": "Edm.Guid", "OrganizationId": "Edm.Guid"}),
    "RetrievePrincipalAccess": (
        "systemuser",
        {"Target": f"{ALIAS}.{_BASE}"},
        {"AccessRights": f"{ALIAS}.AccessRights"},
    ),
    "RetrieveUserPrivileges": ("systemuser", {}, {"RolePrivileges": f"Collection({ALIAS}.RolePrivilege)"}),
    "RetrieveUserPrivilegeByPrivilegeName": (
        "systemuser",
        {"PrivilegeName": "Edm.String"},
        {"RolePrivileges": f"Collection({ALIAS}.RolePrivilege)"},
    ),
}
"""Functions with the table they are bound to, their parameters, and the properties of their response."""

_ROLE_PRIVILEGE = {
    "Depth": f"{ALIAS}.PrivilegeDepth",
    "PrivilegeId": "Edm.Guid",
    "BusinessUnitId": "Edm.Guid",
    "PrivilegeName": "Edm.String",
    "RecordFilterId": "Edm.Guid",
}
_ENUMERATIONS: Mapping[str, Mapping[str, int]] = {
    "AccessRights": {
        "None": 0,
        "ReadAccess": 1,
        "WriteAccess": 2,
        "AppendAccess": 4,
        "AppendToAccess": 16,
        "CreateAccess": 32,
        "DeleteAccess": 65_536,
        "ShareAccess": 262_144,
        "AssignAccess": 524_288,
    },
    "PrivilegeDepth": {"Basic": 0, "Local": 1, "Deep": 2, "Global": 3},
}


@cache
def csdl(schema: Schema, *, annotations: bool) -> bytes:
    """Build the document. Annotations state which tables support change tracking."""
    root = Element("edmx:Edmx", {"Version": "4.0", "xmlns:edmx": _EDMX})
    services = SubElement(root, "edmx:DataServices")
    document = SubElement(services, "Schema", {"Namespace": NAMESPACE, "Alias": ALIAS, "xmlns": _EDM})
    _add_common(document)
    for table in schema.by_set.values():
        _add_table(document, schema, table)
    for name in _FUNCTIONS:
        _add_function(document, name)
    _add_container(document, schema, annotations=annotations)
    indent(root)
    text: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _add_common(document: Element) -> None:
    SubElement(document, "EntityType", {"Name": _BASE, "Abstract": "true"})
    owner = SubElement(document, "EntityType", {"Name": _OWNER, "BaseType": f"{ALIAS}.{_BASE}", "Abstract": "true"})
    _add_key(owner, "ownerid")
    _add_property(owner, "ownerid", "Edm.Guid")
    for name, members in _ENUMERATIONS.items():
        flags = {"IsFlags": "true"} if name == "AccessRights" else {}
        enumeration = SubElement(document, "EnumType", {"Name": name, **flags})
        for member, value in members.items():
            SubElement(enumeration, "Member", {"Name": member, "Value": str(value)})
    _add_complex(document, "RolePrivilege", _ROLE_PRIVILEGE)


def _add_table(document: Element, schema: Schema, table: Table) -> None:
    entity = SubElement(document, "EntityType", {"Name": table.name, "BaseType": f"{ALIAS}.{_BASE}"})
    _add_key(entity, table.primary_id)
    for column in table.by_wire_name.values():
        kind = "Edm.Date" if column.date_only else _TYPES[column.kind]
        _add_property(entity, column.wire_name, kind, **_facets(table, column))
    for name, (column, target) in table.navigations.items():
        other = schema[target.table].name if target else _OWNER
        navigation = SubElement(entity, "NavigationProperty", {"Name": name, "Type": f"{ALIAS}.{other}"})
        referenced = schema[target.table].primary_id if target else "ownerid"
        constraint = {"Property": column.wire_name, "ReferencedProperty": referenced}
        SubElement(navigation, "ReferentialConstraint", constraint)
    for name, row_table in _collections(schema, table).items():
        SubElement(entity, "NavigationProperty", {"Name": name, "Type": f"Collection({ALIAS}.{row_table.name})"})


def _facets(table: Table, column: Column) -> dict[str, str]:
    facets = {"Nullable": "false"} if column.name == table.primary_id else {}
    if column.kind in {Kind.DECIMAL, Kind.MONEY}:
        facets["Scale"] = "Variable"
    return facets


def _collections(schema: Schema, table: Table) -> dict[str, Table]:
    """Return the table of the rows in each collection."""
    found = {name: schema[each.table] for name, each in schema.collections(table.name).items()}
    found.update({each.name: schema[each.other_table] for each in table.associations})
    return found


def _add_function(document: Element, name: str) -> None:
    bound_to, parameters, response = _FUNCTIONS[name]
    function = SubElement(document, "Function", {"Name": name, **({"IsBound": "true"} if bound_to else {})})
    if bound_to:
        parameters = {"entity": f"{ALIAS}.{bound_to}", **parameters}
    for parameter, kind in parameters.items():
        SubElement(function, "Parameter", {"Name": parameter, "Type": kind, "Nullable": "false"})
    SubElement(function, "ReturnType", {"Type": f"{ALIAS}.{name}Response", "Nullable": "false"})
    _add_complex(document, f"{name}Response", response)


def _add_container(document: Element, schema: Schema, *, annotations: bool) -> None:
    container = SubElement(document, "EntityContainer", {"Name": "System"})
    for table in schema.by_set.values():
        entity_set = SubElement(container, "EntitySet", {"Name": table.set_name, "EntityType": f"{ALIAS}.{table.name}"})
        bindings = {name: schema[target.table] for name, (_, target) in table.navigations.items() if target}
        for name, other in {**bindings, **_collections(schema, table)}.items():
            SubElement(entity_set, "NavigationPropertyBinding", {"Path": name, "Target": other.set_name})
        if annotations:
            _add_tracking(entity_set, supported=table.tracked)
    SubElement(container, "FunctionImport", {"Name": "WhoAmI", "Function": f"{ALIAS}.WhoAmI"})


def _add_tracking(entity_set: Element, *, supported: bool) -> None:
    annotation = SubElement(entity_set, "Annotation", {"Term": _CHANGE_TRACKING})
    record = SubElement(annotation, "Record")
    SubElement(record, "PropertyValue", {"Property": "Supported", "Bool": str(supported).lower()})


def _add_complex(document: Element, name: str, properties: Mapping[str, str]) -> None:
    complex_type = SubElement(document, "ComplexType", {"Name": name})
    for each, kind in properties.items():
        _add_property(complex_type, each, kind)


def _add_key(entity: Element, name: str) -> None:
    SubElement(SubElement(entity, "Key"), "PropertyRef", {"Name": name})


def _add_property(owner: Element, name: str, kind: str, **facets: str) -> None:
    SubElement(owner, "Property", {"Name": name, "Type": kind, **facets})
