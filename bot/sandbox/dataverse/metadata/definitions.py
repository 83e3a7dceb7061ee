"""Table definitions as `EntityMetadata`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.sandbox.dataverse.metadata.columns import column_definitions
from bot.sandbox.dataverse.metadata.keys import key_definitions
from bot.sandbox.dataverse.metadata.labels import label
from bot.sandbox.dataverse.metadata.relationships import many_to_many, many_to_one, one_to_many
from bot.sandbox.dataverse.schema.activities import TABLES_WITH_NOTES
from bot.sandbox.dataverse.schema.model import Ownership, Schema, Table
from bot.sandbox.dataverse.security.model import Right, privilege_name
from bot.sandbox.guids import named_guid
from bot.sandbox.values import Json, JsonObject

DATA_PROVIDER = "00010600-0000-4000-9000-00000000da7a"
"""Data provider of the virtual table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnDefinition:
    """A column's definition, with the class to cast it to for its own properties."""

    type_name: str
    common: JsonObject
    own: JsonObject


@dataclass(frozen=True, kw_only=True)
class TableDefinition:
    """A table's definition with its columns, keys, and relationships."""

    schema: Schema
    table: Table

    @cached_property
    def body(self) -> JsonObject:
        """The table's own properties."""
        return _definition(self.table)

    @cached_property
    def columns(self) -> Sequence[ColumnDefinition]:
        """Definitions of the columns, including shadow columns."""
        return [
            ColumnDefinition(type_name=type_name, common=common, own=own)
            for type_name, common, own in column_definitions(self.table)
        ]

    @cached_property
    def collections(self) -> Mapping[str, Sequence[JsonObject]]:
        """Keys and relationships by collection name."""
        return {
            "Keys": key_definitions(self.table),
            "ManyToOneRelationships": many_to_one(self.schema, self.table),
            "OneToManyRelationships": one_to_many(self.schema, self.table),
            "ManyToManyRelationships": many_to_many(self.schema, self.table),
        }


class Definitions:
    """Definitions of all tables in the Web API."""

    def __init__(self, schema: Schema) -> None:
        self.tables: Mapping[str, TableDefinition] = {
            table.name: TableDefinition(schema=schema, table=table) for table in schema.by_set.values()
        }

    @cached_property
    def by_id(self) -> Mapping[str, TableDefinition]:
        """Definitions by their `MetadataId`."""
        return {str(each.body["MetadataId"]): each for each in self.tables.values()}


def _definition(table: Table) -> JsonObject:
    return {**_names(table), **_characteristics(table)}


def _names(table: Table) -> JsonObject:
    return {
        "MetadataId": named_guid(table.name),
        "LogicalName": table.name,
        "SchemaName": table.schema_name,
        "EntitySetName": table.set_name,
        "LogicalCollectionName": table.set_name,
        "CollectionSchemaName": table.set_name,
        "DisplayName": label(table.label),
        "DisplayCollectionName": label(table.plural),
        "Description": label(""),
        "ObjectTypeCode": table.type_code,
        "PrimaryIdAttribute": table.primary_id,
        "PrimaryNameAttribute": table.primary_name,
        "PrimaryImageAttribute": "entityimage" if "entityimage" in table.columns else None,
    }


def _characteristics(table: Table) -> JsonObject:
    return {
        "OwnershipType": table.ownership.value,
        "TableType": "Virtual" if table.is_virtual else "Standard",
        "DataProviderId": DATA_PROVIDER if table.is_virtual else None,
        "IsActivity": table.is_activity,
        "HasNotes": table.name in TABLES_WITH_NOTES,
        "IsActivityParty": table.name in {"account", "contact", "knowledgearticle", "systemuser"},
        "IsCustomEntity": "_" in table.name,
        "IsIntersect": False,
        "IsLogicalEntity": False,
        "IsManaged": True,
        "IsOptimisticConcurrencyEnabled": True,
        "IsPrivate": False,
        "IsValidForAdvancedFind": True,
        "ChangeTrackingEnabled": table.tracked,
        "CanChangeTrackingBeEnabled": {
            "Value": not table.is_virtual,
            "CanBeChanged": not table.is_virtual,
            "ManagedPropertyLogicalName": "canchangetrackingbeenabled",
        },
        "Privileges": _privileges(table),
        "IsCustomizable": {"Value": True, "CanBeChanged": True, "ManagedPropertyLogicalName": "iscustomizable"},
    }


def _privileges(table: Table) -> list[Json]:
    """Return the privileges on the table's rows. All activities share one set."""
    if not table.privilege:
        return []
    owned = table.ownership is Ownership.USER
    return [
        {
            "Name": privilege_name(right, table.privilege),
            "PrivilegeType": right.value,
            "CanBeBasic": owned,
            "CanBeLocal": owned,
            "CanBeDeep": owned,
            "CanBeGlobal": True,
        }
        for right in Right
        if owned or right not in {Right.ASSIGN, Right.SHARE}
    ]
