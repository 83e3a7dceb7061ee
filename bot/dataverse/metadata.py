"""Parse definitions of tables, columns, and views ("Query table definitions using the Web API"). Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.errors import Unavailable
from bot.domain.tables import Column, ColumnType, DateBehavior, Table, TableName
from bot.domain.texts import label
from bot.domain.user_formats import UserFormats

TABLE_PROPERTIES = (
    "LogicalName,EntitySetName,PrimaryIdAttribute,PrimaryNameAttribute,ObjectTypeCode,"
    "IsActivity,HasNotes,TableType,DataProviderId,ChangeTrackingEnabled,DisplayName"
)
CHOICE_PROPERTIES = "LogicalName,DisplayName,PrimaryNameAttribute"
COLUMN_PROPERTIES = (
    "LogicalName,AttributeType,AttributeTypeName,IsSecured,AttributeOf,IsValidForRead,IsValidForUpdate,RequiredLevel,"
    "DisplayName"
)

CASTS = {
    "PicklistAttributeMetadata": "$select=LogicalName&$expand=OptionSet",
    "StateAttributeMetadata": "$select=LogicalName&$expand=OptionSet",
    "StatusAttributeMetadata": "$select=LogicalName&$expand=OptionSet",
    "BooleanAttributeMetadata": "$select=LogicalName&$expand=OptionSet",
    "MultiSelectPicklistAttributeMetadata": "$select=LogicalName&$expand=OptionSet",
    "DateTimeAttributeMetadata": "$select=LogicalName,Format,DateTimeBehavior",
    "StringAttributeMetadata": "$select=LogicalName,MaxLength",
    "MemoAttributeMetadata": "$select=LogicalName,FormatName,MaxLength",
    "MoneyAttributeMetadata": "$select=LogicalName,Precision",
    "DecimalAttributeMetadata": "$select=LogicalName,Precision",
    "DoubleAttributeMetadata": "$select=LogicalName,Precision",
}
"""Properties that only the definition of a column's own type has, and the queries for them."""

ELASTIC_PROVIDER = "1d9bde74-9ebd-4da9-8ff5-aa74945b9f74"
"""Elastic tables have this data provider; any other provider makes a table virtual ("Create elastic tables")."""

_UNREADABLE = (LookupError, TypeError, ValueError, AttributeError)
"""Errors of parsing a definition with values of wrong types."""

_REQUIRED = frozenset({"ApplicationRequired", "SystemRequired"})

LOOKUP_PROPERTIES = "ReferencingAttribute,ReferencedEntity,ReferencedAttribute,ReferencingEntityNavigationPropertyName"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """A lookup from a row to a row of one table."""

    column: str
    table: str
    key: str
    """The column of the other table whose value the lookup holds."""
    navigation: str
    """The navigation property that expands the other row."""


def parse_table(
    definition: Mapping[str, Any],
    details: Sequence[Mapping[str, Any]],
    *,
    sends_updates: bool,
    formats: UserFormats | None = None,
) -> Table:
    """Parse a table from its definition and the details of its columns; raise `Unavailable` for anything else.

    `formats` are those of the application user.
    """
    try:
        by_name: dict[str, dict[str, Any]] = {}
        for detail in details:
            by_name.setdefault(str(detail.get("LogicalName")), {}).update(detail)
        columns = [_try_column(each, by_name, formats) for each in definition["Attributes"]]
        return Table(
            name=str(definition["LogicalName"]),
            label=_label(definition) or str(definition["LogicalName"]),
            set_name=str(definition["EntitySetName"]),
            primary_id=str(definition["PrimaryIdAttribute"]),
            primary_name=str(definition.get("PrimaryNameAttribute") or definition["PrimaryIdAttribute"]),
            columns={column.name: column for column in columns if column},
            type_code=definition.get("ObjectTypeCode"),
            is_activity=bool(definition.get("IsActivity")),
            has_notes=bool(definition.get("HasNotes")),
            is_virtual=_is_virtual(definition),
            sends_updates=sends_updates,
            tracks_changes=bool(definition.get("ChangeTrackingEnabled")),
        )
    except _UNREADABLE as error:
        raise Unavailable("Dynamics 365 returned an unreadable table definition.", "Try again in a moment.") from error


def table_names(definitions: Sequence[Mapping[str, Any]]) -> Sequence[TableName]:
    """Return the tables for people to choose from, sorted by label; omit those without a label or primary name."""
    named = [
        TableName(name=str(each["LogicalName"]), label=shown)
        for each in definitions
        if each.get("LogicalName") and each.get("PrimaryNameAttribute") and (shown := _try_label(each))
    ]
    return sorted(named, key=lambda each: (each.label.casefold(), each.name))


def _try_label(definition: Mapping[str, Any]) -> str:
    try:
        return _label(definition)
    except _UNREADABLE:
        return ""


def _try_column(
    attribute: Mapping[str, Any], details: Mapping[str, Mapping[str, Any]], formats: UserFormats | None
) -> Column | None:
    """Parse a column. A column that cannot be read is missing, because it must not hide the others."""
    try:
        return _column(attribute, details.get(str(attribute["LogicalName"]), {}), formats)
    except _UNREADABLE:
        return None


def _column(attribute: Mapping[str, Any], detail: Mapping[str, Any], formats: UserFormats | None) -> Column | None:
    # Shadow columns (`owneridname`) belong to another column, and some columns cannot be read at all.
    if attribute.get("AttributeOf") or attribute.get("IsValidForRead") is False:
        return None
    name = str(attribute["LogicalName"])
    format_name = detail.get("FormatName")
    behavior = _behavior(detail)
    return Column(
        name=name,
        label=_label(attribute) or name,
        type=_column_type(attribute),
        secured=bool(attribute.get("IsSecured")),
        rich_text=isinstance(format_name, dict) and format_name.get("Value") == "RichText",
        date_only=detail.get("Format") == "DateOnly" or behavior is DateBehavior.DATE_ONLY,
        behavior=behavior,
        formats=formats,
        precision=_natural(detail.get("Precision")),
        updatable=attribute.get("IsValidForUpdate") is not False,
        required=_managed_value(attribute.get("RequiredLevel")) in _REQUIRED,
        max_length=_natural(detail.get("MaxLength")),
        states=_states(detail.get("OptionSet")),
        options=_options(detail.get("OptionSet")),
    )


def _column_type(attribute: Mapping[str, Any]) -> ColumnType:
    """Return the specific type if there is one: images, files, and multi-select choices all claim to be `Virtual`."""
    name = (_managed_value(attribute.get("AttributeTypeName")) or "").removesuffix("Type")
    for candidate in (name, attribute.get("AttributeType")):
        try:
            return ColumnType(str(candidate))
        except ValueError:
            continue
    return ColumnType.VIRTUAL


def _behavior(detail: Mapping[str, Any]) -> DateBehavior:
    """Return the behavior of a date and time column; the first one there was for anything else."""
    try:
        return DateBehavior(_managed_value(detail.get("DateTimeBehavior")) or "")
    except ValueError:
        return DateBehavior.USER_LOCAL


def _natural(value: object) -> int | None:
    return value if isinstance(value, int) and value >= 0 else None


def _managed_value(managed: object) -> str | None:
    value = managed.get("Value") if isinstance(managed, dict) else None
    return value if isinstance(value, str) else None


def _label(definition: Mapping[str, Any], name: str = "DisplayName") -> str:
    """Return the label in the app's language, with its translations; empty without one."""
    found = definition.get(name) or {}
    localized = found.get("LocalizedLabels") or ()
    chosen = found.get("UserLocalizedLabel") or next(iter(localized), None)
    default = str(chosen["Label"] or "") if chosen else ""
    others = {int(each["LanguageCode"]): str(each["Label"]) for each in localized if each.get("Label")}
    return label(default, others) if default else ""


def _options(option_set: Mapping[str, Any] | None) -> Mapping[int, str]:
    if not option_set:
        return {}
    listed = option_set.get("Options") or [option_set.get("FalseOption"), option_set.get("TrueOption")]
    return {int(option["Value"]): _label(option, "Label") for option in listed if option}


def _states(option_set: Mapping[str, Any] | None) -> Mapping[int, int]:
    options = (option_set or {}).get("Options") or ()
    return {int(option["Value"]): int(option["State"]) for option in options if option.get("State") is not None}


def _is_virtual(definition: Mapping[str, Any]) -> bool:
    kind = definition.get("TableType")
    if kind:
        return bool(kind == "Virtual")
    provider = definition.get("DataProviderId")
    return bool(provider) and str(provider).lower() != ELASTIC_PROVIDER


def parse_lookups(relationships: Sequence[Mapping[str, Any]]) -> Sequence[Lookup]:
    """Return the lookups in a table's many-to-one relationships; omit those without a navigation property."""
    return [
        Lookup(
            column=str(each.get("ReferencingAttribute")),
            table=str(each.get("ReferencedEntity")),
            key=str(each.get("ReferencedAttribute")),
            navigation=str(each["ReferencingEntityNavigationPropertyName"]),
        )
        for each in relationships
        if each.get("ReferencingEntityNavigationPropertyName")
    ]
