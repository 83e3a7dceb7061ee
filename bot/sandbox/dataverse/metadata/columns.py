"""Column definitions as `AttributeMetadata`, with the properties of each column type."""

from collections.abc import Iterator, Mapping

from bot.sandbox.dataverse.metadata.labels import label, option_set
from bot.sandbox.dataverse.schema.model import CHOICES, LOOKUPS, Column, Kind, Table
from bot.sandbox.guids import named_guid
from bot.sandbox.values import Json, JsonObject

_VIRTUAL = frozenset({Kind.FILE, Kind.IMAGE, Kind.MULTI_SELECT})
"""Column types without a code of their own in the older enumeration."""

_CASTS: Mapping[Kind, str] = {
    Kind.CUSTOMER: "Lookup",
    Kind.OWNER: "Lookup",
    Kind.PARTY_LIST: "Lookup",
    Kind.UNIQUE_IDENTIFIER: "UniqueIdentifier",
}
"""Column types whose metadata class has a different name."""

_NAMED = frozenset({Kind.BOOLEAN, Kind.MULTI_SELECT, *CHOICES})


def metadata_class(kind: Kind) -> str:
    """Return the class of a column's definition, without its namespace."""
    return f"{_CASTS.get(kind, kind.value)}AttributeMetadata"


def column_definitions(table: Table) -> Iterator[tuple[str, JsonObject, JsonObject]]:
    """Yield each column's class, common properties, and own properties. Shadow columns follow their column."""
    for number, column in enumerate(table.columns.values(), 2):
        yield metadata_class(column.kind), _common_properties(table, column, number), _type_properties(table, column)
        for name, kind in _shadows(column):
            shadow = Column(name=name, kind=Kind.STRING, label="", creatable=False, updatable=False)
            shadow_properties: JsonObject = {
                "AttributeType": kind,
                "AttributeTypeName": {"Value": f"{kind}Type"},
                "AttributeOf": column.name,
                "IsLogical": True,
            }
            yield "AttributeMetadata", {**_common_properties(table, shadow, None), **shadow_properties}, {}


def _shadows(column: Column) -> Iterator[tuple[str, str]]:
    """Yield the name and type of the columns that only restate this column's value."""
    if column.kind in LOOKUPS:
        yield f"{column.name}name", "String"
        if len(column.targets) > 1:
            yield f"{column.name}type", "EntityName"
        if {target.table for target in column.targets} & {"account", "contact", "systemuser", "team"}:
            yield f"{column.name}yominame", "String"
    if column.kind in _NAMED:
        yield f"{column.name}name", "Virtual"
    if column.kind is Kind.IMAGE:
        yield f"{column.name}_url", "String"
        yield f"{column.name}_timestamp", "BigInt"
        yield f"{column.name}id", "Uniqueidentifier"
    if column.kind is Kind.FILE:
        yield f"{column.name}_name", "String"


def _common_properties(table: Table, column: Column, number: int | None) -> JsonObject:
    return {
        "MetadataId": named_guid(table.name, column.name),
        "LogicalName": column.name,
        "SchemaName": column.name if "_" in column.name else column.name.capitalize(),
        "EntityLogicalName": table.name,
        "AttributeType": "Virtual" if column.kind in _VIRTUAL else column.kind.value,
        "AttributeTypeName": {"Value": f"{column.kind}Type"},
        "AttributeOf": None,
        "ColumnNumber": number,
        "DisplayName": label(column.label),
        "Description": label(""),
        "IsCustomAttribute": "_" in column.name,
        "IsLogical": False,
        "IsPrimaryId": column.name == table.primary_id,
        "IsPrimaryName": column.name == table.primary_name,
        "IsValidODataAttribute": column.kind is not Kind.PARTY_LIST,
        **_permissions(column, is_key=column.name == table.primary_id),
    }


def _permissions(column: Column, *, is_key: bool) -> JsonObject:
    """Return the column's security and permitted operations."""
    required_level = "SystemRequired" if is_key else "ApplicationRequired" if column.required else "None"
    return {
        "IsSecured": column.secured,
        "CanBeSecuredForRead": not is_key,
        "CanBeSecuredForCreate": column.creatable and not is_key,
        "CanBeSecuredForUpdate": column.updatable and not is_key,
        "IsValidForRead": column.readable,
        "IsValidForCreate": column.creatable,
        "IsValidForUpdate": column.updatable,
        "RequiredLevel": {
            "Value": required_level,
            "CanBeChanged": False,
            "ManagedPropertyLogicalName": "canmodifyrequirementlevelsettings",
        },
    }


def _type_properties(table: Table, column: Column) -> JsonObject:
    match column.kind:
        case Kind.STRING | Kind.MEMO:
            return _text(column)
        case Kind.INTEGER | Kind.DECIMAL | Kind.DOUBLE:
            return {"MinValue": column.minimum, "MaxValue": column.maximum, **_precision(column), **_format(column)}
        case Kind.MONEY:
            base: Json = column.base_of or None
            return {
                "MinValue": column.minimum,
                "MaxValue": column.maximum,
                **_precision(column),
                "PrecisionSource": 2,
                "IsBaseCurrency": bool(base),
                "CalculationOf": base,
            }
        case Kind.DATE_TIME:
            format_name = "DateOnly" if column.date_only else "DateAndTime"
            behavior = "DateOnly" if column.date_only else "UserLocal"
            return {"Format": format_name, "DateTimeBehavior": {"Value": behavior}}
        case Kind.LOOKUP | Kind.CUSTOMER | Kind.OWNER:
            return {"Targets": list(dict.fromkeys(target.table for target in column.targets)), "Format": "None"}
        case _ if column.options:
            return {"DefaultFormValue": -1, "OptionSet": option_set(table, column), "GlobalOptionSet": None}
        case _:
            return {}


def _text(column: Column) -> JsonObject:
    return {
        "MaxLength": column.max_length,
        "Format": _legacy_format(column),
        "FormatName": {"Value": column.text_format},
    }


def _legacy_format(column: Column) -> str:
    """Return the format in the older enumeration, which has no rich text."""
    return "TextArea" if column.text_format == "RichText" else column.text_format


def _precision(column: Column) -> JsonObject:
    return {} if column.precision is None else {"Precision": column.precision}


def _format(column: Column) -> JsonObject:
    return {"Format": "None"} if column.kind is Kind.INTEGER else {}
