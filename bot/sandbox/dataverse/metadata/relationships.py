"""Relationships as `OneToManyRelationshipMetadata` and `ManyToManyRelationshipMetadata`."""

from collections.abc import Iterator, Sequence

from bot.sandbox.dataverse.schema.model import Column, Schema, Table, Target
from bot.sandbox.guids import named_guid
from bot.sandbox.values import JsonObject


def many_to_one(schema: Schema, table: Table) -> Sequence[JsonObject]:
    """Return the relationships of a table's lookups."""
    return list(_lookups(schema, table))


def one_to_many(schema: Schema, table: Table) -> Sequence[JsonObject]:
    """Return the relationships of all lookups that can reference this table."""
    return [
        each
        for other in schema.by_set.values()
        for each in _lookups(schema, other)
        if each["ReferencedEntity"] == table.name
    ]


def many_to_many(schema: Schema, table: Table) -> Sequence[JsonObject]:
    """Return the many-to-many relationships of a table."""
    return [
        {
            "MetadataId": named_guid("relationship", each.name),
            "SchemaName": each.name,
            "RelationshipType": "ManyToManyRelationship",
            "IntersectEntityName": each.intersect_table,
            "Entity1LogicalName": table.name,
            "Entity1IntersectAttribute": each.own_column,
            "Entity1NavigationPropertyName": each.name,
            "Entity2LogicalName": each.other_table,
            "Entity2IntersectAttribute": each.other_column,
            "Entity2NavigationPropertyName": each.name,
        }
        for each in table.associations
        if each.other_table in schema.tables
    ]


def _lookups(schema: Schema, table: Table) -> Iterator[JsonObject]:
    for column in table.columns.values():
        for target in column.targets:
            yield _relationship(schema[target.table], table, column, target)


def _relationship(one: Table, many: Table, column: Column, target: Target) -> JsonObject:
    name = target.collection or f"{one.name}_{many.name}_{column.name}"
    return {
        "MetadataId": named_guid("relationship", many.name, column.name, one.name),
        "SchemaName": name,
        "RelationshipType": "OneToManyRelationship",
        "ReferencedEntity": one.name,
        "ReferencedAttribute": one.primary_id,
        "ReferencedEntityNavigationPropertyName": target.collection or None,
        "ReferencingEntity": many.name,
        "ReferencingAttribute": column.name,
        "ReferencingEntityNavigationPropertyName": target.navigation,
        "IsHierarchical": False,
        "IsValidForAdvancedFind": True,
    }
